//! A [`Query`] whose need, departure and place were looked up: ready to be answered.

use crate::domain::collective::Standing;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;
use crate::domain::place::{Coordinates, Place};
use crate::domain::taxonomy::Taxonomy;

use super::query::{FieldError, Problem, Query, StandingFilter};
use super::suggest::Suggestions;
use super::understand::{HosterNames, Named, Phrases, PlaceNamed, Surroundings, Understood};
use super::words::{MAX_WORDS_LOOKED_UP, words_of_label};

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
    /// Whether the place was.
    pub place_from_words: bool,
    /// The software that was named in the words, by position; its name is among the words to look up.
    pub software: Option<usize>,
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
    /// What the words may name besides: nothing.
    pub hosters: &'a HosterNames,
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
            .map(|q| known.phrases.read(q, &known.surroundings(language)))
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
        let places_in_words = understood
            .place
            .as_ref()
            .map(|named| {
                let limit = 1 + MAX_OTHER_PLACES;
                known.gazetteer.find(&named.name, &named.countries, limit)
            })
            .unwrap_or_default();
        let place_from_words = query.near.is_none() && !places_in_words.is_empty();
        let mut places = match &query.near {
            Some(near) => places(near, language, known),
            None => places_in_words.clone(),
        }
        .into_iter();
        let place = places.next();
        // The words of the place that is given by parameter as well say nothing more.
        let place_is_said = place.as_ref().is_some_and(|place| {
            let mut in_words = places_in_words.iter();
            in_words.any(|known| (&known.name, &known.admin) == (&place.name, &place.admin))
        });
        if let (Some(near), None) = (&query.near, &place) {
            let similar = known
                .gazetteer
                .similar(near, language.likely_countries(), MAX_SIMILAR);
            unknown("near", similar.iter().map(Place::label).collect());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let software = understood.software;
        let subject = Subject::new(departure, need, place_is_said, understood);
        Ok(Self {
            needs: subject.needs(known.taxonomy),
            need_from_words: subject.from_words,
            place_from_words,
            departure: subject.departure,
            excluded_departures: subject
                .departure
                .map(|at| known.taxonomy.departures_of_same_vendor(at))
                .unwrap_or_default(),
            software,
            words: subject.words,
            place,
            other_places: places.collect(),
            standings: standings(&query.standing, known.least_standing),
            query: query.clone(),
        })
    }
}

impl<'a> References<'a> {
    /// What the phrases are read with.
    pub fn surroundings(&self, language: Language) -> Surroundings<'a> {
        Surroundings {
            taxonomy: self.taxonomy,
            gazetteer: self.gazetteer,
            hosters: self.hosters,
            language,
        }
    }
}

/// What a question is about, by parameter or by its words. A parameter wins; a need in the words
/// narrows a departure; what a parameter overrides is looked up as words.
struct Subject {
    departure: Option<usize>,
    need: Option<usize>,
    from_words: bool,
    words: Vec<String>,
}

impl Subject {
    fn new(
        departure: Option<usize>,
        need: Option<usize>,
        place_is_said: bool,
        understood: Understood,
    ) -> Self {
        let mut words = Vec::new();
        // What the words name, unless a parameter says otherwise.
        let mut taken = |named: Option<Named>, wins: bool, given: Option<usize>| {
            let named = named?;
            if wins {
                return Some(named.position);
            }
            if given != Some(named.position) {
                words.extend(named.words);
            }
            None
        };
        let named_departure = taken(
            understood.departure,
            departure.is_none() && need.is_none(),
            departure,
        );
        let named_need = taken(understood.need, need.is_none(), need);
        if let Some(PlaceNamed { name, .. }) = understood.place.filter(|_| !place_is_said) {
            words.extend(words_of_label(&name));
        }
        words.extend(understood.rest);
        words.truncate(MAX_WORDS_LOOKED_UP);
        Self {
            departure: departure.or(named_departure),
            need: need.or(named_need),
            from_words: named_departure.is_some() || named_need.is_some(),
            words,
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
    let Ok(at) = near.parse::<Coordinates>() else {
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
