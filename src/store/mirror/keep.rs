//! Keeps what an origin signed: all of it anew, or what changed, in one transaction while others read.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::{ORIGIN, corrupt, held_state};
use crate::domain::health::{Availability, DOWN_AFTER, History};
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::vouch::{AssertionKey, Vouch};
use crate::formats::activitypub::actor::Issuer;
use crate::formats::activitypub::directory_state;
use crate::formats::activitypub::vouch;
use crate::formats::snapshot::{Content, Entry, Key, Kind, Record, Testimony};
use crate::store::changes::{self, Part};
use crate::store::noun::{Noun, written};
use crate::store::{Error, Store, Writing, health, known_revision, vouches};

/// What an origin signed, and when it was copied.
#[derive(Debug, Clone, Copy)]
pub struct Copied<'a> {
    /// The signed state, as a document.
    pub signed: &'a Value,
    /// Its revision.
    pub revision: u64,
    /// When it was copied.
    pub at: DateTime<Utc>,
}

/// What came of the wish to keep what an origin signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copying {
    /// It is what is held now.
    Kept,
    /// The records ended before their end; nothing of them stays.
    CutOff,
    /// Another replica was first: what it kept stays.
    Overtaken,
}

/// The tables that a copy fills, those first that refer to others.
const EMPTIED: [&str; 7] = [
    "delete from services",
    "delete from hosters",
    "delete from vouches",
    "delete from revocations",
    "delete from acknowledged",
    "delete from health",
    "delete from mirrored",
];

impl Store {
    /// Keeps all records of a snapshot in the place of what is held, unless that is newer. They have to come
    /// in their order; `Some(None)` is their end.
    pub async fn copy_all(
        &self,
        copied: Copied<'_>,
        mut next: impl AsyncFnMut() -> Option<Option<(Record, Content)>>,
    ) -> Result<Copying, Error> {
        let mut keeping = Keeping::begin(self, copied).await?;
        if keeping.is_overtaken().await? {
            return Ok(Copying::Overtaken);
        }
        for sql in EMPTIED {
            sqlx::query(sql).execute(&mut *keeping.writing).await?;
        }
        loop {
            match next().await {
                Some(Some((record, content))) => keeping.keep(&record, content).await?,
                Some(None) => break,
                None => return Ok(Copying::CutOff),
            }
        }
        keeping.end(true).await?;
        Ok(Copying::Kept)
    }

    /// Keeps what changed since a revision, unless that is not what is held any more, or that is newer.
    pub async fn copy_changes(
        &self,
        copied: Copied<'_>,
        since: u64,
        changed: Vec<(Record, Content)>,
        gone: &[Key],
    ) -> Result<Copying, Error> {
        let mut keeping = Keeping::begin(self, copied).await?;
        if keeping.held_revision().await? != since || keeping.is_overtaken().await? {
            return Ok(Copying::Overtaken);
        }
        keeping.read_keys().await?;
        for (kind, id) in gone {
            keeping.forget(*kind, id).await?;
        }
        for (record, content) in changed {
            keeping.keep(&record, content).await?;
        }
        keeping.end(false).await?;
        Ok(Copying::Kept)
    }
}

/// A transaction that keeps records.
struct Keeping<'a> {
    writing: Writing,
    copied: Copied<'a>,
    revision: i64,
    /// The keys of all who vouch.
    keys: HashMap<Url, Vec<AssertionKey>>,
}

impl<'a> Keeping<'a> {
    async fn begin(store: &Store, copied: Copied<'a>) -> Result<Self, Error> {
        Ok(Self {
            writing: store.begin_mirroring().await?,
            revision: i64::try_from(copied.revision).unwrap_or(i64::MAX),
            copied,
            keys: HashMap::new(),
        })
    }

    async fn held_revision(&mut self) -> Result<u64, Error> {
        let sql = "select number from revision where name = 'directory'";
        known_revision(
            sqlx::query_scalar(sql)
                .fetch_one(&mut *self.writing)
                .await?,
        )
    }

    /// Whether what is held is newer than what would be kept. It was not when that was asked for, which may
    /// be minutes ago: another replica was first.
    async fn is_overtaken(&mut self) -> Result<bool, Error> {
        let held = held_state(&mut self.writing).await?;
        let signed = directory_state::read(self.copied.signed).ok();
        Ok(held.zip(signed).is_some_and(|(held, (signed, _))| {
            held.revision > signed.revision || held.issued > signed.issued
        }))
    }

