//! Why a request's signature was refused: each a sentence for the sender's log.

use super::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, MAX_COVERED, MAX_HEADER_BYTES};

/// Why a request was refused. Every case is answered with 401, so that a sender who knows two
/// schemes tries the other. No sentence repeats a body or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Neither scheme's header is there.
    #[error("the request is not signed")]
    Unsigned,
    /// A header that must be there is not.
    #[error("the header {0} is missing")]
    Missing(String),
    /// A header that means one thing comes several times, and two readers could take different ones.
    #[error("the header {0} comes more than once")]
    Repeated(String),
    /// A header above [`MAX_HEADER_BYTES`].
    #[error("the header {0} is longer than {MAX_HEADER_BYTES} bytes")]
    TooLong(String),
    /// A line break, say, with which a header could pretend to be two.
    #[error("the header {0} holds a character other than plain ASCII")]
    NotPlain(String),
    /// The federation library would read a signature from there and not from where we look.
    #[error("the header authorization has no place beside a signature")]
    Authorization,
    /// The grammar of a header is not kept; the text says what is wrong.
    #[error("the header {header} cannot be read: {fault}")]
    Unreadable {
        /// Which header.
        header: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// An algorithm other than RSA PKCS#1 v1.5 with SHA-256.
    #[error("the signature's algorithm is not RSA PKCS#1 v1.5 with SHA-256")]
    Algorithm,
    /// More than [`MAX_COVERED`] components.
    #[error("the signature covers more than {MAX_COVERED} components")]
    TooManyCovered,
    /// A component that must be signed is not.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// A component listed twice.
    #[error("the signature covers {0} twice")]
    CoveredTwice(String),
    /// A derived component or a component's parameter that we cannot compute.
    #[error("the signature covers a component that is not understood")]
    Component,
    /// The id of the key cannot be fetched.
    #[error("the signature's key is not named by an absolute http or https URL")]
    KeyId,
    /// No digest of the body that we know.
    #[error("the header {0} gives no SHA-256 of the body")]
    NoDigest(&'static str),
    /// The body is not the one that was signed.
    #[error("the header {0} does not fit the body")]
    OtherBody(&'static str),
    /// A time that is no time.
    #[error("{0} is not a time")]
    NoTime(&'static str),
    /// Signed longer ago than [`MAX_AGE_SECONDS`].
    #[error("{0} is more than {max} minutes in the past", max = MAX_AGE_SECONDS / 60)]
    TooOld(&'static str),
    /// Signed further ahead than [`MAX_AHEAD_SECONDS`].
    #[error("{0} is more than {max} minutes in the future", max = MAX_AHEAD_SECONDS / 60)]
    TooEarly(&'static str),
    /// Past the time the sender gave.
    #[error("the signature has expired")]
    Expired,
    /// Addressed to somebody else: a signature for another host must not count here.
    #[error("the header host does not name this node")]
    OtherHost,
    /// A request target in another form than a path.
    #[error("the request's target is not a path")]
    Target,
    /// The key did not sign this request.
    #[error("the signature was not made with this key over this request")]
    Forged,
}
