//! What is published of one edition: its records, their state, and which of them changed of late.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use serde_json::Value;
use url::Url;

use crate::catalogue::Edition;
use crate::domain::health::Availability;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::vouch::Evidence;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::activitypub::proof::Signer;
use crate::formats::activitypub::vouch;
use crate::formats::snapshot::{
    Changes, Chosen, Key, Kind, MAX_CHANGES_BYTES, Record, State, Testimony, Writer,
};

/// How many changes are remembered; whoever was away for longer takes the snapshot.
pub const MAX_LOGGED: usize = 50_000;
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
    log: Log,
}

/// A hoster and its services, shared with the edition.
struct Offered {
    hoster: Arc<Hoster>,
    services: Vec<(Arc<Service>, Option<Availability>)>,
}

/// A vouch with its record.
struct Heard {
    evidence: Arc<Evidence>,
    record: Record,
}

/// What the records are made of.
struct Contents {
    choices: Record,
    /// In the order of ids.
    hosters: Vec<Offered>,
    issuers: BTreeMap<String, Record>,
    vouches: BTreeMap<String, Heard>,
}

/// Which records changed at which revision.
#[derive(Clone, Default)]
struct Log {
    /// Every change after this revision is known.
    since: u64,
    changed: VecDeque<(u64, Key)>,
}

impl Issue {
    /// The vouches of an edition whose documents are needed to draft it after this one, or the first.
    pub(super) fn unread(previous: Option<&Self>, edition: &Edition) -> Vec<Url> {
        let known = |evidence: &&Arc<Evidence>| {
            let heard = previous.and_then(|issue| issue.contents.heard(&evidence.vouch.id));
            heard.is_none_or(|heard| !Arc::ptr_eq(&heard.evidence, evidence))
        };
        let vouches = edition.known().vouches.iter().filter(known);
        vouches.map(|evidence| evidence.vouch.id.clone()).collect()
    }

    /// The same, signed anew.
    pub(super) fn signed_anew(&self, origin: &Url, signer: &Signer, now: DateTime<Utc>) -> Self {
        Self::sign(
            origin,
            self.said.revision,
            Arc::clone(&self.contents),
            Arc::clone(&self.state),
            Arc::clone(&self.log),
            signer,
            now,
        )
    }

    fn sign(
        origin: &Url,
        revision: u64,
        contents: Arc<Contents>,
        state: Arc<State>,
        log: Arc<Log>,
        signer: &Signer,
        now: DateTime<Utc>,
    ) -> Self {
        let seconds = now.timestamp();
        let said = DirectoryState {
            origin: origin.clone(),
            revision,
            // As exactly as it is written.
            issued: DateTime::from_timestamp(seconds, 0).unwrap_or(now),
            records: state.records(),
            state: state.digest(),
        };
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
    /// Made once, whoever asks.
    pub fn changes_since(&self, revision: u64) -> Option<Bytes> {
        let changes = || Some(Bytes::from(self.changes(revision)?.write()));
        self.answers.get_with(revision, changes)
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
        mut documents: HashMap<Url, Value>,
    ) -> Option<Self> {
        let revision = edition.revision;
        let mut contents = Contents {
            choices: choices(edition),
            hosters: offered(edition),
            issuers: BTreeMap::new(),
            vouches: BTreeMap::new(),
        };
        for (actor, issuer) in edition.known().issuers.iter() {
            let record = Record::of_issuer(actor, issuer);
            contents.issuers.insert(record.id.clone(), record);
        }
        let known = previous.map(|issue| &*issue.contents);
        for evidence in &edition.known().vouches {
            let id = &evidence.vouch.id;
            let record = match documents.remove(id) {
                Some(document) => {
                    let (read, _) = vouch::read(&document).ok()?;
                    if read != evidence.vouch {
                        return None;
                    }
                    Testimony::of(evidence, document).record()
                }
                None => known?.heard(id)?.record.clone(),
            };
            let evidence = Arc::clone(evidence);
            contents
                .vouches
                .insert(record.id.clone(), Heard { evidence, record });
        }
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
            state,
            log,
        })
    }

    pub(super) fn sign(self, origin: &Url, signer: &Signer, now: DateTime<Utc>) -> Issue {
        Issue::sign(
            origin,
            self.revision,
            Arc::new(self.contents),
            Arc::new(self.state),
            Arc::new(self.log),
            signer,
            now,
        )
    }
}

