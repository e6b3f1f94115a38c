//! The index on small directories, made for one question each.

mod alike;
mod by_words;
mod properties;
mod reasons;

use std::sync::{Arc, LazyLock};

use chrono::DateTime;

use super::query::Query;
use super::question::{Question, References};
use super::rank::Answer;
use super::reason::Reason;
use super::suggest::Suggestions;
use super::understand::{HosterNames, Phrases};
use super::*;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;

static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());

/// A directory, with the few look-ups a question needs.
struct Directory {
    index: Index,
    services: Vec<Arc<Service>>,
}

/// A hoster and its services.
type Entry = (Hoster, Vec<Service>);

/// A hoster with services, each as `name:need:software:more facts as JSON`.
fn hoster(id: &str, facts: &str, services: &[&str]) -> Entry {
    let source = format!(r#""source":{{"kind":"own-node","by":"{id}","seen":"2026-11-20"}}"#);
    let read_service = |service: &&str| {
        let [name, need, software, facts] = service.splitn(4, ':').collect::<Vec<_>>()[..] else {
            panic!("{service} has four parts");
        };
        let document = format!(
            r#"{{"id":"{id}-{name}","hoster":"{id}","name":"{name}","need":"{need}","software":"{software}",{facts}{source}}}"#
        );
        serde_json::from_str(&document).unwrap()
    };
    let document = format!(
        r#"{{"id":"{id}","name":"{id}","website":"https://{id}.example",{facts}{source}}}"#
    );
    let hoster = serde_json::from_str(&document).unwrap();
    (hoster, services.iter().map(read_service).collect())
}

/// A question as it is looked up.
fn resolved(query: &Query) -> Question {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&TAXONOMY));
    static SUGGESTIONS: LazyLock<Suggestions> = LazyLock::new(|| Suggestions::new(&TAXONOMY, &[]));
    static HOSTERS: LazyLock<HosterNames> = LazyLock::new(|| HosterNames::new(&[]));
    let known = References {
        taxonomy: &TAXONOMY,
        gazetteer: &GAZETTEER,
        phrases: &PHRASES,
        hosters: &HOSTERS,
        suggestions: &SUGGESTIONS,
        least_standing: Standing::Claimed,
    };
    Question::resolve(query, Language::French, &known).unwrap()
}

fn directory_on(day: &str, entries: &[Entry]) -> Directory {
    let (hosters, services): (Vec<Hoster>, Vec<Vec<Service>>) = entries.iter().cloned().unzip();
    let services = services.concat();
    let unseen = vec![None; services.len()];
    index_of(hosters, services, unseen, day)
}

fn index_of(
    hosters: Vec<Hoster>,
    services: Vec<Service>,
    availability: Vec<Option<Availability>>,
    day: &str,
) -> Directory {
    let hosters: Vec<_> = hosters.into_iter().map(Arc::new).collect();
    let services: Vec<_> = services.into_iter().map(Arc::new).collect();
    let contents = Contents {
        hosters: &hosters,
        standings: &vec![Standing::Claimed; hosters.len()],
        services: &services,
        availability,
    };
    let index = Index::build(&TAXONOMY, contents, day.parse().unwrap());
    Directory { index, services }
}

fn directory(entries: &[Entry]) -> Directory {
    directory_on("2026-11-23", entries)
}

/// Looks at each service, in the order of the entries.
fn directory_seen(entries: &[Entry], availability: Vec<Option<Availability>>) -> Directory {
    let (hosters, services): (Vec<Hoster>, Vec<Vec<Service>>) = entries.iter().cloned().unzip();
    index_of(hosters, services.concat(), availability, "2026-11-23")
}

impl Directory {
    fn ask(&self, query: &str) -> Results {
        let query = Query::from_query_string(query).unwrap();
        self.index.search(&resolved(&query))
    }

    fn found(&self, query: &str) -> Vec<&str> {
        self.ids(&self.ask(query).hits)
    }

    /// The same by score alone, whoever's turn it is.
    fn by_score(&self, query: &str) -> Vec<&str> {
        let mut hits = self.ask(query).hits;
        hits.sort_by(|one, other| other.score.total().total_cmp(&one.score.total()));
        self.ids(&hits)
    }

    fn ids(&self, hits: &[Hit]) -> Vec<&str> {
        let services = hits.iter().map(|hit| &self.services[hit.service]);
        services.map(|service| service.id.as_str()).collect()
    }
}

