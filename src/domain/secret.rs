//! What must not be shown: the private half of a key.

use std::fmt;

use zeroize::Zeroizing;

/// The private half of a key (PEM, PKCS#8). It is not shown when something that holds it is, and is
/// wiped from memory when it is dropped.
#[derive(Clone)]
pub struct PrivatePem(Zeroizing<String>);

impl PrivatePem {
    /// Takes a key in.
    pub fn new(pem: impl Into<Zeroizing<String>>) -> Self {
        Self(pem.into())
    }

    /// The key itself, to be parsed or kept.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivatePem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(a private key)")
    }
}
