//! The filters beside the results: what can be chosen, how many there would be, and what is chosen.

use crate::catalogue::Edition;
use crate::domain::hoster::CountryCode;
use crate::search::facets::{Counts, Facets};
use crate::search::query::{Query, StandingFilter};

use super::entry::language_name;
use super::locale::Locale;
use super::sentences;

/// How many values of one filter are offered; the chosen ones are always among them.
const CHOICES_SHOWN: usize = 12;
/// Distances that can be chosen, in kilometres.
const DISTANCES: [u32; 4] = [50, 100, 200, 500];

/// One filter.
pub struct Filter {
    /// The parameter's name.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// Whether one value excludes the others.
    pub single: bool,
    /// What can be chosen.
    pub choices: Vec<Choice>,
}

/// One value of a filter.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub count: Option<String>,
    pub chosen: bool,
}

/// A chosen value that can be taken back.
pub struct Chip {
    pub label: String,
    pub href: String,
}

/// All filters of a question, those without anything to choose left out.
pub fn filters(
    edition: &Edition,
    query: &Query,
    facets: &Facets,
    near: bool,
    l: &Locale,
) -> Vec<Filter> {
    let choice = |value: &str, label: String, count: usize, chosen: bool| Choice {
        value: value.to_owned(),
        label,
        count: Some(l.integer(count)),
        chosen,
    };
    let registration = offered(&facets.registration, query.registration.iter().copied());
    let registration = registration.map(|(way, count, chosen)| {
        choice(way.word(), sentences::registration(way, l), count, chosen)
    });
    let price = offered(&facets.price, query.price.iter().copied());
    let price = price.map(|(kind, count, chosen)| {
        let label = l.t(&format!("price.{}", kind.word())).to_owned();
        choice(kind.word(), label, count, chosen)
    });
    let language = offered(&facets.language, query.language.iter().copied());
    let language = language.map(|(code, count, chosen)| {
        let label = language_name(&code, l).to_owned();
        choice(code.as_str(), label, count, chosen)
    });
    let country = offered(&facets.country, query.country.iter().copied());
    let country = country.map(|(code, count, chosen)| {
        let label = country_name(edition, &code, l);
        choice(code.as_str(), label, count, chosen)
    });
    let software: Counts<&str> = (facets.software.iter())
        .map(|(id, count)| (id.as_str(), *count))
        .collect();
    let software = offered(&software, query.software.iter().map(String::as_str));
    let software =
        software.map(|(id, count, chosen)| choice(id, software_name(edition, id), count, chosen));
    let standings = match &query.standing {
        StandingFilter::Only(standings) => standings.as_slice(),
        StandingFilter::Listed | StandingFilter::Any => &[],
    };
    let standing = offered(&facets.standing, standings.iter().copied());
    let standing = standing.map(|(standing, count, chosen)| {
        let label = l.t(&format!("standing.{}", standing.word())).to_owned();
        choice(standing.word(), label, count, chosen)
    });
    // Offered only to be taken back: with it, no other choice of standing matters.
    let any = (query.standing == StandingFilter::Any).then(|| Choice {
        value: "any".to_owned(),
        label: l.t("standing.any").to_owned(),
        count: None,
        chosen: true,
    });
    let standing = any.into_iter().chain(standing);
    let distance = if near {
        distances(query, l)
    } else {
        Vec::new()
    };
    [
        ("registration", "facet.registration", registration.collect()),
        ("within", "facet.within", distance),
        ("price", "facet.price", price.collect()),
        ("language", "facet.language", language.collect()),
        ("country", "facet.country", country.collect()),
        ("software", "facet.software", software.collect()),
        ("standing", "facet.standing", standing.collect()),
    ]
    .into_iter()
    .map(|(name, title, choices)| Filter {
        name,
        title: l.t(title).to_owned(),
        single: name == "within",
        choices: most_useful(choices),
    })
    .filter(|filter| !filter.choices.is_empty())
    .collect()
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

/// A country's name in the reader's language.
pub fn country_name(edition: &Edition, code: &CountryCode, l: &Locale) -> String {
    edition
        .vocabulary
        .gazetteer
        .country_name(code.as_str(), l.language)
        .unwrap_or(code.as_str())
        .to_owned()
}

fn software_name(edition: &Edition, id: &str) -> String {
    edition
        .taxonomy()
        .software_by_id(id)
        .map_or_else(|| id.to_owned(), |software| software.name.to_string())
}

fn distances(query: &Query, l: &Locale) -> Vec<Choice> {
    let any = Choice {
        value: String::new(),
        label: l.t("within.any").to_owned(),
        count: None,
        chosen: query.within.is_none(),
    };
    let other = query.within.filter(|km| !DISTANCES.contains(km));
    let choices = DISTANCES.into_iter().chain(other).map(|km| Choice {
        value: km.to_string(),
        label: l.with("within.km", "n", l.integer(km as usize)),
        count: None,
        chosen: query.within == Some(km),
    });
    std::iter::once(any).chain(choices).collect()
}

/// The values that are counted and, with a count of nothing, any other that is chosen: what the form
/// does not hold is lost when it is sent again.
fn offered<T: Copy + PartialEq>(
    counts: &[(T, usize)],
    chosen: impl Iterator<Item = T> + Clone,
) -> impl Iterator<Item = (T, usize, bool)> {
    let is_chosen = chosen.clone();
    let counted = counts
        .iter()
        .map(move |(value, count)| (*value, *count, is_chosen.clone().any(|one| one == *value)));
    let uncounted = chosen.filter(|one| counts.iter().all(|(value, _)| value != one));
    counted.chain(uncounted.map(|one| (one, 0, true)))
}

/// The first choices, and behind them any other that is chosen.
fn most_useful(choices: Vec<Choice>) -> Vec<Choice> {
    let keep = |(position, choice): &(usize, Choice)| *position < CHOICES_SHOWN || choice.chosen;
    choices
        .into_iter()
        .enumerate()
        .filter(keep)
        .map(|(_, choice)| choice)
        .collect()
}

fn without<T: Clone + PartialEq>(items: &[T], item: &T) -> Vec<T> {
    items
        .iter()
        .filter(|known| *known != item)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_offered_even_where_nothing_answers_to_it() {
        let counts = [("FR", 5), ("BE", 2)];
        assert_eq!(
            offered(&counts, ["ZZ", "BE"].into_iter()).collect::<Vec<_>>(),
            [("FR", 5, false), ("BE", 2, true), ("ZZ", 0, true)]
        );
    }
}
