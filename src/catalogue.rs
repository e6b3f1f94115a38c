//! The directory as visitors see it: the index in use, rebuilt when the store's revision or the day moves,
//! or a vouch begins or ends.
//!
//! The only way out: pages, API and command line read from here and never from the store. A rebuild
//! makes a new [`Edition`] beside the current one and swaps it in, so no question waits for it. What changes
//! by the hour and is asked for by few are [`Observations`].

mod answers;
mod blocked;
mod draws;
mod edition;
mod figures;
mod observations;
mod offers;
mod parts;
mod report;
mod sent;
mod tallies;
mod trust;

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use crate::domain::choices::Choices;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::tally::Tally;
use crate::domain::taxonomy::Taxonomy;
use crate::search::understand::Phrases;
use crate::store::{self, Store, Version};

pub use answers::{Answer, Answers};
pub use blocked::NotListed;
pub use draws::Aim;
pub use edition::{Closings, Edition, Ending, Ends, Overview, Took};
pub use figures::{COUNT_EVERY, Figures};
pub use observations::{Observations, Wish};
pub use parts::{Part, Parts, Whose};
pub use report::{Report, Subject};
pub use sent::{Sent, Shares};
pub use tallies::{MAX_TALLIES, TALLIES_SHOWN};
pub use trust::{Grounds, Party, Said, Trust};

/// Everything that is known, ready to be asked.
pub struct Catalogue {
    chosen: Choices,
    current: RwLock<Arc<Edition>>,
    /// Editions out of use that some answer still held when it was last asked.
    retired: Mutex<Vec<Arc<Edition>>>,
    /// What this process kept last of how much is listed.
    tallied: Mutex<Option<Tally>>,
}

/// What does not change while the program runs.
pub struct Vocabulary {
    /// Needs, software, departures.
    pub taxonomy: Taxonomy,
    /// Places.
    pub gazetteer: Gazetteer,
    phrases: Phrases,
}

/// Whether a step of a loop found anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// It did a unit of work; there may be more.
    Work,
    /// There was none.
    Nothing,
}

impl Catalogue {
    /// Reads the store and builds the first edition. `chosen` is the settings' word, which wins over the
    /// store's.
    pub async fn open(
        store: &Store,
        chosen: Choices,
        now: DateTime<Utc>,
    ) -> Result<Self, store::Error> {
        let vocabulary = Arc::new(Vocabulary::embedded());
        let edition = Edition::read(vocabulary, store, &chosen, now).await?;
        Ok(Self {
            chosen,
            current: RwLock::new(Arc::new(edition)),
            retired: Mutex::default(),
            tallied: Mutex::default(),
        })
    }

    /// The edition in use. Hold it for one answer, so that all of the answer agrees.
    pub fn current(&self) -> Arc<Edition> {
        Arc::clone(
            &self
                .current
                .read()
                .expect("nobody panics while swapping an Arc"),
        )
    }

    /// Builds and swaps in a new edition if the store's revision or the day has moved, or a vouch begins
    /// or ceases to be good. Of the store it reads what changed since the edition in use.
    pub async fn refresh(&self, store: &Store, now: DateTime<Utc>) -> Result<Did, store::Error> {
        // Held to the end: one renews at a time.
        let mut retired = self.retired.lock().await;
        let_go(&mut retired).await;
        let current = self.current();
        let is_of_today = current.day() == now.date_naive();
        let is_as_weighed = current.trust.changes_at().is_none_or(|moment| now < moment);
        let version = Version {
            revision: current.revision,
            generation: current.known().generation,
        };
        if version == store.version().await? && is_of_today && is_as_weighed {
            return Ok(Did::Nothing);
        }
        let edition = Arc::new(current.next(store, &self.chosen, now).await?);
        drop(current);
        retired.push(self.swap_in(edition));
        let_go(&mut retired).await;
        Ok(Did::Work)
    }

    /// Puts an edition in use; returns the one that was.
    fn swap_in(&self, edition: Arc<Edition>) -> Arc<Edition> {
        let mut current = self
            .current
            .write()
            .expect("nobody panics while swapping an Arc");
        std::mem::replace(&mut current, edition)
    }
}

/// Frees the editions that no answer holds any longer. It takes a while to free a large one, so this is not
/// left to whoever happens to hold it last.
async fn let_go(retired: &mut Vec<Arc<Edition>>) {
    let is_free = |edition: &mut Arc<Edition>| Arc::strong_count(edition) == 1;
    let free: Vec<_> = retired.extract_if(.., is_free).collect();
    if !free.is_empty() {
        tokio::task::spawn_blocking(move || drop(free))
            .await
            .expect("freeing does not panic");
    }
}

impl Vocabulary {
    /// The vocabulary and the gazetteer shipped in the binary.
    pub fn embedded() -> Self {
        let taxonomy = Taxonomy::embedded();
        let gazetteer = Gazetteer::embedded().expect("a test opens the embedded gazetteer");
        Self {
            phrases: Phrases::new(&taxonomy),
            taxonomy,
            gazetteer,
        }
    }
}
