//! How fast a directory is built and asked, at the demo's size and at 1,000, 10,000 and 100,000 services.
//!
//! `cargo bench --bench search`. Figures and what they are held against stand in BENCHMARKS.md.
//! Directories are grown from the demo's: every hoster and service is a copy of a real one under a new
//! identifier, set down near one of the demo's real places, so that the mix of needs, software, ways in,
//! prices, languages and ages of facts is that of the data. Questions are those visitors ask: a
//! departure near a town, a need with filters, free words, a beginning, a misspelling, browsing.

use std::sync::{Arc, LazyLock};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::hoster::{Hoster, HosterId};
use archipelago::domain::localized::Language;
use archipelago::domain::place::Coordinates;
use archipelago::domain::service::{Service, ServiceId};
use archipelago::formats::archipelago as format;
use archipelago::search::query::Query;
use archipelago::search::{Contents, Index};
use archipelago::store::Directory;
use chrono::{NaiveDate, NaiveTime};
use divan::{Bencher, black_box};

fn main() {
    for size in SIZES {
        let index = index(size);
        let bytes = index.heap_bytes();
        println!(
            "{size:>7} services: index {:>9} B, {} B a service",
            bytes,
            bytes / index.len().max(1)
        );
    }
    divan::main();
}

/// 0 stands for the demo as it is.
const SIZES: [usize; 4] = [0, 1_000, 10_000, 100_000];

const QUESTIONS: [(&str, &str); 8] = [
    ("departure near a town", "leave=framadate&near=Lyon"),
    (
        "need and filters",
        "need=pads&registration=none,free&language=fr",
    ),
    (
        "need near a town",
        "need=video-calls&near=Nantes&within=200",
    ),
    ("free words", "q=sondage+libre+association"),
    ("a hoster's name", "q=zaclys"),
    ("a beginning", "q=visio+conf"),
    ("a misspelling", "q=etherpda"),
    ("browsing", ""),
];

static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| Arc::new(Vocabulary::embedded()));

fn today() -> NaiveDate {
    "2026-11-23".parse().expect("it is a date")
}

/// The demo's directory, or one of `size` services grown from it.
fn directory(size: usize) -> Directory {
    let demo = format::read(include_bytes!("../fixtures/data/hosters.json"))
        .expect("the demo is well formed");
    if size == 0 {
        return Directory::of(demo.hosters, demo.services);
    }
    let places: Vec<Coordinates> = demo
        .hosters
        .iter()
        .filter_map(|hoster| hoster.place.coordinates)
        .collect();
    let (mut hosters, mut services) = (Vec::new(), Vec::new());
    let mut copy = 0;
    while services.len() < size {
        let original = &demo.hosters[copy % demo.hosters.len()];
        let id = HosterId::parse(&format!("{}-{copy}", original.id))
            .expect("a longer identifier is one still");
        let offered = demo
            .services
            .iter()
            .filter(|service| service.hoster == original.id);
        for (number, service) in offered.enumerate().take(size - services.len()) {
            let service_id = ServiceId::parse(&format!("{id}-{number}")).expect("the same");
            services.push(Service {
                id: service_id,
                hoster: id.clone(),
                ..service.clone()
            });
        }
        let mut hoster = Hoster {
            id,
            ..original.clone()
        };
        // Half a degree around, in steps that repeat only after a few thousand copies.
        let (north, east) = (
            (copy * 37 % 101) as f64 / 101.0 - 0.5,
            (copy * 53 % 103) as f64 / 103.0 - 0.5,
        );
        let near = places[copy % places.len()];
        hoster.place.coordinates = original
            .place
            .coordinates
            .and_then(|_| Coordinates::new(near.latitude() + north, near.longitude() + east).ok());
        hosters.push(hoster);
        copy += 1;
    }
    Directory::of(hosters, services)
}

fn index(size: usize) -> Index {
    let Directory {
        hosters, services, ..
    } = directory(size);
    build_of(&hosters, &services)
}

fn build_of(hosters: &[Arc<Hoster>], services: &[Arc<Service>]) -> Index {
    let contents = Contents {
        hosters,
        standings: &vec![Standing::Reported; hosters.len()],
        services,
        availability: vec![None; services.len()],
    };
    Index::build(&VOCABULARY.taxonomy, contents, today())
}

fn edition(size: usize) -> Edition {
    Edition::build(
        Arc::clone(&VOCABULARY),
        directory(size),
        Standing::Reported,
        today().and_time(NaiveTime::MIN).and_utc(),
    )
}

/// From documents to an index that can be asked.
#[divan::bench(args = SIZES, sample_count = 10)]
fn build(bencher: Bencher, size: usize) {
    let Directory {
        hosters, services, ..
    } = directory(size);
    bencher.bench_local(|| build_of(&hosters, &services));
}

/// From the query string to hits and counts: reading, looking up the place, searching.
#[divan::bench(args = QUESTIONS.map(|(name, _)| name), consts = SIZES)]
fn ask<const SIZE: usize>(bencher: Bencher, name: &str) {
    let edition = edition(SIZE);
    let question = QUESTIONS.iter().find(|(known, _)| *known == name);
    let (_, query) = question.expect("one of the questions");
    bencher.bench_local(|| {
        let query = Query::from_query_string(black_box(query)).expect("it is well formed");
        let answer = edition.ask(&query, Language::French);
        let (_, results) = answer.expect("all it names is known");
        black_box((results.total, results.hits.len()))
    });
}

/// What a beginning may mean, over vocabulary and hosters.
#[divan::bench(args = SIZES)]
fn suggest(bencher: Bencher, size: usize) {
    let edition = edition(size);
    bencher.bench_local(|| {
        black_box(
            edition
                .suggestions
                .suggest(black_box("fram"), Language::French, 8),
        )
        .len()
    });
}
