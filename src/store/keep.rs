//! Keeps hosters and services: writes what differs, and lets no weaker source overwrite a stronger.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use url::Url;

use super::visits::{self, Visit};
use super::{Error, Store, Writing};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::provenance::SourceKind;
use crate::domain::service::Service;
use crate::domain::text::Link;

/// What became of the hosters and services that were to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Kept {
    /// Of the hosters.
    pub hosters: Counts,
    /// Of the services.
    pub services: Counts,
}

/// How many records met which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Not known before.
    pub added: u64,
    /// Known, and different now.
    pub changed: u64,
    /// Known exactly so.
    pub unchanged: u64,
    /// Known from a stronger source, and left as that has it.
    pub outranked: u64,
}

impl Kept {
    /// Counts what became of others, too.
    pub fn add(&mut self, other: Self) {
        for (sum, counts) in [
            (&mut self.hosters, other.hosters),
            (&mut self.services, other.services),
        ] {
            sum.added += counts.added;
            sum.changed += counts.changed;
            sum.unchanged += counts.unchanged;
            sum.outranked += counts.outranked;
        }
    }

    /// Whether anything was written.
    pub fn is_change(&self) -> bool {
        [self.hosters, self.services]
            .iter()
            .any(|counts| counts.added + counts.changed > 0)
    }
}

impl Store {
    /// Keeps records in one transaction, all or none; the revision grows by one if anything was
    /// written. Each id stands once in its list. A record already known from a stronger source stays
    /// as it is; one from an equal source gives way, so the last word counts.
    ///
    /// A service whose hoster is neither in `hosters` nor known is an error, and nothing is kept.
    pub async fn keep(
        &self,
        hosters: &[Hoster],
        services: &[Service],
        now: DateTime<Utc>,
    ) -> Result<Kept, Error> {
        let mut writing = self.begin_change().await?;
        let mut kept = Kept::default();
        for batch in hosters.chunks(BATCH) {
            let batch = batch.iter().map(Record::of_hoster).collect();
            let counts = &mut kept.hosters;
            HOSTERS.keep(&mut writing, batch, now, counts).await?;
        }
        for batch in services.chunks(BATCH) {
            let batch = batch.iter().map(Record::of_service).collect();
            let counts = &mut kept.services;
            SERVICES.keep(&mut writing, batch, now, counts).await?;
        }
        if kept.is_change() {
            Self::end_change(writing, true).await?;
        }
        Ok(kept)
    }
}

/// Keeps what a document says inside a change, and counts it. A service of a hoster that is not known, or
/// with an id that is another hoster's, is left out.
pub(super) async fn keep_found(
    writing: &mut Writing,
    hosters: &[Hoster],
    services: &[Service],
    now: DateTime<Utc>,
    kept: &mut Kept,
) -> Result<(), Error> {
    for batch in hosters.chunks(BATCH) {
        let batch = batch.iter().map(Record::of_hoster).collect();
        HOSTERS.keep(writing, batch, now, &mut kept.hosters).await?;
    }
    let mut in_place = Vec::with_capacity(services.len());
    for service in services {
        if !is_out_of_place(writing, service).await? {
            in_place.push(service);
        }
    }
    for batch in in_place.chunks(BATCH) {
        let batch = batch
            .iter()
            .map(|service| Record::of_service(service))
            .collect();
        SERVICES
            .keep(writing, batch, now, &mut kept.services)
            .await?;
    }
    Ok(())
}

/// Keeps one hoster inside a change; says whether visitors can see it.
pub(super) async fn keep_hoster(
    writing: &mut Writing,
    hoster: &Hoster,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let mut counts = Counts::default();
    let record = vec![Record::of_hoster(hoster)];
    HOSTERS.keep(writing, record, now, &mut counts).await?;
    Ok(counts.added + counts.changed > 0)
}

/// Keeps one service, whose hoster is known, inside a change; says whether visitors can see it.
pub(super) async fn keep_service(
    writing: &mut Writing,
    service: &Service,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let mut counts = Counts::default();
    let record = vec![Record::of_service(service)];
    SERVICES.keep(writing, record, now, &mut counts).await?;
    Ok(counts.added + counts.changed > 0)
}

