//! The directory at one revision, on one day: documents, index, suggestions and figures.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

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
use crate::search::query::{FieldError, Query};
use crate::search::question::{Question, References};
use crate::search::suggest::{Sources, Suggestion, Suggestions};
use crate::search::understand::HosterNames;
use crate::search::{Contents, Index, Results, fair};
use crate::store::{self, Store};

use super::{Answers, Grounds, NotListed, Trust, Vocabulary};

/// The directory at one revision, on one day.
pub struct Edition {
    /// What its questions are looked up in.
    pub vocabulary: Arc<Vocabulary>,
    /// The store's revision it was read at.
    pub revision: u64,
    /// Every hoster, by identifier.
    pub hosters: Vec<Hoster>,
    /// Every service, by identifier.
    pub services: Vec<Service>,
    /// How this directory regards each hoster.
    pub standings: Vec<Standing>,
    /// Who vouches for whom, and what follows.
    pub trust: Trust,
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
    pub suggestions: Suggestions,
    /// Its figures.
    pub overview: Overview,
    hoster_names: HosterNames,
    /// What it was asked and has answered.
    pub answers: Answers,
    index: Index,
    availability: HashMap<String, Availability>,
    hoster_by_id: HashMap<String, usize>,
    service_by_id: HashMap<String, usize>,
    services_of: Vec<Vec<usize>>,
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
    /// Reads the store and builds the edition on a thread of its own.
    pub(super) async fn read(
        vocabulary: Arc<Vocabulary>,
        store: &Store,
        chosen: &Choices,
        now: DateTime<Utc>,
    ) -> Result<Self, store::Error> {
        let mut directory = store.directory().await?;
        let kept = Choices {
            rules: directory.rules,
            anchors: std::mem::take(&mut directory.anchors),
            blocks: std::mem::take(&mut directory.blocks),
        };
        let choices = chosen.clone().over(kept);
        directory.rules = choices.rules.over(Rules::USUAL);
        directory.anchors = choices.anchors;
        directory.blocks = choices.blocks;
        let least_standing = directory
            .rules
            .least_standing
            .expect("the usual rules say something of everything");
        // Building is pure computation and may take seconds: not on the threads that answer visitors.
        let build = move || Self::build(vocabulary, directory, least_standing, now);
        Ok(tokio::task::spawn_blocking(build)
            .await
            .expect("building an edition does not panic"))
    }

    /// Builds an edition from a directory as of a moment; the directory's choices are those in force.
    pub fn build(
        vocabulary: Arc<Vocabulary>,
        mut directory: store::Directory,
        least_standing: Standing,
        now: DateTime<Utc>,
    ) -> Self {
        let blocked = Blocks::of(directory.blocks.iter().cloned());
        let not_listed = NotListed::take_out(&mut directory, &blocked);
        let store::Directory {
            revision,
            hosters,
            services,
            own,
            ours,
            vouches,
            issuers,
            availability,
            anchors,
            blocks,
            rules,
        } = directory;
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
        let trust = Trust::weigh(grounds, now);
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
        let of = |service: &Service| seen(&availability, service);
        let contents = Contents {
            hosters: &hosters,
            standings: &standings,
            services: &services,
            availability: services.iter().map(of).collect(),
        };
        let index = Index::build(&vocabulary.taxonomy, contents, now.date_naive());
        let hoster_by_id: HashMap<String, usize> = hosters
            .iter()
            .enumerate()
            .map(|(position, hoster)| (hoster.id.to_string(), position))
            .collect();
        let mut services_of = vec![Vec::new(); hosters.len()];
        for (position, service) in services.iter().enumerate() {
            services_of[hoster_by_id[service.hoster.as_str()]].push(position);
        }
        let listed = hosters.iter().zip(&standings);
        let listed = listed.filter(|(_, standing)| **standing >= least_standing);
        let hoster_names = HosterNames::new(listed.map(|(hoster, _)| hoster));
        let mut edition = Self {
            overview: Overview::default(),
            answers: Answers::default(),
            suggestions: Suggestions::default(),
            hoster_names,
            service_by_id: services
                .iter()
                .enumerate()
                .map(|(position, service)| (service.id.to_string(), position))
                .collect(),
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
            availability,
            hoster_by_id,
            services_of,
        };
        edition.overview = edition.count();
        let listed = edition.listed().iter();
        let listed: Vec<&Hoster> = listed.map(|position| &edition.hosters[*position]).collect();
        edition.suggestions = Suggestions::new(edition.taxonomy(), &listed);
        edition
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
        let day = i64::from(self.day().to_epoch_days());
        let turn = |position: &usize| {
            let id = self.hosters[*position].id.as_str();
            fair::turn(fingerprint(id.as_bytes()), day)
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
        self.hoster_by_id.get(id).copied()
    }

    /// A service, by identifier.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.service_by_id
            .get(id)
            .map(|position| &self.services[*position])
    }

    /// Whether a service answers, if somebody looked.
    pub fn availability(&self, service: &Service) -> Option<Availability> {
        seen(&self.availability, service)
    }

    /// The services of a hoster, by its position.
    pub fn services_of(&self, hoster: usize) -> impl Iterator<Item = &Service> {
        self.services_of[hoster]
            .iter()
            .map(|position| &self.services[*position])
    }

    /// The hoster of a service: its position and itself.
    pub fn hoster_of(&self, service: &Service) -> (usize, &Hoster) {
        let position = self.hoster_by_id[service.hoster.as_str()];
        (position, &self.hosters[position])
    }
}

fn seen(by_address: &HashMap<String, Availability>, service: &Service) -> Option<Availability> {
    let url = service.url.as_ref()?.as_str();
    // A fragment is never sent, so no look knows it.
    by_address.get(url.split('#').next()?).copied()
}
