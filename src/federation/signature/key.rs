//! RSA keys, the only kind that all of the fediverse can verify.
//!
//! `rsa` makes keys and verifies, as the federation library does. Signing is left to `ring`, since
//! the time that `rsa` takes tells something about the private key (RUSTSEC-2023-0071; the inboxes we
//! post to choose when we sign). `ring` works close to constant time, and is three times as fast: some
//! 0.7 ms a signature, where `rsa` needs 2.2 ms with blinding.

use std::fmt;
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::{DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding, SecretDocument};
use rsa::sha2::{Digest, Sha256};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use url::Url;

use super::Refused;
use crate::domain::secret::PrivatePem;

/// The size of the keys we make, and the smallest we accept, in bits: what Mastodon wants.
pub const MIN_KEY_BITS: usize = 2_048;
/// The largest key we accept, in bits: what the federation library can read, and enough work for us.
pub const MAX_KEY_BITS: usize = 4_096;
/// The longest text of a public key that is read, in bytes; one of [`MAX_KEY_BITS`] has 800.
pub const MAX_PUBLIC_PEM_BYTES: usize = 4_096;

/// Why a key was refused. No sentence repeats any part of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the form in which such keys travel.
    #[error("the text is not an RSA public key (PEM, SubjectPublicKeyInfo)")]
    Public,
    /// Not the form in which we keep our keys.
    #[error("the text is not an RSA private key of 2048 to 4096 bits (PEM, PKCS#8)")]
    Private,
    /// Too small to be safe, or so large that verifying would be an attack.
    #[error("the key has {0} bits, which is not between {MIN_KEY_BITS} and {MAX_KEY_BITS}")]
    Size(usize),
}

/// A private key to sign with; clones share it.
///
/// `ring` does not overwrite it when it is dropped; a node holds its keys as long as it runs.
#[derive(Clone)]
pub struct PrivateKey(Arc<RsaKeyPair>);

/// Somebody's public key of [`MIN_KEY_BITS`] to [`MAX_KEY_BITS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(RsaPublicKey);

/// A private key with the id under which others find its public half.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// Where the public key is published: `https://node.example/actor#main-key`.
    pub id: Url,
    /// What signs.
    pub private: PrivateKey,
}

impl PrivateKey {
    /// Makes a key pair of [`MIN_KEY_BITS`]: the private key, and the public key as PEM
    /// (SubjectPublicKeyInfo). Takes a quarter of a second, so keep it off the threads that serve.
    pub fn generate() -> (PrivatePem, String) {
        let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, MIN_KEY_BITS)
            .expect("the size is one that rsa makes");
        let pem = private.to_pkcs8_pem(LineEnding::LF);
        let public = private.to_public_key().to_public_key_pem(LineEnding::LF);
        (
            PrivatePem::new(pem.expect("a key of two primes can be written")),
            public.expect("an RSA key can be written"),
        )
    }

    /// Reads a private key (PEM, PKCS#8).
    pub fn from_pem(pem: &PrivatePem) -> Result<Self, KeyError> {
        let (label, document) =
            SecretDocument::from_pem(pem.expose()).map_err(|_| KeyError::Private)?;
        if label != "PRIVATE KEY" {
            return Err(KeyError::Private);
        }
        let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).map_err(|_| KeyError::Private)?;
        Ok(Self(Arc::new(pair)))
    }

    /// The signature of a message: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("the signature has the key's length");
        signature
    }
}

impl PublicKey {
    /// Reads a public key (PEM, SubjectPublicKeyInfo), as `publicKeyPem` of an actor has it.
    pub fn parse(pem: &str) -> Result<Self, KeyError> {
        if pem.len() > MAX_PUBLIC_PEM_BYTES {
            return Err(KeyError::Public);
        }
        let key = RsaPublicKey::from_public_key_pem(pem).map_err(|_| KeyError::Public)?;
        let bits = key.n().bits();
        if (MIN_KEY_BITS..=MAX_KEY_BITS).contains(&bits) {
            Ok(Self(key))
        } else {
            Err(KeyError::Size(bits))
        }
    }

