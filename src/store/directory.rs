//! Everything the directory holds, read at one moment.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use sqlx::{Any, Row, Transaction};
use url::Url;

use super::vouches::{self, Issuer};
use super::{Error, Store, anchors, blocks, health, known_revision, settings, url_in};
use crate::domain::anchor::Anchor;
use crate::domain::block::Block;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::policy::Rules;
use crate::domain::service::{Service, ServiceId};
use crate::domain::vouch::Evidence;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::ids::hoster_id;

/// Every hoster and service as they stood at one revision, each list in the order of its ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directory {
    /// The revision it was read at.
    pub revision: u64,
    /// Every hoster.
    pub hosters: Vec<Hoster>,
    /// Every service; its hoster is among the hosters.
    pub services: Vec<Service>,
    /// The hoster whose node this is, if it is one's.
    pub own: Option<HosterId>,
    /// The hoster's and the collective's actors whose node this is.
    pub ours: Vec<Url>,
    /// Every vouch, and what is known of it.
    pub vouches: Vec<Evidence>,
    /// Who gives them, by their actors' ids; every actor of this node is among them.
    pub issuers: HashMap<Url, Issuer>,
    /// What the looks at services come to, by the address that was looked at.
    pub availability: HashMap<String, Availability>,
    /// Whom the operator trusts from the start, in the order of their actors.
    pub anchors: Vec<Anchor>,
    /// What the operator will have nothing to do with, in the order of domains.
    pub blocks: Vec<Block>,
    /// By what rules the operator trusts and lists.
    pub rules: Rules,
}

impl Store {
    /// Reads the whole directory at one moment, whatever is written meanwhile.
    pub async fn directory(&self) -> Result<Directory, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let sql = "select number from revision where name = 'directory'";
        let number: i64 = sqlx::query_scalar(sql).fetch_one(&mut *snapshot).await?;
        // Ordered here and not in SQL, where the order of texts is the server's choice.
        let mut hosters: Vec<Hoster> = documents(
            &mut snapshot,
            "hosters",
            "select id, document from hosters",
            |hoster: &Hoster| hoster.id.as_str(),
        )
        .await?;
        hosters.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let mut services: Vec<Service> = documents(
            &mut snapshot,
            "services",
            "select id, document from services",
            |service: &Service| service.id.as_str(),
        )
        .await?;
        services.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        for service in &services {
            check_hoster(service, &hosters)?;
        }
        let (mut ours, mut own) = (Vec::new(), None);
        let actors = "select role, id from local_actors where role in ('hoster', 'collective')";
        for row in sqlx::query(actors).fetch_all(&mut *snapshot).await? {
            let actor = url_in(&row, "local_actors", "id")?;
            let role: String = row.try_get("role")?;
            if role == Local::Hoster.word() {
                own = hoster_id(&actor);
            }
            ours.push(actor);
        }
        let issuers = vouches::issuers(&mut snapshot).await?;
        Ok(Directory {
            vouches: vouches::evidence(&mut snapshot, &issuers).await?,
            issuers,
            revision: known_revision(number)?,
            hosters,
            services,
            own,
            ours,
            availability: health::availabilities(&mut snapshot).await?,
            anchors: anchors::read(&mut *snapshot).await?,
            blocks: blocks::read(&mut *snapshot).await?,
            rules: settings::read_rules(&mut *snapshot).await?,
        })
    }

    /// Whether the directory knows a service of this identifier.
    pub async fn has_service(&self, id: &ServiceId) -> Result<bool, Error> {
        let row = sqlx::query("select id from services where id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// Whether the directory has no hoster, and so no service either.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let row = sqlx::query("select id from hosters limit 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_none())
    }
}

/// The tables keep services to known hosters; the documents must say the same.
fn check_hoster(service: &Service, hosters: &[Hoster]) -> Result<(), Error> {
    match hosters.binary_search_by(|hoster| hoster.id.cmp(&service.hoster)) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Corrupt {
            table: "services",
            column: "document",
            row: service.id.to_string(),
            problem: format!("it is of the unknown hoster {}", service.hoster),
        }),
    }
}

async fn documents<T: DeserializeOwned>(
    snapshot: &mut Transaction<'static, Any>,
    table: &'static str,
    sql: &'static str,
    id_of: impl Fn(&T) -> &str,
) -> Result<Vec<T>, Error> {
    let mut rows = sqlx::query(sql).fetch(&mut **snapshot);
    let mut values = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let id: String = row.try_get("id")?;
        let document: String = row.try_get("document")?;
        let corrupt = |column, problem| Error::Corrupt {
            table,
            column,
            row: id.clone(),
            problem,
        };
        let value: T = serde_json::from_str(&document)
            .map_err(|error| corrupt("document", error.to_string()))?;
        if id_of(&value) != id {
            let problem = format!("the document is of {:?}", id_of(&value));
            return Err(corrupt("id", problem));
        }
        values.push(value);
    }
    Ok(values)
}
