//! What holds of every directory and every question.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::domain::fingerprint::fingerprint;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::place::{Cell, Coordinates};
use crate::domain::service::{PriceKind, Registration};
use crate::search::facets::Counts;
use crate::search::fair::Turns;
use crate::search::query::{Sort, StandingFilter};

/// How many directories and questions each property is tried with.
pub(super) const CASES: u32 = 48;
/// Six services and a few hosters are enough for every filter to tell some apart.
const COUNTRIES: [&str; 3] = ["FR", "BE", "DE"];
const LANGUAGES: [&str; 3] = ["fr", "de", "en"];
const OFFERS: [(&str, &str); 6] = [
    ("pads", "etherpad"),
    ("pads", "cryptpad"),
    ("polls", "framadate"),
    ("nextcloud-suite", "nextcloud"),
    ("file-storage", "nextcloud"),
    ("kanban", "kanboard"),
];
const SEEN: [&str; 3] = ["2026-11", "2025-06", "2020"];

/// Facts of a hoster, most as positions in the lists above; the last of a list and one beyond is nothing.
type HosterFacts = (usize, usize, usize, Option<(f64, f64)>, Vec<ServiceFacts>);
type ServiceFacts = (usize, usize, usize, usize, usize, bool);

fn services() -> impl Strategy<Value = Vec<ServiceFacts>> {
    let one = (
        0..OFFERS.len(),
        0..7_usize,
        0..5_usize,
        0..3_usize,
        0..SEEN.len(),
        any::<bool>(),
    );
    vec(one, 0..5)
}

pub(super) fn directories() -> impl Strategy<Value = (Vec<HosterFacts>, Vec<usize>)> {
    let place = proptest::option::weighted(0.8, (-80.0..80.0_f64, -179.0..179.0_f64));
    let near = proptest::option::weighted(0.8, (44.0..48.0_f64, 1.0..8.0_f64));
    let place = prop_oneof![2 => near, 1 => place];
    let hoster = (0..4_usize, 0..4_usize, 0..4_usize, place, services());
    (vec(hoster, 0..12), vec(0..Standing::ALL.len(), 12))
}

pub(super) fn built((facts, standings): &(Vec<HosterFacts>, Vec<usize>)) -> Whole {
    let mut whole = Whole::default();
    for (number, (country, first, second, place, services)) in facts.iter().enumerate() {
        let id = format!("h{number}");
        let languages: Vec<_> = [first, second]
            .into_iter()
            .filter_map(|at| LANGUAGES.get(*at))
            .collect();
        let source = serde_json::json!({ "kind": "own-node", "by": id, "seen": "2026-11" });
        let hoster = serde_json::json!({
            "id": id, "name": format!("Hoster {number}"), "source": source, "languages": languages,
            "place": {
                "country": COUNTRIES.get(*country),
                "coordinates": place.map(|(lat, lon)| serde_json::json!({ "lat": lat, "lon": lon })),
            },
        });
        let hoster: Hoster = serde_json::from_value(hoster).unwrap();
        whole.hosters.push(hoster.into());
        whole.standings.push(Standing::ALL[standings[number]]);
        for (at, (offer, way_in, price, room, seen, closing)) in services.iter().enumerate() {
            let (need, software) = OFFERS[*offer];
            let service = serde_json::json!({
                "id": format!("{id}-{at}"), "hoster": id, "name": format!("{software} {number}"),
                "need": need, "software": software,
                "registration": Registration::ALL.get(*way_in).map(|way| way.word()),
                "price": PriceKind::ALL.get(*price).map(|kind| serde_json::json!({ "kind": kind.word() })),
                "capacity": { "room": (["open", "full"].get(*room)), "people": null },
                "closing": (*closing && at == 0).then(|| serde_json::json!({ "on": "2027-01-01" })),
                "source": { "kind": "own-file", "by": id, "seen": SEEN[*seen] },
            });
            let service: Service = serde_json::from_value(service).unwrap();
            whole.services.push(service.into());
        }
    }
    whole
}

