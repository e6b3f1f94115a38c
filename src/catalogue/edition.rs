//! The directory at one revision, on one day: documents, index, suggestions and figures.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::anchor::Anchor;
use crate::domain::block::{Block, Blocks};
use crate::domain::choices::Choices;
use crate::domain::collective::Standing;
use crate::domain::departure::Departure;
use crate::domain::fingerprint::fingerprint;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::localized::Language;
use crate::domain::policy::Rules;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::search::fair::Turns;
use crate::search::query::{FieldError, Query};
use crate::search::question::{Question, References};
use crate::search::suggest::{Sources, Suggestion, Suggestions};
use crate::search::understand::HosterNames;
use crate::search::{Contents, Index, Results};
use crate::store::{self, Directory, Store};

use super::draws::Draws;
use super::offers::Offers;
use super::{Answers, Grounds, NotListed, Trust, Vocabulary};

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
    hoster_names: Arc<HosterNames>,
    /// What it was asked and has answered.
    pub answers: Answers,
    /// What it took to make.
    pub took: Took,
    pub(super) index: Index,
    pub(super) draws: Draws,
    offers: Offers,
    /// All that was read, what is not listed among it: the next edition is made of it.
    known: Directory,
}

/// What it took to make an edition.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// Reading the store: what changed, or all of it.
    pub reading: Duration,
    /// Building, all told.
    pub building: Duration,
    /// Of that, weighing who is trusted.
    pub trust: Duration,
    /// Of that, the index.
    pub index: Duration,
    /// Of that, the names that can be begun.
    pub suggestions: Duration,
}

/// What is listed, counted once per edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Hosters with at least one listed service.
    pub hosters: usize,
    /// Services that are listed.
    pub services: usize,
    /// Towns of those hosters.
    pub towns: usize,
    /// Their countries.
    pub countries: usize,
    /// Listed services per need, directly or through a suite, by position in the taxonomy.
    pub services_by_need: Vec<usize>,
    /// All hosters per standing, in [`Standing`]'s order.
    pub hosters_by_standing: [usize; Standing::ALL.len()],
    /// Listed hosters, by position, in the turn of the day.
    pub listed: Vec<usize>,
}

impl Edition {
    /// Reads the whole store and builds the edition on a thread of its own.
    pub(super) async fn read(
        vocabulary: Arc<Vocabulary>,
        store: &Store,
        chosen: &Choices,
        now: DateTime<Utc>,
    ) -> Result<Self, store::Error> {
        let began = Instant::now();
        let directory = store.directory().await?;
        let reading = began.elapsed();
        let build = Self::built_aside(vocabulary, None, move || directory, chosen, now, reading);
        Ok(build.await)
    }

    /// Reads what changed since this edition was read and builds the next on a thread of its own. Both
    /// share the documents that are in both.
    pub(super) async fn next(
        self: &Arc<Self>,
        store: &Store,
        chosen: &Choices,
        now: DateTime<Utc>,
    ) -> Result<Self, store::Error> {
        let began = Instant::now();
        let renewal = store.renewal(&self.known).await?;
        let reading = began.elapsed();
        let (vocabulary, known) = (Arc::clone(&self.vocabulary), Arc::clone(self));
        let directory = move || renewal.of(&known.known);
        let previous = Some(Arc::clone(self));
        let build = Self::built_aside(vocabulary, previous, directory, chosen, now, reading);
        Ok(build.await)
    }

    /// Building is pure computation and may take seconds: not on the threads that answer visitors.
    async fn built_aside(
        vocabulary: Arc<Vocabulary>,
        previous: Option<Arc<Self>>,
        directory: impl FnOnce() -> Directory + Send + 'static,
        chosen: &Choices,
        now: DateTime<Utc>,
        reading: Duration,
    ) -> Self {
        let chosen = chosen.clone();
        let build = move || {
            let mut directory = directory();
            let choices = chosen.over(Choices {
                rules: directory.rules,
                anchors: std::mem::take(&mut directory.anchors),
                blocks: std::mem::take(&mut directory.blocks),
            });
            directory.rules = choices.rules.over(Rules::USUAL);
            directory.anchors = choices.anchors;
            directory.blocks = choices.blocks;
            let least_standing = directory
                .rules
                .least_standing
                .expect("the usual rules say something of everything");
            let previous = previous.as_deref();
            let mut edition =
                Self::build_after(previous, vocabulary, directory, least_standing, now);
            edition.took.reading = reading;
            edition
        };
        tokio::task::spawn_blocking(build)
            .await
            .expect("building an edition does not panic")
    }

    /// Builds an edition from a directory as of a moment; the directory's choices are those in force.
    pub fn build(
        vocabulary: Arc<Vocabulary>,
        known: Directory,
        least_standing: Standing,
        now: DateTime<Utc>,
    ) -> Self {
        Self::build_after(None, vocabulary, known, least_standing, now)
    }

