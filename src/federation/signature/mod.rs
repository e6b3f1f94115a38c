//! HTTP signatures as pure functions: whose request it is, and that nobody has changed it.
//!
//! - [`key`] RSA keys: made, read, signed and verified with
//! - [`cavage`] signs as all of the fediverse understands (draft-cavage-http-signatures-12)
//! - [`rfc9421`] signs and verifies the standard that followed (RFC 9421)
//! - [`guard`] looks at an incoming request before any work is done for it
//!
//! What is not here: verifying a draft-cavage signature against a key. The federation library does
//! that; the guard checks before it what the library leaves open.

pub mod cavage;
mod digest;
pub mod guard;
pub mod key;
mod key_id;
mod parameters;
mod parts;
mod refused;
pub mod rfc9421;
mod signature_base;
mod window;

#[cfg(test)]
mod sample;

pub use guard::{Scheme, Signed, check};
pub use key::{PrivateKey, PublicKey, SigningKey};
pub use key_id::key_belongs_to;
pub use parts::{MAX_HEADER_BYTES, Parts};
pub use refused::Refused;
pub use window::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS};

/// The most components that a signature may cover: four are usual.
pub const MAX_COVERED: usize = 32;

/// The media type of what we post (ActivityPub §7).
const ACTIVITY_JSON: &str = "application/activity+json";
