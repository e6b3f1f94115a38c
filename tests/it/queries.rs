//! What people type, and what they mean by it: `fixtures/queries/queries.tsv`, on the real directory.

use std::sync::{Arc, LazyLock};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::localized::Language;
use archipelago::formats::archipelago as format;
use archipelago::search::query::Query;
use archipelago::search::question::Question;
use archipelago::store::Directory;

/// The least share of questions that have to be understood, in percent.
const LEAST_RIGHT: f64 = 97.0;

/// The fewest questions the table holds, by the language of their words.
const FEWEST: [(&str, usize); 3] = [("fr", 90), ("en", 55), ("de", 35)];

static EDITION: LazyLock<Edition> = LazyLock::new(|| {
    let findings = format::read(include_bytes!("../../fixtures/data/hosters.json")).unwrap();
    let directory = Directory::of(findings.hosters, findings.services);
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    Edition::build(
        Arc::new(Vocabulary::embedded()),
        directory,
        Standing::Reported,
        now,
    )
});

/// A question and what is meant by it; empty for nothing.
struct Row<'a> {
    words: &'a str,
    page: Language,
    query: &'a str,
    need: &'a str,
    departure: &'a str,
    place: &'a str,
    set: &'a str,
}

fn table() -> Vec<Row<'static>> {
    let text = include_str!("../../fixtures/queries/queries.tsv");
    let read = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
        [words, page, query, need, departure, place, set] => Row {
            words,
            page: Language::from_code(page).unwrap(),
            query,
            need,
            departure,
            place,
            set,
        },
        _ => panic!("{line} has seven columns"),
    };
    text.lines().skip(1).map(read).collect()
}

fn understood(text: &str, page: Language) -> Question {
    let query = Query {
        q: Some(text.to_owned()),
        ..Query::default()
    };
    EDITION.understand(&query, page).unwrap()
}

/// What is wrong with what was understood; `None` where all is right.
fn wrong(row: &Row) -> Option<String> {
    let question = understood(row.query, row.page);
    let taxonomy = EDITION.taxonomy();
    let need = question.needs.first();
    let need = need.map_or("", |need| taxonomy.needs()[*need].id.as_str());
    let departure = question.departure;
    let departure = departure.map_or("", |at| taxonomy.departures()[at].slug.as_str());
    let at_place =
        |place: &archipelago::domain::place::Place| (place.coordinates, place.country.clone());
    let gazetteer = &EDITION.vocabulary.gazetteer;
    let meant = gazetteer.find(row.place, row.page.likely_countries(), 1);
    assert!(row.place.is_empty() || !meant.is_empty(), "{}", row.place);
    let is_there = question.place.as_ref().map(at_place) == meant.first().map(at_place);
    let is_right = need == row.need && departure == row.departure && is_there;
    (!is_right).then(|| {
        let place = question.place.map(|place| place.label());
        format!(
            "{}: \"{}\" means [{}] [{}] [{}], understood [{need}] [{departure}] {place:?} {:?}",
            row.words, row.query, row.need, row.departure, row.place, question.words,
        )
    })
}

#[test]
fn what_people_type_is_understood() {
    let table = table();
    for (language, fewest) in FEWEST {
        let there = table.iter().filter(|row| row.words == language).count();
        assert!(there >= fewest, "{language}: {there}");
    }
    let mut all_wrong = Vec::new();
    for set in ["tuned", "held"] {
        let rows = || table.iter().filter(|row| row.set == set);
        let wrong: Vec<String> = rows().filter_map(wrong).collect();
        println!("{set}: {} of {} wrong", wrong.len(), rows().count());
        all_wrong.extend(wrong);
    }
    let share = 100.0 * (1.0 - all_wrong.len() as f64 / table.len() as f64);
    let wrong = all_wrong.join("\n");
    println!("{share:.1} % of {} right\n{wrong}", table.len());
    assert!(share >= LEAST_RIGHT, "{share:.1} %:\n{wrong}");
}