    async fn read_keys(&mut self) -> Result<(), Error> {
        let issuers = vouches::issuers(&mut self.writing).await?;
        let keys = issuers.into_iter().map(|(id, issuer)| (id, issuer.keys));
        self.keys = keys.collect();
        Ok(())
    }

    async fn keep(&mut self, record: &Record, content: Content) -> Result<(), Error> {
        sqlx::query(
            "insert into mirrored (kind, id, document) values ($1, $2, $3)
             on conflict (kind, id) do update set document = excluded.document",
        )
        .bind(record.kind.word())
        .bind(record.id.as_str())
        .bind(record.text.as_str())
        .execute(&mut *self.writing)
        .await?;
        match content {
            // Read from its record.
            Content::Choices(_) => Ok(()),
            Content::Hoster(entry) => self.keep_entry(*entry).await,
            Content::Issuer(actor, issuer) => self.keep_issuer(actor, *issuer).await,
            Content::Vouch(testimony) => self.keep_vouch(*testimony).await,
        }
    }

    async fn keep_entry(&mut self, entry: Entry) -> Result<(), Error> {
        let Entry { hoster, services } = entry;
        self.write(&hoster).await?;
        let kept: HashSet<&str> = services.iter().map(|(one, _)| one.id.as_str()).collect();
        for id in self.services_of(hoster.id.as_str()).await? {
            if !kept.contains(id.as_str()) {
                self.remove::<Service>(&id).await?;
            }
        }
        for (service, seen) in &services {
            self.write(service).await?;
            if let Some(address) = health::address(service) {
                self.keep_seen(address, *seen).await?;
            }
        }
        Ok(())
    }

    async fn services_of(&mut self, hoster: &str) -> Result<Vec<String>, Error> {
        let ids = sqlx::query_scalar("select id from services where hoster = $1").bind(hoster);
        Ok(ids.fetch_all(&mut *self.writing).await?)
    }

    async fn write<T: Noun>(&mut self, noun: &T) -> Result<(), Error> {
        let query = sqlx::query(T::WRITE)
            .bind(noun.id())
            .bind(written(noun))
            .bind(self.copied.at.timestamp_millis());
        let query = match noun.hoster() {
            Some(hoster) => query.bind(hoster),
            None => query,
        };
        query.execute(&mut *self.writing).await?;
        self.writing.changed(T::PART, noun.id());
        Ok(())
    }

    async fn remove<T: Noun>(&mut self, id: &str) -> Result<(), Error> {
        let removed = sqlx::query(T::REMOVE).bind(id);
        removed.execute(&mut *self.writing).await?;
        self.writing.changed(T::PART, id);
        Ok(())
    }

    /// What the looks at an address come to; which they were stays with the origin.
    async fn keep_seen(&mut self, address: &str, seen: Option<Availability>) -> Result<(), Error> {
        let Some(seen) = seen else {
            let deleted = sqlx::query("delete from health where url = $1").bind(address);
            let rows = deleted.execute(&mut *self.writing).await?.rows_affected();
            if rows > 0 {
                self.writing.changed(Part::Unwatched, address);
            }
            return Ok(());
        };
        let fails = seen.down_since.map_or(0, |_| DOWN_AFTER);
        sqlx::query(
            "insert into health (url, probed_at, fails, failing_since, asked, up, history, revision)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (url) do update set probed_at = excluded.probed_at, fails = excluded.fails,
               failing_since = excluded.failing_since, asked = excluded.asked, up = excluded.up,
               revision = excluded.revision",
        )
        .bind(address)
        .bind(self.copied.at.timestamp_millis())
        .bind(i64::from(fails))
        .bind(seen.down_since.map(|since| since.timestamp_millis()))
        .bind(i64::from(seen.asked))
        .bind(i64::from(seen.up))
        .bind(serde_json::to_string(&History::default()).expect("a history is JSON"))
        .bind(self.revision)
        .execute(&mut *self.writing)
        .await?;
        Ok(())
    }

    async fn keep_issuer(&mut self, actor: Url, issuer: Issuer) -> Result<(), Error> {
        self.writing.issuers_changed();
        if self.keys.get(&actor) != Some(&issuer.keys) {
            vouches::recheck(&mut self.writing, &actor, &issuer.keys).await?;
        }
        self.keys.insert(actor, issuer.keys);
        Ok(())
    }

