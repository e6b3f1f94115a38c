//! The filters beside the results: what can be chosen, and how many there would be.

use crate::catalogue::Edition;
use crate::domain::hoster::CountryCode;
use crate::domain::need::NeedId;
use crate::search::facets::{Counts, Facets};
use crate::search::query::{Query, StandingFilter};
use crate::search::question::Question;

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

/// All filters of a question, those without anything to choose left out.
pub fn filters(edition: &Edition, question: &Question, facets: &Facets, l: &Locale) -> Vec<Filter> {
    let query = &question.query;
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
    let distance = if question.place.is_some() {
        distances(query, l)
    } else {
        Vec::new()
    };
    // A question about a need is changed in its field.
    let need = if question.needs.is_empty() {
        needs(edition, facets, l)
    } else {
        Vec::new()
    };
    [
        ("need", "facet.need", need),
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
        single: matches!(name, "need" | "within"),
        choices: most_useful(choices),
    })
    .filter(|filter| !filter.choices.is_empty())
    .collect()
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

/// A software's name; its identifier where it is not known.
pub fn software_name(edition: &Edition, id: &str) -> String {
    edition
        .taxonomy()
        .software_by_id(id)
        .map_or_else(|| id.to_owned(), |software| software.name.to_string())
}

fn needs(edition: &Edition, facets: &Facets, l: &Locale) -> Vec<Choice> {
    let choice = |(id, count): &(NeedId, usize)| {
        let need = edition.taxonomy().need(id.as_str())?;
        Some(Choice {
            value: id.to_string(),
            label: need.name.get(l.language).to_string(),
            count: Some(l.integer(*count)),
            chosen: false,
        })
    };
    facets.need.iter().filter_map(choice).collect()
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
