//! What becomes of each record: added, changed, left, gone, or held.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::super::noun::{Noun, written};
use super::super::statements::{self, Subject, Word};
use super::super::visits::{self, Visit};
use super::super::{Error, Writing, left_out};
use super::Kept;
use crate::domain::contrast;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::provenance::SourceKind;

/// How many hosters or services are in memory at once with all that is said of them.
const AT_ONCE: usize = 256;

/// What documents say of one hoster or service.
pub(super) struct Words<T> {
    pub(super) id: String,
    pub(super) said: Vec<Said<T>>,
}

/// What one document says of it.
pub(super) struct Said<T> {
    /// The document's place among those that are kept.
    pub(super) document: usize,
    pub(super) kind: SourceKind,
    pub(super) source: String,
    pub(super) word: Word<T>,
}

/// A record that would lose something, until the gate has been asked.
pub(super) struct Pending<T> {
    id: String,
    subject: Subject<T>,
    documents: Vec<(usize, SourceKind)>,
}

/// What became of all that was kept so far.
pub(super) struct Fates {
    pub(super) kept: Vec<Kept>,
    pub(super) is_visible: bool,
    changes: u64,
    now: DateTime<Utc>,
}

impl Fates {
    pub(super) fn of(documents: usize, now: DateTime<Utc>) -> Self {
        Self {
            kept: vec![Kept::default(); documents],
            is_visible: false,
            changes: 0,
            now,
        }
    }

    /// A hoster was taken out, as a document asked.
    pub(super) fn took_out(&mut self, document: usize) {
        self.kept[document].hosters.removed += 1;
        self.is_visible = true;
    }

    /// How many records would lose something.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// Keeps what is said; returns the records that would lose something by it.
    pub(super) async fn hear<T: Noun>(
        &mut self,
        writing: &mut Writing,
        words: Vec<Words<T>>,
    ) -> Result<Vec<Pending<T>>, Error> {
        let mut pending = Vec::new();
        let mut words = words.into_iter();
        loop {
            let some: Vec<Words<T>> = words.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return Ok(pending);
            }
            let ids: Vec<String> = some.iter().map(|words| words.id.clone()).collect();
            let mut known = statements::load::<T>(writing, &ids).await?;
            for Words { id, said } in some {
                let mut subject = known.remove(&id).unwrap_or_else(Subject::unknown);
                let documents = said.iter().map(|said| (said.document, said.kind)).collect();
                for said in said {
                    subject.hear(said.kind, &said.source, said.word);
                }
                let heard = Pending {
                    id,
                    subject,
                    documents,
                };
                let lost = self.lost(writing, &heard).await?;
                if lost == 0 {
                    self.publish(writing, heard).await?;
                } else {
                    self.changes += lost;
                    pending.push(heard);
                }
            }
        }
    }

    /// How many records lose something by what was heard of one.
    async fn lost<T: Noun>(&self, writing: &mut Writing, heard: &Pending<T>) -> Result<u64, Error> {
        let Some((_, record)) = heard
            .subject
            .record
            .as_ref()
            .filter(|_| heard.subject.is_open())
        else {
            return Ok(0);
        };
        match heard.subject.merged(false, self.now.date_naive()) {
            Some(merged) => Ok(u64::from(!contrast::between(record, &merged).is_empty())),
            None if T::SUBJECT == Hoster::SUBJECT => {
                let sql = "select count(*) as services from services where hoster = $1";
                let row = sqlx::query(sql)
                    .bind(heard.id.as_str())
                    .fetch_one(&mut **writing)
                    .await?;
                let services: i64 = row.try_get("services")?;
                Ok(1 + u64::try_from(services).unwrap_or(0))
            }
            None => Ok(1),
        }
    }

    /// Ends what waited for the gate.
    pub(super) async fn end<T: Noun>(
        &mut self,
        writing: &mut Writing,
        pending: Vec<Pending<T>>,
        is_open: bool,
    ) -> Result<(), Error> {
        for mut heard in pending {
            if !is_open {
                heard.subject.hold();
            }
            self.publish(writing, heard).await?;
        }
        Ok(())
    }

    async fn publish<T: Noun>(
        &mut self,
        writing: &mut Writing,
        heard: Pending<T>,
    ) -> Result<(), Error> {
        let Pending {
            id,
            mut subject,
            documents,
        } = heard;
        let known = subject
            .record
            .as_ref()
            .map(|(_, record)| record.source().kind);
        let fate = match subject.differs() {
            true => publish(writing, &id, &mut subject, false, self.now).await?,
            false => Fate::Same,
        };
        self.is_visible |= fate != Fate::Same;
        let is_held = subject.said.iter().any(|said| said.is_held);
        for (document, kind) in documents {
            let counts = T::counts(&mut self.kept[document]);
            *match fate {
                Fate::Added => &mut counts.added,
                Fate::Changed => &mut counts.changed,
                Fate::Removed => &mut counts.removed,
                Fate::Same if is_held => &mut counts.held,
                Fate::Same if known > Some(kind) => &mut counts.outranked,
                Fate::Same => &mut counts.unchanged,
            } += 1;
        }
        Ok(())
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Fate {
    Added,
    Changed,
    Removed,
    Same,
}

/// Writes all that is said of one hoster or service and counts, and what comes of it.
pub(in crate::store) async fn publish<T: Noun>(
    writing: &mut Writing,
    id: &str,
    subject: &mut Subject<T>,
    with_held: bool,
    now: DateTime<Utc>,
) -> Result<Fate, Error> {
    subject.publish(with_held);
    subject.keep(id, writing, now).await?;
    let Some(merged) = subject.merged(false, now.date_naive()) else {
        return match subject.record.take() {
            Some(_) => remove::<T>(writing, id).await,
            None => Ok(Fate::Same),
        };
    };
    let document = written(&merged);
    let fate = match &subject.record {
        Some((text, _)) if *text == document => return Ok(Fate::Same),
        Some(_) => Fate::Changed,
        None => Fate::Added,
    };
    let known = subject.record.as_ref().map(|(_, record)| record);
    let is_news = known.is_none_or(|known| !contrast::say_the_same(known, &merged));
    let known = known.and_then(Noun::actor);
    // A directory follows whom it lists: the actor is visited where it was not known before.
    if let Some(actor) = merged.actor().filter(|actor| known != Some(actor)) {
        visits::plan(writing, actor, Visit::Actor, actor, now).await?;
    }
    let mut query = sqlx::query(T::WRITE)
        .bind(id)
        .bind(document)
        .bind(now.timestamp_millis());
    if let Some(hoster) = merged.hoster() {
        query = query.bind(hoster);
    }
    query.execute(&mut **writing).await?;
    writing.changed(T::PART, id);
    if is_news {
        writing.has_news_of(merged.hoster().unwrap_or(id));
    }
    Ok(fate)
}

async fn remove<T: Noun>(writing: &mut Writing, id: &str) -> Result<Fate, Error> {
    if T::SUBJECT == Hoster::SUBJECT
        && let Ok(hoster) = HosterId::parse(id)
    {
        left_out::remove(writing, &hoster).await?;
    } else {
        sqlx::query(T::REMOVE)
            .bind(id)
            .execute(&mut **writing)
            .await?;
        writing.changed(T::PART, id);
    }
    Ok(Fate::Removed)
}
