//! What visitors ask: query strings, words, and what the index answers about the demo's directory.

use std::sync::{Arc, LazyLock};

use archipelago::domain::collective::Standing;
use archipelago::domain::gazetteer::Gazetteer;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::localized::Language;
use archipelago::formats::archipelago as exchange;
use archipelago::search::query::{MAX_LIMIT, Query, StandingFilter};
use archipelago::search::question::{Question, References};
use archipelago::search::suggest::{MAX_SUGGESTIONS, Sources, Suggestions};
use archipelago::search::understand::{HosterNames, Phrases};
use archipelago::search::{Contents, Index, Results};

use super::{Target, day, fixture, taxonomy};

/// A query string.
pub const TARGET: Target = Target {
    name: "questions",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let table = String::from_utf8(fixture("queries/queries.tsv")).expect("it is text");
    let typed = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(2));
    let words = typed
        .step_by(5)
        .map(|words| format!("q={}", words.replace(' ', "+")));
    let parameters = [
        "need=polls&near=Lyon&within=100&registration=none&registration=free&price=free&sort=distance&limit=3&offset=2",
        "leave=framadate&near=69007&language=fr&country=FR&standing=any&sort=name&limit=100",
        "software=nextcloud&standing=reported&standing=confirmed&sort=recent&offset=10000",
        "q=pad+lyon&near=48.85,2.35&within=20000&price=donation&limit=1",
        "need=&q=%00%ff&near=0,0&limit=0",
    ];
    words
        .chain(parameters.map(str::to_owned))
        .map(String::into_bytes)
        .collect()
}

/// The demo's directory, ready to be asked.
struct Directory {
    index: Index,
    hosters: Vec<Arc<Hoster>>,
    listed: Vec<usize>,
    gazetteer: Gazetteer,
    phrases: Phrases,
    names: HosterNames,
    suggestions: Suggestions,
}

static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let found = exchange::read(&fixture("data/hosters.json")).expect("the demo can be read");
    let hosters: Vec<_> = found.hosters.into_iter().map(Arc::new).collect();
    let services: Vec<_> = found.services.into_iter().map(Arc::new).collect();
    let standings: Vec<_> = (0..hosters.len())
        .map(|at| Standing::ALL[at % Standing::ALL.len()])
        .collect();
    let availability = vec![None; services.len()];
    let contents = Contents {
        hosters: &hosters,
        standings: &standings,
        services: &services,
        availability,
    };
    let named: Vec<&Hoster> = hosters.iter().map(Arc::as_ref).collect();
    Directory {
        index: Index::build(taxonomy(), contents, day()),
        listed: (0..hosters.len()).collect(),
        gazetteer: Gazetteer::embedded().expect("it was compiled in"),
        phrases: Phrases::new(taxonomy()),
        names: HosterNames::new(named.iter().copied()),
        suggestions: Suggestions::new(taxonomy(), &named),
        hosters,
    }
});

fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Ok(query) = Query::from_query_string(&text) else {
        return;
    };
    let written = query.to_query_string();
    assert_eq!(
        Query::from_query_string(&written).as_ref(),
        Ok(&query),
        "{written}"
    );
    let known = &*DIRECTORY;
    let references = References {
        taxonomy: taxonomy(),
        gazetteer: &known.gazetteer,
        phrases: &known.phrases,
        hosters: &known.names,
        suggestions: &known.suggestions,
        least_standing: Standing::Reported,
    };
    for language in [Language::French, Language::English] {
        if let Ok(question) = Question::resolve(&query, language, &references) {
            is_answered(&question);
        }
        let sources = Sources {
            taxonomy: taxonomy(),
            hosters: &known.hosters,
            listed: &known.listed,
            gazetteer: &known.gazetteer,
        };
        let begun = query.q.as_deref().unwrap_or_default();
        let suggested = known.suggestions.suggest(begun, language, 7, &sources);
        assert!(suggested.len() <= 7.min(MAX_SUGGESTIONS));
    }
}

fn is_answered(question: &Question) {
    let index = &DIRECTORY.index;
    let results = index.search(question);
    let query = &question.query;
    let left = results.total.saturating_sub(query.offset);
    assert_eq!(
        results.hits.len(),
        left.min(query.limit()),
        "a page is full unless it is the last"
    );
    assert!(results.total <= index.len());
    let whole = Query {
        offset: 0,
        limit: Some(MAX_LIMIT),
        ..query.clone()
    };
    let whole = index.search(&Question {
        query: whole,
        ..question.clone()
    });
    assert_eq!(
        (whole.total, whole.loosened),
        (results.total, results.loosened)
    );
    if query.offset + results.hits.len() <= whole.hits.len() {
        assert_eq!(
            results.hits,
            whole.hits[query.offset..query.offset + results.hits.len()]
        );
    }
    for hit in &results.hits {
        let service = hit.service;
        assert_eq!(
            results
                .hits
                .iter()
                .filter(|other| other.service == service)
                .count(),
            1,
            "{service} comes once"
        );
        assert!(
            hit.distance
                .is_none_or(|distance| (0.0..=20_040.0).contains(&distance.km))
        );
        if let (Some(within), Some(_)) = (query.within, &question.place) {
            assert!(
                hit.distance
                    .is_some_and(|distance| distance.km <= f64::from(within))
            );
        }
    }
    counts_fit(query, &results);
}

/// The counts of what everything has one of add up to what there is.
fn counts_fit(query: &Query, results: &Results) {
    let facets = &results.facets;
    let standings: usize = match &query.standing {
        StandingFilter::Only(chosen) => {
            let counted = facets
                .standing
                .iter()
                .filter(|(standing, _)| chosen.contains(standing));
            counted.map(|(_, count)| count).sum()
        }
        _ => return,
    };
    assert_eq!(standings, results.total, "each hoster has one standing");
    if !query.registration.is_empty() {
        let counted = facets
            .registration
            .iter()
            .filter(|(way, _)| query.registration.contains(way));
        assert_eq!(
            counted.map(|(_, count)| count).sum::<usize>(),
            results.total
        );
    }
    if !query.price.is_empty() {
        let counted = facets
            .price
            .iter()
            .filter(|(kind, _)| query.price.contains(kind));
        assert_eq!(
            counted.map(|(_, count)| count).sum::<usize>(),
            results.total
        );
    }
}
