//! Why a request brought no answer, told so that nothing secret is.

use std::error::Error as _;
use std::io;

use url::Url;

use super::address::Refused;
use crate::domain::text::printable;

/// How much of an address an error tells, in characters.
const MAX_SHOWN_CHARS: usize = 200;

/// Why a request brought no answer. No message holds a body, a password or a query.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address, or the one it redirects to, may not be fetched; the same request will not be either,
    /// unless its name comes to lead elsewhere.
    #[error("{address} {why}, so no request is made")]
    Refused {
        /// The address without user, query and fragment.
        address: String,
        /// What is wrong with it.
        why: Refused,
    },
    /// The document is larger than [`MAX_DOCUMENT_BYTES`](super::MAX_DOCUMENT_BYTES), or than whoever
    /// asked for it takes.
    #[error("{address} is larger than {} KiB", most / 1024)]
    TooLarge {
        /// The address without user, query and fragment.
        address: String,
        /// The most bytes that are taken.
        most: u64,
    },
    /// The document is compressed, which we did not accept.
    #[error("{address} is compressed, though we asked for it plain")]
    Encoded {
        /// The address without user, query and fragment.
        address: String,
    },
    /// It redirects again, or to something that is no address.
    #[error("{address} redirects {whither}")]
    Redirects {
        /// The address without user, query and fragment.
        address: String,
        /// "a second time", or what is wrong with where it leads.
        whither: &'static str,
    },
    /// What came cannot be kept here.
    #[error("{address} cannot be kept on this machine")]
    NotKept {
        /// The address without user, query and fragment.
        address: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The answer was not there, or not complete, in time.
    #[error("{address} did not answer in time")]
    TimedOut {
        /// The address without user, query and fragment.
        address: String,
    },
    /// It shows a certificate that nobody may trust: it has ended, is another's, or by nobody known.
    #[error("{address} shows a certificate that is not valid: {problem}")]
    Certificate {
        /// The address without user, query and fragment.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No connection, or no proper HTTP on it.
    #[error("{address} cannot be reached")]
    Unreachable {
        /// The address without user, query and fragment.
        address: String,
        /// What the client says of it.
        #[source]
        source: reqwest::Error,
    },
}

impl Error {
    pub(super) fn too_large(url: &Url, most: u64) -> Self {
        Self::TooLarge {
            address: shown(url),
            most,
        }
    }

    pub(super) fn encoded(url: &Url) -> Self {
        Self::Encoded {
            address: shown(url),
        }
    }

    pub(super) fn redirects_again(url: &Url) -> Self {
        Self::Redirects {
            address: shown(url),
            whither: "a second time",
        }
    }

    pub(super) fn timed_out(url: &Url) -> Self {
        Self::TimedOut {
            address: shown(url),
        }
    }

    /// What went wrong, without the address, which may name a person.
    pub fn problem(&self) -> String {
        if self.is_unknown_name() {
            return "is a name that nobody knows".to_owned();
        }
        let (Self::Refused { address, .. }
        | Self::TooLarge { address, .. }
        | Self::Encoded { address }
        | Self::Redirects { address, .. }
        | Self::NotKept { address, .. }
        | Self::TimedOut { address }
        | Self::Certificate { address, .. }
        | Self::Unreachable { address, .. }) = self;
        let said = self.to_string();
        let problem = said.strip_prefix(address.as_str()).unwrap_or_default();
        problem.trim_start().to_owned()
    }

    /// Whether nobody knows the host by its name.
    pub fn is_unknown_name(&self) -> bool {
        let Self::Unreachable { source, .. } = self else {
            return false;
        };
        let causes = std::iter::successors(source.source(), |&cause| cause.source());
        // The client has no type of its own for this.
        causes
            .map(ToString::to_string)
            .any(|cause| cause.starts_with("dns error"))
    }

    /// Finds out what the client met: among its causes may be the guard's refusal.
    pub(super) fn of_client(url: &Url, error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::timed_out(url);
        }
        let address = shown(url);
        let causes = || std::iter::successors(error.source(), |&cause| cause.source());
        if let Some(why) = causes().find_map(|cause| cause.downcast_ref::<Refused>().copied()) {
            return Self::Refused { address, why };
        }
        if let Some(problem) = causes().find_map(certificate_problem) {
            return Self::Certificate { address, problem };
        }
        Self::Unreachable {
            address,
            // Its own sentence would tell the whole address, with its query.
            source: error.without_url(),
        }
    }
}

/// What is wrong with a certificate, if that is what a cause says. TLS tells it inside errors of I/O.
fn certificate_problem(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
    while let Some(nested) = inner.downcast_ref::<io::Error>() {
        inner = nested.get_ref()?;
    }
    match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(problem) => {
            Some(printable(&problem.to_string(), MAX_SHOWN_CHARS))
        }
        _ => None,
    }
}

/// An address as an error may tell it: no user, which may come with a password, no query, no end.
pub(super) fn shown(url: &Url) -> String {
    let origin = url.origin();
    if !origin.is_tuple() {
        return format!("{}:…", url.scheme());
    }
    let mut shown = origin.ascii_serialization() + url.path();
    if let Some((end, _)) = shown.char_indices().nth(MAX_SHOWN_CHARS) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_an_address_without_what_may_be_secret_and_without_end() {
        let shown = |text: &str| shown(&Url::parse(text).unwrap());
        assert_eq!(
            shown("https://user:secret@example.org:8443/a/b?token=secret#secret"),
            "https://example.org:8443/a/b"
        );
        assert_eq!(shown("data:text/plain,secret"), "data:…");
        assert_eq!(shown("file:///etc/passwd"), "file:…");
        let long = shown(&format!("https://example.org/{}", "a".repeat(5_000)));
        assert_eq!(long.chars().count(), MAX_SHOWN_CHARS + 1);
    }
}
