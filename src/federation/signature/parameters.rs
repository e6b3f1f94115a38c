//! The parameters of a draft-cavage Signature header, read strictly.
//!
//! The federation library splits the header at every comma, quoted or not, keeps spaces as part of a
//! name, cuts the word `Signature` off the first name and takes the last of two equal ones; a time of
//! twenty digits makes it panic. So that it can never read something else than we do, only what has
//! one meaning is taken: `name="value"` or `name=digits`, a comma between, nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Refused;
use super::key::{MAX_KEY_BITS, MIN_KEY_BITS};

/// The most parameters that a header may have; the draft knows seven.
const MAX_PARAMETERS: usize = 16;
/// The most digits of a time: beyond, adding an hour to it overflows in the library.
const MAX_TIME_DIGITS: usize = 11;

/// What a Signature header says (draft-cavage-http-signatures-12 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameters<'a> {
    pub key_id: &'a str,
    pub algorithm: Option<&'a str>,
    /// The covered components, separated by spaces.
    pub headers: &'a str,
    /// In Unix seconds.
    pub created: Option<i64>,
    /// In Unix seconds.
    pub expires: Option<i64>,
}

impl<'a> Parameters<'a> {
    /// Reads a header. The signature itself is checked to be base64 of a possible length and not
    /// handed on: the library verifies it. Parameters that the draft does not know are left aside.
    pub fn parse(header: &'a str) -> Result<Self, Refused> {
        let mut found: [Option<&str>; 6] = [None; 6];
        for (at, part) in header.split(',').enumerate() {
            let (name, value) = part.split_once('=').ok_or(NOT_PAIRS)?;
            if at >= MAX_PARAMETERS || name.is_empty() {
                return Err(NOT_PAIRS);
            }
            if !name.bytes().all(|c| c.is_ascii_alphanumeric()) || name.starts_with("Signature") {
                return Err(NOT_PAIRS);
            }
            let value = unquoted(value).ok_or(NOT_PAIRS)?;
            if let Some(at) = NAMES.iter().position(|known| *known == name)
                && found[at].replace(value).is_some()
            {
                return Err(unreadable("a parameter comes twice"));
            }
        }
        let [key_id, algorithm, headers, signature, created, expires] = found;
        check_signature(signature.ok_or(unreadable("it has no signature"))?)?;
        Ok(Self {
            key_id: key_id.ok_or(unreadable("it has no keyId"))?,
            algorithm,
            // What the draft says of a header without the parameter.
            headers: headers.unwrap_or("(created)"),
            created: created.map(time).transpose()?,
            expires: expires.map(time).transpose()?,
        })
    }
}

const NAMES: [&str; 6] = [
    "keyId",
    "algorithm",
    "headers",
    "signature",
    "created",
    "expires",
];

const NOT_PAIRS: Refused =
    unreadable("it must be a few pairs name=\"value\" with a comma and no space between");

const fn unreadable(fault: &'static str) -> Refused {
    Refused::Unreadable {
        header: "signature",
        fault,
    }
}

/// The value between two quotation marks, or digits without any; nothing that needs an escape.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(rest) => rest
            .strip_suffix('"')
            .filter(|text| !text.contains(['"', '\\', '\t'])),
        None => is_digits(value).then_some(value),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn time(text: &str) -> Result<i64, Refused> {
    let fits = text.len() <= MAX_TIME_DIGITS && is_digits(text);
    let time = fits.then(|| text.parse().ok()).flatten();
    time.ok_or(unreadable("created and expires are Unix times in seconds"))
}

fn check_signature(text: &str) -> Result<(), Refused> {
    // Decoding wants room for whole groups of three bytes.
    let mut buffer = [0; (MAX_KEY_BITS / 8).next_multiple_of(3)];
    match BASE64.decode_slice(text, &mut buffer) {
        Ok(MIN_SIGNATURE_BYTES..=MAX_SIGNATURE_BYTES) => Ok(()),
        _ => Err(unreadable(
            "its signature is not base64 of an RSA key's length",
        )),
    }
}

