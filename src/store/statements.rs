//! What each source says of one hoster or service, and what comes of it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::batch::rows_of;
use super::noun::{self, Noun, written};
use super::pool::Connection;
use super::{Error, Writing};
use crate::domain::contrast;
use crate::domain::provenance::SourceKind;

/// How many sources are heard of one hoster or service: anybody may publish a list. Of more, the weakest
/// are forgotten.
pub const MAX_STATEMENTS: usize = 40;

/// A hoster or a service with all that is said of it.
pub(super) struct Subject<T> {
    /// Its record as visitors see it, with its text.
    pub(super) record: Option<(String, T)>,
    /// What each source says.
    pub(super) said: Vec<Statement<T>>,
}

/// What one source says.
pub(super) struct Statement<T> {
    pub(super) kind: SourceKind,
    /// Who it is.
    pub(super) source: String,
    /// What it said that counts.
    pub(super) document: Option<T>,
    /// What it said later, which does not count yet.
    pub(super) later: Option<Word<T>>,
    /// Whether people have to let pass what it said later.
    pub(super) is_held: bool,
    is_kept: bool,
    differs: bool,
}

/// What a source says now.
#[derive(Clone, PartialEq)]
pub(super) enum Word<T> {
    Says(Box<T>),
    /// Nothing any more.
    TakenBack,
}

impl<T: Noun> Subject<T> {
    pub(super) fn unknown() -> Self {
        Self {
            record: None,
            said: Vec::new(),
        }
    }

    /// Hears a source's word. It counts once [`publish`](Self::publish) says so.
    pub(super) fn hear(&mut self, kind: SourceKind, source: &str, word: Word<T>) {
        let known = |said: &Statement<T>| said.kind == kind && said.source == source;
        let position = self.said.iter().position(known);
        let said = match (position, &word) {
            (Some(position), _) => &mut self.said[position],
            (None, Word::TakenBack) => return,
            (None, Word::Says(_)) => {
                self.said.push(Statement {
                    kind,
                    source: source.to_owned(),
                    document: None,
                    later: None,
                    is_held: false,
                    is_kept: false,
                    differs: true,
                });
                self.said.last_mut().expect("one was just pushed")
            }
        };
        let is_known = match &word {
            Word::Says(document) => said.document.as_ref() == Some(document),
            Word::TakenBack => said.document.is_none(),
        };
        // Who says again what counts already has thought better of what is held.
        if let (Some(document), Word::Says(word)) = (&said.document, &word)
            && contrast::between(document, &**word).is_empty()
        {
            said.differs |= said.is_held;
            said.is_held = false;
        }
        let later = (!is_known).then_some(word);
        if said.later != later {
            said.differs = true;
            said.is_held &= later.is_some();
            said.later = later;
        }
    }

    /// Whether anything is to be written.
    pub(super) fn differs(&self) -> bool {
        self.said.iter().any(|said| said.differs)
    }

    /// Whether a source said something that is not settled yet.
    pub(super) fn is_open(&self) -> bool {
        let is_open = |said: &Statement<T>| said.later.is_some() && !said.is_held;
        self.said.iter().any(is_open)
    }

    /// The record as it is without what is held; with it, if `with_held`.
    pub(super) fn merged(&self, with_held: bool, today: NaiveDate) -> Option<T> {
        let counts = |said: &Statement<T>| match &said.later {
            Some(word) if with_held || !said.is_held => match word {
                Word::Says(document) => Some((**document).clone()),
                Word::TakenBack => None,
            },
            _ => said.document.clone(),
        };
        let said: Vec<T> = self.said.iter().filter_map(counts).collect();
        T::merged(&said, today)
    }

    /// What sources said later counts from now on; what is held only if `with_held`.
    pub(super) fn publish(&mut self, with_held: bool) {
        for said in &mut self.said {
            if said.is_held && !with_held {
                continue;
            }
            if let Some(word) = said.later.take() {
                said.document = match word {
                    Word::Says(document) => Some(*document),
                    Word::TakenBack => None,
                };
                said.is_held = false;
                said.differs = true;
            }
        }
        self.forget_weakest();
    }

    /// What sources said later waits until people have looked at it.
    pub(super) fn hold(&mut self) {
        for said in &mut self.said {
            let is_open = said.later.is_some() && !said.is_held;
            said.is_held |= is_open;
            said.differs |= is_open;
        }
    }

    /// What was held is as if it had never been said.
    pub(super) fn drop_held(&mut self) {
        for said in self.said.iter_mut().filter(|said| said.is_held) {
            said.later = None;
            said.is_held = false;
            said.differs = true;
        }
    }

