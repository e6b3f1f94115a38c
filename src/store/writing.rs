//! A transaction that writes, and what of the directory it changes: both are kept together.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use super::changes::Part;
use super::pool::{Connection, Transaction};
use super::{Error, Store, changes, peers};

/// A transaction that changes the directory, and knows what it changed.
pub(super) struct Writing {
    transaction: Transaction,
    changed: BTreeSet<(Part, String)>,
    news: BTreeSet<String>,
}

impl Store {
    /// Begins a transaction that changes the directory, and waits for its turn: the row of the
    /// revision is taken first, so that what it then reads stays true until it commits, and changes are
    /// seen in the order of their revisions. A copy of another directory is changed by that one alone.
    pub(super) async fn begin_change(&self) -> Result<Writing, Error> {
        let taking = "update revision set number = number
             where name = 'directory' and not exists (select 1 from mirror)";
        let (mut writing, taken) = self.begin_taking(taking).await?;
        if taken == 0 {
            let origin = sqlx::query_scalar("select origin from mirror limit 1");
            let origin: Option<String> = origin.fetch_optional(&mut *writing).await?;
            if let Some(origin) = origin {
                return Err(Error::Mirror { origin });
            }
        }
        Ok(writing)
    }

    /// Begins a transaction by a statement that takes the row of the revision, in its turn; says how many
    /// rows that took.
    pub(super) async fn begin_taking(&self, taking: &'static str) -> Result<(Writing, u64), Error> {
        let mut transaction = self.engine.begin_in_turn(&self.pool).await?;
        // Whoever asked may be gone while another has the row still: the turn is over when that wait is.
        let begun = tokio::spawn(async move {
            let taken = sqlx::query(taking).execute(&mut *transaction).await?;
            Ok((transaction, taken.rows_affected()))
        });
        let (transaction, taken) = begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))?;
        Ok((Writing::of(transaction), taken))
    }

    /// Begins a transaction that writes what is no part of the directory: it waits for nobody who changes
    /// that.
    pub(super) async fn begin_aside(&self) -> Result<Writing, Error> {
        Ok(Writing::of(self.engine.begin_writing(&self.pool).await?))
    }

    /// Commits a change, under the next revision if visitors can see it; if not, what it changed counts
    /// from the next revision on.
    pub(super) async fn end_change(mut writing: Writing, visible: bool) -> Result<(), Error> {
        let changed = writing.take_changed();
        if visible {
            let revision: i64 = sqlx::query_scalar(
                "update revision set number = number + 1 where name = 'directory' returning number",
            )
            .fetch_one(&mut *writing)
            .await?;
            changes::log(&mut writing, revision, &changed).await?;
            changes::reach(&mut writing, revision).await?;
            let news = std::mem::take(&mut writing.news);
            peers::note(&mut writing, revision, &news).await?;
        } else if !changed.is_empty() {
            let next = "select number + 1 from revision where name = 'directory'";
            let next: i64 = sqlx::query_scalar(next).fetch_one(&mut *writing).await?;
            changes::log(&mut writing, next, &changed).await?;
        }
        Ok(writing.transaction.commit().await?)
    }
}

impl Writing {
    fn of(transaction: Transaction) -> Self {
        Self {
            transaction,
            changed: BTreeSet::new(),
            news: BTreeSet::new(),
        }
    }

    /// Notes that something is another than it was, or no more.
    pub(super) fn changed(&mut self, part: Part, id: &str) {
        self.changed.insert((part, id.to_owned()));
    }

    /// Notes that something else is said of a hoster or what it offers than before.
    pub(super) fn has_news_of(&mut self, hoster: &str) {
        self.news.insert(hoster.to_owned());
    }

    /// What was noted so far, to be told otherwise than under the next revision.
    pub(super) fn take_changed(&mut self) -> BTreeSet<(Part, String)> {
        std::mem::take(&mut self.changed)
    }

    /// Notes that somebody who may vouch is another than was known, or no more.
    pub(super) fn issuers_changed(&mut self) {
        self.changed(Part::Issuers, "");
    }
}

impl Deref for Writing {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}
