//! By what hosters and services are known again, and which known one a document means.

use std::collections::{HashMap, HashSet};

use sqlx::Row;
use url::Url;

use super::batch::{of_batch, rows_of};
use super::{Error, Writing};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::identity::{self, hoster_keys, service_key};
use crate::domain::provenance::SourceKind;
use crate::domain::service::{Service, ServiceId};

/// Whose word it is: how far the ids it uses are to be believed.
#[derive(Debug, Clone, PartialEq)]
pub enum Speaker {
    /// Ours: ids stand as they are.
    Ourselves,
    /// The operator, with a file: ids we know stand, others are compared.
    Operator,
    /// Whoever wrote the document at this address: an id is theirs only if the host is.
    Document(Url),
}

/// What is known of who is who, as far as it was asked for.
#[derive(Default)]
pub(super) struct Identities {
    hosters: HashMap<String, String>,
    services: HashMap<String, String>,
    known_hosters: HashSet<String>,
    /// By service, whose it is.
    known_services: HashMap<String, String>,
    /// Services that their own nodes have deleted: no other brings them back.
    deleted: HashSet<String>,
}

const HOSTERS: &str = of_batch!("select key, id from identities where subject = 'hoster' and key");
const SERVICES: &str =
    of_batch!("select key, id from identities where subject = 'service' and key");
const KNOWN_HOSTERS: &str = of_batch!("select id from hosters where id");
const OBJECTS: &str = of_batch!("select service, deleted_at from objects where service");
const KNOWN_SERVICES: &str = of_batch!("select id, hoster from services where id");

impl Identities {
    /// Learns who has these keys and ids.
    pub(super) async fn learn_hosters(
        &mut self,
        writing: &mut Writing,
        keys: HashSet<String>,
        ids: HashSet<String>,
    ) -> Result<(), Error> {
        let keys: Vec<String> = keys.into_iter().collect();
        for row in rows_of(writing, HOSTERS, &keys).await? {
            self.hosters.insert(row.try_get("key")?, row.try_get("id")?);
        }
        let mut ids: Vec<String> = ids.into_iter().collect();
        ids.extend(self.hosters.values().cloned());
        for row in rows_of(writing, KNOWN_HOSTERS, &ids).await? {
            self.known_hosters.insert(row.try_get("id")?);
        }
        Ok(())
    }

    /// Learns who has these keys and ids.
    pub(super) async fn learn_services(
        &mut self,
        writing: &mut Writing,
        keys: HashSet<String>,
        ids: HashSet<String>,
    ) -> Result<(), Error> {
        let keys: Vec<String> = keys.into_iter().collect();
        for row in rows_of(writing, SERVICES, &keys).await? {
            self.services
                .insert(row.try_get("key")?, row.try_get("id")?);
        }
        let mut ids: Vec<String> = ids.into_iter().collect();
        ids.extend(self.services.values().cloned());
        for row in rows_of(writing, KNOWN_SERVICES, &ids).await? {
            self.known_services
                .insert(row.try_get("id")?, row.try_get("hoster")?);
        }
        let mut alive = HashSet::new();
        for row in rows_of(writing, OBJECTS, &ids).await? {
            let gone: Option<i64> = row.try_get("deleted_at")?;
            let id: String = row.try_get("service")?;
            match gone {
                Some(_) => self.deleted.insert(id),
                None => alive.insert(id),
            };
        }
        self.deleted.retain(|id| !alive.contains(id));
        Ok(())
    }

    /// Whether a service was deleted by its own node.
    pub(super) fn is_deleted(&self, id: &str) -> bool {
        self.deleted.contains(id)
    }

    /// Who has a key, if that hoster is still there.
    pub(super) fn hoster_with(&self, key: &str) -> Option<&str> {
        let id = self.hosters.get(key)?;
        self.known_hosters.contains(id).then_some(id.as_str())
    }

