//! The draw over small directories, made for one question each.

use std::sync::Arc;

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::collective::Standing;
use crate::domain::health::Availability;
use crate::search::rank::{Ages, Answer, Score};

const PARIS: (f64, f64) = (48.857, 2.352);
const LYON: (f64, f64) = (45.748, 4.847);

/// A hoster at a place, with services of which so much is known.
struct Entry(&'static str, Option<(f64, f64)>, Vec<Value>);

fn at((latitude, longitude): (f64, f64)) -> Coordinates {
    Coordinates::new(latitude, longitude).unwrap()
}

fn lots(entries: &[Entry]) -> (Lots, Vec<Arc<Service>>) {
    lots_seen(entries, |_| None)
}

/// Lots of services that were looked at with that result, by their name.
fn lots_seen(
    entries: &[Entry],
    seen: impl Fn(&str) -> Option<Availability>,
) -> (Lots, Vec<Arc<Service>>) {
    let (mut hosters, mut services, mut hits) = (vec![], vec![], vec![]);
    let source = json!({ "kind": "own-node", "by": "x", "seen": "2026-11-20" });
    for Entry(id, place, offered) in entries {
        let mut hoster: Hoster = serde_json::from_value(json!({
            "id": id, "name": id, "website": format!("https://{id}.example"), "source": source,
        }))
        .unwrap();
        hoster.place.coordinates = place.map(at);
        for facts in offered {
            let mut document = json!({
                "id": format!("{id}-{}", services.len()), "hoster": id, "name": id, "need": "pads",
                "source": source,
            });
            let facts = facts.as_object().unwrap().clone();
            document.as_object_mut().unwrap().extend(facts);
            let service: Service = serde_json::from_value(document).unwrap();
            let ages = Ages::of(&service, "2026-11-28".parse().unwrap());
            let availability = seen(service.name.as_str());
            hits.push(Hit {
                service: services.len(),
                hoster: hosters.len(),
                need: 0,
                answer: Answer::Directly,
                score: Score {
                    text: 1.0,
                    fit: 1.0,
                    nearness: 1.0,
                    availability: rank::availability(availability),
                    freshness: rank::freshness(ages.record),
                },
                distance: None,
                place_asked: false,
                ages,
                standing: Standing::Confirmed,
                availability,
            });
            services.push(Arc::new(service));
        }
        hosters.push(Arc::new(hoster));
    }
    (Lots::new(hits, &services, &hosters), services)
}

/// The chance of each service, by position; 0 where it cannot be drawn.
fn chances(lots: &Lots, services: &[Arc<Service>], from: Option<(f64, f64)>) -> Vec<f64> {
    let mut all = vec![0.0; services.len()];
    for (hit, chance) in lots.chances(&lots.odds(from.map(at))) {
        all[hit.service] = chance;
    }
    all
}

fn people(number: u32) -> Value {
    json!({ "capacity": { "room": "open", "people": number } })
}

#[test]
fn what_is_full_closed_closing_or_down_is_never_drawn_however_long_ago_that_was_said() {
    let old = json!({ "kind": "third-party-list", "by": "l", "seen": "2019" });
    let (lots, services) = lots_seen(
        &[
            Entry("fit", Some(LYON), vec![json!({})]),
            Entry(
                "full",
                Some(PARIS),
                vec![json!({ "capacity": { "room": "full" } })],
            ),
            Entry(
                "closed",
                Some(PARIS),
                vec![json!({ "registration": "closed" })],
            ),
            Entry(
                "closing",
                Some(PARIS),
                vec![json!({ "registration": "free", "closing": { "on": "2027-01-01" } })],
            ),
            Entry("down", Some(PARIS), vec![json!({ "registration": "free" })]),
            Entry(
                "was-closed",
                Some(PARIS),
                vec![json!({ "registration": "closed", "source": old })],
            ),
            Entry(
                "was-full",
                Some(PARIS),
                vec![json!({ "capacity": { "room": "full" }, "source": old })],
            ),
        ],
        |name| {
            (name == "down").then_some(Availability {
                asked: 700,
                up: 690,
                down_since: Some(DateTime::UNIX_EPOCH),
            })
        },
    );
    let odds = lots.odds(Some(at(PARIS)));
    assert_eq!(
        chances(&lots, &services, Some(PARIS)),
        [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    );
    for seed in 0..1_000 {
        assert_eq!(lots.draw(&odds, seed).unwrap().service, 0);
    }
}

#[test]
fn where_nothing_is_fit_nothing_is_drawn() {
    let (none, _) = lots(&[]);
    assert!(none.draw(&none.odds(None), 1).is_none());
    let full = json!({ "capacity": { "room": "full" } });
    let (only_full, _) = lots(&[Entry("full", None, vec![full])]);
    assert!(only_full.draw(&only_full.odds(None), 1).is_none());
}

#[test]
fn a_hoster_with_ten_pads_has_no_ten_lots() {
    let (lots, services) = lots(&[
        Entry("many", Some(LYON), vec![json!({}); 10]),
        Entry("one", Some(LYON), vec![json!({})]),
    ]);
    let chances = chances(&lots, &services, Some(LYON));
    assert!((chances[10] - 0.5).abs() < 1e-9);
    assert!((chances[0] - 0.05).abs() < 1e-9);
}

#[test]
fn a_declared_size_counts_within_bounds_and_a_stale_one_as_unsaid() {
    let old = json!({ "kind": "third-party-list", "by": "l", "seen": "2019" });
    let stale = json!({ "capacity": { "people": MOST_ROOM }, "facts": { "capacity": old } });
    let (lots, services) = lots(&[
        Entry("unsaid", None, vec![json!({})]),
        Entry("usual", None, vec![people(ROOM_UNSAID)]),
        Entry("stale", None, vec![stale]),
        Entry("tiny", None, vec![people(1)]),
        Entry("small", None, vec![people(LEAST_ROOM)]),
        Entry("boasting", None, vec![people(u32::MAX)]),
        Entry("large", None, vec![people(MOST_ROOM)]),
    ]);
    let chances = chances(&lots, &services, None);
    let against_unsaid = chances.iter().map(|chance| chance / chances[0]);
    let expected = [1.0, 1.0, 1.0, 0.2, 0.2, 20.0, 20.0];
    for (share, expected) in against_unsaid.zip(expected) {
        assert!((share - expected).abs() < 1e-6, "{share} {expected}");
    }
}

#[test]
fn who_answers_more_often_weighs_more() {
    let (lots, services) = lots_seen(
        &[
            Entry("steady", None, vec![json!({})]),
            Entry("shaky", None, vec![json!({})]),
        ],
        |name| {
            Some(Availability {
                asked: 720,
                up: if name == "steady" { 720 } else { 360 },
                down_since: None,
            })
        },
    );
    let chances = chances(&lots, &services, None);
    assert!(chances[0] > 1.9 * chances[1]);
}

#[test]
fn a_hundred_thousand_draws_fall_as_the_weights_say() {
    let (lots, services) = lots(&[
        Entry("near", Some(LYON), vec![people(100), people(300)]),
        Entry("far", Some(PARIS), vec![people(2_000)]),
        Entry("nowhere", None, vec![people(2_000)]),
        Entry("unsaid", Some((45.2, 5.7)), vec![json!({})]),
    ]);
    const DRAWS: u32 = 100_000;
    let odds = lots.odds(Some(at(LYON)));
    let mut times = vec![0_u32; services.len()];
    for seed in 0..u64::from(DRAWS) {
        times[lots.draw(&odds, seed).unwrap().service] += 1;
    }
    for (times, chance) in times.iter().zip(chances(&lots, &services, Some(LYON))) {
        // Four standard deviations of the binomial: a fair draw is beyond once in 16,000 times.
        let deviation = (chance * (1.0 - chance) * f64::from(DRAWS)).sqrt();
        let off = (f64::from(*times) - chance * f64::from(DRAWS)).abs();
        assert!(off <= 4.0 * deviation, "{times} times for {chance}");
    }
}

#[test]
fn a_seed_is_a_number_or_a_short_text_and_repeats_a_draw() {
    assert_eq!(seed("42"), Some(42));
    assert_eq!(seed("Framasoft"), seed("Framasoft"));
    assert_ne!(seed("Framasoft"), seed("framasoft"));
    assert!(seed(&"é".repeat(MAX_SEED_CHARS)).is_some());
    assert_eq!(seed(&"é".repeat(MAX_SEED_CHARS + 1)), None);
    let entries = [
        Entry("a", Some(LYON), vec![json!({}), json!({})]),
        Entry("b", Some(PARIS), vec![json!({})]),
        Entry("c", None, vec![json!({})]),
    ];
    let (one, _) = lots(&entries);
    let (same, _) = lots(&entries);
    for seed in 0..1_000 {
        let first = one.draw(&one.odds(None), seed).unwrap();
        assert_eq!(first, same.draw(&same.odds(None), seed).unwrap());
    }
}

proptest! {
    #[test]
    fn nearer_with_all_else_equal_never_weighs_less(
        from in (-90.0..=90.0, -180.0..=180.0),
        one in (-90.0..=90.0, -180.0..=180.0),
        other in (-90.0..=90.0, -180.0..=180.0),
    ) {
        let (lots, services) = lots(&[
            Entry("one", Some(one), vec![json!({})]),
            Entry("other", Some(other), vec![json!({})]),
            Entry("nowhere", None, vec![json!({})]),
        ]);
        let chances = chances(&lots, &services, Some(from));
        let is_nearer = at(from).distance_km(&at(one)) <= at(from).distance_km(&at(other));
        let (nearer, farther) = if is_nearer { (0, 1) } else { (1, 0) };
        prop_assert!(chances[nearer] >= chances[farther] - 1e-12);
        prop_assert!(chances[farther] >= chances[2] && chances[2] > 0.0);
    }

    #[test]
    fn a_larger_declared_room_never_weighs_less(one: u32, other: u32) {
        let (lots, services) = lots(&[
            Entry("one", None, vec![people(one)]),
            Entry("other", None, vec![people(other)]),
        ]);
        let chances = chances(&lots, &services, None);
        let (larger, smaller) = if one >= other { (0, 1) } else { (1, 0) };
        prop_assert!(chances[larger] >= chances[smaller] - 1e-12 && chances[smaller] > 0.0);
    }
}
