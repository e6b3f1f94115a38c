//! The RSA keys of others, as they are published in an actor.

use rsa::pkcs1::{ALGORITHM_OID, RsaPublicKey as Pkcs1, UintRef};
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::{Document, EncodePublicKey, LineEnding, SubjectPublicKeyInfoRef};
use rsa::{BigUint, RsaPublicKey};

/// The longest key that is read, in bytes of PEM: one of 8192 bits takes 1,420.
pub const MAX_PEM_BYTES: usize = 4 * 1024;
/// The shortest key that is trusted, in bits of its modulus.
pub const MIN_KEY_BITS: usize = 2048;
/// The longest key that is worked with, in bits of its modulus: the time a check takes grows with its
/// square.
pub const MAX_KEY_BITS: usize = 8192;

/// Why a text is no key we can check a signature with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// Longer than [`MAX_PEM_BYTES`].
    #[error("is longer than {} KiB", MAX_PEM_BYTES / 1024)]
    TooLong,
    /// Not PEM, not a public key, or not of RSA.
    #[error("is no RSA public key in PEM")]
    NotRsa,
    /// Of fewer bits than [`MIN_KEY_BITS`] or more than [`MAX_KEY_BITS`].
    #[error("is an RSA key of {0} bits; {MIN_KEY_BITS} to {MAX_KEY_BITS} are accepted")]
    Size(usize),
}

/// Reads a public key of RSA in PEM, as `PUBLIC KEY` (RFC 5280) or `RSA PUBLIC KEY` (RFC 8017), and
/// gives it as `PUBLIC KEY`, whichever it was.
pub fn read(pem: &str) -> Result<String, NotAKey> {
    if pem.len() > MAX_PEM_BYTES {
        return Err(NotAKey::TooLong);
    }
    let (modulus, exponent) = parts(pem.trim()).ok_or(NotAKey::NotRsa)?;
    let bits = modulus.bits();
    if !(MIN_KEY_BITS..=MAX_KEY_BITS).contains(&bits) {
        return Err(NotAKey::Size(bits));
    }
    RsaPublicKey::new_with_max_size(modulus, exponent, MAX_KEY_BITS)
        .ok()
        .and_then(|key| key.to_public_key_pem(LineEnding::LF).ok())
        .ok_or(NotAKey::NotRsa)
}

/// Modulus and exponent. Taken apart here since the library's own reading stops at 4096 bits.
fn parts(pem: &str) -> Option<(BigUint, BigUint)> {
    let (label, document) = Document::from_pem(pem).ok()?;
    let key = match label {
        "PUBLIC KEY" => {
            let info = SubjectPublicKeyInfoRef::from_der(document.as_bytes()).ok()?;
            info.algorithm.assert_algorithm_oid(ALGORITHM_OID).ok()?;
            Pkcs1::from_der(info.subject_public_key.as_bytes()?).ok()?
        }
        "RSA PUBLIC KEY" => Pkcs1::from_der(document.as_bytes()).ok()?,
        _ => return None,
    };
    let number = |integer: UintRef| BigUint::from_bytes_be(integer.as_bytes());
    Some((number(key.modulus), number(key.public_exponent)))
}

#[cfg(test)]
mod tests {
    use rsa::pkcs1::EncodeRsaPublicKey;
    use rsa::traits::PublicKeyParts;

    use super::*;

    /// A number of that many bits; nobody has factors for it, but a public key shows none.
    fn key_of(bits: usize) -> RsaPublicKey {
        let modulus = (BigUint::from(1u8) << (bits - 1)) + 15u8;
        RsaPublicKey::new_unchecked(modulus, BigUint::from(65_537u32))
    }

    fn pem_of(bits: usize) -> String {
        key_of(bits).to_public_key_pem(LineEnding::LF).unwrap()
    }

    #[test]
    fn keys_are_read_from_2048_to_8192_bits() {
        for bits in [MIN_KEY_BITS, 4096, 4097, MAX_KEY_BITS] {
            assert_eq!(read(&pem_of(bits)), Ok(pem_of(bits)), "{bits}");
        }
        for bits in [512, MIN_KEY_BITS - 1, MAX_KEY_BITS + 1] {
            assert_eq!(read(&pem_of(bits)), Err(NotAKey::Size(bits)));
        }
        assert!(pem_of(MAX_KEY_BITS).len() < MAX_PEM_BYTES / 2);
    }

    #[test]
    fn both_ways_to_write_a_key_are_read_as_one() {
        let old = key_of(2048).to_pkcs1_pem(LineEnding::CRLF).unwrap();
        assert!(old.starts_with("-----BEGIN RSA PUBLIC KEY-----"));
        assert_eq!(read(&format!("\n {old}\n")), Ok(pem_of(2048)));
    }

    #[test]
    fn what_is_no_key_of_rsa_is_refused() {
        let ed25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----";
        let renamed = pem_of(2048).replace("PUBLIC KEY", "PRIVATE KEY");
        let even = RsaPublicKey::new_unchecked(key_of(2048).n().clone(), BigUint::from(2u8));
        let even = even.to_public_key_pem(LineEnding::LF).unwrap();
        for pem in ["", "x", ed25519, &renamed, &even, &pem_of(2048)[..200]] {
            assert_eq!(read(pem), Err(NotAKey::NotRsa), "{pem}");
        }
        let long = " ".repeat(MAX_PEM_BYTES) + &pem_of(2048);
        assert_eq!(read(&long), Err(NotAKey::TooLong));
    }
}
