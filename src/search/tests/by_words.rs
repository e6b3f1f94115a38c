//! What words lead to, found whole kinds at a time, is what is found row by row.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::properties::{CASES, built, directories, queries};
use super::*;
use crate::search::lexicon::Named;
use crate::search::matching::Matched;

/// Needs and software by name, by beginning and misspelt; hosters and their parts; nothing.
const WORDS: [&str; 12] = [
    "pad",
    "pads",
    "etherpad",
    "etherpda",
    "nextcloud",
    "kan",
    "sondage",
    "hoster",
    "1",
    "2",
    "10",
    "zzqxw",
];

/// What each service matches, by looking at every one.
fn matched(index: &Index, words: &[String]) -> HashMap<usize, Matched> {
    let columns = &index.columns;
    let meant: Vec<_> = words
        .iter()
        .map(|word| index.lexicon.matches(word))
        .collect();
    let rows = columns.services.iter().enumerate().map(|(row, service)| {
        let kind = &columns.kinds[columns.kind_of(row as u32)];
        let each = meant.iter().map(|meant| {
            let quality = |one: &lexicon::Meant| {
                let held = one.rows.contains(&(row as u32));
                let held = if held { one.quality } else { 0 };
                let named = one.vocabulary.iter().map(|named| match *named {
                    Named::Software(software) if kind.software == Some(software) => one.quality,
                    Named::Need(need) if kind.need == need => one.quality,
                    Named::Need(need) if kind.serves >> need & 1 == 1 => one.quality / 3,
                    _ => 0,
                });
                held.max(named.max().unwrap_or(0))
            };
            meant.iter().map(quality).max().unwrap_or(0)
        });
        (service.position as usize, each.collect())
    });
    rows.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn words_find_and_count_what_looking_at_every_service_does(
        directory in directories(), query in queries(), asked in vec(0..WORDS.len(), 1..4),
        need in 0..4_usize, offset in 0..4_usize
    ) {
        let index = built(&directory).index();
        let query = Query { need: query.need.filter(|_| need == 0), ..query };
        let words: Vec<String> = asked.iter().map(|at| WORDS[*at].to_owned()).collect();
        let matched = matched(&index, &words);
        let ask = |query: &Query| Question { words: words.clone(), ..resolved(query) };
        // What passes the filters of a query, with what it matches.
        let passing = |query: &Query| -> Vec<(usize, Matched)> {
            let passing = index.candidates(&ask(query)).into_iter();
            passing.map(|hit| (hit.service, matched[&hit.service])).collect()
        };
        let all = passing(&query);
        let most = all.iter().map(|(_, matched)| matched.words).max().unwrap_or(0);
        let results = index.search(&ask(&query));
        if most == 0 {
            // A need is an answer without words.
            let found = if query.need.is_some() { all.len() } else { 0 };
            prop_assert_eq!(results.total, found);
            return Ok(());
        }
        let mut expected: Vec<(usize, f32)> = all.iter()
            .filter(|(_, matched)| matched.words == most)
            .map(|(service, matched)| {
                let share = f32::from(matched.quality) / (words.len() * 255) as f32;
                (*service, share.max(rank::NO_WORD_MATCHED))
            })
            .collect();
        expected.sort_unstable_by_key(|(service, _)| *service);
        let mut found: Vec<(usize, f32)> = results.hits.iter().map(|hit| (hit.service, hit.score.text)).collect();
        found.sort_unstable_by_key(|(service, _)| *service);
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(results.total, expected.len());
        prop_assert_eq!(results.loosened, usize::from(most) < words.len());
        // A page is a part of the whole.
        let page = index.search(&ask(&Query { limit: Some(2), offset, ..query.clone() })).hits;
        let part: Vec<Hit> = results.hits.iter().skip(offset).take(2).cloned().collect();
        prop_assert_eq!(page, part);
        // A count is of what would match as many words with that choice instead.
        let would_match = |query: &Query| {
            passing(query).iter().filter(|(_, matched)| matched.words >= most).count()
        };
        for (way, count) in &results.facets.registration {
            prop_assert_eq!(*count, would_match(&Query { registration: vec![*way], ..query.clone() }));
        }
        for (country, count) in &results.facets.country {
            prop_assert_eq!(*count, would_match(&Query { country: vec![*country], ..query.clone() }));
        }
        for (software, count) in &results.facets.software {
            prop_assert_eq!(*count, would_match(&Query { software: vec![software.to_string()], ..query.clone() }));
        }
    }
}
