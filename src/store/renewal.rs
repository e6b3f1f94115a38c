//! The directory as it is now for whoever knows it as it was: what is another is read, the rest is shared.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sqlx::Row;
use url::Url;

use super::batch::{of_batch, rows_of};
use super::directory::{self, Chosen, Directory};
use super::noun::Noun;
use super::pool::Connection;
use super::vouches::{self, Issuer};
use super::{Error, Store, VERSION, changes, health, version};
use crate::domain::health::Availability;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::vouch::Evidence;

/// What is different after a revision. What changed more than once is there once, as it is now.
pub struct Changes {
    /// The revision that they lead to.
    pub revision: u64,
    /// Hosters by their ids; `None` for those that are no more.
    pub hosters: BTreeMap<String, Option<Arc<Hoster>>>,
    /// Services by their ids; `None` for those that are no more.
    pub services: BTreeMap<String, Option<Arc<Service>>>,
    vouches: BTreeMap<Url, Arc<Evidence>>,
    /// All of them, if any is another.
    issuers: Option<HashMap<Url, Issuer>>,
    /// What the looks come to at addresses that were looked at or no longer are, and at those of changed
    /// services.
    availability: HashMap<String, Option<Availability>>,
    chosen: Chosen,
}

/// What makes a directory of now out of an older one.
pub enum Renewal {
    /// What changed.
    Changes(Box<Changes>),
    /// All of it: nobody knows any more what changed.
    Whole(Box<Directory>),
}

impl Store {
    /// What changed in the directory after a revision, at one moment; `None` if it is not known any more.
    pub async fn changes_since(&self, revision: u64) -> Result<Option<Changes>, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        Changes::read(&mut snapshot, revision).await
    }

    /// Reads what makes the directory of now out of an older one; little, if little changed.
    pub async fn renewal(&self, known: &Directory) -> Result<Renewal, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let version = version(&sqlx::query(VERSION).fetch_one(&mut *snapshot).await?)?;
        let changes = match version.generation == known.generation {
            true => Changes::read(&mut snapshot, known.revision).await?,
            false => None,
        };
        let renewal = match changes {
            // What was kept beside us may have left a service without its hoster.
            Some(changes) if changes.fit(known) => Renewal::Changes(Box::new(changes)),
            _ => Renewal::Whole(Box::new(directory::whole(&mut snapshot).await?)),
        };
        Ok(renewal)
    }
}

impl Renewal {
    /// The directory of now. Takes time in proportion to the directory, though little.
    pub fn of(self, known: &Directory) -> Directory {
        match self {
            Self::Changes(changes) => changes.over(known),
            Self::Whole(directory) => *directory,
        }
    }
}

impl Changes {
    async fn read(snapshot: &mut Connection, since: u64) -> Result<Option<Self>, Error> {
        let (revision, is_known) = changes::known_after(&mut *snapshot, since).await?;
        let Ok(since) = i64::try_from(since) else {
            return Ok(None);
        };
        if !is_known {
            return Ok(None);
        }
        let hosters = changed(&mut *snapshot, Self::HOSTERS, since).await?;
        let services = changed(&mut *snapshot, Self::SERVICES, since).await?;
        let (mut issuers, mut known) = (None, Vec::new());
        if changes::vouching_differs(&mut *snapshot, since).await? {
            let all = vouches::issuers(&mut *snapshot).await?;
            known = vouches::evidence_after(&mut *snapshot, since, &all).await?;
            issuers = Some(all);
        }
        let mut availability = looked_at(&mut *snapshot, &services).await?;
        availability.extend(health::changed_after(&mut *snapshot, since).await?);
        Ok(Some(Self {
            revision,
            hosters,
            services,
            vouches: (known.into_iter())
                .map(|evidence| (evidence.vouch.id.clone(), evidence))
                .collect(),
            issuers,
            availability,
            chosen: Chosen::read(snapshot).await?,
        }))
    }

    const HOSTERS: &str = "select changed.id, hosters.document
        from (select distinct id from changes where subject = 'hoster' and revision > $1) as changed
        left join hosters on hosters.id = changed.id";
    const SERVICES: &str = "select changed.id, services.document
        from (select distinct id from changes where subject = 'service' and revision > $1) as changed
        left join services on services.id = changed.id";

