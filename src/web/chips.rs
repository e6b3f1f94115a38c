//! What is chosen among the filters, each choice with the way back.

use crate::catalogue::Edition;
use crate::search::query::{Query, StandingFilter};

use super::entry::language_name;
use super::filters::{country_name, software_name};
use super::locale::Locale;
use super::sentences;

/// A chosen value that can be taken back.
pub struct Chip {
    pub label: String,
    pub href: String,
}

/// What is chosen, each with the address without it.
pub fn chips(edition: &Edition, query: &Query, path: &str, l: &Locale) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: String, without: Query| {
        let without = Query {
            offset: 0,
            ..without
        };
        chips.push(Chip {
            label,
            href: format!("{path}?{}", without.to_query_string()),
        });
    };
    if let Some(need) = query
        .need
        .as_ref()
        .and_then(|id| edition.taxonomy().need(id))
    {
        chip(
            need.name.get(l.language).to_string(),
            Query {
                need: None,
                ..query.clone()
            },
        );
    }
    if let Some(departure) = query
        .leave
        .as_ref()
        .and_then(|slug| edition.taxonomy().departure(slug))
    {
        chip(
            l.with("leave.title", "name", &departure.name),
            Query {
                leave: None,
                ..query.clone()
            },
        );
    }
    if let Some(km) = query.within {
        chip(
            l.with("within.km", "n", l.integer(km as usize)),
            Query {
                within: None,
                ..query.clone()
            },
        );
    }
    for way in &query.registration {
        chip(
            sentences::registration(*way, l),
            Query {
                registration: without(&query.registration, way),
                ..query.clone()
            },
        );
    }
    for kind in &query.price {
        let label = l.t(&format!("price.{}", kind.word())).to_owned();
        chip(
            label,
            Query {
                price: without(&query.price, kind),
                ..query.clone()
            },
        );
    }
    for code in &query.language {
        let label = language_name(code, l).to_owned();
        chip(
            label,
            Query {
                language: without(&query.language, code),
                ..query.clone()
            },
        );
    }
    for code in &query.country {
        chip(
            country_name(edition, code, l),
            Query {
                country: without(&query.country, code),
                ..query.clone()
            },
        );
    }
    for id in &query.software {
        chip(
            software_name(edition, id),
            Query {
                software: without(&query.software, id),
                ..query.clone()
            },
        );
    }
    match &query.standing {
        StandingFilter::Listed => {}
        StandingFilter::Any => {
            chip(
                l.t("standing.any").to_owned(),
                Query {
                    standing: StandingFilter::Listed,
                    ..query.clone()
                },
            );
        }
        StandingFilter::Only(standings) => {
            for standing in standings {
                let rest = without(standings, standing);
                let rest = if rest.is_empty() {
                    StandingFilter::Listed
                } else {
                    StandingFilter::Only(rest)
                };
                let label = l.t(&format!("standing.{}", standing.word())).to_owned();
                chip(
                    label,
                    Query {
                        standing: rest,
                        ..query.clone()
                    },
                );
            }
        }
    }
    chips
}

fn without<T: Clone + PartialEq>(items: &[T], item: &T) -> Vec<T> {
    items
        .iter()
        .filter(|known| *known != item)
        .cloned()
        .collect()
}
