//! Hosters that asked to be left out: they are taken out, and nobody else's word brings them back.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::Row;
use url::Url;

use super::batch::{of_batch, rows_of};
use super::changes::Part;
use super::identities::Speaker;
use super::{Error, Writing};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::identity::{host_key, id_key};
use crate::domain::provenance::SourceKind;

/// Who asked to be left out, as far as it was asked for: by key, where that was said.
#[derive(Default)]
pub(super) struct LeftOut(HashMap<String, String>);

/// What is noted of a hoster's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// None.
    Unknown,
    /// It is not to be listed.
    LeftOut,
    /// It was not, but says itself that it is there again: what was said in this document is over.
    Back(String),
}

impl LeftOut {
    /// Learns which of these keys asked to be left out.
    pub(super) async fn learn(
        &mut self,
        writing: &mut Writing,
        keys: HashSet<String>,
    ) -> Result<(), Error> {
        const NOTED: &str = of_batch!("select key, document from left_out where key");
        let keys: Vec<String> = keys.into_iter().collect();
        for row in rows_of(writing, NOTED, &keys).await? {
            self.0.insert(row.try_get("key")?, row.try_get("document")?);
        }
        Ok(())
    }

    /// What a hoster wishes that somebody speaks of. Only its own host, or its own node, lets it be
    /// listed again; a neighbour under the same domain does not.
    pub(super) fn wish(&self, hoster: &Hoster, keys: &[String], speaker: &Speaker) -> Wish {
        // Ids are only names: they count where nothing else tells who is meant.
        let by_name = [id_key(hoster.id.as_str())];
        let asked = match keys.is_empty() {
            true => &by_name[..],
            false => keys,
        };
        let Some((key, document)) = asked
            .iter()
            .find_map(|key| self.0.get_key_value(key.as_str()))
        else {
            return Wish::Unknown;
        };
        let is_itself = match speaker {
            Speaker::Ourselves => hoster.source.kind == SourceKind::OwnNode,
            Speaker::Operator => false,
            Speaker::Document(url) => {
                hoster.source.kind >= SourceKind::OwnFile
                    && (key.starts_with("actor ") || host_key(url).as_ref() == Some(key))
            }
        };
        match is_itself {
            true => Wish::Back(document.clone()),
            false => Wish::LeftOut,
        }
    }

    /// Lets a hoster be listed again.
    pub(super) async fn forget(
        &mut self,
        writing: &mut Writing,
        document: &str,
    ) -> Result<(), Error> {
        sqlx::query("delete from left_out where document = $1")
            .bind(document)
            .execute(&mut **writing)
            .await?;
        self.0.retain(|_, said| said != document);
        Ok(())
    }
}

/// Notes that whoever is at a document's host asks to be left out; says which hoster that is here.
pub(super) async fn ask(
    writing: &mut Writing,
    document: &Url,
    now: DateTime<Utc>,
) -> Result<Option<HosterId>, Error> {
    let Some(key) = host_key(document) else {
        return Ok(None);
    };
    note(writing, &key, document.as_str(), now).await?;
    let id: Option<String> =
        sqlx::query_scalar("select id from identities where subject = 'hoster' and key = $1")
            .bind(key)
            .fetch_optional(&mut **writing)
            .await?;
    Ok(id.and_then(|id| HosterId::parse(&id).ok()))
}

/// Removes a hoster with its services and all that was said of them, and notes by all it is known by
/// that it asked for this. Says whether visitors can see it.
pub(super) async fn take_out(
    writing: &mut Writing,
    id: &HosterId,
    document: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let keys = sqlx::query("select key from identities where subject = 'hoster' and id = $1")
        .bind(id.as_str())
        .fetch_all(&mut **writing)
        .await?;
    for row in &keys {
        let key: String = row.try_get("key")?;
        note(writing, &key, document, now).await?;
    }
    let removed = remove(writing, id).await?;
    if removed {
        note(writing, &id_key(id.as_str()), document, now).await?;
    }
    Ok(removed)
}

async fn note(
    writing: &mut Writing,
    key: &str,
    document: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into left_out (key, document, noted_at) values ($1, $2, $3)
         on conflict (key) do nothing",
    )
    .bind(key)
    .bind(document)
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Removes a hoster with its services and all that was said of them. Says whether there was one.
pub(super) async fn remove(writing: &mut Writing, id: &HosterId) -> Result<bool, Error> {
    for sql in [
        "delete from statements where subject = 'service'
         and id in (select id from services where hoster = $1)",
        "delete from identities where subject = 'service'
         and id in (select id from services where hoster = $1)",
        "delete from statements where subject = 'hoster' and id = $1",
        "delete from identities where subject = 'hoster' and id = $1",
    ] {
        sqlx::query(sql)
            .bind(id.as_str())
            .execute(&mut **writing)
            .await?;
    }
    let services = sqlx::query("delete from services where hoster = $1 returning id")
        .bind(id.as_str())
        .fetch_all(&mut **writing)
        .await?;
    for row in &services {
        let service: String = row.try_get("id")?;
        writing.changed(Part::Service, &service);
    }
    let removed = sqlx::query("delete from hosters where id = $1")
        .bind(id.as_str())
        .execute(&mut **writing)
        .await?
        .rows_affected();
    if removed > 0 {
        writing.changed(Part::Hoster, id.as_str());
    }
    Ok(removed > 0)
}
