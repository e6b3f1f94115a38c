//! What the records of an edition are made of, shared with the edition.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::catalogue::Edition;
use crate::domain::health::Availability;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::vouch::Evidence;
use crate::formats::activitypub::vouch;
use crate::formats::snapshot::{Chosen, Key, Kind, Record, State, Testimony};

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
pub(super) struct Contents {
    choices: Record,
    /// In the order of ids.
    hosters: Vec<Offered>,
    issuers: BTreeMap<String, Record>,
    vouches: BTreeMap<String, Heard>,
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
    /// Those of an edition, with the records of vouches from before where they are the same. `None` where a
    /// document is of another time than the edition: then a newer edition is on its way.
    pub(super) fn of(
        before: Option<&Self>,
        edition: &Edition,
        mut documents: HashMap<Url, Value>,
    ) -> Option<Self> {
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
                None => before?.heard(id)?.record.clone(),
            };
            let evidence = Arc::clone(evidence);
            contents
                .vouches
                .insert(record.id.clone(), Heard { evidence, record });
        }
        Some(contents)
    }

    /// The vouches of an edition whose documents are not known from before.
    pub(super) fn unread(before: Option<&Self>, edition: &Edition) -> Vec<Url> {
        let is_new = |evidence: &&Arc<Evidence>| {
            let heard = before.and_then(|before| before.heard(&evidence.vouch.id));
            heard.is_none_or(|heard| !Arc::ptr_eq(&heard.evidence, evidence))
        };
        let new = edition.known().vouches.iter().filter(is_new);
        new.map(|evidence| evidence.vouch.id.clone()).collect()
    }

    fn hoster(&self, id: &str) -> Option<&Offered> {
        let by_id = |offered: &Offered| offered.hoster.id.as_str().cmp(id);
        let position = self.hosters.binary_search_by(by_id).ok()?;
        Some(&self.hosters[position])
    }

    fn heard(&self, vouch: &Url) -> Option<&Heard> {
        self.vouches.get(vouch.as_str())
    }

    /// One record, if there is one of that kind and id.
    pub(super) fn record(&self, (kind, id): &Key) -> Option<Record> {
        match kind {
            Kind::Choices => Some(self.choices.clone()),
            Kind::Hoster => self.hoster(id).map(Offered::record),
            Kind::Issuer => self.issuers.get(id).cloned(),
            Kind::Vouch => self.vouches.get(id).map(|heard| heard.record.clone()),
        }
    }

    /// Every record, in the order of kinds and ids.
    pub(super) fn each(&self, mut take: impl FnMut(Record) -> io::Result<()>) -> io::Result<()> {
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
    pub(super) fn differences(&self, before: Option<&Self>, state: &mut State) -> Vec<Key> {
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