impl Log {
    fn add(&mut self, revision: u64, changed: Vec<Key>) {
        self.changed
            .extend(changed.into_iter().map(|key| (revision, key)));
        // What happened at one revision is known whole or not at all.
        while self.changed.len() > MAX_LOGGED {
            let Some((oldest, _)) = self.changed.pop_front() else {
                break;
            };
            self.since = oldest;
            while self.changed.front().is_some_and(|(at, _)| *at == oldest) {
                self.changed.pop_front();
            }
        }
    }
}

impl Offered {
    fn record(&self) -> Record {
        let services = self
            .services
            .iter()
            .map(|(service, seen)| (&**service, *seen));
        Record::of_hoster(&self.hoster, services)
    }

    /// Whether it is made of the very same documents.
    fn is(&self, other: &Self) -> bool {
        let mut pairs = self.services.iter().zip(&other.services);
        Arc::ptr_eq(&self.hoster, &other.hoster)
            && self.services.len() == other.services.len()
            && pairs.all(|((a, seen_a), (b, seen_b))| Arc::ptr_eq(a, b) && seen_a == seen_b)
    }
}

impl Contents {
    fn hoster(&self, id: &str) -> Option<&Offered> {
        let by_id = |offered: &Offered| offered.hoster.id.as_str().cmp(id);
        let position = self.hosters.binary_search_by(by_id).ok()?;
        Some(&self.hosters[position])
    }

    fn heard(&self, vouch: &Url) -> Option<&Heard> {
        self.vouches.get(vouch.as_str())
    }

    fn record(&self, (kind, id): &Key) -> Option<Record> {
        match kind {
            Kind::Choices => Some(self.choices.clone()),
            Kind::Hoster => self.hoster(id).map(Offered::record),
            Kind::Issuer => self.issuers.get(id).cloned(),
            Kind::Vouch => self.vouches.get(id).map(|heard| heard.record.clone()),
        }
    }

    /// Every record, in the order of kinds and ids.
    fn each(&self, mut take: impl FnMut(Record) -> io::Result<()>) -> io::Result<()> {
        take(self.choices.clone())?;
        self.hosters
            .iter()
            .map(Offered::record)
            .try_for_each(&mut take)?;
        self.issuers.values().cloned().try_for_each(&mut take)?;
        let vouches = self.vouches.values();
        vouches.map(|heard| heard.record.clone()).try_for_each(take)
    }

    /// What is another than before, and puts it into the state of then.
    fn differences(&self, before: Option<&Self>, state: &mut State) -> Vec<Key> {
        let mut changed = Vec::new();
        let mut put = |record: &Record| {
            if state.put(record) {
                changed.push(record.key());
            }
        };
        put(&self.choices);
        for offered in &self.hosters {
            let was = before.and_then(|before| before.hoster(offered.hoster.id.as_str()));
            if was.is_none_or(|was| !was.is(offered)) {
                put(&offered.record());
            }
        }
        self.issuers.values().for_each(&mut put);
        for (id, heard) in &self.vouches {
            let was = before.and_then(|before| before.vouches.get(id));
            if was.is_none_or(|was| !Arc::ptr_eq(&was.evidence, &heard.evidence)) {
                put(&heard.record);
            }
        }
        let is_gone = |(kind, id): &&Key| match kind {
            Kind::Choices => false,
            Kind::Hoster => self.hoster(id).is_none(),
            Kind::Issuer => !self.issuers.contains_key(id),
            Kind::Vouch => !self.vouches.contains_key(id),
        };
        let gone: Vec<Key> = state.keys().filter(is_gone).cloned().collect();
        for key in &gone {
            state.remove(key);
        }
        changed.extend(gone);
        changed
    }
}

fn choices(edition: &Edition) -> Record {
    let known = edition.known();
    let chosen = Chosen {
        own: known.own.clone(),
        ours: known.ours.clone(),
        anchors: edition.anchors.clone(),
        blocks: edition.blocks.clone(),
        rules: edition.rules,
    };
    chosen.record()
}

/// Every hoster that is not blocked, with its services in the order of ids.
fn offered(edition: &Edition) -> Vec<Offered> {
    let mut all: Vec<Offered> = (edition.hosters.iter())
        .map(|hoster| Offered {
            hoster: Arc::clone(hoster),
            services: Vec::new(),
        })
        .collect();
    for service in &edition.services {
        let (hoster, _) = edition.hoster_of(service);
        let seen = edition.availability(service);
        all[hoster].services.push((Arc::clone(service), seen));
    }
    all
}
