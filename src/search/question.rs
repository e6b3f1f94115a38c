//! A [`Query`] whose need, departure and place were looked up: ready to be answered.

use crate::domain::collective::Standing;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;
use crate::domain::place::{Coordinates, Place};
use crate::domain::taxonomy::Taxonomy;

use super::query::{FieldError, Problem, Query, StandingFilter};
use super::suggest::Suggestions;
use super::understand::{Phrases, Understood};

/// How many near matches are offered for a name that is not known.
pub const MAX_SIMILAR: usize = 5;
/// How many other places of the same name are offered.
pub const MAX_OTHER_PLACES: usize = 4;

/// What a person asks, understood.
#[derive(Debug, Clone)]
pub struct Question {
    /// The query it came from.
    pub query: Query,
    /// The needs that answer it, by position, the main one first; empty for any need.
    pub needs: Vec<usize>,
    /// The departure being left, by position.
    pub departure: Option<usize>,
    /// It and every other departure of its vendor, by position: what is being left is no answer.
    pub excluded_departures: Vec<usize>,
    /// Whether the need was named in the words rather than as a parameter.
    pub need_from_words: bool,
    /// Words to look up, folded.
    pub words: Vec<String>,
    /// Near where.
    pub place: Option<Place>,
    /// Other places of that name.
    pub other_places: Vec<Place>,
    /// Which standings are shown, by [`Standing`]'s order.
    pub standings: Vec<Standing>,
}

/// What a question is looked up in.
pub struct References<'a> {
    /// Needs, software, departures.
    pub taxonomy: &'a Taxonomy,
    /// Places.
    pub gazetteer: &'a Gazetteer,
    /// Phrases that name a need or a departure.
    pub phrases: &'a Phrases,
    /// Near matches for what is not known.
    pub suggestions: &'a Suggestions,
    /// The least standing the operator lists.
    pub least_standing: Standing,
}

impl Question {
    /// Looks everything up. What a parameter names but nobody knows is an error with near matches.
    pub fn resolve(
        query: &Query,
        language: Language,
        known: &References,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut unknown = |field, similar| {
            errors.push(FieldError {
                field,
                problem: Problem::Unknown { similar },
            })
        };

        let understood = query
            .q
            .as_deref()
            .map(|q| known.phrases.read(q))
            .unwrap_or_default();
        let mut departure = None;
        if let Some(slug) = &query.leave {
            departure = known.taxonomy.departure_position(slug);
            if departure.is_none() {
                let similar = known.suggestions.similar_departures(slug, MAX_SIMILAR);
                unknown("leave", similar);
            }
        }
        let mut need = None;
        if let Some(id) = &query.need {
            need = known.taxonomy.need_position(id);
            if need.is_none() {
                unknown("need", known.suggestions.similar_needs(id, MAX_SIMILAR));
            }
        }
        for id in &query.software {
            if known.taxonomy.software_position(id).is_none() {
                unknown(
                    "software",
                    known.suggestions.similar_software(id, MAX_SIMILAR),
                );
            }
        }
        let mut places = query
            .near
            .as_deref()
            .map(|near| places(near, language, known))
            .unwrap_or_default()
            .into_iter();
        let place = places.next();
        if let (Some(near), None) = (&query.near, &place) {
            let similar = known
                .gazetteer
                .similar(near, language.likely_countries(), MAX_SIMILAR);
            unknown("near", similar.iter().map(Place::label).collect());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let subject = Subject::new(departure, need, understood);
        Ok(Self {
            needs: subject.needs(known.taxonomy),
            need_from_words: subject.from_words,
            departure: subject.departure,
            excluded_departures: subject
                .departure
                .map(|at| known.taxonomy.departures_of_same_vendor(at))
                .unwrap_or_default(),
            words: subject.words,
            place,
            other_places: places.collect(),
            standings: standings(&query.standing, known.least_standing),
            query: query.clone(),
        })
    }
}

/// What a question is about, by parameter or by its words. A parameter wins; a need in the words
/// narrows a departure given by parameter; what a parameter overrides is looked up as words.
struct Subject {
    departure: Option<usize>,
    need: Option<usize>,
    from_words: bool,
    words: Vec<String>,
}

impl Subject {
    fn new(departure: Option<usize>, need: Option<usize>, understood: Understood) -> Self {
        let Understood {
            departure: named_departure,
            need: named_need,
            mut phrase,
            rest,
        } = understood;
        let says_nothing_new = (named_departure.is_some() && named_departure == departure)
            || (named_need.is_some() && named_need == need);
        let taken_from_words = match (departure, need) {
            (None, None) => named_departure.is_some() || named_need.is_some(),
            (Some(_), None) => named_need.is_some(),
            (_, Some(_)) => false,
        };
        if taken_from_words || says_nothing_new {
            phrase.clear();
        }
        phrase.extend(rest);
        Self {
            departure: departure.or(named_departure.filter(|_| taken_from_words)),
            need: need.or(named_need.filter(|_| taken_from_words)),
            from_words: taken_from_words,
            words: phrase,
        }
    }

    /// A need narrows a departure; without one, the departure's needs are the answer.
    fn needs(&self, taxonomy: &Taxonomy) -> Vec<usize> {
        match (self.need, self.departure) {
            (Some(need), _) => vec![need],
            (None, Some(departure)) => {
                let ids = &taxonomy.departures()[departure].needs;
                ids.iter()
                    .filter_map(|id| taxonomy.need_position(id.as_str()))
                    .collect()
            }
            (None, None) => Vec::new(),
        }
    }
}

/// `latitude,longitude`, as a browser gives it, or a name or postcode; the likeliest place first.
fn places(near: &str, language: Language, known: &References) -> Vec<Place> {
    let Some(at) = coordinates(near) else {
        let countries = language.likely_countries();
        return known.gazetteer.find(near, countries, 1 + MAX_OTHER_PLACES);
    };
    // The name of the nearest town, at the coordinates that were given; at sea, the coordinates.
    let place = match known.gazetteer.nearest(at) {
        Some(town) => Place {
            coordinates: at,
            ..town
        },
        None => Place::nameless(at),
    };
    vec![place]
}

fn coordinates(text: &str) -> Option<Coordinates> {
    let (latitude, longitude) = text.split_once(',')?;
    Coordinates::new(
        latitude.trim().parse().ok()?,
        longitude.trim().parse().ok()?,
    )
    .ok()
}

fn standings(filter: &StandingFilter, least: Standing) -> Vec<Standing> {
    match filter {
        StandingFilter::Listed => Standing::ALL
            .iter()
            .copied()
            .filter(|standing| *standing >= least)
            .collect(),
        StandingFilter::Any => Standing::ALL.to_vec(),
        StandingFilter::Only(standings) => standings.clone(),
    }
}