/// A directory, its documents and its index.
#[derive(Default)]
pub(super) struct Whole {
    pub hosters: Vec<Arc<Hoster>>,
    pub standings: Vec<Standing>,
    pub services: Vec<Arc<Service>>,
}

impl Whole {
    pub fn index(&self) -> Index {
        let contents = Contents {
            hosters: &self.hosters,
            standings: &self.standings,
            services: &self.services,
            availability: vec![None; self.services.len()],
        };
        Index::build(&TAXONOMY, contents, "2026-11-28".parse().unwrap())
    }

    fn hoster(&self, service: &Service) -> (&Hoster, Standing) {
        let position = self
            .hosters
            .iter()
            .position(|hoster| hoster.id == service.hoster);
        (
            &self.hosters[position.unwrap()],
            self.standings[position.unwrap()],
        )
    }

    /// How many services pass a query's filters, asked one by one; `need` is none for any.
    fn count(&self, query: &Query, least: Standing, need: Option<&str>) -> usize {
        let passes = |service: &&Arc<Service>| {
            let (hoster, standing) = self.hoster(service);
            let km = query.near.as_ref().zip(hoster.place.coordinates).map(|_| {
                let at = Coordinates::new(45.76, 4.84).unwrap();
                at.distance_km(&hoster.place.coordinates.unwrap())
            });
            let price = service.price.as_ref().map(|price| price.kind);
            let software = service.software.as_ref().map(|id| id.as_str().to_owned());
            let any_of = |chosen: &[LanguageCode]| {
                chosen.is_empty() || chosen.iter().any(|code| hoster.languages.contains(code))
            };
            among(&query.registration, service.registration)
                && among(&query.price, price)
                && among(&query.country, hoster.place.country)
                && among(&query.software, software)
                && any_of(&query.language)
                && query
                    .within
                    .is_none_or(|within| km.is_some_and(|km| km <= f64::from(within)))
                && need.is_none_or(|need| serves(service, need))
                && match &query.standing {
                    StandingFilter::Listed => standing >= least,
                    StandingFilter::Any => true,
                    StandingFilter::Only(only) => only.contains(&standing),
                }
        };
        self.services.iter().filter(passes).count()
    }
}

fn among<T: PartialEq>(chosen: &[T], value: Option<T>) -> bool {
    chosen.is_empty() || value.is_some_and(|value| chosen.contains(&value))
}

/// A Nextcloud offered as a workspace serves what its parts do, one offered for files does not.
fn serves(service: &Service, need: &str) -> bool {
    let software = TAXONOMY
        .software_by_id(service.software.as_ref().unwrap().as_str())
        .unwrap();
    let whole = software.need == service.need
        || (software.also.iter()).any(|also| also.need == service.need && also.with.is_none());
    let parts = software
        .also
        .iter()
        .map(|also| &also.need)
        .chain([&software.need]);
    service.need.as_str() == need || (whole && parts.into_iter().any(|part| part.as_str() == need))
}

pub(super) fn queries() -> impl Strategy<Value = Query> {
    let place = proptest::option::of((any::<bool>(), 1..3_000_u32));
    let ways_in = vec(0..Registration::ALL.len(), 0..3);
    let chosen = (
        vec(0..PriceKind::ALL.len(), 0..3),
        vec(0..3_usize, 0..2),
        vec(0..3_usize, 0..2),
    );
    let asked = (
        0..OFFERS.len() * 2,
        vec(0..OFFERS.len(), 0..2),
        0..Sort::ALL.len(),
        0..3_usize,
    );
    (place, ways_in, chosen, asked).prop_map(|(place, ways_in, chosen, asked)| {
        let (prices, countries, languages) = chosen;
        let (need, software, sort, standing) = asked;
        Query {
            need: OFFERS.get(need).map(|(need, _)| (*need).to_owned()),
            near: place.map(|_| "45.76,4.84".to_owned()),
            within: place.and_then(|(circle, km)| circle.then_some(km)),
            registration: ways_in.iter().map(|at| Registration::ALL[*at]).collect(),
            price: prices.iter().map(|at| PriceKind::ALL[*at]).collect(),
            country: countries
                .iter()
                .map(|at| CountryCode::parse(COUNTRIES[*at]).unwrap())
                .collect(),
            language: languages
                .iter()
                .map(|at| LanguageCode::parse(LANGUAGES[*at]).unwrap())
                .collect(),
            software: software.iter().map(|at| OFFERS[*at].1.to_owned()).collect(),
            sort: Sort::ALL[sort],
            standing: [
                StandingFilter::Listed,
                StandingFilter::Any,
                StandingFilter::Only(vec![Standing::Claimed]),
            ][standing]
                .clone(),
            limit: Some(1_000),
            ..Query::default()
        }
    })
}