    /// Checks a vouch by its issuer's keys, as if it had been heard here.
    async fn keep_vouch(&mut self, testimony: Testimony) -> Result<(), Error> {
        let read = vouch::read(&testimony.document);
        let (vouch, claimed) =
            read.map_err(|error| corrupt("mirrored", "document", testimony.id.as_str(), error))?;
        let keys = self.keys.get(&vouch.issuer).map(Vec::as_slice);
        let given = vouches::Given {
            document: &testimony.document,
            vouch: &vouch,
            claimed: &claimed,
        };
        let checked = vouches::check(&testimony.document, &claimed, keys);
        let at = self.copied.at;
        given.write(&mut self.writing, &checked, at).await?;
        let millis = |moment: Option<DateTime<Utc>>| moment.map(|at| at.timestamp_millis());
        sqlx::query("update vouches set heard_at = $1, missing_since = $2 where id = $3")
            .bind(millis(testimony.heard_at))
            .bind(millis(testimony.missing_since))
            .bind(vouch.id.as_str())
            .execute(&mut *self.writing)
            .await?;
        self.keep_word(&vouch, &testimony).await
    }

    /// Whether it was taken back, and whether whom it is for lists it.
    async fn keep_word(&mut self, vouch: &Vouch, testimony: &Testimony) -> Result<(), Error> {
        self.forget_word(vouch.id.as_str()).await?;
        if let Some(at) = testimony.revoked_at {
            sqlx::query("insert into revocations (vouch, issuer, revoked_at) values ($1, $2, $3)")
                .bind(vouch.id.as_str())
                .bind(vouch.issuer.as_str())
                .bind(at.timestamp_millis())
                .execute(&mut *self.writing)
                .await?;
        }
        if testimony.is_listed_back {
            sqlx::query("insert into acknowledged (actor, vouch, since) values ($1, $2, $3)")
                .bind(vouch.object.as_str())
                .bind(vouch.id.as_str())
                .bind(self.copied.at.timestamp_millis())
                .execute(&mut *self.writing)
                .await?;
        }
        Ok(())
    }

    async fn forget_word(&mut self, vouch: &str) -> Result<(), Error> {
        for sql in [
            "delete from revocations where vouch = $1",
            "delete from acknowledged where vouch = $1",
        ] {
            let deleted = sqlx::query(sql).bind(vouch);
            deleted.execute(&mut *self.writing).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, kind: Kind, id: &str) -> Result<(), Error> {
        sqlx::query("delete from mirrored where kind = $1 and id = $2")
            .bind(kind.word())
            .bind(id)
            .execute(&mut *self.writing)
            .await?;
        match kind {
            Kind::Choices => {}
            Kind::Hoster => {
                for service in self.services_of(id).await? {
                    self.remove::<Service>(&service).await?;
                }
                self.remove::<Hoster>(id).await?;
            }
            Kind::Issuer => self.writing.issuers_changed(),
            Kind::Vouch => {
                self.forget_word(id).await?;
                let deleted = sqlx::query("delete from vouches where id = $1").bind(id);
                deleted.execute(&mut *self.writing).await?;
                self.writing.changed(Part::Vouch, id);
            }
        }
        Ok(())
    }

    /// Commits under the origin's revision; says what changed since the one before, or that all did. Where
    /// the revision is the same as before, a new generation says that what is held is not.
    async fn end(mut self, is_all: bool) -> Result<(), Error> {
        if self.held_revision().await? == self.copied.revision {
            sqlx::query("update revision set number = number + 1 where name = 'mirror'")
                .execute(&mut *self.writing)
                .await?;
        }
        sqlx::query("update mirror set signed = $1, heard_at = $2, error = null, error_at = null where name = $3")
            .bind(self.copied.signed.to_string())
            .bind(self.copied.at.timestamp_millis())
            .bind(ORIGIN)
            .execute(&mut *self.writing)
            .await?;
        sqlx::query("update revision set number = $1 where name = 'directory'")
            .bind(self.revision)
            .execute(&mut *self.writing)
            .await?;
        let changed = self.writing.take_changed();
        match is_all {
            true => changes::begin_anew(&mut self.writing, self.revision).await?,
            false => {
                changes::log(&mut self.writing, self.revision, &changed).await?;
                changes::leap(&mut self.writing, self.revision).await?;
            }
        }
        // What changed is noted already.
        Store::end_change(self.writing, false).await
    }
}
