use proptest::prelude::*;
use rsa::pkcs8::{LineEnding, SecretDocument};
use serde_json::json;

use super::*;
use crate::domain::secret::PrivatePem;
use crate::formats::activitypub::{revocation, vouch};

/// The key of both test vectors.
const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
/// Its private half, as the standard shows it to all the world.
const SECRET: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";

fn vector(name: &str) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/activitypub/proof");
    let bytes = std::fs::read(format!("{root}/{name}.json")).unwrap();
    document::read(&bytes).unwrap()
}

/// The key of the test vectors, under another id.
fn signer(method: &str) -> Signer {
    let secret: [u8; 34] = multibase::decode(SECRET).unwrap();
    // RFC 8410 §7: version 1, id-Ed25519, the seed.
    let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    der.extend_from_slice(secret.strip_prefix(&[0x80, 0x26]).unwrap());
    let pem = SecretDocument::try_from(der.as_slice())
        .and_then(|document| document.to_pem("PRIVATE KEY", LineEnding::LF));
    Signer::new(&PrivatePem::new(pem.unwrap()), method.parse().unwrap()).unwrap()
}

fn moment() -> DateTime<Utc> {
    "2026-11-20T09:00:05Z".parse().unwrap()
}

fn signed() -> Value {
    let document = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", { "archi": "https://w3id.org/archipelago#" }],
        "id": "https://a.example/1", "name": "Café", "to": ["x", { "y": [true, null] }],
    });
    signer("https://a.example/ap/group#ed25519-key").sign(document, moment())
}

/// What is said of the signed document once a part of it has been replaced.
fn with(path: &str, value: Value) -> Result<Claimed, NotProven> {
    let mut document = signed();
    let (parent, key) = path.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    verify(&document, KEY)
}

#[test]
fn the_official_vector_verifies_and_is_signed_bit_for_bit() {
    let vector = vector("vc-di-eddsa");
    let claimed = verify(&vector, KEY).unwrap();
    let method = vector["proof"]["verificationMethod"].as_str().unwrap();
    assert_eq!(claimed.method.as_str(), method);
    assert_eq!(claimed.created.to_rfc3339(), "2023-02-24T23:36:38+00:00");
    let again = signer(method).sign(vector.clone(), claimed.created);
    assert_eq!(again, vector);
}

#[test]
fn the_bytes_that_are_signed_are_those_of_the_standard() {
    let vector = vector("vc-di-eddsa");
    let bytes = signed_bytes(&vector, &vector["proof"]);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db\
         59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
    );
}

#[test]
fn the_vector_of_fep_8b32_holds_and_is_refused_for_its_numbers_alone() {
    let vector = vector("fep-8b32");
    assert_eq!(verify(&vector, KEY), Err(NotProven::Number));
    let proof = of(&vector["proof"]).unwrap();
    assert_eq!(holds(&vector, &proof, KEY), Ok(()));
    let method = proof.claimed.method.as_str();
    let again = signer(method).sign(vector.clone(), proof.claimed.created);
    assert_eq!(again, vector);
}

#[test]
fn a_proof_without_a_context_of_its_own_verifies_as_in_the_older_vector() {
    let mut vector = vector("fep-8b32-2023");
    assert!(verify(&vector, KEY).is_ok());
    vector["@context"][1] = json!("https://other.example/");
    assert_eq!(verify(&vector, KEY), Err(NotProven::Signature));
}

#[test]
fn our_documents_are_signed_as_other_programs_sign_them() {
    for name in ["vouch", "revocation"] {
        let vector = vector(name);
        let claimed = verify(&vector, KEY).unwrap();
        let signer = signer(claimed.method.as_str());
        let mut document = vector.clone();
        document.as_object_mut().unwrap().shift_remove("proof");
        assert_eq!(signer.sign(document, claimed.created), vector, "{name}");
    }
    assert_eq!(
        vouch::read(&vector("vouch")).unwrap().0,
        vouch::tests::vouch()
    );
    let revoked = revocation::read(&vector("revocation")).unwrap().0.vouch;
    assert_eq!(revoked, vouch::tests::vouch().id);
}

