//! The body's digest in a header: `Digest` of the drafts (RFC 3230), `Content-Digest` of RFC 9530.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest::{Digest, SHA256, SHA512, digest};
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

use super::Refused;

const DIGEST: &str = "digest";
const CONTENT_DIGEST: &str = "content-digest";

/// The Digest header of a body: `SHA-256=…`.
pub(super) fn digest_of(body: &[u8]) -> String {
    format!("SHA-256={}", BASE64.encode(digest(&SHA256, body)))
}

/// The Content-Digest header of a body: `sha-256=:…:`.
pub(super) fn content_digest_of(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(digest(&SHA256, body)))
}

/// Checks a Digest header: SHA-256 is there, and every digest that we know fits the body.
pub(super) fn check_digest(header: &str, body: &[u8]) -> Result<(), Refused> {
    let mut checked = Checked::default();
    for part in header.split(',') {
        let (algorithm, given) = part.trim().split_once('=').ok_or(Refused::Unreadable {
            header: DIGEST,
            fault: "a digest is written algorithm=value",
        })?;
        // 88 bytes hold the longest digest, that of SHA-512, in base64.
        let mut buffer = [0; 88];
        checked.count(algorithm, body, |own| {
            let length = BASE64.encode_slice(own, &mut buffer).unwrap_or_default();
            &buffer[..length] == given.as_bytes()
        });
    }
    checked.result(DIGEST)
}

/// Checks a Content-Digest header: sha-256 is there, and every digest that we know fits the body.
pub(super) fn check_content_digest(header: &str, body: &[u8]) -> Result<(), Refused> {
    let digests = Parser::new(header).parse::<Dictionary>();
    let digests = digests.map_err(|_| Refused::Unreadable {
        header: CONTENT_DIGEST,
        fault: "it is not a dictionary of structured fields",
    })?;
    let mut checked = Checked::default();
    for (algorithm, given) in &digests {
        checked.count(algorithm.as_str(), body, |own| {
            matches!(
                given,
                ListEntry::Item(Item { bare_item: BareItem::ByteSequence(given), .. })
                    if given == own.as_ref()
            )
        });
    }
    checked.result(CONTENT_DIGEST)
}

/// What the digests of one header came to.
#[derive(Default)]
struct Checked {
    sha256: bool,
    differs: bool,
}

impl Checked {
    /// Counts one digest; an algorithm that we do not know says nothing.
    fn count(&mut self, algorithm: &str, body: &[u8], fits: impl FnOnce(Digest) -> bool) {
        let own = if algorithm.eq_ignore_ascii_case("sha-256") {
            self.sha256 = true;
            digest(&SHA256, body)
        } else if algorithm.eq_ignore_ascii_case("sha-512") {
            digest(&SHA512, body)
        } else {
            return;
        };
        self.differs |= !fits(own);
    }

    fn result(self, header: &'static str) -> Result<(), Refused> {
        if self.differs {
            Err(Refused::OtherBody(header))
        } else if !self.sha256 {
            Err(Refused::NoDigest(header))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content of RFC 9421 §B.2 and RFC 9530, with its digests as printed there.
    const BODY: &[u8] = br#"{"hello": "world"}"#;
    const SHA256_OF_BODY: &str = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
    const SHA512_OF_BODY: &str =
        "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==";

    #[test]
    fn our_digests_are_those_of_the_standards() {
        assert_eq!(digest_of(BODY), format!("SHA-256={SHA256_OF_BODY}"));
        assert_eq!(
            content_digest_of(BODY),
            format!("sha-256=:{SHA256_OF_BODY}:")
        );
    }

    #[test]
    fn a_digest_that_fits_passes_alone_and_among_others() {
        for header in [
            format!("SHA-256={SHA256_OF_BODY}"),
            format!("sha-256={SHA256_OF_BODY}"),
            format!("SHA-512={SHA512_OF_BODY}, SHA-256={SHA256_OF_BODY}"),
            format!("SHA-256={SHA256_OF_BODY},MD5=unknown"),
        ] {
            assert_eq!(check_digest(&header, BODY), Ok(()), "{header}");
        }
        for header in [
            format!("sha-256=:{SHA256_OF_BODY}:"),
            format!("sha-512=:{SHA512_OF_BODY}:, sha-256=:{SHA256_OF_BODY}:"),
            format!("sha-256=:{SHA256_OF_BODY}:, md5=:AAAA:"),
        ] {
            assert_eq!(check_content_digest(&header, BODY), Ok(()), "{header}");
        }
    }

    #[test]
    fn every_known_digest_must_fit() {
        let (of_other, of_body) = (digest_of(b"other"), digest_of(BODY));
        for header in [
            of_other.clone(),
            format!("{of_body},{of_other}"),
            format!("{of_other},{of_body}"),
            format!("{of_body},SHA-512=AAAA"),
            format!("{of_body}="),
            "SHA-256=".to_owned(),
        ] {
            let refused = Err(Refused::OtherBody(DIGEST));
            assert_eq!(check_digest(&header, BODY), refused, "{header}");
        }
        let (of_other, of_body) = (content_digest_of(b"other"), content_digest_of(BODY));
        for header in [
            of_other,
            format!("{of_body}, sha-512=:AAAA:"),
            "sha-256".to_owned(),
            "sha-256=(:AAAA:)".to_owned(),
            format!("sha-256=\"{SHA256_OF_BODY}\""),
        ] {
            let refused = Err(Refused::OtherBody(CONTENT_DIGEST));
            assert_eq!(check_content_digest(&header, BODY), refused, "{header}");
        }
    }

    #[test]
    fn without_sha256_no_body_passes() {
        let header = format!("SHA-512={SHA512_OF_BODY}");
        assert_eq!(check_digest(&header, BODY), Err(Refused::NoDigest(DIGEST)));
        let header = format!("sha-512=:{SHA512_OF_BODY}:");
        let refused = Err(Refused::NoDigest(CONTENT_DIGEST));
        assert_eq!(check_content_digest(&header, BODY), refused);
    }

    #[test]
    fn what_is_no_digest_header_is_refused() {
        for header in ["", "SHA-256", "abc", "SHA-256:abc"] {
            assert!(check_digest(header, BODY).is_err(), "{header}");
        }
        for header in ["", "sha-256=:A", "SHA-256=:AAAA:", "(", "=:AAAA:"] {
            assert!(check_content_digest(header, BODY).is_err(), "{header}");
        }
    }
}
