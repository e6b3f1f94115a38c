//! What we sign is verified, and what was changed is refused.

use super::*;
use crate::federation::signature::sample::{self, BODY, Chance, Request, inbox, now};

fn post() -> Request {
    Request::rfc9421_post(&inbox(), BODY)
}

fn verified_at(request: &Request, now: DateTime<Utc>) -> Result<Url, Refused> {
    let key = sample::public_key();
    verify(&request.parts(), &request.body, &inbox(), &key, now)
}

fn verified(request: &Request) -> Result<Url, Refused> {
    verified_at(request, now())
}

fn refusal(request: &Request) -> Refused {
    verified(request).unwrap_err()
}

/// A request signed anew over what `input` says: `("@method");created=…`.
fn signed_as(request: Request, input: &str) -> Request {
    let text = format!("sig={input}");
    let parsed = Parser::new(&text).parse::<Dictionary>().unwrap();
    let Some(ListEntry::InnerList(covered)) = parsed.get("sig") else {
        panic!("{input}");
    };
    let base = signature_base(&request.parts(), &inbox(), covered).unwrap_or_default();
    let signature = sample::signing_key().private.sign(base.as_bytes());
    let signature = format!("sig=:{}:", BASE64.encode(signature));
    request
        .with("signature-input", &text)
        .with("signature", &signature)
}

const COVERED: &str = r#"("@method" "@target-uri" "content-digest")"#;
const KEY_ID: &str = r#"keyid="https://far.example/actor#main-key""#;

/// A request signed with parameters of its own: `;created=…`.
fn with_parameters(parameters: &str) -> Request {
    signed_as(post(), &format!("{COVERED}{parameters}"))
}

fn created() -> i64 {
    now().timestamp()
}

#[test]
fn a_post_that_we_sign_is_verified() {
    assert_eq!(verified(&post()), Ok(sample::signing_key().id));
    let request = post();
    assert_eq!(request.headers.len(), 5);
    assert_eq!(request.header("content-type"), "application/activity+json");
    assert_eq!(
        request.header("signature-input"),
        r#"sig1=("@method" "@target-uri" "content-digest");created=1795435200;keyid="https://far.example/actor#main-key";alg="rsa-v1_5-sha256""#
    );
    assert!(request.header("signature").starts_with("sig1=:"));
}

#[test]
fn a_get_that_we_sign_is_verified() {
    let url = Url::parse("https://node.example/actor?page=2&x=%20").unwrap();
    let headers = sign_get(&sample::signing_key(), &url, now());
    assert_eq!(headers.len(), 2);
    let request = Request::sent("GET", &url, &headers, b"");
    assert_eq!(verified(&request), Ok(sample::signing_key().id));
    let request = Request {
        path_and_query: "/actor?page=3&x=%20".into(),
        ..request
    };
    assert_eq!(refusal(&request), Refused::Forged);
}

#[test]
fn any_url_can_be_signed_for_without_panic() {
    for url in [
        "mailto:a@b",
        "data:,",
        "file:///x",
        "https://u:p@[::1]:8/?\\#\\",
    ] {
        let url = Url::parse(url).unwrap();
        let key = SigningKey {
            id: url.clone(),
            ..sample::signing_key()
        };
        assert_eq!(sign_post(&key, &url, b"", now()).len(), 4);
    }
}

