//! How fast a question is read: from its words to needs, departure and place.
//!
//! `cargo bench --bench words`. With the demo's hosters; figures stand in BENCHMARKS.md.

use std::sync::{Arc, LazyLock};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::localized::Language;
use archipelago::formats::archipelago as format;
use archipelago::search::query::Query;
use archipelago::store::Directory;
use chrono::DateTime;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

static EDITION: LazyLock<Edition> = LazyLock::new(|| {
    let demo = format::read(include_bytes!("../fixtures/data/hosters.json"))
        .expect("the demo is well formed");
    let directory = Directory::of(demo.hosters, demo.services);
    let vocabulary = Arc::new(Vocabulary::embedded());
    Edition::build(
        vocabulary,
        directory,
        Standing::Reported,
        DateTime::UNIX_EPOCH,
    )
});

const QUESTIONS: [&str; 14] = [
    "sondage",
    "framadate",
    "google docs",
    "pad lyon",
    "visio près de Nantes",
    "sondage 69007",
    "email in Berlin",
    "zaclys",
    "un tableur chez zaclys",
    "https://framadate.org/abc",
    "je cherche où déposer mes photos",
    "how can our club find a date for the next meeting",
    "sondaje",
    "etherpda",
];

/// From words to a question that can be answered.
#[divan::bench(args = QUESTIONS)]
fn read(bencher: Bencher, words: &str) {
    let query = Query {
        q: Some(words.to_owned()),
        ..Query::default()
    };
    LazyLock::force(&EDITION);
    bencher.bench_local(|| EDITION.understand(black_box(&query), Language::French));
}

/// The worst that is let through: twenty-four misspelt words.
#[divan::bench]
fn read_the_worst(bencher: Bencher) {
    read(
        bencher,
        &"framadte sondaje visoi enregistrmeent ".repeat(50)[..300],
    );
}

/// The gazetteer alone.
#[divan::bench(args = ["Lyon", "69007", "69007 Lyon", "Saint-Étienne"])]
fn find(bencher: Bencher, place: &str) {
    let gazetteer = &EDITION.vocabulary.gazetteer;
    let countries = Language::French.likely_countries();
    bencher.bench_local(|| gazetteer.find(black_box(place), countries, 5));
}
