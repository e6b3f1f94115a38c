//! What was asked of a list of services, as its form shows it again: for the list and the map alike.

use actix_web::HttpRequest;

use crate::catalogue::Edition;
use crate::domain::place::Place;
use crate::search::Results;
use crate::search::query::{MAX_PARAMETER_CHARS, Query};
use crate::search::question::Question;

use super::chips::{Chip, chips};
use super::filters::{Filter, filters};
use super::locale::Locale;
use super::page::{Page, Section, address};

/// A question with its filters, what was understood of it, and the ways to change either.
pub struct Asking {
    /// Where it is asked.
    pub path: String,
    /// The question in a few words.
    pub heading: String,
    /// The words, for their field.
    pub q: String,
    /// The place, for its field.
    pub near: String,
    /// The need, where the words do not say it.
    pub need: Option<String>,
    /// The departure, likewise.
    pub leave: Option<String>,
    /// The order.
    pub sort: &'static str,
    /// How many a page, if that was asked for.
    pub limit: Option<usize>,
    /// What was read in the words.
    pub understood: Option<String>,
    /// Which place was.
    pub place_understood: Option<String>,
    /// The same words, to be looked up without being understood.
    pub verbatim: Option<String>,
    /// Other places of the same name.
    pub other_places: Vec<(String, String)>,
    /// The filters.
    pub filters: Vec<Filter>,
    /// Those that are chosen.
    pub chips: Vec<Chip>,
    /// The question without filters, if it has some.
    pub clear: Option<String>,
    canonical: String,
}

impl Asking {
    /// A question asked at `path`.
    pub fn new(
        path: &str,
        edition: &Edition,
        question: &Question,
        results: &Results,
        l: &'static Locale,
    ) -> Self {
        let query = &question.query;
        let link = |query: &Query| format!("{path}?{}", query.to_query_string());
        let asked = in_words(edition, query, l);
        let what = what(edition, question, l);
        let place = question.place.as_ref();
        let unfiltered = Query {
            q: query.q.clone(),
            need: query.need.clone(),
            leave: query.leave.clone(),
            near: query.near.clone(),
            sort: query.sort,
            ..Query::default()
        };
        let is_narrowed = unfiltered
            != Query {
                offset: 0,
                limit: None,
                ..query.clone()
            };
        Self {
            path: path.to_owned(),
            heading: heading(edition, question, l),
            q: query.q.clone().or(asked.clone()).unwrap_or_default(),
            near: query.near.clone().unwrap_or_default(),
            need: query.need.clone().filter(|_| asked.is_none()),
            leave: query.leave.clone().filter(|_| asked.is_none()),
            sort: query.sort.word(),
            limit: query.limit,
            understood: what.filter(|_| question.need_from_words),
            place_understood: place.map(|place| place_in_words(edition, place, l)),
            verbatim: verbatim(question).map(|query| link(&query)),
            other_places: other_places(edition, question, l, link),
            filters: filters(edition, question, &results.facets, l),
            chips: chips(edition, query, path, l),
            clear: is_narrowed.then(|| link(&unfiltered)),
            canonical: address("", &[("need", query.need.as_deref())]),
        }
    }

    /// Whether there are filters.
    pub fn is_narrowed(&self) -> bool {
        self.clear.is_some()
    }

    /// The frame of a page about it. What is offered for a need is a page of its own to search engines; places,
    /// filters and orders are views of that.
    pub fn page(&self, request: &HttpRequest, l: &'static Locale) -> Page {
        let page = Page::new(request, l, self.heading.clone(), Section::Find);
        Page {
            description: l.with("services.description", "what", &self.heading),
            canonical: format!("{}{}", page.canonical, self.canonical),
            ..page
        }
    }
}