#[test]
fn what_fedify_signs_verifies() {
    let claimed = verify(&vector("fedify"), KEY).unwrap();
    assert_eq!(claimed.created, moment());
}

#[test]
fn what_a_new_key_signs_its_public_half_verifies_and_no_other() {
    let (private, public) = generate();
    assert!(public.starts_with("z6Mk") && is_key(&public));
    let method: Url = "https://a.example/ap/org#ed25519-key".parse().unwrap();
    let signer = Signer::new(&private, method.clone()).unwrap();
    let document = signer.sign(json!({ "@context": "x", "id": "y" }), moment());
    assert_eq!(
        verify(&document, &public),
        Ok(Claimed {
            method,
            created: moment()
        })
    );
    assert_eq!(verify(&document, KEY), Err(NotProven::Signature));
    assert_ne!(generate().1, public);
}

#[test]
fn signing_again_replaces_the_proof() {
    let signer = signer("https://a.example/ap/group#ed25519-key");
    let later = moment() + chrono::TimeDelta::days(1);
    let renewed = signer.sign(signed(), later);
    assert_eq!(verify(&renewed, KEY).unwrap().created, later);
    assert_eq!(signer.sign(renewed, moment()), signed());
    assert_eq!(signer.sign(json!([1]), moment()), json!([1]));
}

#[test]
fn what_is_no_private_key_of_ed25519_signs_nothing() {
    let (private, _) = generate();
    for pem in [
        String::new(),
        private.expose().replace("PRIVATE", "PUBLIC"),
        private.expose()[..60].to_owned(),
        private.expose().replace("MF", "MG"),
    ] {
        let method = "https://a.example/#k".parse().unwrap();
        let refused = Signer::new(&PrivatePem::new(pem), method);
        assert_eq!(refused.unwrap_err(), NotASigningKey);
    }
}

#[test]
fn exactly_one_proof_is_accepted() {
    let mut document = signed();
    let proof = document["proof"].clone();
    document["proof"] = json!([proof]);
    assert!(verify(&document, KEY).is_ok());
    document["proof"] = json!([proof, proof]);
    assert_eq!(verify(&document, KEY), Err(NotProven::Several));
    for none in [json!(null), json!([]), json!("x"), json!([[]])] {
        assert_eq!(with("/proof", none), Err(NotProven::Missing));
    }
    assert_eq!(claimed(&json!({ "id": "x" })), Err(NotProven::Missing));
}

#[test]
fn another_kind_of_proof_is_refused() {
    let old = json!("Ed25519Signature2020");
    assert_eq!(with("/proof/type", old), Err(NotProven::Type));
    for suite in ["eddsa-rdfc-2022", "ecdsa-jcs-2019", "EDDSA-JCS-2022", ""] {
        let refused = with("/proof/cryptosuite", json!(suite));
        assert_eq!(refused, Err(NotProven::Cryptosuite), "{suite}");
    }
    for purpose in [
        json!("authentication"),
        json!(["assertionMethod"]),
        json!(null),
    ] {
        assert_eq!(
            with("/proof/proofPurpose", purpose),
            Err(NotProven::Purpose)
        );
    }
    for method in [
        json!("#key"),
        json!(null),
        json!({ "id": "https://a.example/#key" }),
    ] {
        assert_eq!(
            with("/proof/verificationMethod", method),
            Err(NotProven::Method)
        );
    }
    let long = format!("https://a.example/#{}", "x".repeat(MAX_LINK_BYTES));
    assert_eq!(
        with("/proof/verificationMethod", json!(long)),
        Err(NotProven::Method)
    );
    for created in [json!("yesterday"), json!("2026-11-20"), json!(null)] {
        assert_eq!(with("/proof/created", created), Err(NotProven::Created));
    }
    for value in [
        json!("z2"),
        json!("x"),
        json!(null),
        json!(format!("z{}", "1".repeat(64))),
    ] {
        let refused = with("/proof/proofValue", value.clone()).unwrap_err();
        assert!(
            matches!(refused, NotProven::Value | NotProven::Signature),
            "{value}"
        );
    }
}

