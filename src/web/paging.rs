//! Links to the same question in another order or on another page.

use crate::search::query::{MAX_OFFSET, Query, Sort};

use super::locale::Locale;

/// How many numbered pages stand around the current one.
const PAGES_AROUND: usize = 2;

/// One order of the results.
pub struct SortLink {
    /// Its name.
    pub name: &'static str,
    /// Its address; none where it is the current one.
    pub href: Option<String>,
}

/// One page of the results.
pub struct PageLink {
    /// Its number, from 1.
    pub number: usize,
    /// Its number in words.
    pub label: String,
    /// Its address; none where it is the current one.
    pub href: Option<String>,
}

/// The last page of results, where the one that is asked for lies behind it.
pub fn last_page(query: &Query, total: usize) -> Option<Query> {
    let last = total.checked_sub(1)?;
    (query.offset > last).then(|| Query {
        offset: last - last % query.limit(),
        ..query.clone()
    })
}

/// The orders that make sense for a question; by distance only near a place.
pub fn sorts(
    query: &Query,
    near: bool,
    l: &'static Locale,
    link: impl Fn(&Query) -> String,
) -> Vec<SortLink> {
    let possible = Sort::ALL
        .iter()
        .filter(|sort| near || **sort != Sort::Distance);
    possible
        .map(|sort| SortLink {
            name: l.t(match sort {
                Sort::Relevance => "sort.best",
                Sort::Distance => "sort.near",
                Sort::Name => "sort.name",
                Sort::Recent => "sort.fresh",
            }),
            href: (*sort != query.sort).then(|| {
                link(&Query {
                    sort: *sort,
                    offset: 0,
                    ..query.clone()
                })
            }),
        })
        .collect()
}

/// The pages around the current one; none where one holds all.
pub fn pages(
    query: &Query,
    total: usize,
    l: &Locale,
    link: impl Fn(&Query) -> String,
) -> Vec<PageLink> {
    let last = total.min(MAX_OFFSET).div_ceil(query.limit());
    let current = query.offset / query.limit() + 1;
    if last < 2 {
        return Vec::new();
    }
    let near = current.saturating_sub(PAGES_AROUND).max(1)..=(current + PAGES_AROUND).min(last);
    near.map(|number| PageLink {
        number,
        label: l.with("pages.n", "n", l.integer(number)),
        href: (number != current).then(|| {
            link(&Query {
                offset: (number - 1) * query.limit(),
                ..query.clone()
            })
        }),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_offset_behind_the_last_result_leads_to_the_last_page() {
        let last = |offset, total| {
            let query = Query {
                offset,
                ..Query::default()
            };
            last_page(&query, total).map(|query| query.offset)
        };
        assert_eq!(last(0, 0), None);
        assert_eq!(last(12, 0), None);
        assert_eq!(last(12, 13), None);
        assert_eq!(last(13, 13), Some(12));
        assert_eq!(last(12, 12), Some(0));
        assert_eq!(last(10_000, 320), Some(312));
    }
}