/// Whether a service's id is taken by another hoster's, or its own hoster is not known (any more).
pub(super) async fn is_out_of_place(
    writing: &mut Writing,
    service: &Service,
) -> Result<bool, Error> {
    let hoster = sqlx::query("select id from hosters where id = $1")
        .bind(service.hoster.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    let other = sqlx::query("select id from services where id = $1 and hoster <> $2")
        .bind(service.id.as_str())
        .bind(service.hoster.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    Ok(hoster.is_none() || other.is_some())
}

/// Removes a hoster, and with it its services; says whether visitors can see it.
pub(super) async fn remove_hoster(writing: &mut Writing, id: &HosterId) -> Result<bool, Error> {
    let removed = sqlx::query("delete from hosters where id = $1")
        .bind(id.as_str())
        .execute(&mut **writing)
        .await?
        .rows_affected();
    Ok(removed > 0)
}

/// A hoster or a service on its way into its table.
struct Record<'a> {
    id: &'a str,
    /// A service's hoster.
    hoster: Option<&'a str>,
    /// The actor a hoster is, if it has one.
    actor: Option<&'a Url>,
    kind: SourceKind,
    document: String,
}

impl<'a> Record<'a> {
    fn of_hoster(hoster: &'a Hoster) -> Self {
        Self {
            id: hoster.id.as_str(),
            hoster: None,
            actor: hoster.actor.as_ref().map(Link::as_url),
            kind: hoster.source.kind,
            document: written(hoster),
        }
    }

    fn of_service(service: &'a Service) -> Self {
        Self {
            id: service.id.as_str(),
            hoster: Some(service.hoster.as_str()),
            actor: None,
            kind: service.source.kind,
            document: written(service),
        }
    }
}

impl Record<'_> {
    /// A directory follows whom it lists: plans to visit the actor, where it was not known before.
    async fn visit_actor(
        &self,
        writing: &mut Writing,
        known: Option<Url>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        match self.actor {
            Some(actor) if known.as_ref() != Some(actor) => {
                visits::plan(writing, actor, Visit::Actor, actor, now).await
            }
            _ => Ok(()),
        }
    }
}

/// What matters of a document that is known already.
#[derive(Deserialize)]
struct Known {
    source: KnownSource,
    actor: Option<Url>,
}

#[derive(Deserialize)]
struct KnownSource {
    kind: SourceKind,
}

fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our nouns have only text keys, so they are always JSON")
}

/// How many known documents are read by one statement: the number of placeholders below.
const BATCH: usize = 32;

/// What differs between the two tables.
struct Table {
    name: &'static str,
    /// Reads the documents of [`BATCH`] ids.
    known: &'static str,
    /// Writes one record: its id, document, time and, for a service, hoster.
    write: &'static str,
}

/// `$1` to `$32`.
macro_rules! known_in {
    ($table:literal) => {
        concat!(
            "select id, document from ",
            $table,
            " where id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
              $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
        )
    };
}

const HOSTERS: Table = Table {
    name: "hosters",
    known: known_in!("hosters"),
    write: "insert into hosters (id, document, changed_at) values ($1, $2, $3)
            on conflict (id) do update
            set document = excluded.document, changed_at = excluded.changed_at",
};

const SERVICES: Table = Table {
    name: "services",
    known: known_in!("services"),
    write: "insert into services (id, document, changed_at, hoster) values ($1, $2, $3, $4)
            on conflict (id) do update
            set document = excluded.document, changed_at = excluded.changed_at, hoster = excluded.hoster",
};

impl Table {
    /// Keeps a batch inside a transaction that has had its turn, so that nothing it reads changes.
    async fn keep(
        &self,
        writing: &mut Writing,
        batch: Vec<Record<'_>>,
        now: DateTime<Utc>,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let known = self.known(writing, &batch).await?;
        for record in batch {
            match known.get(record.id) {
                None => {
                    counts.added += 1;
                    record.visit_actor(writing, None, now).await?;
                }
                Some(document) if *document == record.document => {
                    counts.unchanged += 1;
                    continue;
                }
                Some(document) => {
                    let known = self.read(document, record.id)?;
                    if known.source.kind > record.kind {
                        counts.outranked += 1;
                        continue;
                    }
                    counts.changed += 1;
                    record.visit_actor(writing, known.actor, now).await?;
                }
            }
            self.write(writing, record, now).await?;
        }
        Ok(())
    }

    /// The known documents of a batch, by id.
    async fn known(
        &self,
        writing: &mut Writing,
        batch: &[Record<'_>],
    ) -> Result<HashMap<String, String>, Error> {
        // Any knows no arrays. What is missing of a full batch is filled with its last id again.
        let last = batch.last().expect("a batch begins with a record").id;
        let mut query = sqlx::query(self.known);
        for place in 0..BATCH {
            query = query.bind(batch.get(place).map_or(last, |record| record.id));
        }
        let rows = query.fetch_all(&mut **writing).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("id")?, row.try_get("document")?)))
            .collect()
    }

    async fn write(
        &self,
        writing: &mut Writing,
        record: Record<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut query = sqlx::query(self.write)
            .bind(record.id)
            .bind(record.document)
            .bind(now.timestamp_millis());
        if let Some(hoster) = record.hoster {
            query = query.bind(hoster);
        }
        query.execute(&mut **writing).await?;
        Ok(())
    }

    fn read(&self, document: &str, id: &str) -> Result<Known, Error> {
        serde_json::from_str(document).map_err(|error| Error::Corrupt {
            table: self.name,
            column: "document",
            row: id.to_owned(),
            problem: error.to_string(),
        })
    }
}
