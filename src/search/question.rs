//! A [`Query`] whose need, departure and place were looked up: ready to be answered.

use crate::domain::collective::Standing;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;
use crate::domain::place::{Coordinates, Place};
use crate::domain::taxonomy::Taxonomy;

use super::query::{FieldError, Problem, Query, StandingFilter};
use super::suggest::Suggestions;
use super::understand::Phrases;

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
        let mut departure = understood.departure;
        if let Some(slug) = &query.leave {
            departure = known
                .taxonomy
                .departures()
                .iter()
                .position(|departure| departure.slug.as_str() == slug);
            if departure.is_none() {
                unknown(
                    "leave",
                    known.suggestions.similar_departures(slug, MAX_SIMILAR),
                );
            }
        }
        let mut need = understood.need;
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
        let named_by_parameter = query.need.is_some() || query.leave.is_some();
        Ok(Self {
            needs: needs(need, departure, query, known.taxonomy),
            need_from_words: !named_by_parameter
                && (understood.need.is_some() || understood.departure.is_some()),
            departure,
            excluded_departures: departure
                .map(|at| known.taxonomy.departures_of_same_vendor(at))
                .unwrap_or_default(),
            words: understood.rest,
            place,
            other_places: places.collect(),
            standings: standings(&query.standing, known.least_standing),
            query: query.clone(),
        })
    }
}

/// A need asked for by parameter narrows a departure; otherwise the departure's needs are the answer.
fn needs(
    need: Option<usize>,
    departure: Option<usize>,
    query: &Query,
    taxonomy: &Taxonomy,
) -> Vec<usize> {
    match (need, departure) {
        (Some(need), _) if query.need.is_some() => vec![need],
        (_, Some(departure)) => {
            let ids = &taxonomy.departures()[departure].needs;
            ids.iter()
                .filter_map(|id| taxonomy.need_position(id.as_str()))
                .collect()
        }
        (need, None) => need.into_iter().collect(),
    }
}

/// `latitude,longitude`, as a browser gives it, or a name or postcode; the likeliest place first.
fn places(near: &str, language: Language, known: &References) -> Vec<Place> {
    match coordinates(near) {
        // The name of the nearest town, at the coordinates that were given.
        Some(at) => known
            .gazetteer
            .nearest(at)
            .map(|town| Place {
                coordinates: at,
                ..town
            })
            .into_iter()
            .collect(),
        None => known
            .gazetteer
            .find(near, language.likely_countries(), 1 + MAX_OTHER_PLACES),
    }
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
