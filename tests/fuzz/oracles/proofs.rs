//! What is signed in itself: vouches, revocations, states, bundles, and the one text that signatures are over.

use std::sync::LazyLock;

use archipelago::formats::activitypub::proof::{self, Signer, generate};
use archipelago::formats::activitypub::{bundle, directory_state, document, revocation, vouch};
use archipelago::formats::canonical;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::mangle::{self, Chance};
use super::{Target, fixtures};

/// A document; how it is tampered with follows from its hash.
pub const TARGET: Target = Target {
    name: "proofs",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures("activitypub/proof", ".json");
    seeds.extend(fixtures("activitypub/mastodon", ".json"));
    seeds.push(br#"{"a":[1.5,-0.0,1e21,1e-7,333333333.33333329,18446744073709551615],"\u20ac":"\ud83d\ude00\u0000"}"#.to_vec());
    seeds
}

fn check(input: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    let text = canonical::of(&json);
    let again: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        canonical::of(&again),
        text,
        "the one text of a value is the one text of what it is read as"
    );
    is_read_and_written_back(&json);
    if let Ok(document) = document::read(input) {
        is_only_as_it_was_signed(without_numbers(document), input);
    }
}

/// What is read of a signed document is what is written of it.
fn is_read_and_written_back(json: &Value) {
    if let Ok(given) = vouch::offered(json) {
        assert_eq!(vouch::offered(&vouch::write(&given)).as_ref(), Ok(&given));
        assert!(given.since < given.until && given.id.origin() == given.issuer.origin());
    }
    if let Ok(bundle) = bundle::read(json) {
        assert_eq!(bundle::read(&bundle::write(&bundle)).as_ref(), Ok(&bundle));
    }
    if let Ok((vouch, claimed)) = vouch::read(json) {
        assert_eq!(claimed.method.origin(), vouch.issuer.origin());
    }
    if let Ok((revocation, _)) = revocation::read(json) {
        assert_eq!(revocation.vouch.origin(), revocation.issuer.origin());
    }
    if let Ok((state, claimed)) = directory_state::read(json) {
        assert_eq!(state.issued, claimed.created);
        let written = directory_state::write(&state);
        assert_eq!(written["archi:state"], Value::from(state.state));
    }
}

/// Whatever somebody changes of it, nobody takes it for what was signed.
fn is_only_as_it_was_signed(document: Value, input: &[u8]) {
    static KEYS: LazyLock<(Signer, String)> = LazyLock::new(|| {
        let (private, public) = generate();
        let method = "https://a.example/ap/actor#key"
            .parse()
            .expect("it is an address");
        (
            Signer::new(&private, method).expect("the key was just made"),
            public,
        )
    });
    let (signer, key) = &*KEYS;
    let signed = signer.sign(document, DateTime::<Utc>::UNIX_EPOCH);
    let verified = proof::verify(&signed, key);
    assert!(verified.is_ok(), "{verified:?}: {signed}");
    let mut chance = Chance::of(input);
    for _ in 0..8 {
        let mut changed = signed.clone();
        mangle::value(&mut changed, &mut chance);
        if alone(&changed) != signed {
            assert!(proof::verify(&changed, key).is_err(), "{signed}\n{changed}");
        }
    }
}

/// A list of one proof says the same as that proof.
fn alone(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(Value::Array(proofs)) = document.get("proof")
        && let [only] = proofs.as_slice()
    {
        document["proof"] = only.clone();
    }
    document
}

/// Numbers are no part of what is signed.
fn without_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.to_string()),
        Value::Array(items) => items.into_iter().map(without_numbers).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, without_numbers(value)))
            .collect(),
        other => other,
    }
}
