//! Nobody becomes the next giant: a smaller run of `benches/fairness.rs`.

use std::sync::LazyLock;

use crate::fairness_model::report::{Verdict, WAYS};
use crate::fairness_model::{Row, simulate};

/// Enough that those of whom few are expected are not all left to chance.
const PEOPLE: usize = 3_000;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| simulate(1, PEOPLE));

fn verdict(name: &str) -> Verdict {
    let way = WAYS.iter().find(|way| way.name == name).unwrap();
    way.verdict(&ROWS)
}

#[test]
fn everybody_is_sent_somewhere_each_way() {
    let expected: f64 = ROWS.iter().map(|row| row.fair).sum();
    assert!((expected - PEOPLE as f64).abs() < 1e-6);
    for way in &WAYS {
        let sent: u32 = ROWS.iter().map(way.sent).sum();
        assert_eq!(sent as usize, PEOPLE, "{}", way.name);
    }
    assert!(ROWS.iter().filter(|row| row.is_out).count() >= 5);
}

#[test]
fn a_draw_gives_no_hoster_more_than_three_times_its_fair_share() {
    let verdict = verdict("/go");
    assert_eq!(verdict.above, 0, "{verdict:?}");
}

#[test]
fn by_search_no_hoster_gets_more_than_three_times_its_fair_share() {
    let verdict = verdict("search");
    assert_eq!(verdict.above, 0, "{verdict:?}");
}

#[test]
fn a_draw_sends_nobody_to_what_is_full_down_or_closing() {
    assert_eq!(verdict("/go").lost, 0);
}

#[test]
fn by_names_or_by_popularity_a_few_would_get_more_than_three_times_their_fair_share() {
    for name in ["alphabetical", "most popular first"] {
        let verdict = verdict(name);
        assert!(verdict.above > 0, "{name}: {verdict:?}");
    }
}