    /// Whether every service has its hoster, here or in what is known.
    fn fit(&self, known: &Directory) -> bool {
        let has_its_hoster = |service: &Service| match self.hosters.get(service.hoster.as_str()) {
            Some(hoster) => hoster.is_some(),
            None => directory::check_hoster(service, &known.hosters).is_ok(),
        };
        let is_gone = |service: &Service| {
            let hoster = self.hosters.get(service.hoster.as_str());
            hoster.is_some_and(Option::is_none) && !self.services.contains_key(service.id.as_str())
        };
        let mut changed = self.services.values().flatten();
        let has_gone = self.hosters.values().any(Option::is_none);
        changed.all(|service| has_its_hoster(service))
            && !(has_gone && known.services.iter().any(|service| is_gone(service)))
    }

    fn over(self, known: &Directory) -> Directory {
        let seen = |service: &Service| {
            let address = health::address(service)?;
            self.availability.get(address).copied()
        };
        let (mut services, mut availability) = (Vec::new(), Vec::new());
        services.reserve_exact(known.services.len() + self.services.len());
        availability.reserve_exact(known.services.len() + self.services.len());
        let were = known.services.iter().zip(&known.availability);
        let were = were.map(|(service, was)| (service, *was));
        let are = self.services.iter();
        let are = are.map(|(id, service)| {
            let is = service.as_ref().map(|service| (service, None));
            (id.as_str(), is)
        });
        for (service, was) in merged(were, are, |(service, _)| service.id.as_str()) {
            services.push(Arc::clone(service));
            availability.push(match self.availability.is_empty() {
                true => was,
                false => seen(service).unwrap_or(was),
            });
        }
        let hosters = self
            .hosters
            .iter()
            .map(|(id, is)| (id.as_str(), is.as_ref()));
        let hosters = merged(known.hosters.iter(), hosters, |hoster| hoster.id.as_str());
        let vouches = self.vouches.iter().map(|(id, is)| (id, Some(is)));
        let vouches = merged(known.vouches.iter(), vouches, |known| &known.vouch.id);
        let directory = Directory {
            revision: self.revision,
            generation: known.generation,
            hosters: hosters.cloned().collect(),
            services,
            availability,
            vouches: vouches.cloned().collect(),
            issuers: match self.issuers {
                Some(issuers) => Arc::new(issuers),
                None => Arc::clone(&known.issuers),
            },
            ..Directory::default()
        };
        self.chosen.over(directory)
    }
}

/// What was, with what is in its place; both in the order of keys.
fn merged<'a, T: Copy, K: Ord + ?Sized + 'a>(
    were: impl Iterator<Item = T>,
    are: impl Iterator<Item = (&'a K, Option<T>)>,
    key: impl Fn(T) -> &'a K,
) -> impl Iterator<Item = T> {
    let (mut were, mut are) = (were.peekable(), are.peekable());
    std::iter::from_fn(move || {
        loop {
            let is_old = match (were.peek(), are.peek()) {
                (None, None) => return None,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(was), Some((changed, _))) => key(*was) < changed,
            };
            if is_old {
                return were.next();
            }
            let (changed, is) = are.next()?;
            were.next_if(|was| key(*was) == changed);
            if is.is_some() {
                return is;
            }
        }
    })
}

async fn changed<T: Noun>(
    snapshot: &mut Connection,
    sql: &'static str,
    since: i64,
) -> Result<BTreeMap<String, Option<Arc<T>>>, Error> {
    let mut changed = BTreeMap::new();
    for row in sqlx::query(sql).bind(since).fetch_all(snapshot).await? {
        let id: String = row.try_get("id")?;
        let document: Option<String> = row.try_get("document")?;
        let record = document.map(|document| directory::record(&id, &document));
        changed.insert(id, record.transpose()?);
    }
    Ok(changed)
}

/// What the looks come to at the addresses of changed services.
async fn looked_at(
    snapshot: &mut Connection,
    services: &BTreeMap<String, Option<Arc<Service>>>,
) -> Result<HashMap<String, Option<Availability>>, Error> {
    const SEEN: &str =
        of_batch!("select url, fails, failing_since, asked, up from health where url");
    let services = services.values().flatten();
    let addresses = services.filter_map(|service| health::address(service));
    let addresses: Vec<String> = addresses.map(str::to_owned).collect();
    let rows = rows_of(snapshot, SEEN, &addresses).await?;
    let mut seen: HashMap<_, _> = addresses.into_iter().map(|at| (at, None)).collect();
    for row in &rows {
        let (address, is) = health::availability_at(row)?;
        seen.insert(address, Some(is));
    }
    Ok(seen)
}
