//! What this directory saw of one site, for whoever runs it: its visits, its facts and where each comes
//! from, its faults. Pure data: the page and the command show the same.

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::Observations;
use crate::domain::derivation::{self, Derivation};
use crate::domain::health::Health;
use crate::domain::host::Host;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::store::frontier::{Seen, SeenTarget};
use crate::store::{self, Dossier, Dossiers, LeftOutAt};

/// What is known of a site and of what lies beside it under the same registered domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The host that was asked about.
    pub host: String,
    /// What somebody registered to have it.
    pub domain: String,
    /// When the report was made.
    pub at: DateTime<Utc>,
    /// Whether it asked to be left out.
    pub left_out: Option<LeftOutAt>,
    /// Its hosts that are visited, the one that was asked about first.
    pub hosts: Vec<Seen>,
    /// How many hosts more there are.
    pub more_hosts: u64,
    /// Whom the directory lists there.
    pub hosters: Vec<Subject>,
    /// What the directory lists of them, or heard of there.
    pub services: Vec<Subject>,
    /// How many services more there are.
    pub more_services: u64,
}

/// A hoster or a service, fact by fact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    /// Its id in this directory.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How each fact came about.
    pub facts: Vec<Derivation>,
    /// What looks saw of a service, if anybody looked.
    pub health: Option<Looks>,
}

/// What looks at a service came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Looks {
    /// When it was looked at last.
    pub at: DateTime<Utc>,
    /// The HTTP status then, if there was an answer.
    pub status: Option<u16>,
    /// Why it counts as not working, if it does.
    pub error: Option<String>,
    /// How many looks there were within thirty days, and how many found it up.
    pub asked: u32,
    /// See `asked`.
    pub up: u32,
    /// Since when it is down.
    pub down_since: Option<DateTime<Utc>>,
    /// When the certificate ends that it showed.
    pub certificate_until: Option<DateTime<Utc>>,
}

impl Subject {
    /// A record of which nobody looked whether it is up.
    pub fn of(id: &str, name: &str, facts: Vec<Derivation>) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            facts,
            health: None,
        }
    }
}

impl Report {
    /// Whether nobody here has heard of the site.
    pub fn is_empty(&self) -> bool {
        let is_known = |host: &Seen| !host.targets.is_empty() || host.robots.is_some();
        self.left_out.is_none()
            && self.hosters.is_empty()
            && self.services.is_empty()
            && !self.hosts.iter().any(is_known)
    }

    /// The documents that were asked for, of all hosts.
    pub fn documents(&self) -> impl Iterator<Item = &SeenTarget> {
        let targets = self.hosts.iter().flat_map(|host| &host.targets);
        targets.filter(|target| target.format.is_some())
    }
}

impl Observations {
    /// What is known of the site of an address; `None` if that is no address of the web.
    pub async fn check(&self, url: &Url) -> Result<Option<Report>, store::Error> {
        let Some(host) = Host::of(url) else {
            return Ok(None);
        };
        let now = self.now();
        let (hosts, more_hosts) = self.store.seen_around(&host, now).await?;
        let targets = || hosts.iter().flat_map(|host| &host.targets);
        // One address of each host tells where it is.
        let mut sites = vec![url.clone()];
        sites.extend(hosts.iter().filter_map(|host| {
            let target = host.targets.first()?;
            Url::parse(&target.url).ok()
        }));
        let documents = targets().filter(|target| target.format.is_some());
        let documents: Vec<String> = documents.map(|target| target.url.clone()).collect();
        let Dossiers {
            hosters,
            services,
            more_services,
            left_out,
        } = self.store.dossiers(&sites, &documents).await?;
        let mut told = Vec::with_capacity(services.len());
        for service in services {
            let health = self.health(&service.record).await?;
            told.push(self.service(service, health.as_ref()));
        }
        Ok(Some(Report {
            domain: host.domain().to_owned(),
            host: host.as_str().to_owned(),
            at: now,
            left_out,
            hosts,
            more_hosts,
            hosters: hosters
                .into_iter()
                .map(|known| self.hoster(known))
                .collect(),
            services: told,
            more_services,
        }))
    }

    fn hoster(&self, known: Dossier<Hoster>) -> Subject {
        let Dossier { record, said, held } = known;
        let today = self.now().date_naive();
        let facts = derivation::of_hoster(&record, &said, &held, today);
        Subject::of(record.id.as_str(), record.name.as_str(), facts)
    }

    fn service(&self, known: Dossier<Service>, health: Option<&Health>) -> Subject {
        let Dossier { record, said, held } = known;
        let today = self.now().date_naive();
        let facts = derivation::of_service(&record, &said, &held, today);
        Subject {
            health: health.map(|health| Looks {
                at: health.last.at,
                status: health.last.status,
                error: health.last.error.clone(),
                asked: health.availability.asked,
                up: health.availability.up,
                down_since: health.availability.down_since,
                certificate_until: health.last.certificate_until,
            }),
            ..Subject::of(record.id.as_str(), record.name.as_str(), facts)
        }
    }
}
