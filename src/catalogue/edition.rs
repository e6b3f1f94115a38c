//! The directory at one revision, on one day: documents, index, suggestions and figures.

mod closings;
mod making;
mod overview;
mod trial;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::anchor::Anchor;
use crate::domain::block::{Block, Blocks};
use crate::domain::collective::Standing;
use crate::domain::departure::Departure;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::localized::Language;
use crate::domain::policy::Rules;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::search::query::{FieldError, Query};
use crate::search::question::{Question, References};
use crate::search::suggest::{Sources, Suggestion, Suggestions};
use crate::search::understand::HosterNames;
use crate::search::{Index, Results};
use crate::store::Directory;

use super::draws::Draws;
use super::offers::Offers;
use super::{Answers, NotListed, Parts, Trust, Vocabulary};

pub use closings::{Closings, Ending, Ends};
pub use making::Took;
pub use overview::Overview;

/// The directory at one revision, on one day.
pub struct Edition {
    /// What its questions are looked up in.
    pub vocabulary: Arc<Vocabulary>,
    /// The store's revision it was read at.
    pub revision: u64,
    /// Every hoster, by identifier.
    pub hosters: Vec<Arc<Hoster>>,
    /// Every service, by identifier.
    pub services: Vec<Arc<Service>>,
    /// How this directory regards each hoster.
    pub standings: Vec<Standing>,
    /// Who vouches for whom, and what follows.
    pub trust: Arc<Trust>,
    /// The least standing the operator lists.
    pub least_standing: Standing,
    /// By what rules the operator trusts and lists.
    pub rules: Rules,
    /// Whom the operator trusts from the start, in the order of their actors.
    pub anchors: Vec<Anchor>,
    /// What the operator blocks, in the order of domains.
    pub blocks: Vec<Block>,
    /// The same, to be looked up by host.
    pub blocked: Arc<Blocks>,
    /// What is not listed because of that: it stands nowhere else in here.
    pub not_listed: NotListed,
    /// What somebody may mean while typing.
    pub suggestions: Arc<Suggestions>,
    /// Its figures.
    pub overview: Overview,
    /// What was announced to end.
    pub closings: Closings,
    hoster_names: Arc<HosterNames>,
    /// What it was asked and has answered.
    pub answers: Answers,
    /// What it has written of its services.
    pub parts: Parts,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// What it took to make.
    pub took: Took,
    pub(super) index: Index,
    pub(super) draws: Draws,
    offers: Offers,
    /// All that was read, what is not listed among it: the next edition is made of it.
    known: Directory,
}

impl Edition {
    /// Whether a hoster, by its position, is listed: its standing suffices, it works, and offers something.
    pub fn is_listed(&self, hoster: usize) -> bool {
        self.standings[hoster] >= self.least_standing
            && self.hosters[hoster].status != HosterStatus::Closed
            && self
                .services_of(hoster)
                .any(|service| !service.is_over_by(self.day()))
    }

    /// Looks a query up and answers it.
    pub fn ask(
        &self,
        query: &Query,
        language: Language,
    ) -> Result<(Question, Results), Vec<FieldError>> {
        let question = self.understand(query, language)?;
        let results = self.index.search(&question);
        Ok((question, results))
    }

    /// Looks a query up.
    pub fn understand(
        &self,
        query: &Query,
        language: Language,
    ) -> Result<Question, Vec<FieldError>> {
        Question::resolve(query, language, &self.references())
    }

    fn references(&self) -> References<'_> {
        References {
            taxonomy: &self.vocabulary.taxonomy,
            gazetteer: &self.vocabulary.gazetteer,
            phrases: &self.vocabulary.phrases,
            hosters: &self.hoster_names,
            suggestions: &self.suggestions,
            least_standing: self.least_standing,
        }
    }

    /// Listed hosters, by position, in the turn of the day.
    pub fn listed(&self) -> &[usize] {
        &self.overview.listed
    }

    /// A service by its position among all.
    pub fn service_at(&self, position: u32) -> &Service {
        &self.services[position as usize]
    }

    /// Listed services that run a software, hoster after hoster in the turn of the day.
    pub fn listed_with(&self, software: &str) -> impl Iterator<Item = &Service> {
        let positions = self.overview.listed_with(software).iter();
        positions.map(|position| self.service_at(*position))
    }

    /// What somebody may mean, best first; of the hosters only those that are listed.
    pub fn suggest(&self, text: &str, language: Language, limit: usize) -> Vec<Suggestion<'_>> {
        let sources = Sources {
            taxonomy: self.taxonomy(),
            hosters: &self.hosters,
            listed: self.listed(),
            gazetteer: &self.vocabulary.gazetteer,
        };
        self.suggestions.suggest(text, language, limit, &sources)
    }

    /// Identifiers of listed hosters whose name or identifier is close to `text`.
    pub fn similar_hosters(&self, text: &str, limit: usize) -> Vec<String> {
        let similar = self.suggestions.similar_hosters(text, limit).into_iter();
        let hosters = similar.map(|place| &self.hosters[self.listed()[place]]);
        hosters.map(|hoster| hoster.id.to_string()).collect()
    }

    /// The departure that some words name, if they name one and nothing else.
    pub fn departure_named(&self, words: &str) -> Option<&Departure> {
        let known = self.references().surroundings(Language::French);
        let understood = self.vocabulary.phrases.read(words, &known);
        let alone =
            understood.rest.is_empty() && understood.need.is_none() && understood.place.is_none();
        let departure = understood.departure.filter(|_| alone)?;
        Some(&self.taxonomy().departures()[departure.position])
    }

    /// The needs, software and departures.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.vocabulary.taxonomy
    }

    /// The day it was built for.
    pub fn day(&self) -> NaiveDate {
        self.index.day()
    }

    /// A hoster's position, by identifier.
    pub fn hoster_position(&self, id: &str) -> Option<usize> {
        let by_id = |hoster: &Arc<Hoster>| hoster.id.as_str().cmp(id);
        self.hosters.binary_search_by(by_id).ok()
    }

    /// A service, by identifier.
    pub fn service(&self, id: &str) -> Option<&Service> {
        let position = position_of(&self.services, id)?;
        Some(&self.services[position])
    }

    /// Whether a service answers, if somebody looked.
    pub fn availability(&self, service: &Service) -> Option<Availability> {
        let position = position_of(&self.known.services, service.id.as_str())?;
        self.known.availability[position]
    }

    /// The services of a hoster, by its position.
    pub fn services_of(&self, hoster: usize) -> impl Iterator<Item = &Service> {
        let services = self.offers.of_hoster(hoster);
        services.map(|position| &*self.services[position])
    }

    /// The hoster of a service: its position and itself.
    pub fn hoster_of(&self, service: &Service) -> (usize, &Hoster) {
        let position = self
            .hoster_position(service.hoster.as_str())
            .expect("every service has its hoster");
        (position, &self.hosters[position])
    }

    /// All that was read, what is not listed among it.
    pub fn known(&self) -> &Directory {
        &self.known
    }

    /// Bytes that its index holds on the heap, documents left aside: for the figures in BENCHMARKS.md.
    pub fn index_bytes(&self) -> usize {
        self.index.heap_bytes()
    }
}

fn position_of(services: &[Arc<Service>], id: &str) -> Option<usize> {
    let by_id = |service: &Arc<Service>| service.id.as_str().cmp(id);
    services.binary_search_by(by_id).ok()
}
