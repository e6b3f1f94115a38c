//! Every reason is true: recomputed from the documents, not read from the index.

use proptest::prelude::*;

use super::properties::{CASES, Whole, answered, built, directories, queries};
use super::*;
use crate::domain::date::PartialDate;
use crate::domain::place::{Compass, Coordinates};
use crate::domain::provenance::Age;
use crate::domain::service::Room;
use crate::search::query::Query;

const TODAY: &str = "2026-11-28";
const LYON: (f64, f64) = (45.76, 4.84);

/// Kilometres by the spherical law of cosines, and the direction by an angle on a flat map drawn about the
/// middle: other formulas than the code's.
fn way_to(there: Coordinates) -> (f64, f64) {
    let [lat, lon] = [LYON.0, LYON.1].map(f64::to_radians);
    let [to_lat, to_lon] = [there.latitude(), there.longitude()].map(f64::to_radians);
    let cosine = lat.sin() * to_lat.sin() + lat.cos() * to_lat.cos() * (to_lon - lon).cos();
    let km = 6371.0088 * cosine.clamp(-1.0, 1.0).acos();
    // The tangent at Lyon to the great circle, as components to the east and to the north.
    let vector = |lat: f64, lon: f64| [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()];
    let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let to = vector(to_lat, to_lon);
    let east = [-lon.sin(), lon.cos(), 0.0];
    let north = [-lat.sin() * lon.cos(), -lat.sin() * lon.sin(), lat.cos()];
    (
        km,
        dot(to, east)
            .atan2(dot(to, north))
            .to_degrees()
            .rem_euclid(360.0),
    )
}

/// Facts of a file of one's own count for 90 days and are told as old for 90 more (product.md §8).
fn age_of_own_file(seen: Option<PartialDate>) -> Age {
    let today: NaiveDate = TODAY.parse().unwrap();
    match seen.map(|seen| (today - seen.first_day()).num_days()) {
        Some(0..=90) => Age::Fresh,
        Some(91..=180) => Age::Ageing,
        _ => Age::Stale,
    }
}

/// What is true of a service, in no order.
fn truths(whole: &Whole, hit: &Hit, query: &Query) -> Vec<Reason> {
    let (service, hoster) = (&whole.services[hit.service], &whole.hosters[hit.hoster]);
    let asked = query.need.as_deref().unwrap_or(service.need.as_str());
    let mut truths = vec![match service.need.as_str() == asked {
        true => Reason::MadeForIt,
        false => {
            let software = TAXONOMY.software_by_id(service.software.as_ref().unwrap().as_str());
            let also = software
                .unwrap()
                .also
                .iter()
                .find(|also| also.need.as_str() == asked);
            Reason::ThroughSuite {
                software: software.unwrap().name.to_string(),
                part: also
                    .and_then(|also| also.with.as_ref())
                    .map(ToString::to_string),
            }
        }
    }];
    if query.near.is_some() {
        truths.push(match hoster.place.coordinates {
            None => Reason::PlaceUnknown,
            Some(there) => {
                let (km, heading) = way_to(there);
                let eighth = (heading / 45.0).round() as usize % 8;
                let direction = [
                    Compass::North,
                    Compass::NorthEast,
                    Compass::East,
                    Compass::SouthEast,
                    Compass::South,
                    Compass::SouthWest,
                    Compass::West,
                    Compass::NorthWest,
                ][eighth];
                Reason::Distance { km, direction }
            }
        });
    }
    let age = age_of_own_file(service.source.seen);
    truths.push(match service.registration {
        None => Reason::AccessUnknown,
        Some(registration) => Reason::Access {
            registration,
            age,
            unsourced: false,
        },
    });
    match service.capacity.and_then(|capacity| capacity.room) {
        Some(Room::Full) => truths.push(Reason::Full),
        Some(Room::Open) => truths.push(Reason::Room { people: None }),
        None => {}
    }
    if let Some(closing) = &service.closing {
        truths.push(Reason::Closing { on: closing.on });
    }
    truths.push(Reason::Facts {
        seen: service.source.seen,
        age,
    });
    truths.push(Reason::NotMeasured);
    truths
}

/// Whether two reasons say the same, distances to ten metres.
fn same(one: &Reason, other: &Reason) -> bool {
    match (one, other) {
        (
            Reason::Distance { km, direction },
            Reason::Distance {
                km: far,
                direction: way,
            },
        ) => (km - far).abs() < 0.01 && direction == way,
        _ => one == other,
    }
}

proptest! {
    // A directory takes a tenth of a second to build without optimisation.
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn each_reason_is_true_and_nothing_true_goes_unsaid(directory in directories(), query in queries()) {
        let whole = built(&directory);
        for hit in answered(&whole.index(), &query).hits {
            let (service, hoster) = (&whole.services[hit.service], &whole.hosters[hit.hoster]);
            let reasons = hit.reasons(service, hoster, &TAXONOMY);
            let truths = truths(&whole, &hit, &query);
            prop_assert_eq!(reasons.len(), truths.len(), "{:?} against {:?}", reasons, truths);
            for truth in &truths {
                prop_assert!(
                    reasons.iter().any(|reason| same(reason, truth)),
                    "{:?} is not among {:?}", truth, reasons
                );
            }
        }
    }
}