pub(super) fn answered(index: &Index, query: &Query) -> Results {
    index.search(&resolved(query))
}

fn same<T: PartialEq + Clone>(counts: &Counts<T>, count: impl Fn(&T) -> usize) -> bool {
    counts.iter().all(|(value, known)| *known == count(value))
}

proptest! {
    // A directory takes a tenth of a second to build without optimisation.
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn the_total_and_every_count_are_what_counting_one_by_one_gives(
        directory in directories(), query in queries()
    ) {
        let whole = built(&directory);
        let results = answered(&whole.index(), &query);
        let need = query.need.as_deref();
        let count = |query: &Query, need| whole.count(query, Standing::Claimed, need);
        prop_assert_eq!(results.total, count(&query, need));
        prop_assert_eq!(results.hits.len(), results.total);
        let facets = &results.facets;
        let other = |change: &dyn Fn(&mut Query)| {
            let mut other = query.clone();
            change(&mut other);
            count(&other, need)
        };
        let are_same = [
            same(&facets.need, |need| {
                whole.count(&query, Standing::Claimed, Some(need.as_str()))
            }),
            same(&facets.registration, |way| other(&|query| query.registration = vec![*way])),
            same(&facets.price, |kind| other(&|query| query.price = vec![*kind])),
            same(&facets.country, |code| other(&|query| query.country = vec![*code])),
            same(&facets.language, |code| other(&|query| query.language = vec![*code])),
            same(&facets.software, |id| other(&|query| query.software = vec![id.to_string()])),
            same(&facets.standing, |standing| {
                other(&|query| query.standing = StandingFilter::Only(vec![*standing]))
            }),
        ];
        prop_assert_eq!(are_same, [true; 7]);
        // What is counted nowhere is not there either.
        for way in Registration::ALL {
            let others = Query { registration: vec![*way], ..query.clone() };
            let is_counted = facets.registration.iter().any(|(known, _)| known == way);
            prop_assert_eq!(is_counted, count(&others, need) > 0);
        }
    }

    #[test]
    fn a_page_is_a_part_of_the_whole_and_the_whole_stands_by_score_and_turn(
        directory in directories(), query in queries(), offset in 0..20_usize, limit in 1..6_usize
    ) {
        let whole = built(&directory);
        let index = whole.index();
        let all = answered(&index, &query).hits;
        let page = answered(&index, &Query { limit: Some(limit), offset, ..query.clone() }).hits;
        let part: Vec<Hit> = all.iter().skip(offset).take(limit).cloned().collect();
        prop_assert_eq!(page, part);
        let from = query.near.as_ref().map(|_| Cell::of(Coordinates::new(45.76, 4.84).unwrap()));
        let day: NaiveDate = "2026-11-28".parse().unwrap();
        let turns = Turns::new(day.to_epoch_days().into(), from);
        let turn = |hit: &Hit| {
            let service = &whole.services[hit.service];
            let is_alike = |other: &&Arc<Service>| {
                (&other.hoster, &other.need) == (&service.hoster, &service.need)
                    && rank::access(other, rank::Ages::of(other, day)) > rank::NO_WAY_IN
            };
            let alike = whole.services.iter().filter(is_alike).count();
            let room = fair::shared(draw::room(service, hit.ages), alike as u32);
            let seed = fingerprint(service.id.as_str().as_bytes());
            let Score { text, fit, nearness, availability, freshness } = hit.score;
            let base = fit / hit.answer.fit() * availability * freshness;
            let weight = fair::weight(room * base);
            turns.of(seed, weight * fair::weight(text * hit.answer.fit() * nearness))
        };
        let band = |Score { text, fit, nearness, availability, freshness }, answer: Answer| {
            fair::band(text, fit / answer.fit() * nearness * availability * freshness)
        };
        if query.sort == Sort::Relevance {
            let by_score = |hit: &Hit| std::cmp::Reverse((band(hit.score, hit.answer), turn(hit)));
            prop_assert!(all.is_sorted_by_key(by_score));
        }
        if query.sort == Sort::Distance && query.near.is_some() {
            let tenths = |hit: &Hit| hit.distance.map_or(u64::MAX, |distance| (distance.km * 10.0) as u64);
            prop_assert!(all.is_sorted_by_key(tenths));
        }
    }

    #[test]
    fn a_filter_never_adds_results(directory in directories(), query in queries(), other in queries()) {
        let index = built(&directory).index();
        let found = |query: &Query| -> Vec<usize> {
            answered(&index, query).hits.iter().map(|hit| hit.service).collect()
        };
        let free = Query { registration: vec![], country: vec![], software: vec![], within: None, ..query.clone() };
        let narrower = Query {
            registration: other.registration, country: other.country, software: other.software,
            within: other.within.filter(|_| query.near.is_some()), ..query
        };
        let wide = found(&free);
        prop_assert!(found(&narrower).iter().all(|service| wide.contains(service)));
    }

    #[test]
    fn nearer_with_all_else_equal_never_scores_lower(directory in directories(), query in queries()) {
        let index = built(&directory).index();
        let query = Query { near: Some("45.76,4.84".into()), ..query };
        let hits = answered(&index, &query).hits;
        for one in &hits {
            for other in &hits {
                let alike = Score { nearness: one.score.nearness, ..other.score } == one.score;
                let km = |hit: &Hit| hit.distance.map_or(f64::INFINITY, |distance| distance.km);
                if alike && km(one) < km(other) {
                    prop_assert!(one.score.total() >= other.score.total());
                }
            }
        }
    }

    #[test]
    fn what_takes_nobody_comes_after_all_that_takes_somebody(directory in directories()) {
        let whole = built(&directory);
        let query = Query {
            near: Some("45.76,4.84".into()), standing: StandingFilter::Any, limit: Some(1_000),
            ..Query::default()
        };
        let takes_somebody = |hit: &Hit| {
            let service = &whole.services[hit.service];
            rank::access(service, hit.ages) > rank::NO_WAY_IN
        };
        let hits = answered(&whole.index(), &query).hits;
        prop_assert!(hits.is_sorted_by_key(|hit| !takes_somebody(hit)));
    }

    #[test]
    fn words_find_what_holds_them_and_count_it(directory in directories(), number in 0..12_usize) {
        let whole = built(&directory);
        let query = Query { q: Some(format!("{number}")), limit: Some(1_000), standing: StandingFilter::Any, ..Query::default() };
        let results = answered(&whole.index(), &query);
        // A single digit is no beginning: 1 does not lead to 10.
        let id = format!("h{number}");
        let holds = |service: &&Arc<Service>| service.hoster.as_str() == id;
        let counted = whole.services.iter().filter(holds);
        prop_assert_eq!(results.total, counted.clone().count());
        let kanban = counted.filter(|service| service.need.as_str() == "kanban").count();
        let told = results.facets.need.iter().find(|(need, _)| need.as_str() == "kanban");
        prop_assert!(told.map_or(0, |(_, count)| *count) >= kanban);
    }
}