    /// Checks a signature of `message`: RSASSA-PKCS1-v1_5 with SHA-256. Fails with
    /// [`Refused::Forged`] and nothing else.
    pub fn verify_pkcs1v15_sha256(&self, message: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let hash = Sha256::digest(message);
        self.0
            .verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature)
            .map_err(|_| Refused::Forged)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::signature::sample;

    #[test]
    fn what_a_new_key_signs_its_public_half_verifies() {
        let (private, public) = PrivateKey::generate();
        let key = PrivateKey::from_pem(&private).unwrap();
        let public = PublicKey::parse(&public).unwrap();
        let signature = key.sign(b"message");
        assert_eq!(
            public.verify_pkcs1v15_sha256(b"message", &signature),
            Ok(())
        );
        assert_eq!(
            public.verify_pkcs1v15_sha256(b"massage", &signature),
            Err(Refused::Forged)
        );
        let other = sample::public_key();
        assert_eq!(
            other.verify_pkcs1v15_sha256(b"message", &signature),
            Err(Refused::Forged)
        );
    }

    #[test]
    fn a_private_key_shows_itself_nowhere() {
        let key = sample::signing_key();
        let pem = sample::private_pem();
        let body = pem.expose().lines().nth(1).unwrap();
        assert!(body.starts_with("MII"), "a real key");
        for shown in [
            format!("{key:?}"),
            format!("{pem:?}"),
            format!("{:#?}", (key, pem.clone())),
        ] {
            assert!(shown.to_lowercase().contains("private"), "{shown}");
            assert!(!shown.contains(body), "{shown}");
            assert!(!shown.contains("BEGIN"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_private_key_is_refused_without_being_repeated() {
        let key = sample::private_pem();
        let cut = key.expose().replacen("MII", "MIJ", 1);
        let wrong_label = key.expose().replace("PRIVATE", "PUBLIC");
        for text in [
            "",
            "hunter2",
            &cut,
            &wrong_label,
            sample::public_pem(),
            sample::PUBLIC_PEM_OF_1024_BITS,
        ] {
            let error = PrivateKey::from_pem(&PrivatePem::new(text.to_owned())).unwrap_err();
            assert_eq!(error, KeyError::Private, "{text}");
            assert!(text.is_empty() || !error.to_string().contains(text));
        }
    }

    #[test]
    fn public_keys_are_of_2048_to_4096_bits() {
        assert!(PublicKey::parse(sample::public_pem()).is_ok());
        assert_eq!(
            PublicKey::parse(sample::PUBLIC_PEM_OF_1024_BITS),
            Err(KeyError::Size(1024))
        );
        let of_bits = |bits: usize| {
            let n = (rsa::BigUint::from(1u8) << (bits - 1)) + 1u8;
            let key = RsaPublicKey::new_with_max_size(n, 65_537u32.into(), 16_384).unwrap();
            PublicKey::parse(&key.to_public_key_pem(LineEnding::LF).unwrap())
        };
        assert!(of_bits(MIN_KEY_BITS).is_ok());
        assert_eq!(of_bits(MIN_KEY_BITS - 1), Err(KeyError::Size(2047)));
        assert!(of_bits(MAX_KEY_BITS).is_ok());
        // Already `rsa` refuses to read it.
        assert_eq!(of_bits(MAX_KEY_BITS + 1), Err(KeyError::Public));
        assert_eq!(of_bits(16_384), Err(KeyError::Public));
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let long = format!(
            "{}{}",
            sample::public_pem(),
            "\n".repeat(MAX_PUBLIC_PEM_BYTES)
        );
        let private = sample::private_pem();
        // RFC 8410 §10.1: an Ed25519 key.
        let ed25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        for text in ["", "not a key", &long, private.expose(), ed25519] {
            assert_eq!(PublicKey::parse(text), Err(KeyError::Public), "{text}");
        }
    }
}