/// A question in a few words: what, and where.
pub fn heading(edition: &Edition, question: &Question, l: &Locale) -> String {
    let what = what(edition, question, l);
    match (what.as_deref(), question.place.as_ref()) {
        (Some(what), Some(place)) => l.with2(
            "services.title",
            ("need", &what),
            ("place", &place.name_in(l.language)),
        ),
        (Some(what), None) => what.to_owned(),
        (None, Some(place)) => l.with("services.title.near", "place", place.name_in(l.language)),
        (None, None) => l.t("services.title.all").to_owned(),
    }
}

/// What is looked for, in words: the departure, the need, or the words themselves.
fn what(edition: &Edition, question: &Question, l: &Locale) -> Option<String> {
    let taxonomy = edition.taxonomy();
    if let (Some(departure), None) = (question.departure, &question.query.need) {
        let departure = &taxonomy.departures()[departure];
        return Some(l.with("services.instead", "name", &departure.name));
    }
    match question.needs.first() {
        Some(need) => Some(taxonomy.needs()[*need].name.get(l.language).to_string()),
        None if question.place_from_words => {
            let words = question.words.join(" ");
            (!words.is_empty()).then(|| l.with("services.words", "words", words))
        }
        None => question
            .query
            .q
            .as_ref()
            .map(|q| l.with("services.words", "words", q)),
    }
}

/// The question with its words in quotes, where something was read in them.
fn verbatim(question: &Question) -> Option<Query> {
    let words = question.query.q.as_ref()?;
    let has_room = words.chars().count() + 2 <= MAX_PARAMETER_CHARS;
    let is_read = question.need_from_words || question.place_from_words;
    (is_read && has_room).then(|| Query {
        q: Some(format!("\"{words}\"")),
        offset: 0,
        ..question.query.clone()
    })
}

/// Places of the same name, each once: what tells them apart is all that can be asked for.
fn other_places(
    edition: &Edition,
    question: &Question,
    l: &Locale,
    link: impl Fn(&Query) -> String,
) -> Vec<(String, String)> {
    let mut places: Vec<(String, String)> = Vec::new();
    for other in &question.other_places {
        let near_other = Query {
            near: Some(other.label()),
            offset: 0,
            ..question.query.clone()
        };
        let words = place_in_words(edition, other, l);
        if places.iter().all(|(known, _)| *known != words) {
            places.push((words, link(&near_other)));
        }
    }
    places
}

/// The need or departure of the parameters as words for the field, if the words alone mean the same:
/// then they can be changed there, and no hidden field contradicts what is typed next.
fn in_words(edition: &Edition, query: &Query, l: &Locale) -> Option<String> {
    let taxonomy = edition.taxonomy();
    let name = match (&query.q, &query.need, &query.leave) {
        (None, Some(need), None) => taxonomy.need(need)?.name.get(l.language),
        (None, None, Some(departure)) => &taxonomy.departure(departure)?.name,
        _ => return None,
    };
    let in_words = Query {
        q: Some(name.to_string()),
        ..Query::default()
    };
    let by_parameter = Query {
        need: query.need.clone(),
        leave: query.leave.clone(),
        ..Query::default()
    };
    let subject = |query: &Query| {
        let question = edition.understand(query, l.language).ok()?;
        let place = question.place.map(|place| place.label());
        Some((question.needs, question.departure, question.words, place))
    };
    (subject(&in_words) == subject(&by_parameter)).then(|| name.to_string())
}

/// "Lyon, Rhône, France"
fn place_in_words(edition: &Edition, place: &Place, l: &Locale) -> String {
    let country = edition
        .vocabulary
        .gazetteer
        .country_name(&place.country, l.language)
        .unwrap_or(&place.country);
    let postcode = place
        .postcode
        .as_deref()
        .map(|code| format!("{code} "))
        .unwrap_or_default();
    match &place.admin {
        Some(admin) => format!(
            "{postcode}{}, {admin}, {country}",
            place.name_in(l.language)
        ),
        None => format!("{postcode}{}, {country}", place.name_in(l.language)),
    }
}