#[test]
fn a_proof_that_ends_by_itself_is_refused_even_if_it_was_signed_so() {
    let ends = json!("2099-01-01T00:00:00Z");
    assert_eq!(with("/proof/expires", ends), Err(NotProven::Expires));
}

#[test]
fn a_changed_context_is_refused() {
    let other =
        json!(["https://www.w3.org/ns/activitystreams", { "archi": "https://b.example/#" }]);
    assert_eq!(with("/@context", other.clone()), Err(NotProven::Context));
    assert_eq!(with("/proof/@context", other), Err(NotProven::Context));
    let mut document = signed();
    document["proof"]
        .as_object_mut()
        .unwrap()
        .shift_remove("@context");
    assert_eq!(verify(&document, KEY), Err(NotProven::Signature));
    document.as_object_mut().unwrap().shift_remove("@context");
    assert_eq!(verify(&document, KEY), Err(NotProven::Signature));
}

#[test]
fn numbers_and_words_that_reshape_are_refused_wherever_they_stand() {
    for path in ["/x", "/proof/x", "/to/1/y"] {
        assert_eq!(with(path, json!(5)), Err(NotProven::Number), "{path}");
        assert_eq!(with(path, json!([{ "z": 0.5 }])), Err(NotProven::Number));
        for word in ["@graph", "@included", "@reverse"] {
            let refused = with(path, json!({ (word): [] }));
            assert!(
                matches!(refused, Err(NotProven::Document(_))),
                "{path} {word}"
            );
        }
    }
}

#[test]
fn a_key_that_is_none_verifies_nothing() {
    for key in [
        "",
        "z6Mk",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        SECRET,
    ] {
        assert_eq!(verify(&signed(), key), Err(NotProven::Key), "{key}");
    }
}

#[test]
fn every_refusal_is_a_sentence_that_says_what_is_wrong() {
    let refused = verify(&json!({}), KEY).unwrap_err();
    assert_eq!(refused.to_string(), "it has no proof");
}

/// The fields of every object in another order.
fn shuffled(value: &Value, seed: u64) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| shuffled(item, seed)).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| {
                crate::domain::fingerprint::fingerprint(format!("{seed}{name}").as_bytes())
            });
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), shuffled(value, seed)))
                    .collect(),
            )
        }
        single => single.clone(),
    }
}

proptest! {
    #[test]
    fn the_order_of_fields_is_nothing_that_is_signed(seed: u64) {
        let shuffled = shuffled(&signed(), seed);
        prop_assert!(verify(&shuffled, KEY).is_ok());
    }

    #[test]
    fn a_document_of_which_any_byte_was_changed_is_refused(
        at in any::<prop::sample::Index>(), byte in 0x20u8..0x7f
    ) {
        let text = signed().to_string();
        let mut bytes = text.clone().into_bytes();
        *at.get_mut(&mut bytes) = byte;
        // Some changes leave no document; some leave the same one.
        if let Ok(changed) = document::read(&bytes) {
            prop_assert_eq!(verify(&changed, KEY).is_ok(), changed == signed());
        }
    }

    #[test]
    fn a_key_of_which_any_character_was_changed_verifies_nothing(
        at in any::<prop::sample::Index>(), byte in 0x20u8..0x7f
    ) {
        let mut key = KEY.as_bytes().to_vec();
        *at.get_mut(&mut key) = byte;
        let key = String::from_utf8(key).unwrap();
        prop_assert_eq!(verify(&signed(), &key).is_ok(), key == KEY);
    }

    #[test]
    fn whatever_comes_is_answered(key in ".{0,60}", value in "z?.{0,100}") {
        let mut document = signed();
        document["proof"]["proofValue"] = json!(value);
        prop_assert!(verify(&document, &key).is_err());
    }
}
