//! Requests that the guard lets through to the library, and those it refuses.

use super::*;
use crate::federation::signature::sample::{self, BODY, Chance, Request, inbox, now};
use crate::federation::signature::{MAX_HEADER_BYTES, window};

const COVERED: &str = "(request-target) host date digest";

fn post() -> Request {
    Request::cavage_post(&inbox(), BODY)
}

fn check_at(request: &Request, now: DateTime<Utc>) -> Result<Signed, Refused> {
    check(&request.parts(), &request.body, &inbox(), now)
}

fn refusal(request: &Request) -> Refused {
    check_at(request, now()).unwrap_err()
}

/// What becomes of a request whose form the guard has nothing against.
fn passes(request: &Request) -> bool {
    check_at(request, now()).is_ok() && request.library_accepts()
}

fn dated(seconds: i64) -> Request {
    let date = window::date(now() + chrono::TimeDelta::seconds(seconds));
    post().with("date", &date).signed_over(COVERED, "")
}

#[test]
fn what_we_sign_passes_guard_and_library() {
    let signed = check_at(&post(), now()).unwrap();
    assert_eq!(signed.key_id, sample::signing_key().id);
    assert_eq!(signed.scheme, Scheme::Cavage);
    assert!(post().library_accepts());
}

#[test]
fn rfc_9421_is_told_from_the_draft() {
    let request = Request::rfc9421_post(&inbox(), BODY);
    let signed = check_at(&request, now()).unwrap();
    assert_eq!(signed.key_id, sample::signing_key().id);
    assert_eq!(signed.scheme, Scheme::Rfc9421);
    // One without a body's digest is stopped as early.
    let get = rfc9421::sign_get(&sample::signing_key(), &inbox(), now());
    let request = Request::sent("POST", &inbox(), &get, BODY);
    assert_eq!(refusal(&request), Refused::NotCovered("content-digest"));
}