#[test]
fn who_answers_well_scores_higher_and_what_is_down_comes_last() {
    let pads = |id| hoster(id, "", &["pad:pads:etherpad:"]);
    let since = Some(DateTime::UNIX_EPOCH);
    let seen = |asked, up, down_since| {
        Some(Availability {
            asked,
            up,
            down_since,
        })
    };
    let directory = directory_seen(
        &[pads("down"), pads("unseen"), pads("well"), pads("poor")],
        vec![
            seen(720, 718, since),
            None,
            seen(720, 720, None),
            seen(720, 240, None),
        ],
    );
    assert_eq!(directory.found("need=pads")[3], "down-pad");
    assert_eq!(
        directory.by_score("need=pads"),
        ["well-pad", "unseen-pad", "poor-pad", "down-pad"]
    );
    let hits = directory.ask("need=pads").hits;
    let (service, hoster) = (&directory.services[0], hoster("down", "", &[]).0);
    let reasons = hits[3].reasons(service, &hoster, &TAXONOMY);
    let since = DateTime::UNIX_EPOCH.date_naive();
    assert!(reasons.contains(&Reason::Down { since }));
    assert!(!reasons.contains(&Reason::NotMeasured));
}

#[test]
fn a_service_for_the_need_scores_higher_than_a_suite_that_also_serves_it() {
    let directory = directory(&[
        hoster(
            "a",
            "",
            &[r#"cloud:nextcloud-suite:nextcloud:"registration":"none","#],
        ),
        hoster(
            "b",
            "",
            &[r#"date:polls:framadate:"registration":"members","#],
        ),
    ]);
    assert_eq!(directory.by_score("need=polls"), ["b-date", "a-cloud"]);
    let hits = directory.ask("need=polls").hits;
    let answers = hits.iter().map(|hit| (hit.service, hit.answer));
    let answers: std::collections::BTreeMap<usize, Answer> = answers.collect();
    assert_eq!(answers[&0], Answer::ThroughSuite);
    assert_eq!(answers[&1], Answer::Directly);
}

#[test]
fn a_part_of_a_suite_does_not_stand_for_the_whole() {
    let directory = directory(&[hoster("a", "", &["sondages:polls:nextcloud:"])]);
    assert_eq!(directory.found("need=polls"), ["a-sondages"]);
    assert_eq!(directory.found("need=calendars"), [] as [&str; 0]);
}

#[test]
fn what_is_full_or_closed_comes_last_and_what_is_over_is_not_offered() {
    let directory = directory(&[
        hoster(
            "full",
            "",
            &[
                r#"pad:pads:etherpad:"registration":"none","capacity":{"room":"full","people":null},"#,
            ],
        ),
        hoster("open", "", &[r#"pad:pads:etherpad:"registration":"none","#]),
        hoster(
            "shut",
            "",
            &[r#"pad:pads:etherpad:"registration":"closed","#],
        ),
        hoster(
            "over",
            "",
            &[r#"pad:pads:etherpad:"closing":{"on":"2026-11-22"},"#],
        ),
        hoster("gone", r#""status":"closed","#, &["pad:pads:etherpad:"]),
    ]);
    let found = directory.found("need=pads");
    assert_eq!(found[0], "open-pad");
    assert_eq!(found.len(), 3);
}

#[test]
fn the_service_being_left_is_never_the_answer() {
    let directory = directory(&[
        hoster(
            "framasoft",
            "",
            &[r#"framadate:polls:framadate:"url":"https://framadate.org/","#],
        ),
        hoster(
            "b",
            "",
            &[r#"date:polls:framadate:"url":"https://date.b.example/","#],
        ),
    ]);
    assert_eq!(directory.found("leave=framadate"), ["b-date"]);
    assert_eq!(directory.found("q=framadate"), ["b-date"]);
    assert_eq!(directory.ask("need=polls").total, 2);
}

#[test]
fn nearer_scores_higher_and_what_has_no_place_comes_after_what_has() {
    let at =
        |lat: f64, lon: f64| format!(r#""place":{{"coordinates":{{"lat":{lat},"lon":{lon}}}}},"#);
    let pad = &[r#"pad:pads:etherpad:"registration":"none","#];
    let directory = directory(&[
        hoster("nowhere", "", pad),
        hoster("brest", &at(48.39, -4.49), pad),
        hoster("lyon", &at(45.76, 4.84), pad),
        hoster("sydney", &at(-33.87, 151.21), pad),
    ]);
    assert_eq!(directory.found("need=pads&near=45.7,4.8")[3], "nowhere-pad");
    assert_eq!(
        directory.by_score("need=pads&near=45.7,4.8"),
        ["lyon-pad", "brest-pad", "sydney-pad", "nowhere-pad"]
    );
    assert_eq!(
        directory.found("need=pads&near=45.7,4.8&sort=distance"),
        ["lyon-pad", "brest-pad", "sydney-pad", "nowhere-pad"]
    );
    assert_eq!(
        directory.found("need=pads&near=45.7,4.8&within=50"),
        ["lyon-pad"]
    );
    let first = directory.ask("need=pads&near=45.7,4.8&sort=distance").hits[0]
        .distance
        .unwrap();
    assert!((5.0..10.0).contains(&first.km), "{first:?}");
}

#[test]
fn a_filter_leaves_its_own_counts_alone_and_narrows_the_others() {
    let directory = directory(&[
        hoster(
            "a",
            r#""languages":["fr"],"place":{"country":"FR"},"#,
            &[r#"pad:pads:etherpad:"registration":"none","#],
        ),
        hoster(
            "b",
            r#""languages":["de"],"place":{"country":"DE"},"#,
            &[r#"pad:pads:etherpad:"registration":"free","#],
        ),
    ]);
    let results = directory.ask("need=pads&country=FR");
    assert_eq!(results.total, 1);
    let counts: Vec<(&str, usize)> = results
        .facets
        .country
        .iter()
        .map(|(code, count)| (code.as_str(), *count))
        .collect();
    assert_eq!(counts, [("FR", 1), ("DE", 1)]);
    assert_eq!(results.facets.registration.len(), 1);
    assert_eq!(
        results
            .facets
            .language
            .iter()
            .map(|(code, _)| code.as_str())
            .collect::<Vec<_>>(),
        ["fr"]
    );
}

#[test]
fn equals_take_turns_from_day_to_day_and_stand_still_within_one() {
    let hosters: Vec<Entry> = (0..8)
        .map(|n| hoster(&format!("h{n}"), "", &["pad:pads:etherpad:"]))
        .collect();
    let first_on = |day: &str| directory_on(day, &hosters).found("need=pads")[0].to_owned();
    assert_eq!(first_on("2026-11-23"), first_on("2026-11-23"));
    let days = [
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
    ];
    let winners: std::collections::HashSet<String> = days.iter().map(|day| first_on(day)).collect();
    assert!(winners.len() > 2, "{winners:?}");
}

#[test]
fn words_are_found_by_stem_beginning_and_with_a_typo_and_loosened_when_none_has_them_all() {
    let directory = directory(&[
        hoster("zaclys", "", &["boite:email:roundcube:"]),
        hoster("marsnet", "", &["pad:pads:etherpad:"]),
    ]);
    for words in ["zaclys", "zac", "zaclis", "roundcube zaclys", "Zaclýs"] {
        assert_eq!(
            directory.found(&format!("q={words}")),
            ["zaclys-boite"],
            "{words}"
        );
    }
    let loosened = directory.ask("q=zaclys+marsnet");
    assert!(loosened.loosened);
    assert_eq!(loosened.total, 2);
    assert_eq!(directory.ask("q=zzqxw").total, 0);
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let hosters: Vec<Entry> = (0..30)
        .map(|n| hoster(&format!("h{n}"), "", &["pad:pads:etherpad:"]))
        .collect();
    let directory = directory(&hosters);
    let all = directory.found("need=pads&limit=30");
    let mut paged = directory.found("need=pads&limit=7");
    for offset in [7, 14, 21, 28] {
        paged.extend(directory.found(&format!("need=pads&limit=7&offset={offset}")));
    }
    assert_eq!(paged, all);
    assert_eq!(directory.found("need=pads&offset=30"), [] as [&str; 0]);
}

#[test]
fn an_empty_directory_answers_with_nothing() {
    let directory = directory(&[]);
    assert!(directory.index.is_empty());
    assert_eq!(directory.ask("q=pad&near=45.7,4.8").total, 0);
}

#[test]
fn a_need_in_the_words_narrows_a_departure_and_beside_a_need_is_looked_up() {
    let directory = directory(&[
        hoster("a", "", &["kan:kanban:kanboard:", "pad:pads:etherpad:"]),
        hoster("b", "", &["pad:pads:cryptpad:"]),
    ]);
    assert_eq!(directory.found("leave=framapad").len(), 2);
    assert_eq!(directory.found("leave=framapad&q=kanban")[0], "a-kan");
    assert_eq!(directory.found("need=pads&q=kanban"), ["b-pad"]);
    assert_eq!(directory.found("need=pads&q=pads").len(), 2);
    assert_eq!(directory.found("need=kanban&q=framateam")[0], "a-kan");
}

#[test]
fn words_loosen_only_as_far_as_what_passes_the_filters() {
    let directory = directory(&[
        hoster(
            "lyonnais",
            r#""place":{"country":"FR","city":"Lyon"},"#,
            &["forge:git-forge:gitea:"],
        ),
        hoster(
            "belge",
            r#""place":{"country":"BE"},"#,
            &["pad:pads:etherpad:"],
        ),
    ]);
    let loosened = directory.ask("q=framapad+lyonnais");
    assert!(loosened.loosened);
    assert_eq!(directory.found("q=framapad+lyonnais"), ["belge-pad"]);
    assert_eq!(
        directory.found("q=etherpad+lyonnais&country=BE"),
        ["belge-pad"]
    );
    assert!(!directory.ask("q=zzqxw").loosened);
}

#[test]
fn a_place_in_the_words_is_near_where_unless_another_is_given() {
    let pad = &["pad:pads:etherpad:"];
    let at =
        |lat: f64, lon: f64| format!(r#""place":{{"coordinates":{{"lat":{lat},"lon":{lon}}}}},"#);
    let directory = directory(&[
        hoster("brest", &at(48.39, -4.49), pad),
        hoster("lyon", &at(45.76, 4.84), pad),
    ]);
    assert_eq!(directory.found("q=pad+lyon"), ["lyon-pad", "brest-pad"]);
    assert_eq!(directory.found("q=pad+brest"), ["brest-pad", "lyon-pad"]);
    let question = |query: &str| resolved(&Query::from_query_string(query).unwrap());
    let asked = question("q=pad+lyon");
    assert!(asked.place_from_words && asked.words.is_empty());
    // The same place twice says nothing more; another is looked up as words.
    assert_eq!(question("q=pad+lyon&near=Lyon").words, [] as [&str; 0]);
    let elsewhere = question("q=pad+lyon&near=Brest");
    assert_eq!(elsewhere.words, ["lyon"]);
    assert_eq!(elsewhere.place.unwrap().name, "Brest");
    assert!(!elsewhere.place_from_words);
}

#[test]
fn what_stands_in_quotes_is_looked_up_as_it_is() {
    let query = Query::from_query_string("q=\"pad+lyon\"").unwrap();
    let asked = resolved(&query);
    assert_eq!(asked.words, ["pad", "lyon"]);
    assert!(asked.needs.is_empty() && asked.place.is_none());
}

#[test]
fn a_misspelt_departure_is_left_as_well() {
    let directory = directory(&[
        hoster(
            "framasoft",
            "",
            &[r#"framadate:polls:framadate:"url":"https://framadate.org/","#],
        ),
        hoster("b", "", &["date:polls:framadate:"]),
    ]);
    assert_eq!(directory.found("q=frmadate"), ["b-date"]);
}

#[test]
fn what_takes_nobody_next_door_comes_after_what_takes_somebody_anywhere() {
    let here = r#""place":{"coordinates":{"lat":45.76,"lon":4.84}},"#;
    let sydney = r#""place":{"coordinates":{"lat":-33.87,"lon":151.21}},"#;
    let open = r#"pad:pads:etherpad:"registration":"free","#;
    let since = Some(Availability {
        asked: 720,
        up: 718,
        down_since: Some(DateTime::UNIX_EPOCH),
    });
    let directory = directory_seen(
        &[
            hoster(
                "full",
                here,
                &[r#"pad:pads:etherpad:"registration":"free","capacity":{"room":"full"},"#],
            ),
            hoster(
                "closed",
                here,
                &[r#"pad:pads:etherpad:"registration":"closed","#],
            ),
            hoster("down", here, &[open]),
            hoster("far", sydney, &["pad:pads:etherpad:"]),
            hoster("nowhere", "", &["pad:pads:etherpad:"]),
        ],
        vec![None, None, since, None, None],
    );
    let found = directory.found("need=pads&near=45.7,4.8");
    assert_eq!(found[..2], ["far-pad", "nowhere-pad"]);
}

#[test]
fn what_is_about_to_close_comes_last() {
    let directory = directory(&[
        hoster(
            "ends",
            "",
            &[r#"pad:pads:etherpad:"registration":"none","closing":{"on":"2026-12-24"},"#],
        ),
        hoster(
            "members",
            "",
            &[r#"pad:pads:etherpad:"registration":"members","#],
        ),
    ]);
    assert_eq!(directory.found("need=pads"), ["members-pad", "ends-pad"]);
}

#[test]
fn a_question_without_a_word_finds_nothing_and_one_at_sea_is_answered() {
    let at_sea = r#""place":{"coordinates":{"lat":1.0,"lon":1.0}},"#;
    let directory = directory(&[hoster("a", at_sea, &["pad:pads:etherpad:"])]);
    assert_eq!(directory.ask("q=%3F%21").total, 0);
    assert_eq!(directory.ask("q=").total, 1);
    let hit = directory.ask("near=0,0").hits[0].distance.unwrap();
    assert!((150.0..160.0).contains(&hit.km), "{hit:?}");
}
