//! The main job on the real directory: whoever leaves a service finds a hoster, and never a dead end.

use std::sync::{Arc, LazyLock};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::localized::Language;
use archipelago::formats::archipelago as format;
use archipelago::search::query::Query;
use archipelago::search::rank::Answer;
use archipelago::store::Directory;

static EDITION: LazyLock<Edition> = LazyLock::new(|| {
    let findings = format::read(include_bytes!("../../fixtures/data/hosters.json")).unwrap();
    assert_eq!(findings.complaints, []);
    let directory = Directory::of(findings.hosters, findings.services);
    let vocabulary = Arc::new(Vocabulary::embedded());
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    Edition::build(vocabulary, directory, Standing::Reported, now)
});

fn total(query: &str) -> usize {
    let query = Query::from_query_string(query).unwrap();
    EDITION.ask(&query, Language::French).unwrap().1.total
}

#[test]
fn leaving_framadate_near_lyon_leads_to_polls_elsewhere_with_distance_and_reasons() {
    let query = Query::from_query_string("leave=framadate&near=Lyon&limit=100").unwrap();
    let (question, results) = EDITION.ask(&query, Language::French).unwrap();
    assert_eq!(question.place.as_ref().unwrap().name, "Lyon");
    assert!(results.total >= 3 && results.hits.len() == results.total);
    let nearest = results
        .hits
        .iter()
        .filter_map(|hit| hit.distance)
        .map(|distance| distance.km);
    assert!(nearest.fold(f64::INFINITY, f64::min) < 200.0);
    for hit in &results.hits {
        let service = &EDITION.services[hit.service];
        let hoster = &EDITION.hosters[hit.hoster];
        assert_ne!(
            hoster.id.as_str(),
            "framasoft",
            "what is being left is no answer"
        );
        assert!(service.url.is_some() || hoster.website.is_some());
        assert!(hit.reasons(service, hoster, EDITION.taxonomy()).len() >= 3);
    }
}

#[test]
fn every_departure_leads_to_a_result_but_for_the_few_nobody_answers_yet() {
    let taxonomy = EDITION.taxonomy();
    let unanswered: Vec<&str> = taxonomy
        .departures()
        .iter()
        .map(|departure| departure.slug.as_str())
        .filter(|slug| total(&format!("leave={slug}")) == 0)
        .collect();
    let known = [
        "framagames",
        "framinetest",
        "framabag",
        "framabookin",
        "framatrad",
        "google-books",
        "pocket",
        "minecraft",
        "kongregate",
        "transifex",
    ];
    assert_eq!(unanswered, known);
    // Their pages then name software one could host.
    for slug in unanswered {
        let needs = &taxonomy.departure(slug).unwrap().needs;
        assert!(
            !taxonomy
                .need(needs[0].as_str())
                .unwrap()
                .software
                .is_empty()
        );
    }
}

#[test]
fn every_need_leads_somewhere_and_the_rare_ones_through_a_suite_that_says_so() {
    let without: Vec<&str> = EDITION
        .taxonomy()
        .needs()
        .iter()
        .map(|need| need.id.as_str())
        .filter(|need| total(&format!("need={need}")) == 0)
        .collect();
    assert_eq!(
        without,
        ["translation", "read-later", "ebooks", "games", "voxel-game"]
    );
    for need in ["mindmaps", "forms", "decision-making", "spreadsheets"] {
        let query = Query::from_query_string(&format!("need={need}&limit=100")).unwrap();
        let (_, results) = EDITION.ask(&query, Language::French).unwrap();
        let through_suite = |hit: &&archipelago::search::Hit| hit.answer == Answer::ThroughSuite;
        let hit = results.hits.iter().find(through_suite).expect(need);
        assert!(
            hit.suite(&EDITION.services[hit.service], EDITION.taxonomy())
                .is_some()
        );
    }
}

#[test]
fn every_name_of_every_departure_and_need_is_understood_in_free_words() {
    let taxonomy = EDITION.taxonomy();
    for departure in taxonomy.departures() {
        let named = EDITION.departure_named(departure.name.as_str());
        assert_eq!(named.map(|named| &named.slug), Some(&departure.slug));
    }
    for need in taxonomy.needs() {
        for name in need.name.both() {
            let query = Query {
                q: Some(name.to_string()),
                ..Query::default()
            };
            let (question, _) = EDITION.ask(&query, Language::French).unwrap();
            // A brand may bear a need's name; then its needs are the answer.
            assert!(!question.needs.is_empty(), "{name} is not understood");
        }
    }
}

#[test]
fn a_directory_that_lists_only_confirmed_hosters_shows_the_reported_ones_when_asked() {
    let findings = format::read(include_bytes!("../../fixtures/data/hosters.json")).unwrap();
    let directory = Directory::of(findings.hosters, findings.services);
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    let vocabulary = Arc::clone(&EDITION.vocabulary);
    let edition = Edition::build(vocabulary, directory, Standing::Confirmed, now);
    let total = |query: &str| {
        let query = Query::from_query_string(query).unwrap();
        edition.ask(&query, Language::French).unwrap().1.total
    };
    assert_eq!(total("need=pads"), 0);
    assert!(total("need=pads&standing=any") > 20);
    assert_eq!(edition.overview.hosters, 0);
}

#[test]
fn unknown_names_are_errors_with_near_matches() {
    let similar_of = |query: &str| {
        let query = Query::from_query_string(query).unwrap();
        let errors = EDITION.ask(&query, Language::French).unwrap_err();
        assert!(errors.iter().all(|error| error.is_unknown()));
        format!("{errors:?}")
    };
    assert!(similar_of("leave=framadte").contains("\"framadate\""));
    assert!(similar_of("near=Lyonn").contains("Lyon, "));
    assert!(similar_of("need=pols&software=nextclod").contains("\"nextcloud\""));
}