#[test]
fn the_algorithms_name_may_be_any_that_means_rsa_with_sha256() {
    for algorithm in ["", r#",algorithm="rsa-sha256""#, r#",algorithm="hs2019""#] {
        assert!(
            passes(&post().signed_over(COVERED, algorithm)),
            "{algorithm}"
        );
    }
    for algorithm in [
        "rsa-sha1",
        "rsa-sha512",
        "hmac-sha256",
        "ed25519",
        "",
        "RSA-SHA256",
    ] {
        let parameters = format!(r#",algorithm="{algorithm}""#);
        let request = post().signed_over(COVERED, &parameters);
        assert_eq!(refusal(&request), Refused::Algorithm, "{algorithm}");
    }
}

#[test]
fn more_headers_may_be_covered() {
    let covered = format!("{COVERED} content-type");
    assert!(passes(&post().signed_over(&covered, "")));
}

#[test]
fn a_request_without_signature_is_refused() {
    let request = post().without("signature");
    assert_eq!(refusal(&request), Refused::Unsigned);
}

#[test]
fn two_signature_headers_are_refused() {
    let request = post();
    let signature = request.header("signature").to_owned();
    let request = request.and("Signature", &signature);
    assert_eq!(refusal(&request), Refused::Repeated("signature".into()));
}

#[test]
fn a_signature_in_the_authorization_header_is_refused() {
    // The library would read that one and leave alone what was checked here.
    let only_digest = post().signed_over("digest", "");
    let other = format!("Signature {}", only_digest.header("signature"));
    let request = post().and("authorization", &other);
    assert!(request.library_accepts(), "the library takes the other one");
    assert_eq!(refusal(&request), Refused::Authorization);
}

#[test]
fn each_of_target_host_digest_and_date_must_be_covered() {
    for (covered, missing) in [
        ("digest", "(request-target)"),
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host date", "digest"),
        ("(request-target) host digest", "date"),
    ] {
        let request = post().signed_over(covered, "");
        assert_eq!(refusal(&request), Refused::NotCovered(missing), "{covered}");
    }
}

#[test]
fn created_may_stand_for_the_date() {
    let created = now().timestamp();
    let covered = "(request-target) (created) host digest";
    let at = |created: i64, more: &str| {
        let parameters = format!(",created={created}{more}");
        post().without("date").signed_over(covered, &parameters)
    };
    assert!(passes(&at(created, "")));
    assert!(passes(&at(created, r#",algorithm="hs2019""#)));
    assert_eq!(
        refusal(&at(created, r#",algorithm="rsa-sha256""#)),
        Refused::Algorithm
    );
    let what = "the signature's parameter created";
    assert_eq!(refusal(&at(created - 7_200, "")), Refused::TooOld(what));
    assert_eq!(refusal(&at(created + 7_200, "")), Refused::TooEarly(what));
    let expired = format!(",expires={}", created - 1);
    assert_eq!(refusal(&at(created, &expired)), Refused::Expired);
    // Only named, not given.
    let request = post()
        .signed_over(COVERED, "")
        .replacing("signature", " date", " (created)");
    assert_eq!(refusal(&request), Refused::Component);
}

#[test]
fn a_time_that_is_not_covered_must_be_right_too() {
    let parameters = format!(",created={}", now().timestamp() + 7_200);
    let request = post().signed_over(COVERED, &parameters);
    assert!(matches!(refusal(&request), Refused::TooEarly(_)));
    let covered = "(request-target) (created) host digest";
    let parameters = format!(",created={}", now().timestamp());
    let request = post()
        .with("date", "yesterday")
        .signed_over(covered, &parameters);
    assert!(matches!(refusal(&request), Refused::NoTime(_)));
}

#[test]
fn a_date_out_of_its_window_is_refused() {
    let what = "the header date";
    assert!(passes(&dated(-3_600)));
    assert!(passes(&dated(300)));
    assert_eq!(refusal(&dated(-7_200)), Refused::TooOld(what));
    assert_eq!(refusal(&dated(7_200)), Refused::TooEarly(what));
    let garbage = post().with("date", "soon").signed_over(COVERED, "");
    assert_eq!(refusal(&garbage), Refused::NoTime(what));
    assert_eq!(
        refusal(&post().without("date")),
        Refused::Missing("date".into())
    );
}

#[test]
fn a_request_that_is_sent_again_later_is_refused() {
    let later = now() + chrono::TimeDelta::seconds(3_601);
    assert_eq!(
        check_at(&post(), later),
        Err(Refused::TooOld("the header date"))
    );
}

#[test]
fn the_digest_must_be_there_and_be_that_of_the_body() {
    assert_eq!(
        refusal(&post().without("digest")),
        Refused::Missing("digest".into())
    );
    for body in [&b""[..], b"{}", &BODY[1..]] {
        let request = Request {
            body: body.to_vec(),
            ..post()
        };
        assert_eq!(refusal(&request), Refused::OtherBody("digest"));
    }
    let twice = post().and("Digest", &digest::digest_of(b"{}"));
    assert_eq!(refusal(&twice), Refused::Repeated("digest".into()));
}

#[test]
fn a_signature_for_another_host_is_refused() {
    let url = Url::parse("https://other.example/inbox").unwrap();
    let request = Request::cavage_post(&url, BODY);
    assert!(request.library_accepts(), "rightly signed, for another");
    assert_eq!(refusal(&request), Refused::OtherHost);
    assert_eq!(
        refusal(&post().and("host", "other.example")),
        Refused::Repeated("host".into())
    );
    assert_eq!(
        refusal(&post().without("host")),
        Refused::Missing("host".into())
    );
}

#[test]
fn a_signature_counts_for_one_path_and_one_method() {
    for path_and_query in [
        "/inbox/", "/other", "/inbox?", "/inbox?x", "/INBOX", "/%69nbox",
    ] {
        let request = Request {
            path_and_query: path_and_query.to_owned(),
            ..post()
        };
        assert!(!passes(&request), "{path_and_query}");
    }
    let request = Request {
        method: "PUT".to_owned(),
        ..post()
    };
    assert!(!passes(&request));
}

#[test]
fn a_key_without_an_address_is_refused() {
    for id in ["Test", "/actor", "acct:a@far.example"] {
        let own = "https://far.example/actor#main-key";
        let request = post().replacing("signature", own, id);
        assert_eq!(refusal(&request), Refused::KeyId, "{id}");
    }
}

#[test]
fn a_covered_header_comes_once_and_is_covered_once() {
    let covered = format!("{COVERED} content-type");
    let request = post()
        .signed_over(&covered, "")
        .and("Content-Type", "text/html");
    assert_eq!(refusal(&request), Refused::Repeated("content-type".into()));
    let covered = format!("{COVERED} digest");
    let request = post().signed_over(&covered, "");
    assert_eq!(refusal(&request), Refused::CoveredTwice("digest".into()));
    let request = post().replacing("signature", " digest", " digest accept");
    assert_eq!(refusal(&request), Refused::Missing("accept".into()));
}

#[test]
fn a_component_that_is_not_a_headers_name_is_refused() {
    for name in [
        "(status)",
        "Digest",
        "(expires)",
        "di:gest",
        "@method",
        "()",
    ] {
        let request = post().replacing("signature", "digest\"", &format!("digest {name}\""));
        assert_eq!(refusal(&request), Refused::Component, "{name}");
    }
}

#[test]
fn a_signature_covers_a_bounded_number_of_headers() {
    let request = |count: usize| {
        let mut request = post();
        let mut covered = COVERED.to_owned();
        for at in 4..count {
            request = request.and(&format!("x-{at}"), "y");
            covered.push_str(&format!(" x-{at}"));
        }
        request.signed_over(&covered, "")
    };
    assert!(passes(&request(MAX_COVERED)));
    assert_eq!(refusal(&request(MAX_COVERED + 1)), Refused::TooManyCovered);
}

#[test]
fn headers_of_ten_kilobytes_are_refused() {
    let long = "x".repeat(10_000);
    for name in ["signature", "digest", "date", "host", "signature-input"] {
        let request = post().with(name, &long);
        assert_eq!(refusal(&request), Refused::TooLong(name.into()), "{name}");
    }
    let covered = format!("{COVERED} x-long");
    let fits = post().and("x-long", &long[..MAX_HEADER_BYTES]);
    assert!(passes(&fits.signed_over(&covered, "")));
    let request = post().and("x-long", &long).signed_over(&covered, "");
    assert_eq!(refusal(&request), Refused::TooLong("x-long".into()));
}

#[test]
fn a_header_that_breaks_the_line_is_refused() {
    for name in ["signature", "digest", "date", "host", "signature-input"] {
        let request = post().with(name, "x\r\ndigest: y");
        assert_eq!(refusal(&request), Refused::NotPlain(name.into()), "{name}");
    }
}

#[test]
fn no_refusal_repeats_the_body_or_the_signature() {
    let request = Request {
        body: b"a body with a password".to_vec(),
        ..post()
    };
    let signature = request.header("signature").rsplit('"').nth(1).unwrap();
    let shown = refusal(&request).to_string();
    assert!(!shown.contains("password") && !shown.contains(signature));
    assert_eq!(shown, "the header digest does not fit the body");
}

#[test]
fn whatever_byte_is_changed_the_request_is_refused() {
    let mut chance = Chance::new();
    let whole = post();
    for round in 0..600 {
        let mut request = whole.clone();
        let spoilt = ["body", "digest", "date", "host", "target", "signature"][round % 6];
        match spoilt {
            "body" => chance.spoil(&mut request.body),
            "target" => {
                let mut target = request.path_and_query.into_bytes();
                let at = chance.below(target.len());
                target[at] = b'!'
                    + u8::try_from((usize::from(target[at] - b'!') + 1 + chance.below(93)) % 94)
                        .unwrap();
                request.path_and_query = String::from_utf8(target).unwrap();
            }
            name => {
                let line = request.headers.iter_mut().find(|(n, _)| n == name);
                let value = &mut line.unwrap().1;
                let start = match name {
                    // What stands before it is either bound to the actor or not needed.
                    "signature" => String::from_utf8_lossy(value).find("headers=").unwrap(),
                    _ => 0,
                };
                chance.spoil(&mut value[start..]);
            }
        }
        assert!(!passes(&request), "round {round}: {spoilt}");
    }
}

#[test]
fn noise_is_refused_without_panic() {
    let mut chance = Chance::new();
    let pieces = [
        "keyId=",
        "\"",
        ",",
        "=",
        "(",
        ")",
        ";",
        ":",
        "sig1",
        "@method",
        "created=",
        "-",
        "9999999999999999999",
        "headers=",
        "signature=",
        "algorithm=",
        " ",
        "https://a/",
        "SHA-256=",
        "sha-256=:",
        "\\",
        "é",
        "\0",
        "AAAA",
    ];
    let whole = [post(), Request::rfc9421_post(&inbox(), BODY)];
    for round in 0..3_000 {
        let mut request = whole[round % 2].clone();
        let at = chance.below(request.headers.len());
        let noise = (0..chance.below(12)).map(|_| pieces[chance.below(pieces.len())]);
        request.headers[at].1 = noise.collect::<String>().into_bytes();
        if request.headers[at].0 != "content-type" {
            let checked = check_at(&request, now());
            assert!(checked.is_err(), "{:?}", request.headers[at]);
        }
    }
}
