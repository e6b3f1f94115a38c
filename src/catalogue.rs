//! The directory as visitors see it: the index in use, rebuilt when the store's revision or the day moves,
//! or a vouch begins or ends.
//!
//! The only way out: pages, API and command line read from here and never from the store. A rebuild
//! makes a new [`Edition`] beside the current one and swaps it in, so no question waits for it. What changes
//! by the hour and is asked for by few are [`Observations`].

mod answers;
mod blocked;
mod edition;
mod figures;
mod observations;
mod report;
mod trust;

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};

use crate::domain::choices::Choices;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::taxonomy::Taxonomy;
use crate::search::understand::Phrases;
use crate::store::{self, Store};

pub use answers::{Answer, Answers};
pub use blocked::NotListed;
pub use edition::{Edition, Overview};
pub use figures::{COUNT_EVERY, Figures};
pub use observations::{Observations, Wish};
pub use report::{Report, Subject};
pub use trust::{Grounds, Party, Said, Trust};

/// Everything that is known, ready to be asked.
pub struct Catalogue {
    vocabulary: Arc<Vocabulary>,
    chosen: Choices,
    current: RwLock<Arc<Edition>>,
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
        let edition = Edition::read(Arc::clone(&vocabulary), store, &chosen, now).await?;
        Ok(Self {
            vocabulary,
            chosen,
            current: RwLock::new(Arc::new(edition)),
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
    /// or ceases to be good.
    pub async fn refresh(&self, store: &Store, now: DateTime<Utc>) -> Result<Did, store::Error> {
        let current = self.current();
        let is_of_today = current.day() == now.date_naive();
        let is_as_weighed = current.trust.changes_at().is_none_or(|moment| now < moment);
        if current.revision == store.revision().await? && is_of_today && is_as_weighed {
            return Ok(Did::Nothing);
        }
        let vocabulary = Arc::clone(&self.vocabulary);
        let edition = Edition::read(vocabulary, store, &self.chosen, now).await?;
        *self
            .current
            .write()
            .expect("nobody panics while swapping an Arc") = Arc::new(edition);
        Ok(Did::Work)
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
