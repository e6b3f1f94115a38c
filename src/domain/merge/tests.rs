//! The merge, by example and as properties.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::provenance::{Age, Source};

fn today() -> NaiveDate {
    "2026-11-28".parse().unwrap()
}

fn hoster_of(kind: &str, by: &str, seen: &str, facts: Value) -> Hoster {
    let mut record = json!({
        "id": "a", "name": "A", "source": { "kind": kind, "by": by, "seen": seen },
    });
    let fields = record.as_object_mut().unwrap();
    fields.extend(facts.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

fn service_of(kind: &str, by: &str, seen: &str, facts: Value) -> Service {
    let mut record = json!({
        "id": "s", "hoster": "a", "name": "S", "need": "pads",
        "source": { "kind": kind, "by": by, "seen": seen },
    });
    let fields = record.as_object_mut().unwrap();
    fields.extend(facts.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

#[test]
fn what_one_source_says_is_the_record() {
    let shipped = include_bytes!("../../../fixtures/data/hosters.json");
    let found: Value = serde_json::from_slice(shipped).unwrap();
    for record in found["hosters"].as_array().unwrap() {
        let told: Hoster = serde_json::from_value(record.clone()).unwrap();
        assert_eq!(hoster(std::slice::from_ref(&told), today()), Some(told));
        for record in record["services"].as_array().unwrap() {
            let mut record = record.clone();
            record["hoster"] = json!("a");
            let told: Service = serde_json::from_value(record).unwrap();
            assert_eq!(service(std::slice::from_ref(&told), today()), Some(told));
        }
    }
    assert_eq!(hoster(&[], today()), None);
    let unknown = hoster_of(
        "own-file",
        "f",
        "2026-11",
        json!({ "unsourced": ["x", "city", "x"] }),
    );
    assert_eq!(
        hoster(std::slice::from_ref(&unknown), today()),
        Some(unknown)
    );
}

#[test]
fn a_weaker_source_fills_gaps_and_each_fact_names_its_own() {
    let own = hoster_of(
        "own-file",
        "f",
        "2026-11-01",
        json!({ "name": "Own", "languages": ["fr"] }),
    );
    let list = hoster_of(
        "third-party-list",
        "l",
        "2026-11-20",
        json!({
            "name": "Listed", "languages": ["de"], "legal_form": "association", "unsourced": ["legal_form", "languages"],
            "sources": ["p"],
        }),
    );
    let merged = hoster(&[list.clone(), own.clone()], today()).unwrap();
    assert_eq!(merged.name.as_str(), "Own");
    assert_eq!(merged.source, own.source);
    assert_eq!(merged.languages, own.languages);
    assert_eq!(merged.legal_form, list.legal_form);
    assert_eq!(merged.facts.keys().collect::<Vec<_>>(), ["legal_form"]);
    assert_eq!(merged.source_of("legal_form"), &list.source);
    assert_eq!(merged.unsourced, [Name::parse("legal_form").unwrap()]);
    assert_eq!(merged.sources, list.sources);
}

#[test]
fn what_is_stale_gives_way_to_what_is_not() {
    let own = service_of(
        "own-file",
        "f",
        "2026-01-01",
        json!({ "registration": "free", "price": { "kind": "free" } }),
    );
    let list = service_of(
        "third-party-list",
        "l",
        "2026-06",
        json!({ "registration": "closed" }),
    );
    assert_eq!(own.source.age(today()), Age::Stale);
    let merged = service(&[own.clone(), list.clone()], today()).unwrap();
    assert_eq!(
        (merged.registration, &merged.source),
        (list.registration, &list.source)
    );
    assert_eq!(
        (&merged.price, merged.source_of("price")),
        (&own.price, &own.source)
    );
}

#[test]
fn of_equals_the_one_seen_last_counts() {
    let old = hoster_of("collective-list", "a", "2026-10", json!({ "name": "Old" }));
    let new = hoster_of("collective-list", "b", "2026-11", json!({ "name": "New" }));
    assert_eq!(hoster(&[new.clone(), old], today()).unwrap().name, new.name);
}

#[test]
fn a_list_that_was_merely_found_fills_gaps_and_renames_nobody() {
    let chosen = hoster_of(
        "third-party-list",
        "a",
        "2026-06",
        json!({ "name": "Chosen" }),
    );
    let found = hoster_of(
        "found-list",
        "b",
        "2026-11-28",
        json!({ "name": "Found", "legal_form": "company" }),
    );
    let merged = hoster(&[found.clone(), chosen.clone()], today()).unwrap();
    assert_eq!(
        (&merged.name, &merged.source),
        (&chosen.name, &chosen.source)
    );
    assert_eq!(
        (merged.legal_form, merged.source_of("legal_form")),
        (found.legal_form, &found.source)
    );
}

#[test]
fn where_something_was_seen_moves_nobody_who_is_said_to_be_somewhere() {
    let seen = hoster_of(
        "observation",
        "o",
        "2026-11-27",
        json!({ "place": { "country": "DE", "city": "Falkenstein", "coordinates": { "lat": 50.5, "lon": 12.4 } } }),
    );
    // However weak and old the word is.
    for place in [
        json!({ "country": "FR", "city": "Lyon" }),
        json!({ "country": "DE", "city": "Falkenstein", "coordinates": { "lat": 1.0, "lon": 1.0 } }),
    ] {
        let list = hoster_of("found-list", "l", "2019", json!({ "place": place }));
        let merged = hoster(&[seen.clone(), list.clone()], today()).unwrap();
        assert_eq!(merged.place.country, list.place.country);
        assert_eq!(merged.place.city, list.place.city);
        assert!(
            list.place.coordinates.is_none() || merged.place.coordinates == list.place.coordinates
        );
    }
    let silent = hoster_of("found-list", "l", "2026-11", json!({}));
    let merged = hoster(&[seen.clone(), silent], today()).unwrap();
    assert_eq!(
        merged.place, seen.place,
        "if nobody says it, it is better than nothing"
    );
}

#[test]
fn general_knowledge_gives_way_to_whatever_a_source_gives() {
    let own = hoster_of(
        "own-file",
        "f",
        "2026-11-27",
        json!({ "name": "a.example", "unsourced": ["name", "city"], "place": { "city": "Lyon" } }),
    );
    let list = hoster_of(
        "found-list",
        "l",
        "2019",
        json!({ "name": "The Name", "place": { "city": "Brest" } }),
    );
    let merged = hoster(&[own.clone(), list.clone()], today()).unwrap();
    assert_eq!((&merged.name, &merged.place), (&list.name, &list.place));
    assert_eq!(merged.source_of("name"), &list.source);
    assert!(merged.unsourced.is_empty());
    assert_eq!(merged.source, own.source);
    // Among those that no source gives the strongest counts, and is said to be so.
    let guess = hoster_of(
        "found-list",
        "l",
        "2026-11",
        json!({ "name": "A guess", "unsourced": ["name"] }),
    );
    let merged = hoster(&[own.clone(), guess], today()).unwrap();
    assert_eq!(
        (&merged.name, merged.unsourced),
        (&own.name, own.unsourced.clone())
    );
}

#[test]
fn an_observation_neither_names_nor_lists_but_sees_what_runs() {
    let list = service_of(
        "third-party-list",
        "l",
        "2026-11",
        json!({ "name": "Listed", "need": "calendars" }),
    );
    let seen = service_of(
        "observation",
        "o",
        "2026-11-27",
        json!({ "name": "Nextcloud", "need": "files", "software": "nextcloud" }),
    );
    let merged = service(&[list.clone(), seen.clone()], today()).unwrap();
    assert_eq!(
        (&merged.name, &merged.need, &merged.source),
        (&list.name, &list.need, &list.source)
    );
    assert_eq!(
        (&merged.software, merged.source_of("software")),
        (&seen.software, &seen.source)
    );
    assert_eq!(service(std::slice::from_ref(&seen), today()), Some(seen));
}

#[test]
fn a_town_is_not_put_together_from_two() {
    let own = hoster_of(
        "own-file",
        "f",
        "2026-11",
        json!({ "place": { "country": "FR", "city": "Lyon" } }),
    );
    let place = |place: Value| {
        let list = hoster_of(
            "third-party-list",
            "l",
            "2026-11",
            json!({ "place": place }),
        );
        hoster(&[own.clone(), list], today()).unwrap().place
    };
    let at = json!({ "lat": 45.75, "lon": 4.85 });
    let of_same = place(json!({ "city": "LYON", "postcode": "69001", "coordinates": at }));
    assert!(of_same.postcode.is_some() && of_same.coordinates.is_some());
    for other in [
        json!({ "city": "Paris", "postcode": "75001", "coordinates": at }),
        json!({ "postcode": "75001", "coordinates": at }),
        json!({ "country": "BE", "city": "Lyon", "coordinates": at }),
    ] {
        assert_eq!(place(other), own.place);
    }
}

#[test]
fn a_record_that_was_merged_elsewhere_keeps_its_facts_sources() {
    let own = hoster_of("own-file", "f", "2026-11-01", json!({}));
    let list = hoster_of(
        "third-party-list",
        "l",
        "2026-11",
        json!({ "legal_form": "company" }),
    );
    let merged = hoster(&[own, list.clone()], today()).unwrap();
    assert_eq!(
        hoster(std::slice::from_ref(&merged), today()).as_ref(),
        Some(&merged)
    );
    let stronger = hoster_of(
        "collective-list",
        "c",
        "2026-11",
        json!({ "legal_form": "association" }),
    );
    let again = hoster(&[merged, stronger.clone()], today()).unwrap();
    assert_eq!(
        (again.legal_form, again.source_of("legal_form")),
        (stronger.legal_form, &stronger.source)
    );
}

/// A service as some source gives it, each by another.
fn told() -> impl Strategy<Value = Service> {
    let kinds = [
        "found-list",
        "third-party-list",
        "collective-list",
        "observation",
        "own-file",
        "own-node",
    ];
    let seen = [
        "2027-06",
        "2026-11-27",
        "2026-11-02",
        "2026-07",
        "2025-12",
        "2020",
    ];
    let registration = [
        Value::Null,
        json!("free"),
        json!("closed"),
        json!("request"),
    ];
    let software = [Value::Null, json!("etherpad"), json!("nextcloud")];
    let rest = (
        0..kinds.len(),
        0..seen.len(),
        0..4_usize,
        0..3_usize,
        0..3_usize,
        0..3_usize,
    );
    rest.prop_map(move |(kind, day, way, runs, need, price)| {
        service_of(kinds[kind], "by", seen[day], json!({
            "name": format!("S{day}"), "registration": registration[way], "software": software[runs],
            "need": (["pads", "files", "polls"][need]),
            "price": ([Value::Null, json!({ "kind": "free" }), json!({ "kind": "paid" })][price]),
            "unsourced": if price == 1 { json!(["registration"]) } else { json!([]) },
            "other": { format!("k{need}"): format!("v{day}") },
        }))
    })
}

/// Where and who some source says that a hoster is.
fn described() -> impl Strategy<Value = Hoster> {
    let kinds = [
        "found-list",
        "third-party-list",
        "collective-list",
        "observation",
        "own-file",
        "own-node",
    ];
    let seen = ["2026-11-27", "2026-11-02", "2026-07", "2020"];
    let rest = (
        0..kinds.len(),
        0..seen.len(),
        0..3_usize,
        0..3_usize,
        0..3_usize,
        0..2_usize,
    );
    rest.prop_map(move |(kind, day, country, city, postcode, at)| {
        hoster_of(kinds[kind], "by", seen[day], json!({
            "place": {
                "country": ([Value::Null, json!("FR"), json!("BE")][country]),
                "city": ([Value::Null, json!("Lyon"), json!("Spa")][city]),
                "postcode": ([Value::Null, json!("69001"), json!("4900")][postcode]),
                "coordinates": ([Value::Null, json!({ "lat": f64::from(kind as u8), "lon": 1.0 })][at]),
            },
            "sources": [format!("p{kind}")],
        }))
    })
}

fn apart<T>(mut said: Vec<T>, source: impl Fn(&mut T) -> &mut Source) -> Vec<T> {
    for (number, told) in said.iter_mut().enumerate() {
        source(told).by = Name::parse(&format!("by {number}")).unwrap();
    }
    said
}

fn services() -> impl Strategy<Value = Vec<Service>> {
    proptest::collection::vec(told(), 1..7).prop_map(|said| apart(said, |told| &mut told.source))
}

fn hosters() -> impl Strategy<Value = Vec<Hoster>> {
    proptest::collection::vec(described(), 1..7)
        .prop_map(|said| apart(said, |told| &mut told.source))
}

/// What is stronger comes first.
fn strength(source: &Source) -> (bool, SourceKind) {
    (source.age(today()) != Age::Stale, source.kind)
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        (said, shuffled) in services().prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
        (described, turned) in hosters().prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
    ) {
        prop_assert_eq!(service(&said, today()), service(&shuffled, today()));
        prop_assert_eq!(hoster(&described, today()), hoster(&turned, today()));
    }

    #[test]
    fn a_weaker_source_never_changes_a_value_that_stronger_ones_give(said in services(), one_more in told()) {
        let mut said = said;
        said.retain(|told| strength(&told.source) > strength(&one_more.source));
        prop_assume!(!said.is_empty());
        let before = service(&said, today()).unwrap();
        said.push(one_more);
        let after = service(&said, today()).unwrap();
        let only_seen = before.source.kind == SourceKind::Observation;
        prop_assert!(only_seen || (&before.name, &before.need) == (&after.name, &after.need));
        let is_given = before.registration.is_some() && !before.is_unsourced("registration");
        prop_assert!(!is_given || before.registration == after.registration);
        prop_assert!(before.price.is_none() || before.price == after.price);
        prop_assert!(only_seen || before.software.is_none() || before.software == after.software);
        for (key, value) in &before.other {
            prop_assert_eq!(&after.other[key], value);
        }
    }

    #[test]
    fn a_weaker_source_never_moves_a_hoster(said in hosters(), one_more in described()) {
        let mut said = said;
        let strength = |told: &Hoster| {
            let is_said = told.source.kind != SourceKind::Observation;
            (is_said, strength(&told.source))
        };
        said.retain(|told| strength(told) > strength(&one_more));
        prop_assume!(!said.is_empty());
        let before = hoster(&said, today()).unwrap().place;
        said.push(one_more);
        let after = hoster(&said, today()).unwrap().place;
        prop_assert!(before.country.is_none() || before.country == after.country);
        prop_assert!(before.city.is_none() || before.city == after.city);
        prop_assert!(before.postcode.is_none() || before.postcode == after.postcode);
        prop_assert!(before.coordinates.is_none() || before.coordinates == after.coordinates);
    }

    #[test]
    fn every_value_is_that_of_the_source_named_for_it(said in services()) {
        let merged = service(&said, today()).unwrap();
        for fact in SERVICE_FACTS {
            let given = said.iter().find(|told| &told.source == merged.source_of(fact)).unwrap();
            match *fact {
                "registration" if merged.registration.is_some() => prop_assert_eq!(given.registration, merged.registration),
                "software" if merged.software.is_some() => prop_assert_eq!(&given.software, &merged.software),
                "price" if merged.price.is_some() => prop_assert_eq!(&given.price, &merged.price),
                "name" => prop_assert_eq!(&given.name, &merged.name),
                _ => {}
            }
        }
    }
}
