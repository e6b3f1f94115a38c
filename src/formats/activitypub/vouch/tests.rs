use super::*;
use crate::formats::activitypub::proof::{Signer, generate};

const ISSUER: &str = "https://collectif.example/ap/collectif";

pub(in crate::formats::activitypub) fn vouch() -> Vouch {
    let url = |text: &str| Url::parse(text).unwrap();
    Vouch {
        id: url("https://collectif.example/ap/vouches/2026-0042"),
        issuer: url(ISSUER),
        object: url("https://hosteur.example/ap/org"),
        basis: Basis::Membership,
        since: "2026-11-20T00:00:00Z".parse().unwrap(),
        until: "2027-12-25T00:00:00Z".parse().unwrap(),
        charter: Some(CharterVersion {
            version: Name::parse("3").unwrap(),
            sha256: Some("9f86d081884c7d659a2feaa0c55ad015".repeat(2)),
        }),
        evidence: Some(Link::parse("https://collectif.example/candidatures/42").unwrap()),
    }
}

/// Signs with a new key that says it is the issuer's.
pub(in crate::formats::activitypub) fn signer() -> Signer {
    let method = format!("{ISSUER}#ed25519-key").parse().unwrap();
    Signer::new(&generate().0, method).unwrap()
}

fn moment() -> DateTime<Utc> {
    "2026-11-20T09:00:05Z".parse().unwrap()
}

/// What is read once a part has been replaced, and all of it signed.
fn with(key: &str, value: Value) -> Result<Vouch, NotAVouch> {
    let mut document = write(&vouch());
    document[key] = value;
    let signed = signer().sign(document, moment());
    read(&signed).map(|(vouch, _)| vouch)
}

#[test]
fn our_vouch_is_that_of_the_contract_and_is_read_back() {
    insta::assert_json_snapshot!(write(&vouch()));
    let (private, public) = generate();
    let method: Url = format!("{ISSUER}#ed25519-key").parse().unwrap();
    let signer = Signer::new(&private, method.clone()).unwrap();
    let signed = signer.sign(write(&vouch()), moment());
    let claimed = Claimed {
        method,
        created: moment(),
    };
    assert_eq!(read(&signed), Ok((vouch(), claimed.clone())));
    assert_eq!(proof::verify(&signed, &public), Ok(claimed));
}

#[test]
fn a_peers_vouch_belongs_to_no_collective() {
    let peer = Vouch {
        basis: Basis::Peer,
        charter: None,
        evidence: None,
        ..vouch()
    };
    let document = write(&peer);
    assert_eq!(document.get("context"), None);
    assert_eq!(offered(&document), Ok(peer));
}

#[test]
fn a_vouch_that_nobody_signed_is_only_offered() {
    let document = write(&vouch());
    assert_eq!(offered(&document), Ok(vouch()));
    assert_eq!(
        read(&document),
        Err(NotAVouch::NotProven(NotProven::Missing))
    );
}

#[test]
fn only_a_relationship_by_which_somebody_vouches_is_a_vouch() {
    for kind in [json!("Note"), json!(["Relationship", "Note"]), json!(null)] {
        assert_eq!(with("type", kind), Err(NotAVouch::Type));
    }
    for other in [
        "vouchesFor",
        "archi:vouchesFor",
        "https://w3id.org/archipelago#knows",
    ] {
        assert_eq!(with("relationship", json!(other)), Err(NotAVouch::Type));
    }
    assert!(with("type", json!(["Relationship"])).is_ok());
    let reshaped = with("x", json!({ "@graph": [] }));
    assert!(matches!(reshaped, Err(NotAVouch::Document(_))));
}

#[test]
fn nobody_vouches_in_anothers_name() {
    let hoster = json!("https://hosteur.example/ap/org");
    assert_eq!(with("subject", hoster.clone()), Err(NotAVouch::Issuer));
    assert_eq!(with("attributedTo", hoster.clone()), Err(NotAVouch::Issuer));
    assert_eq!(
        with("attributedTo", json!([ISSUER, ISSUER])),
        Err(NotAVouch::Issuer)
    );
    assert_eq!(
        with("id", json!("https://hosteur.example/ap/vouches/1")),
        Err(NotAVouch::Id)
    );
    assert_eq!(
        with("id", json!("http://collectif.example/ap/vouches/1")),
        Err(NotAVouch::Id)
    );
    assert_eq!(
        with("id", json!("https://collectif.example/ap/v#1")),
        Err(NotAVouch::Id)
    );
    assert_eq!(with("id", json!(null)), Err(NotAVouch::Id));
    for method in [
        "https://hosteur.example/ap/org#ed25519-key",
        "https://collectif.example/ap/other#ed25519-key",
        "https://collectif.example/ap/collectif?x#ed25519-key",
    ] {
        let signer = Signer::new(&generate().0, method.parse().unwrap()).unwrap();
        let signed = signer.sign(write(&vouch()), moment());
        assert_eq!(read(&signed), Err(NotAVouch::Method), "{method}");
    }
}

#[test]
fn a_vouch_is_for_another_on_a_known_ground() {
    assert_eq!(with("object", json!(ISSUER)), Err(NotAVouch::Object));
    assert_eq!(
        with("object", json!("did:key:z6Mk")),
        Err(NotAVouch::Object)
    );
    assert!(with("object", json!("https://hosteur.example/")).is_ok());
    for basis in [json!(null), json!("friendship"), json!(["peer"])] {
        assert_eq!(with("archi:basis", basis), Err(NotAVouch::Basis));
    }
}

#[test]
fn its_time_is_two_moments_one_after_the_other() {
    for end in [
        "2026-11-20T00:00:00Z",
        "2026-11-19T23:59:59Z",
        "2027-12-25",
        "never",
        "",
    ] {
        assert_eq!(with("endTime", json!(end)), Err(NotAVouch::Times), "{end}");
    }
    assert_eq!(with("startTime", json!(null)), Err(NotAVouch::Times));
    let until = with("endTime", json!("2026-11-20T03:00:00+02:00"))
        .unwrap()
        .until;
    assert_eq!(until.to_rfc3339(), "2026-11-20T01:00:00+00:00");
}

#[test]
fn a_charter_is_certain_or_the_vouch_is_none() {
    assert_eq!(
        with("archi:charterVersion", json!("")),
        Err(NotAVouch::Charter)
    );
    assert_eq!(
        with("archi:charterVersion", json!(["3"])),
        Err(NotAVouch::Charter)
    );
    for sha256 in ["", "9f86", &"g".repeat(64), &"A".repeat(64)] {
        assert_eq!(
            with("archi:charterSha256", json!(sha256)),
            Err(NotAVouch::Charter)
        );
    }
}

#[test]
fn what_does_not_count_is_passed_over() {
    assert_eq!(
        with("archi:evidence", json!("javascript:x"))
            .unwrap()
            .evidence,
        None
    );
    assert_eq!(with("x", json!({ "y": ["z"] })), Ok(vouch()));
}
