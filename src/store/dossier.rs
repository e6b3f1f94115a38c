//! All that is said of the hosters and services of one site, for whoever runs it: what counts, what is
//! said besides, and what is held.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;
use url::Url;

use super::batch::{of_batch, rows_of};
use super::noun::Noun;
use super::pool::Connection;
use super::statements::{self, Subject, Word};
use super::{Error, Store, time};
use crate::domain::hoster::Hoster;
use crate::domain::identity::{host_key, party_key};
use crate::domain::provenance::SourceKind;
use crate::domain::service::Service;

/// How many hosters of one site are shown: a list names more, but is not theirs.
pub const MAX_HOSTERS_SHOWN: usize = 5;
/// How many services of one site are shown.
pub const MAX_SERVICES_SHOWN: usize = 40;

/// A hoster or a service, and every source's word of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier<T> {
    /// As visitors see it.
    pub record: T,
    /// What each source says that may count.
    pub said: Vec<T>,
    /// What sources say that waits for people: whose word, and what it is, if it is not taken back.
    pub held: Vec<(SourceKind, String, Option<T>)>,
}

/// What is known of the hosters and services of one site.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossiers {
    /// The hosters.
    pub hosters: Vec<Dossier<Hoster>>,
    /// The services.
    pub services: Vec<Dossier<Service>>,
    /// How many services more there are.
    pub more_services: u64,
    /// Whether it asked to be left out.
    pub left_out: Option<LeftOutAt>,
}

/// That somebody asked to be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOutAt {
    /// When that was seen.
    pub at: DateTime<Utc>,
    /// Where it said so.
    pub document: String,
}

impl Store {
    /// What is known of whoever is at these sites, and of services of which documents there tell.
    pub async fn dossiers(&self, sites: &[Url], documents: &[String]) -> Result<Dossiers, Error> {
        const KNOWN: &str =
            of_batch!("select key, id from identities where subject = 'hoster' and key");
        const TOLD: &str =
            of_batch!("select id from statements where subject = 'service' and source");
        const OFFERED: &str = of_batch!("select id from services where hoster");
        const LEFT_OUT: &str = of_batch!("select key, document, noted_at from left_out where key");
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let keys = sites
            .iter()
            .flat_map(|site| [host_key(site), party_key(site)])
            .flatten();
        let keys: Vec<String> = keys.collect::<BTreeSet<_>>().into_iter().collect();
        let mut hosters = ids(&mut snapshot, KNOWN, &keys).await?;
        hosters.truncate(MAX_HOSTERS_SHOWN);
        let mut services = ids(&mut snapshot, OFFERED, &hosters).await?;
        // What runs there may be somebody's whose site is elsewhere.
        services.extend(ids(&mut snapshot, TOLD, documents).await?);
        let mut known = BTreeSet::new();
        services.retain(|id| known.insert(id.clone()));
        let more_services = services.len().saturating_sub(MAX_SERVICES_SHOWN) as u64;
        services.truncate(MAX_SERVICES_SHOWN);
        let left_out = rows_of(&mut snapshot, LEFT_OUT, &keys).await?;
        let left_out = left_out.first().map(|row| {
            Ok::<_, Error>(LeftOutAt {
                at: time(row.try_get("noted_at")?),
                document: row.try_get("document")?,
            })
        });
        Ok(Dossiers {
            hosters: load(&mut snapshot, &hosters).await?,
            services: load(&mut snapshot, &services).await?,
            more_services,
            left_out: left_out.transpose()?,
        })
    }
}

/// The ids of some rows, each once, in their order.
async fn ids(
    snapshot: &mut Connection,
    sql: &'static str,
    keys: &[String],
) -> Result<Vec<String>, Error> {
    let rows = rows_of(snapshot, sql, keys).await?;
    let ids: Result<BTreeSet<String>, _> = rows.iter().map(|row| row.try_get("id")).collect();
    Ok(ids?.into_iter().collect())
}

/// The dossiers of those ids that visitors see.
async fn load<T: Noun>(
    snapshot: &mut Connection,
    ids: &[String],
) -> Result<Vec<Dossier<T>>, Error> {
    let mut known = statements::load::<T>(snapshot, ids).await?;
    let subjects = ids.iter().filter_map(|id| known.remove(id));
    Ok(subjects.filter_map(dossier).collect())
}

fn dossier<T: Noun>(subject: Subject<T>) -> Option<Dossier<T>> {
    let (_, record) = subject.record?;
    let mut said = Vec::new();
    let mut held = Vec::new();
    for statement in subject.said {
        said.extend(statement.document);
        if let Some(word) = statement.later.filter(|_| statement.is_held) {
            let word = match word {
                Word::Says(document) => Some(*document),
                Word::TakenBack => None,
            };
            held.push((statement.kind, statement.source, word));
        }
    }
    Some(Dossier { record, said, held })
}