#[test]
fn the_target_may_be_covered_in_parts() {
    let request = signed_as(
        post(),
        &format!(
            r#"("@path" "@query" "@authority" "@method" "content-digest" "content-type");created={};{KEY_ID}"#,
            created()
        ),
    );
    assert_eq!(verified(&request), Ok(sample::signing_key().id));
    for (parts, missing) in [
        (r#""@method" "content-digest""#, "@target-uri"),
        (
            r#""@method" "@path" "@query" "content-digest""#,
            "@target-uri",
        ),
        (
            r#""@method" "@authority" "@query" "content-digest""#,
            "@target-uri",
        ),
        (
            r#""@method" "@authority" "@path" "content-digest""#,
            "@target-uri",
        ),
        (r#""@target-uri" "content-digest""#, "@method"),
        (r#""@method" "@target-uri" "digest""#, "content-digest"),
        (r#""@method" "@target-uri""#, "content-digest"),
        ("", "@method"),
    ] {
        let request = signed_as(post(), &format!("({parts});created={};{KEY_ID}", created()));
        assert_eq!(refusal(&request), Refused::NotCovered(missing), "{parts}");
    }
}

#[test]
fn nonce_tag_and_unknown_parameters_say_nothing() {
    let request = with_parameters(&format!(
        r#";created={};{KEY_ID};nonce="n";tag="fediverse";later"#,
        created()
    ));
    assert_eq!(verified(&request), Ok(sample::signing_key().id));
}

#[test]
fn a_signature_counts_for_an_hour_and_five_minutes_ahead() {
    let at = |seconds| verified_at(&post(), now() + chrono::TimeDelta::seconds(seconds));
    const WHAT: &str = "the signature's parameter created";
    assert!(at(3_600).is_ok());
    assert!(at(-300).is_ok());
    assert_eq!(at(3_601), Err(Refused::TooOld(WHAT)));
    assert_eq!(at(-301), Err(Refused::TooEarly(WHAT)));
}

#[test]
fn the_time_must_be_given_and_be_a_number() {
    assert_eq!(
        refusal(&with_parameters(&format!(";{KEY_ID}"))),
        Refused::NotCovered("created")
    );
    for created in ["\"1795435200\"", "1795435200.0", "@1795435200", "?1", "now"] {
        let request = with_parameters(&format!(";created={created};{KEY_ID}"));
        assert!(matches!(refusal(&request), Refused::NoTime(_)), "{created}");
    }
}

#[test]
fn an_expired_signature_is_refused() {
    let until = |expires: i64| {
        with_parameters(&format!(
            ";created={};expires={expires};{KEY_ID}",
            created()
        ))
    };
    assert!(verified(&until(created())).is_ok());
    assert_eq!(refusal(&until(created() - 1)), Refused::Expired);
    let request = with_parameters(&format!(";created={};expires=soon;{KEY_ID}", created()));
    assert!(matches!(refusal(&request), Refused::NoTime(_)));
}

#[test]
fn another_algorithm_is_refused() {
    let named = |algorithm: &str| {
        with_parameters(&format!(";created={};{KEY_ID};alg={algorithm}", created()))
    };
    assert!(verified(&named("\"rsa-v1_5-sha256\"")).is_ok());
    for algorithm in [
        "\"rsa-pss-sha512\"",
        "\"hmac-sha256\"",
        "\"ed25519\"",
        "\"\"",
        "rsa-v1_5-sha256",
    ] {
        assert_eq!(
            refusal(&named(algorithm)),
            Refused::Algorithm,
            "{algorithm}"
        );
    }
}

#[test]
fn a_key_without_an_address_is_refused() {
    for id in ["", ";keyid=\"Test\"", ";keyid=key", ";keyid=1"] {
        let request = with_parameters(&format!(";created={}{id}", created()));
        assert_eq!(refusal(&request), Refused::KeyId, "{id}");
    }
}

#[test]
fn there_is_one_signature_with_one_label() {
    let unreadable = |request: Request| matches!(refusal(&request), Refused::Unreadable { .. });
    let (input, signature) = (
        post().header("signature-input").to_owned(),
        post().header("signature").to_owned(),
    );
    let second = |value: &str| format!("{value}, {}", value.replacen("sig1", "sig2", 1));
    assert!(unreadable(post().with("signature-input", &second(&input))));
    assert!(unreadable(post().with("signature", &second(&signature))));
    assert!(unreadable(
        post()
            .with("signature-input", &second(&input))
            .with("signature", &second(&signature))
    ));
    assert!(unreadable(post().replacing("signature", "sig1", "sig2")));
    assert!(unreadable(post().with("signature-input", "")));
    assert!(unreadable(post().with("signature-input", "sig1=1")));
    assert!(unreadable(post().with("signature", "")));
    assert!(unreadable(post().with("signature", "sig1=\"text\"")));
    assert!(unreadable(post().with("signature", "sig1=(:AAAA:)")));
    // Draft-cavage's header beside this standard's.
    let cavage = Request::cavage_post(&inbox(), BODY);
    assert!(unreadable(
        post().with("signature", cavage.header("signature"))
    ));

    let request = post().and("Signature-Input", &input);
    assert_eq!(
        refusal(&request),
        Refused::Repeated("signature-input".into())
    );
    let request = post().and("Signature", &signature);
    assert_eq!(refusal(&request), Refused::Repeated("signature".into()));
    let request = post().without("signature");
    assert_eq!(refusal(&request), Refused::Missing("signature".into()));
}

#[test]
fn components_with_parameters_or_unknown_ones_are_refused() {
    for odd in [
        r#""content-type";bs"#,
        r#""content-type";sf"#,
        r#""content-type";key="a""#,
        r#""@method";req"#,
        r#""@query-param";name="a""#,
        r#""@status""#,
        r#""@unknown""#,
    ] {
        let input = format!(
            r#"("@method" "@target-uri" "content-digest" {odd});created={};{KEY_ID}"#,
            created()
        );
        assert_eq!(
            refusal(&signed_as(post(), &input)),
            Refused::Component,
            "{odd}"
        );
    }
    let twice = format!(
        r#"("@method" "@target-uri" "content-digest" "@method");created={};{KEY_ID}"#,
        created()
    );
    assert_eq!(
        refusal(&signed_as(post(), &twice)),
        Refused::CoveredTwice("@method".into())
    );
}

#[test]
fn a_signature_covers_a_bounded_number_of_components() {
    let request = |count: usize| {
        let mut request = post();
        let mut covered = COVERED.trim_end_matches(')').to_owned();
        for at in 3..count {
            request = request.and(&format!("x-{at}"), "y");
            covered.push_str(&format!(" \"x-{at}\""));
        }
        signed_as(
            request,
            &format!("{covered});created={};{KEY_ID}", created()),
        )
    };
    assert!(verified(&request(MAX_COVERED)).is_ok());
    assert_eq!(refusal(&request(MAX_COVERED + 1)), Refused::TooManyCovered);
}

#[test]
fn the_content_digest_must_be_there_and_be_that_of_the_body() {
    let request = post().without("content-digest");
    assert_eq!(refusal(&request), Refused::Missing("content-digest".into()));
    for body in [&b""[..], b"{}", &BODY[1..]] {
        let request = Request {
            body: body.to_vec(),
            ..post()
        };
        assert_eq!(refusal(&request), Refused::OtherBody("content-digest"));
    }
    let both = format!("{}, sha-512=:AAAA:", digest::content_digest_of(BODY));
    let request = signed_as(
        post().with("content-digest", &both),
        &format!("{COVERED};created={};{KEY_ID}", created()),
    );
    assert_eq!(refusal(&request), Refused::OtherBody("content-digest"));
}

#[test]
fn a_signature_for_another_host_is_refused_whatever_the_host_header_says() {
    let url = Url::parse("https://other.example/inbox").unwrap();
    let request = Request::rfc9421_post(&url, BODY);
    assert_eq!(refusal(&request), Refused::OtherHost);
    let request = request.with("host", "node.example");
    assert_eq!(refusal(&request), Refused::Forged);
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let (_, other) = crate::federation::signature::PrivateKey::generate();
    let other = PublicKey::parse(&other).unwrap();
    let request = post();
    assert_eq!(
        verify(&request.parts(), BODY, &inbox(), &other, now()),
        Err(Refused::Forged)
    );
}

#[test]
fn whatever_byte_is_changed_the_request_is_refused() {
    let mut chance = Chance::new();
    let whole = post();
    for round in 0..500 {
        let mut request = whole.clone();
        let spoilt = [
            "body",
            "content-digest",
            "signature-input",
            "target",
            "signature",
        ][round % 5];
        match spoilt {
            "body" => chance.spoil(&mut request.body),
            "target" => {
                let mut target = request.path_and_query.into_bytes();
                chance.spoil(&mut target);
                request.path_and_query = String::from_utf8_lossy(&target).into_owned();
            }
            "signature" => {
                // Within the signature: the last character of its base64 has bits that say nothing.
                let text = request.header("signature").to_owned();
                let text = text.trim_start_matches("sig1=:").trim_end_matches(':');
                let mut signature = BASE64.decode(text).unwrap();
                chance.spoil(&mut signature);
                let value = format!("sig1=:{}:", BASE64.encode(signature));
                request = request.with("signature", &value);
            }
            name => {
                let line = request.headers.iter_mut().find(|(n, _)| n == name);
                chance.spoil(&mut line.unwrap().1);
            }
        }
        assert!(verified(&request).is_err(), "round {round}: {spoilt}");
    }
}