    fn forget_weakest(&mut self) {
        let told = |said: &&Statement<T>| said.document.is_some() && !said.is_held;
        let surplus = self
            .said
            .iter()
            .filter(told)
            .count()
            .saturating_sub(MAX_STATEMENTS);
        for _ in 0..surplus {
            let weakest = self
                .said
                .iter_mut()
                .filter(|said| told(&&**said))
                .min_by(|a, b| {
                    let strength = |said: &Statement<T>| {
                        let seen = said.document.as_ref().and_then(|told| told.source().seen);
                        (said.kind, seen)
                    };
                    strength(a)
                        .cmp(&strength(b))
                        .then_with(|| b.source.cmp(&a.source))
                });
            if let Some(weakest) = weakest {
                weakest.document = None;
                weakest.differs = true;
            }
        }
    }

    /// Writes what differs of what was said.
    pub(super) async fn keep(
        &self,
        id: &str,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for said in self.said.iter().filter(|said| said.differs) {
            said.keep(id, writing, now).await?;
        }
        Ok(())
    }
}

/// Keeps a record as the statement of its source.
pub(super) async fn adopt<T: Noun>(
    writing: &mut Writing,
    record: T,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let id = record.id().to_owned();
    Statement::of(record).keep(&id, writing, now).await
}

impl<T: Noun> Statement<T> {
    /// The statement of a record's source, which is not kept yet.
    fn of(record: T) -> Self {
        Self {
            kind: record.source().kind,
            source: record.source().by.to_string(),
            document: Some(record),
            later: None,
            is_held: false,
            is_kept: false,
            differs: true,
        }
    }

    async fn keep(&self, id: &str, writing: &mut Writing, now: DateTime<Utc>) -> Result<(), Error> {
        let held = self.later.as_ref().filter(|_| self.is_held);
        if self.document.is_none() && held.is_none() {
            if self.is_kept {
                sqlx::query(
                    "delete from statements
                     where subject = $1 and id = $2 and kind = $3 and source = $4",
                )
                .bind(T::SUBJECT)
                .bind(id)
                .bind(self.kind.word())
                .bind(self.source.as_str())
                .execute(&mut **writing)
                .await?;
            }
            return Ok(());
        }
        let held = held.map(|word| match word {
            Word::Says(document) => written(document),
            Word::TakenBack => String::new(),
        });
        sqlx::query(
            "insert into statements (subject, id, kind, source, document, held, seen_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (subject, id, kind, source) do update
             set document = excluded.document, held = excluded.held, seen_at = excluded.seen_at",
        )
        .bind(T::SUBJECT)
        .bind(id)
        .bind(self.kind.word())
        .bind(self.source.as_str())
        .bind(self.document.as_ref().map(written))
        .bind(held)
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}

/// What is known of each of these ids, which are all in the answer.
pub(super) async fn load<T: Noun>(
    connection: &mut Connection,
    ids: &[String],
) -> Result<HashMap<String, Subject<T>>, Error> {
    let mut subjects: HashMap<String, Subject<T>> = HashMap::new();
    for id in ids {
        subjects.insert(id.clone(), Subject::unknown());
    }
    for row in rows_of(connection, T::STATEMENTS, ids).await? {
        let id: String = row.try_get("id")?;
        let word: String = row.try_get("kind")?;
        let kind = SourceKind::from_word(&word).ok_or_else(|| Error::Corrupt {
            table: "statements",
            column: "kind",
            row: id.clone(),
            problem: format!("{word:?} is no kind of source"),
        })?;
        let document: Option<String> = row.try_get("document")?;
        let held: Option<String> = row.try_get("held")?;
        let read = |text: &str, column| noun::read::<T>(text, "statements", column, &id);
        let document = document.map(|text| read(&text, "document")).transpose()?;
        let later = match held.as_deref() {
            None => None,
            Some("") => Some(Word::TakenBack),
            Some(text) => Some(Word::Says(Box::new(read(text, "held")?))),
        };
        let said = Statement {
            kind,
            source: row.try_get("source")?,
            document,
            is_held: later.is_some(),
            later,
            is_kept: true,
            differs: false,
        };
        subjects
            .entry(id)
            .or_insert_with(Subject::unknown)
            .said
            .push(said);
    }
    for row in rows_of(connection, T::RECORDS, ids).await? {
        let id: String = row.try_get("id")?;
        let text: String = row.try_get("document")?;
        let record: T = noun::read(&text, T::TABLE, "document", &id)?;
        let subject = subjects.entry(id).or_insert_with(Subject::unknown);
        if subject.said.is_empty() {
            // An older program beside us kept it: there each record is one source's word.
            subject.said.push(Statement::of(record.clone()));
        }
        subject.record = Some((text, record));
    }
    Ok(subjects)
}
