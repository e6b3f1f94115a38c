//! How an edition is made: of the whole store, or of the edition before and what changed since.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::catalogue::draws::Draws;
use crate::catalogue::offers::Offers;
use crate::catalogue::{Answers, Grounds, NotListed, Parts, Trust, Vocabulary};
use crate::domain::block::Blocks;
use crate::domain::choices::Choices;
use crate::domain::collective::Standing;
use crate::domain::hoster::Hoster;
use crate::domain::policy::Rules;
use crate::search::suggest::Suggestions;
use crate::search::understand::HosterNames;
use crate::search::{Contents, Index};
use crate::store::{self, Directory, Store};

use super::{Closings, Edition, Overview};

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

impl Edition {
    /// Reads the whole store and builds the edition on a thread of its own.
    pub(in crate::catalogue) async fn read(
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
    pub(in crate::catalogue) async fn next(
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
            generation: _,
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
            made_at: now,
            overview: Overview::default(),
            closings: Closings::default(),
            answers: Answers::default(),
            parts: Parts::default(),
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
        edition.overview = Overview::of(&edition);
        edition.closings = Closings::of(&edition);
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
}

/// Whether two lists are of the same things, none of them changed.
fn is_shared<T>(a: &[Arc<T>], b: &[Arc<T>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}
