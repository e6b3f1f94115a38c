//! What is published of one edition: its records, their state, and which of them changed of late.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use moka::future::Cache;
use serde_json::Value;
use tokio::task::spawn_blocking;
use url::Url;

use super::contents::Contents;
use super::log::Log;
use crate::catalogue::Edition;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::activitypub::proof::Signer;
use crate::formats::snapshot::{Changes, Key, MAX_CHANGES_BYTES, State, Writer};

/// How many records are told as changes: more are a snapshot's matter.
pub const MAX_TOLD: usize = 5_000;
/// How many bytes of records are told as changes, with room for the rest of the document.
const MAX_TOLD_BYTES: usize = MAX_CHANGES_BYTES / 2;
/// How many answers about changes are held for others who ask the same, in bytes.
const MAX_ANSWERS_BYTES: u64 = 2 * MAX_CHANGES_BYTES as u64;

/// What is published of one edition. It is signed, and does not change.
pub struct Issue {
    /// What is signed.
    pub said: DirectoryState,
    /// The same as a document.
    pub signed: Value,
    contents: Arc<Contents>,
    state: Arc<State>,
    log: Arc<Log>,
    answers: Cache<u64, Option<Bytes>>,
}

/// The records of an edition, before anybody signed them.
pub(super) struct Draft {
    revision: u64,
    contents: Contents,
    state: State,
    /// The hash over that.
    digest: String,
    log: Log,
}

impl Issue {
    /// The vouches of an edition whose documents are needed to draft it after this one, or the first.
    pub(super) fn unread(previous: Option<&Self>, edition: &Edition) -> Vec<Url> {
        Contents::unread(previous.map(|issue| &*issue.contents), edition)
    }

    /// The same, signed anew.
    pub(super) fn signed_anew(&self, origin: &Url, signer: &Signer, now: DateTime<Utc>) -> Self {
        let said = DirectoryState {
            origin: origin.clone(),
            issued: to_the_second(now),
            ..self.said.clone()
        };
        Self::sign(
            said,
            Arc::clone(&self.contents),
            Arc::clone(&self.state),
            Arc::clone(&self.log),
            signer,
        )
    }

    fn sign(
        said: DirectoryState,
        contents: Arc<Contents>,
        state: Arc<State>,
        log: Arc<Log>,
        signer: &Signer,
    ) -> Self {
        let weight = |_: &u64, answer: &Option<Bytes>| {
            let bytes = answer.as_ref().map_or(0, Bytes::len);
            u32::try_from(bytes + 64).unwrap_or(u32::MAX)
        };
        Self {
            signed: signer.sign(directory_state::write(&said), said.issued),
            said,
            contents,
            state,
            log,
            answers: Cache::builder()
                .max_capacity(MAX_ANSWERS_BYTES)
                .weigher(weight)
                .build(),
        }
    }

    /// A name for what is signed, the same wherever it is the same.
    pub fn tag(&self) -> String {
        tag(&self.said)
    }

    /// What changed since a revision, as a document; `None` where that is not known any more, or too much.
    /// Made once, whoever asks, and not on the threads that answer: it may be megabytes to hash and write.
    pub async fn changes_since(self: &Arc<Self>, revision: u64) -> Option<Bytes> {
        let issue = Arc::clone(self);
        let made = async move {
            let write = move || Some(Bytes::from(issue.changes(revision)?.write()));
            let written = spawn_blocking(write).await;
            written.expect("writing changes does not panic")
        };
        self.answers.get_with(revision, made).await
    }

    fn changes(&self, since: u64) -> Option<Changes> {
        if since > self.said.revision || since < self.log.since {
            return None;
        }
        let first = self.log.changed.partition_point(|(at, _)| *at <= since);
        let keys: BTreeSet<&Key> = self
            .log
            .changed
            .range(first..)
            .map(|(_, key)| key)
            .collect();
        if keys.len() > MAX_TOLD {
            return None;
        }
        let (mut changed, mut gone, mut bytes) = (Vec::new(), Vec::new(), 0);
        for key in keys {
            match self.contents.record(key) {
                Some(record) => {
                    bytes += record.text.len();
                    changed.push(record);
                }
                None => gone.push(key.clone()),
            }
        }
        let signed = self.signed.clone();
        (bytes <= MAX_TOLD_BYTES).then_some(Changes {
            since,
            changed,
            gone,
            signed,
        })
    }

    /// Writes all of it as one snapshot.
    pub fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let day = self.said.issued.date_naive();
        let mut writer = Writer::begin(out, day, &self.signed)?;
        self.contents.each(|record| writer.add(&record))?;
        writer.end()
    }
}

/// A moment as exactly as a signed state has it.
fn to_the_second(now: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now)
}

/// A name for a signed state.
pub(super) fn tag(said: &DirectoryState) -> String {
    let state = said.state.get(..16).unwrap_or_default();
    format!("{}-{}-{state}", said.revision, said.issued.timestamp())
}

impl Draft {
    /// The records of an edition, made of those of the issue before where these are the same. `None` where a
    /// document is of another time than the edition: then a newer edition is on its way.
    pub(super) fn of(
        previous: Option<&Issue>,
        edition: &Edition,
        documents: HashMap<Url, Value>,
    ) -> Option<Self> {
        let revision = edition.revision;
        let known = previous.map(|issue| &*issue.contents);
        let contents = Contents::of(known, edition, documents)?;
        let (mut state, mut log) = match previous {
            Some(issue) => (State::clone(&issue.state), Log::clone(&issue.log)),
            None => (State::default(), Log::default()),
        };
        let changed = contents.differences(known, &mut state);
        match previous {
            Some(_) => log.add(revision, changed),
            None => log.since = revision,
        }
        Some(Self {
            revision,
            contents,
            digest: state.digest(),
            state,
            log,
        })
    }

    pub(super) fn sign(self, origin: &Url, signer: &Signer, now: DateTime<Utc>) -> Issue {
        let said = DirectoryState {
            origin: origin.clone(),
            revision: self.revision,
            issued: to_the_second(now),
            records: self.state.records(),
            state: self.digest,
        };
        Issue::sign(
            said,
            Arc::new(self.contents),
            Arc::new(self.state),
            Arc::new(self.log),
            signer,
        )
    }
}