const MIN_SIGNATURE_BYTES: usize = MIN_KEY_BITS / 8;
const MAX_SIGNATURE_BYTES: usize = MAX_KEY_BITS / 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(bytes: usize) -> String {
        BASE64.encode(vec![7; bytes])
    }

    fn refused(header: &str) -> bool {
        matches!(
            Parameters::parse(header),
            Err(Refused::Unreadable {
                header: "signature",
                ..
            })
        )
    }

    #[test]
    fn a_header_of_the_usual_form_is_read() {
        let signature = signature(256);
        let header = format!(
            r#"keyId="https://a.example/u#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="{signature}""#
        );
        let expected = Parameters {
            key_id: "https://a.example/u#main-key",
            algorithm: Some("rsa-sha256"),
            headers: "(request-target) host date digest",
            created: None,
            expires: None,
        };
        assert_eq!(Parameters::parse(&header), Ok(expected));
    }

    #[test]
    fn times_may_stand_with_or_without_quotation_marks() {
        let signature = signature(512);
        let header = format!(
            r#"created=1402170695,expires="1402170699",keyId="k",signature="{signature}",later="x""#
        );
        let read = Parameters::parse(&header).unwrap();
        assert_eq!(read.created, Some(1_402_170_695));
        assert_eq!(read.expires, Some(1_402_170_699));
        assert_eq!((read.algorithm, read.headers), (None, "(created)"));
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let good = format!(r#"keyId="k",signature="{}""#, signature(256));
        assert!(!refused(&good));
        for odd in [
            format!(r#"{good},keyId="other""#),
            format!(r#"{good},headers="digest",headers="date""#),
            format!(r#"{good}, headers="digest""#),
            format!(r#"{good},headers ="digest""#),
            format!(r#"{good},headers= "digest""#),
            format!(r#"Signature {good}"#),
            format!(r#"{good},"#),
            format!(r#"{good},algorithm=rsa-sha256"#),
            format!(r#"{good},headers="a,created=5""#),
            format!(r#"{good},headers="a\"b""#),
            format!(r#"{good},headers=""a"""#),
            format!(r#"{good},headers="a"#),
            format!(r#"{good},headers=""#),
            format!(r#"{good},="a""#),
            format!(r#"{good},headers"#),
            format!("{good},headers=\"a\tb\""),
        ] {
            assert!(refused(&odd), "{odd}");
        }
        for word in ["Signature", "SignatureSignature"] {
            let odd = format!("{word}created=18446744073709551615,{good}");
            assert!(refused(&odd), "{odd}");
        }
    }

    #[test]
    fn times_that_would_overflow_are_refused() {
        let good = format!(r#"keyId="k",signature="{}""#, signature(256));
        let nines = "9".repeat(MAX_TIME_DIGITS);
        assert!(!refused(&format!("{good},expires={nines}")));
        for time in [
            "18446744073709551615",
            "999999999999",
            "-1",
            "+1",
            "1.5",
            "\"\"",
            "\"x\"",
        ] {
            assert!(refused(&format!("{good},created={time}")), "{time}");
            assert!(refused(&format!("{good},expires={time}")), "{time}");
        }
    }

    #[test]
    fn a_signature_has_the_length_of_a_key() {
        for (bytes, is_refused) in [
            (0, true),
            (255, true),
            (256, false),
            (512, false),
            (513, true),
            (1024, true),
        ] {
            let header = format!(r#"keyId="k",signature="{}""#, signature(bytes));
            assert_eq!(refused(&header), is_refused, "{bytes}");
        }
        for text in ["no base64", "====", "AAA"] {
            assert!(
                refused(&format!(r#"keyId="k",signature="{text}""#)),
                "{text}"
            );
        }
        assert!(refused(r#"keyId="k""#));
        assert!(refused(&format!(r#"signature="{}""#, signature(256))));
    }

    #[test]
    fn a_header_has_few_parameters() {
        let good = format!(r#"keyId="k",signature="{}""#, signature(256));
        let with = |more: usize| format!("{good}{}", r#",x="y""#.repeat(more));
        assert!(!refused(&with(MAX_PARAMETERS - 2)));
        assert!(refused(&with(MAX_PARAMETERS - 1)));
    }
}
