//! Many services that filters hardly tell apart, some down, closed or what is being left: pages and counts are
//! what reading everything gives.

use proptest::collection::vec;
use proptest::prelude::*;

use super::properties::{CASES, answered};
use super::*;
use crate::domain::health::Availability;
use crate::domain::service::Registration;
use crate::search::query::{Sort, StandingFilter};

const OFFERS: [(&str, &str, &str); 2] = [
    ("polls", "framadate", "https://framadate.org/"),
    ("pads", "etherpad", "https://framapad.org/"),
];
const WAYS_IN: [Registration; 2] = [Registration::Free, Registration::Closed];
const PLACES: [Option<(f64, f64)>; 3] = [Some((45.8, 4.9)), Some((48.9, 2.3)), None];
const DEPARTURES: [&str; 2] = ["framadate", "framapad"];
const WORDS: [&str; 3] = ["etherpad", "sondage etherpad", "hoster 1"];
const LIMIT: usize = 3;

/// What a service is, as positions in the lists above, whether it is down, and whether it is what people leave.
type Facts = (usize, usize, bool, bool);

fn services() -> impl Strategy<Value = Vec<Facts>> {
    let down = proptest::bool::weighted(0.3);
    let left = proptest::bool::weighted(0.1);
    let one = (0..OFFERS.len(), 0..WAYS_IN.len(), down, left);
    vec(one, 1..60)
}

fn built(services: &[Facts]) -> Index {
    let hosters = PLACES.iter().enumerate().map(|(number, place)| {
        let hoster = serde_json::json!({
            "id": format!("h{number}"), "name": format!("Hoster {number}"),
            "source": { "kind": "own-node", "by": "h", "seen": "2026-11" },
            "place": { "coordinates": place.map(|(lat, lon)| serde_json::json!({ "lat": lat, "lon": lon })) },
        });
        serde_json::from_value(hoster).unwrap()
    });
    let hosters: Vec<Arc<Hoster>> = hosters.map(Arc::new).collect();
    let written = services.iter().enumerate().map(|(number, (offer, way_in, _, left))| {
        let (need, software, url) = OFFERS[*offer];
        let hoster = format!("h{}", number % hosters.len());
        let service = serde_json::json!({
            "id": format!("{hoster}-{number}"), "hoster": hoster, "name": "Service", "need": need,
            "software": software, "registration": WAYS_IN[*way_in].word(), "url": left.then_some(url),
            "source": { "kind": "own-file", "by": "h", "seen": "2026-11" },
        });
        Arc::new(serde_json::from_value(service).unwrap())
    });
    let looks = services.iter().map(|(.., down, _)| {
        down.then_some(Availability {
            asked: 10,
            up: 5,
            down_since: Some(chrono::DateTime::UNIX_EPOCH),
        })
    });
    let contents = Contents {
        hosters: &hosters,
        standings: &vec![Standing::Claimed; hosters.len()],
        services: &written.collect::<Vec<_>>(),
        availability: looks.collect(),
    };
    Index::build(&TAXONOMY, contents, "2026-11-28".parse().unwrap())
}

fn queries() -> impl Strategy<Value = Query> {
    let asked = (0..3_usize, 0..4_usize, 0..5_usize, 0..3_usize);
    let place = proptest::option::of(proptest::option::of(1..600_u32));
    let sort =
        prop_oneof![3 => Just(Sort::Relevance), 1 => Just(Sort::Distance), 1 => Just(Sort::Name)];
    (asked, place, sort).prop_map(|((need, leave, words, way_in), place, sort)| Query {
        need: OFFERS.get(need).map(|(need, ..)| (*need).to_owned()),
        leave: DEPARTURES.get(leave).map(|slug| (*slug).to_owned()),
        q: WORDS.get(words).map(|words| (*words).to_owned()),
        registration: WAYS_IN.get(way_in).copied().into_iter().collect(),
        near: place.map(|_| "45.76,4.84".to_owned()),
        within: place.flatten(),
        sort,
        standing: StandingFilter::Any,
        limit: Some(100),
        ..Query::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * CASES))]

    #[test]
    fn a_page_of_many_alike_is_a_part_of_the_whole_and_all_that_is_counted_is_found(
        services in services(), query in queries(), offset in 0..6_usize
    ) {
        let index = built(&services);
        let whole = answered(&index, &query);
        let page = answered(&index, &Query { offset, limit: Some(LIMIT), ..query.clone() });
        let part: Vec<Hit> = whole.hits.iter().skip(offset).take(LIMIT).cloned().collect();
        prop_assert_eq!(page.hits, part);
        prop_assert_eq!((page.total, whole.total), (whole.total, whole.hits.len()));
        prop_assert_eq!(&page.facets, &whole.facets);
        let is_left = |hit: &Hit| {
            let (offer, .., left) = services[hit.service];
            left && query.leave.as_deref() == Some(DEPARTURES[offer])
        };
        prop_assert!(!whole.hits.iter().any(is_left));
        let ways_in: usize = whole.facets.registration.iter().map(|(_, count)| count).sum();
        prop_assert!(ways_in >= whole.total);
    }
}