    /// Whether a hoster is there.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.known_hosters.contains(id)
    }

    /// The id of the hoster that a document means, which names it so and does not mean one of `claimed`;
    /// `None` if the name is another's and no other can be made of its host.
    pub(super) fn hoster(
        &self,
        named: &Hoster,
        speaker: &Speaker,
        claimed: &HashSet<HosterId>,
    ) -> Option<HosterId> {
        let id = named.id.as_str();
        let keys = keys_said(named, speaker);
        let by_key = || {
            let known = keys.iter().find_map(|key| self.hoster_with(key))?;
            HosterId::parse(known)
                .ok()
                .filter(|known| !claimed.contains(known))
        };
        match speaker {
            Speaker::Ourselves => Some(named.id.clone()),
            Speaker::Operator if self.knows(id) => Some(named.id.clone()),
            Speaker::Operator => by_key().or_else(|| Some(named.id.clone())),
            Speaker::Document(_) => by_key().or_else(|| {
                let is_free = !self.knows(id) && is_named_after(id, &hosts(&keys));
                // A list that tells no site can only mean whom it names.
                let only_names = keys.is_empty() && named.source.kind <= SourceKind::CollectiveList;
                if is_free || only_names {
                    return Some(named.id.clone());
                }
                let host = HosterId::parse(&hosts(&keys).into_iter().next()?).ok()?;
                let is_free = !self.knows(host.as_str()) && !claimed.contains(&host);
                is_free.then_some(host)
            }),
        }
    }

    /// Whether a service's hoster is known to have one at its address.
    pub(super) fn is_known_at_its_address(&self, service: &Service) -> bool {
        service.url.is_some()
            && self
                .services
                .get(&service_key(service))
                .and_then(|id| self.known_services.get(id))
                .is_some_and(|hoster| hoster == service.hoster.as_str())
    }

    /// The id of the service that a document means, whose hoster is settled and is at `hosts`; `None` if
    /// its name is another hoster's.
    pub(super) fn service(
        &self,
        named: &Service,
        speaker: &Speaker,
        hosts: &[String],
        is_claimed: impl Fn(&ServiceId) -> bool,
    ) -> Option<ServiceId> {
        let hoster = named.hoster.as_str();
        let is_of_hoster = |id: &str| {
            let whose = self.known_services.get(id);
            whose.is_some_and(|whose| whose == hoster)
        };
        if *speaker == Speaker::Ourselves || is_of_hoster(named.id.as_str()) {
            return Some(named.id.clone());
        }
        let without_address = Service {
            url: None,
            ..named.clone()
        };
        for key in [service_key(named), service_key(&without_address)] {
            // A node may offer another at the address of one that it deleted.
            let is_gone =
                |id: &str| self.is_deleted(id) && named.source.kind != SourceKind::OwnNode;
            let known = self.services.get(&key);
            let known = known.filter(|id| is_of_hoster(id) || is_gone(id));
            if let Some(id) = known.and_then(|id| ServiceId::parse(id).ok())
                && !is_claimed(&id)
            {
                return Some(id);
            }
        }
        let is_free = |id: &ServiceId| !self.known_services.contains_key(id.as_str());
        let is_its_own = is_named_after(named.id.as_str(), hosts);
        if *speaker == Speaker::Operator || (is_free(&named.id) && is_its_own) {
            return Some(named.id.clone());
        }
        let longer = ServiceId::parse(&format!("{hoster}_{}", named.id)).ok()?;
        (is_free(&longer) || is_of_hoster(longer.as_str())).then_some(longer)
    }

    /// A hoster is known by these keys from now on, if nobody else is.
    pub(super) async fn add_hoster(
        &mut self,
        writing: &mut Writing,
        id: &HosterId,
        keys: Vec<String>,
    ) -> Result<(), Error> {
        for key in keys {
            if self.hoster_with(&key).is_none() {
                keep(writing, "hoster", &key, id.as_str()).await?;
                self.hosters.insert(key, id.to_string());
            }
        }
        self.known_hosters.insert(id.to_string());
        Ok(())
    }

    /// A service is known by its key from now on. One that had no address and has one now is no longer
    /// known by its need.
    pub(super) async fn add_service(
        &mut self,
        writing: &mut Writing,
        service: &Service,
    ) -> Result<(), Error> {
        let id = service.id.as_str();
        let key = service_key(service);
        let known = self.services.get(&key);
        let is_taken = known.is_some_and(|known| self.known_services.contains_key(known));
        if !is_taken {
            keep(writing, "service", &key, id).await?;
            self.services.insert(key, id.to_owned());
        }
        if service.url.is_some() {
            let by_need = service_key(&Service {
                url: None,
                ..service.clone()
            });
            if self.services.get(&by_need).is_some_and(|known| known == id) {
                sqlx::query(
                    "delete from identities where subject = 'service' and key = $1 and id = $2",
                )
                .bind(by_need.as_str())
                .bind(id)
                .execute(&mut **writing)
                .await?;
                self.services.remove(&by_need);
            }
        }
        self.known_services
            .insert(id.to_owned(), service.hoster.to_string());
        Ok(())
    }
}

/// By what the hoster in a document is known. Who writes of itself and tells no site lives where it wrote.
pub(super) fn keys_said(hoster: &Hoster, speaker: &Speaker) -> Vec<String> {
    let keys = hoster_keys(hoster);
    match speaker {
        Speaker::Document(url)
            if keys.is_empty() && hoster.source.kind >= SourceKind::Observation =>
        {
            identity::host_key(url).into_iter().collect()
        }
        _ => keys,
    }
}

/// The hosts among keys, as identifiers begin with them: `a.example`, `a.localhost-4001`.
pub(super) fn hosts(keys: &[String]) -> Vec<String> {
    let hosts = keys.iter().filter_map(|key| key.strip_prefix("host "));
    hosts.map(|host| host.replace(':', "-")).collect()
}

/// Whether an id names a host only if that is one of its own: ids that begin with a host are for what
/// is learnt from the node there (`formats/activitypub/ids.rs`), and nobody takes them before it speaks.
fn is_named_after(id: &str, hosts: &[String]) -> bool {
    let begins = |host: &String| {
        let rest = id.strip_prefix(host.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    !id.contains('.') || hosts.iter().any(begins)
}

async fn keep(writing: &mut Writing, subject: &str, key: &str, id: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into identities (subject, key, id) values ($1, $2, $3)
         on conflict (subject, key) do update set id = excluded.id",
    )
    .bind(subject)
    .bind(key)
    .bind(id)
    .execute(&mut **writing)
    .await?;
    Ok(())
}