    /// Builds an edition, with the parts of another that nothing changed for.
    fn build_after(
        previous: Option<&Self>,
        vocabulary: Arc<Vocabulary>,
        known: Directory,
        least_standing: Standing,
        now: DateTime<Utc>,
    ) -> Self {
        let began = Instant::now();
        let mut listed = known.clone();
        let blocked = Blocks::of(known.blocks.iter().cloned());
        let not_listed = NotListed::take_out(&mut listed, &blocked);
        let Directory {
            revision,
            hosters,
            services,
            availability,
            own,
            ours,
            vouches,
            issuers,
            anchors,
            blocks,
            rules,
        } = listed;
        let mut took = Took::default();
        // Whoever reads the site of a hoster or a collective has come to it already.
        let chosen = anchors.iter().map(|anchor| &anchor.actor);
        let grounds = Grounds {
            hosters: &hosters,
            vouches,
            issuers: &issuers,
            anchors: &chosen.chain(&ours).cloned().collect(),
            blocked: &blocked,
            rules: &rules,
        };
        let previous = previous.filter(|previous| is_shared(&previous.hosters, &hosters));
        let weighing = Instant::now();
        let trust = match previous {
            Some(previous) if previous.is_weighed_alike(&known, &blocked, now) => {
                Arc::clone(&previous.trust)
            }
            _ => Arc::new(Trust::weigh(grounds, now)),
        };
        took.trust = weighing.elapsed();
        let standings: Vec<Standing> = hosters
            .iter()
            .enumerate()
            .map(
                |(position, hoster)| match own.as_ref() == Some(&hoster.id) {
                    true => Standing::Anchor,
                    false => trust.standing(position, Standing::from_source(hoster.source.kind)),
                },
            )
            .collect();
        let indexing = Instant::now();
        let contents = Contents {
            hosters: &hosters,
            standings: &standings,
            services: &services,
            availability,
        };
        let index = Index::build(&vocabulary.taxonomy, contents, now.date_naive());
        took.index = indexing.elapsed();
        let named_alike = previous.filter(|previous| {
            previous.least_standing == least_standing && previous.standings == standings
        });
        let hoster_names = match named_alike {
            Some(previous) => Arc::clone(&previous.hoster_names),
            None => {
                let listed = hosters.iter().zip(&standings);
                let listed = listed.filter(|(_, standing)| **standing >= least_standing);
                Arc::new(HosterNames::new(listed.map(|(hoster, _)| &**hoster)))
            }
        };
        let mut edition = Self {
            overview: Overview::default(),
            answers: Answers::default(),
            suggestions: Arc::default(),
            hoster_names,
            offers: Offers::of(&hosters, &services),
            vocabulary,
            revision,
            hosters,
            services,
            standings,
            trust,
            least_standing,
            rules,
            anchors,
            blocks,
            blocked: Arc::new(blocked),
            not_listed,
            index,
            draws: Draws::default(),
            known,
            took,
        };
        edition.overview = edition.count();
        let suggesting = Instant::now();
        edition.suggestions = match previous {
            Some(previous) if previous.listed() == edition.listed() => {
                Arc::clone(&previous.suggestions)
            }
            _ => {
                let listed = edition.listed().iter();
                let listed: Vec<&Hoster> = listed
                    .map(|position| &*edition.hosters[*position])
                    .collect();
                Arc::new(Suggestions::new(edition.taxonomy(), &listed))
            }
        };
        edition.took.suggestions = suggesting.elapsed();
        edition.took.building = began.elapsed();
        edition
    }

    /// Whether these vouches, among the same hosters, come to the same by now.
    fn is_weighed_alike(
        &self,
        directory: &Directory,
        blocked: &Blocks,
        now: DateTime<Utc>,
    ) -> bool {
        is_shared(&self.known.vouches, &directory.vouches)
            && Arc::ptr_eq(&self.known.issuers, &directory.issuers)
            && self.known.ours == directory.ours
            && self.anchors == directory.anchors
            && self.rules == directory.rules
            && *self.blocked == *blocked
            && self.trust.changes_at().is_none_or(|moment| now < moment)
    }

    fn count(&self) -> Overview {
        let mut overview = Overview {
            services_by_need: vec![0; self.taxonomy().needs().len()],
            ..Overview::default()
        };
        let everything = Query::default();
        if let Ok((_, results)) = self.ask(&everything, Language::French) {
            overview.services = results.total;
            for (need, count) in &results.facets.need {
                let position = self.taxonomy().need_position(need.as_str());
                overview.services_by_need[position.expect("the index has the taxonomy's needs")] =
                    *count;
            }
        }
        let (mut towns, mut countries) = (HashSet::new(), HashSet::new());
        for (position, hoster) in self.hosters.iter().enumerate() {
            overview.hosters_by_standing[self.standings[position] as usize] += 1;
            if self.is_listed(position) {
                overview.hosters += 1;
                towns.extend(
                    hoster
                        .place
                        .city
                        .as_ref()
                        .map(|city| (hoster.place.country, city)),
                );
                countries.extend(hoster.place.country);
                overview.listed.push(position);
            }
        }
        (overview.towns, overview.countries) = (towns.len(), countries.len());
        let turns = Turns::new(i64::from(self.day().to_epoch_days()), None);
        let turn = |position: &usize| {
            let id = self.hosters[*position].id.as_str();
            turns.of(fingerprint(id.as_bytes()), 1.0)
        };
        overview.listed.sort_by_key(turn);
        overview
    }

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

    /// Bytes that its index holds on the heap, documents left aside: for the figures in BENCHMARKS.md.
    pub fn index_bytes(&self) -> usize {
        self.index.heap_bytes()
    }
}

/// Whether two lists are of the same things, none of them changed.
fn is_shared<T>(a: &[Arc<T>], b: &[Arc<T>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

fn position_of(services: &[Arc<Service>], id: &str) -> Option<usize> {
    let by_id = |service: &Arc<Service>| service.id.as_str().cmp(id);
    services.binary_search_by(by_id).ok()
}
