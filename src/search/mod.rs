//! Documents in, hits out: an immutable value, never a server.
//!
//! An [`Index`] is built whole for one day from a directory and answers a [`Question`] without I/O,
//! clock or lock. It knows no SQL, no language of the interface and no sentence: reasons are data.

mod best;
mod columns;
pub mod draw;
pub mod facets;
pub mod fair;
mod filters;
mod lexicon;
mod matching;
mod near;
mod order;
pub mod query;
pub mod question;
pub mod rank;
pub mod reason;
mod scan;
pub mod suggest;
pub mod understand;
mod words;

use std::sync::Arc;

use chrono::NaiveDate;
use moka::sync::Cache;

use crate::domain::collective::Standing;
use crate::domain::health::Availability;
use crate::domain::hoster::Hoster;
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::place::{Compass, Coordinates};
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;

use columns::Columns;
use facets::Facets;
use filters::Filters;
use lexicon::Lexicon;
use question::Question;
use rank::{Answer, Score};
use reason::Reason;
use scan::Counted;

/// Counts are kept for so many sets of filters, those asked for last; each set takes a few kilobytes.
const MAX_COUNTED: u64 = 1_000;

/// A directory, ready to be asked on one day.
pub struct Index {
    columns: Columns,
    lexicon: Lexicon,
    needs: Vec<NeedId>,
    software: Vec<SoftwareId>,
    availability: Vec<Option<Availability>>,
    /// Counts of all that passes a set of filters: where and in what order is asked differs, they do not.
    counted: Cache<Filters, Arc<Counted>>,
    today: NaiveDate,
}

/// What an index is built from.
pub struct Contents<'a> {
    /// Every hoster.
    pub hosters: &'a [Arc<Hoster>],
    /// How the directory regards each.
    pub standings: &'a [Standing],
    /// Every service.
    pub services: &'a [Arc<Service>],
    /// Whether each answers, as far as somebody looked.
    pub availability: Vec<Option<Availability>>,
}

/// The answer to a question.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// The page of hits that was asked for, best first.
    pub hits: Vec<Hit>,
    /// How many services answer in all.
    pub total: usize,
    /// The counts beside them.
    pub facets: Arc<Facets>,
    /// Whether no service matched all words, so that those matching most of them are shown.
    pub loosened: bool,
}

/// One service that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The service, by its position in the directory the index was built from.
    pub service: usize,
    /// Its hoster, likewise.
    pub hoster: usize,
    /// The need it answers, by position in the taxonomy.
    pub need: usize,
    /// Whether it is offered for that need or its software serves it besides.
    pub answer: Answer,
    /// The factors of its score.
    pub score: Score,
    /// How far and in which direction, if both places are known.
    pub distance: Option<Distance>,
    /// Whether a place was asked for.
    pub place_asked: bool,
    /// Whether its facts still count.
    pub ages: rank::Ages,
    /// How this directory regards its hoster.
    pub standing: Standing,
    /// Whether it answers, if somebody looked.
    pub availability: Option<Availability>,
}

/// From the place that was asked for to the hoster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Kilometres.
    pub km: f64,
    /// The direction to go.
    pub direction: Compass,
    /// The same in degrees, clockwise from north.
    pub heading: f64,
}

impl Distance {
    /// From one place to another.
    pub fn between(from: Coordinates, to: Coordinates) -> Self {
        let heading = from.heading_to(&to);
        Self {
            km: from.distance_km(&to),
            direction: Compass::of_heading(heading),
            heading,
        }
    }
}

impl Index {
    /// Builds the index for one day; what has closed is left out.
    pub fn build(taxonomy: &Taxonomy, contents: Contents, today: NaiveDate) -> Self {
        let columns = Columns::build(taxonomy, &contents, today);
        let lexicon = lexicon::lexicon(taxonomy, &contents, &columns);
        Self {
            columns,
            lexicon,
            needs: taxonomy
                .needs()
                .iter()
                .map(|need| need.id.clone())
                .collect(),
            software: taxonomy
                .software()
                .iter()
                .map(|software| software.id.clone())
                .collect(),
            availability: contents.availability,
            counted: Cache::new(MAX_COUNTED),
            today,
        }
    }

    /// Answers a question: one pass over what may answer.
    pub fn search(&self, question: &Question) -> Results {
        scan::answer(self, question)
    }

    /// Everything that answers, in no order and without counts: what a draw is made from.
    pub fn candidates(&self, question: &Question) -> Vec<Hit> {
        scan::candidates(self, question)
    }

    /// The day it was built for.
    pub fn day(&self) -> NaiveDate {
        self.today
    }

    /// How many services can be found.
    pub fn len(&self) -> usize {
        self.columns.services.len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held on the heap, documents left aside: for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        let availability = self.availability.capacity() * size_of::<Option<Availability>>();
        self.columns.heap_bytes() + self.lexicon.heap_bytes() + availability
    }
}

impl Hit {
    /// Why it stands where it stands, the most telling first.
    pub fn reasons(&self, service: &Service, hoster: &Hoster, taxonomy: &Taxonomy) -> Vec<Reason> {
        let of_the_question = self.reasons_of_the_question(service, taxonomy);
        let of_itself = self.reasons_of_itself(service, hoster);
        of_the_question.chain(of_itself).collect()
    }

    /// Those that lie in what was asked.
    pub fn reasons_of_the_question(
        &self,
        service: &Service,
        taxonomy: &Taxonomy,
    ) -> impl Iterator<Item = Reason> + use<> {
        let answer = match self.answer {
            Answer::Directly => Some(Reason::MadeForIt),
            Answer::ThroughSuite => self.suite(service, taxonomy),
        };
        let place = match self.distance {
            Some(Distance { km, direction, .. }) => Some(Reason::Distance { km, direction }),
            None => self.place_asked.then_some(Reason::PlaceUnknown),
        };
        answer.into_iter().chain(place)
    }

    /// Those that lie in the service and its hoster, whatever was asked.
    pub fn reasons_of_itself(&self, service: &Service, hoster: &Hoster) -> Vec<Reason> {
        reason::reasons_of(service, hoster, self.ages, self.availability)
    }

    /// The suite that answers, and the part of it that does, if it is not software made for the need.
    pub fn suite(&self, service: &Service, taxonomy: &Taxonomy) -> Option<Reason> {
        if self.answer == Answer::Directly {
            return None;
        }
        let software = taxonomy.software_by_id(service.software.as_ref()?.as_str())?;
        let need = &taxonomy.needs()[self.need].id;
        let part = software
            .also
            .iter()
            .find(|also| also.need == *need)
            .and_then(|also| also.with.as_ref());
        Some(Reason::ThroughSuite {
            software: software.name.to_string(),
            part: part.map(ToString::to_string),
        })
    }
}

#[cfg(test)]
mod tests;
