//! Goes out and reads: hosts that are due, each asked politely by one worker, what they say kept by
//! `ingest`, what they lead to visited in its turn.
//!
//! A turn (`turn`) reads robots.txt first (`robots`) and then what is due (`visit`), one request after the
//! other with a pause between (`manners`); each visit is on disk (`keeper`) before the next begins, with
//! what it taught, when it is due again (`schedule`) and where it leads (`discover`). Nothing here serves
//! anybody or signs anything.

mod discover;
mod files;
mod keeper;
mod manners;
mod probe;
mod robots;
mod schedule;
mod summary;
mod turn;
mod visit;

pub use discover::{MAX_DEPTH, MAX_LEADS, MAX_PAGES, every_place};
pub use manners::{GAP, LEASE};
pub use robots::{AGENT, FRESH_FOR, MAX_CRAWL_DELAY, Robots};
pub use schedule::{
    ABSENT_FOR, DOWN_FOR_LONG, FIRST_WAIT, LONGEST_WAIT, PROBE_EVERY, PROBE_SELDOM, PUT_OFF_FOR,
    READ_EVERY,
};
pub use summary::Summary;
pub use turn::{
    FORBIDDEN, MAX_BYTES_PER_ROUND, MAX_ITEMS_PER_ROUND, MAX_PAGES_PER_ROUND, MAX_REQUESTS_PER_TURN,
};

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::clock::Clock;
use crate::domain::block::Blocks;
use crate::domain::host::Host;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::vouch::{Proof, is_site};
use crate::fetch::Fetcher;
use crate::store::frontier::{Priority, Sown, Turn};
use crate::store::{self, Store};
use keeper::{Closed, Keeper, Way};
use summary::Tally;
use turn::Worker;

/// How many hosts have their turn at once.
pub const AT_ONCE: usize = 1_000;
/// How many are leased with one statement.
const PER_LEASE: usize = 100;
/// How often to look for hosts that have become due, where fewer than that were found.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Visits what is due. Clones are the same.
#[derive(Clone)]
pub struct Crawler(Arc<Parts>);

struct Parts {
    store: Store,
    fetcher: Fetcher,
    clock: Clock,
    taxonomy: Taxonomy,
    /// The pause between two requests to a host.
    gap: Duration,
    /// Where this node lives itself, which it need not visit.
    home: Option<Host>,
    tally: Tally,
    /// The directory's revision when its hosters' sites were last looked for.
    sown_at: AtomicU64,
    /// What the leases of this crawler begin with, and how many there were.
    chance: u32,
    leases: AtomicU32,
}

impl Parts {
    /// Whether an address is one we may and want to visit.
    fn may_visit(&self, url: &Url) -> bool {
        self.fetcher.check(url).is_ok() && Host::of(url) != self.home
    }

    /// A number that no other lease has.
    fn lease(&self) -> i64 {
        let number = self.leases.fetch_add(1, Ordering::Relaxed);
        (i64::from(self.chance >> 1) << 32) | i64::from(number)
    }
}

/// Whether a run was asked to stop.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A run that is never asked, and the one that is asked with the sender.
    pub fn on(asked: watch::Receiver<bool>) -> Self {
        Self(asked)
    }

    fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    async fn asked(&mut self) {
        // Nobody can ask any more: it goes on for ever.
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Crawler {
    /// A crawler that pauses for `gap` between two requests to a host, which is [`GAP`] but in tests.
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        clock: Clock,
        home: Option<&Url>,
        gap: Duration,
    ) -> Self {
        let mut chance = [0; 4];
        SystemRandom::new()
            .fill(&mut chance)
            .expect("the system gives random bytes");
        Self(Arc::new(Parts {
            store,
            fetcher,
            clock,
            taxonomy: Taxonomy::embedded(),
            gap,
            home: home.and_then(Host::of),
            tally: Tally::default(),
            sown_at: AtomicU64::new(u64::MAX),
            chance: u32::from_le_bytes(chance),
            leases: AtomicU32::new(0),
        }))
    }

    /// What was done so far.
    pub fn summary(&self) -> Summary {
        self.0.tally.summary()
    }

    /// Plans to visit sites that the operator names, now; one that is known keeps its time. Says how many
    /// are new.
    pub async fn seed(&self, sites: &[Url]) -> Result<u64, store::Error> {
        let sown = sites.iter().filter(|site| self.0.may_visit(site));
        let sown: Vec<_> = sown
            .filter_map(|site| discover::site(site, Priority::Seed, None, 0))
            .collect();
        self.0.store.sow(&sown, self.0.clock.now()).await
    }

    /// Plans to visit the sites of all hosters the directory knows or vouches are for, and to look whether
    /// services are up, if it has changed since the last time. Says how many addresses are new.
    pub async fn sow_known(&self) -> Result<u64, store::Error> {
        let revision = self.0.store.revision().await?;
        if self.0.sown_at.load(Ordering::Relaxed) == revision {
            return Ok(0);
        }
        let directory = self.0.store.directory().await?;
        let now = self.0.clock.now();
        // What was blocked at this revision the fetcher may learn only in a moment.
        let blocks = Blocks::of(directory.blocks);
        let may_visit = |url: &&Url| self.0.may_visit(url) && !blocks.suspends(url);
        let sites = directory.hosters.iter();
        let sites = sites.filter_map(|hoster| Some(hoster.website.as_ref()?.as_url()));
        let sites = sites.filter(may_visit);
        let mut sown: Vec<_> = sites
            .filter_map(|site| discover::site(site, Priority::Listed, None, 0))
            .collect();
        let offered = directory.services.iter();
        let offered = offered.filter(|service| !service.is_over_by(now.date_naive()));
        let offered = offered.filter_map(|service| Some((service, service.url.as_ref()?.as_url())));
        let offered: Vec<_> = offered.filter(|(_, url)| may_visit(url)).collect();
        // Its host is asked what runs there, which nobody knows better.
        sown.extend(offered.iter().filter_map(|(service, url)| {
            Some(Sown {
                of: Some(service.hoster.clone()),
                ..discover::site(url, Priority::Heard, None, 0)?
            })
        }));
        let watched = offered.iter().map(|(_, url)| discover::service(url));
        let watched: Vec<_> = watched.collect();
        // A hoster without node that somebody vouches for may be known by its site alone.
        let vouched = directory.vouches.iter().filter(|known| {
            let is_said = matches!(known.proof, Proof::Holds { .. }) && known.heard_at.is_some();
            is_said && known.revoked_at.is_none() && known.vouch.until > now
        });
        let vouched = vouched.map(|known| &known.vouch.object);
        let vouched = vouched.filter(|object| is_site(object)).filter(may_visit);
        sown.extend(vouched.filter_map(|site| discover::site(site, Priority::Listed, None, 0)));
        let mut new = self.0.store.watch(&watched, now).await?;
        if !sown.is_empty() {
            new += self.0.store.sow(&sown, now).await?;
        }
        self.0.sown_at.store(directory.revision, Ordering::Relaxed);
        Ok(new)
    }

    /// Visits all that is due, and what that leads to, until nothing is, or until it is asked to stop: then
    /// requests under way end and are recorded. Only `only`, if a host is named.
    pub async fn run_due(&self, only: Option<&Host>, stop: Stop) -> Result<(), store::Error> {
        let (way, keeper) = keeper::open();
        let keeping = keep(keeper, &self.0);
        let working = self.work(only, stop, way);
        // Whoever records ends once nobody works any more, or with the error that ends the work.
        let ((), ()) = tokio::try_join!(working, keeping)?;
        Ok(())
    }

    async fn work(
        &self,
        only: Option<&Host>,
        mut stop: Stop,
        way: Way,
    ) -> Result<(), store::Error> {
        let mut workers: JoinSet<Result<(), Closed>> = JoinSet::new();
        let mut looked: Option<Instant> = None;
        let mut may_be_more = true;
        let mut is_stopping = false;
        let mut faulty = None;
        let at_once = files::hosts_at_once();
        loop {
            let free = at_once - workers.len();
            // Many with one statement: to take each host as a place becomes free would be a transaction each.
            let is_time = looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
            let is_worth_it = may_be_more && free >= PER_LEASE;
            if !is_stopping && free > 0 && (is_time || is_worth_it) {
                let wanted = free.min(PER_LEASE);
                let turns = self.lease(wanted, only).await?;
                looked = Some(Instant::now());
                may_be_more = turns.len() == wanted;
                for turn in turns {
                    self.0.tally.visit(&turn.host);
                    let worker = Worker::new(self.0.clone(), way.clone(), stop.clone(), turn);
                    workers.spawn(worker.work());
                }
                continue;
            }
            if workers.is_empty() {
                // What a fault of ours left is leased for a while yet: another run does it.
                if let Some(panic) = faulty.take() {
                    std::panic::resume_unwind(panic);
                }
                let next = match is_stopping {
                    true => None,
                    false => self.0.store.next_lease_at(self.0.clock.now(), only).await?,
                };
                if next.is_none() {
                    return Ok(());
                }
            }
            tokio::select! {
                Some(worked) = workers.join_next() => match worked {
                    Ok(Ok(())) => {}
                    // Who should have listened has the reason.
                    Ok(Err(Closed)) => is_stopping = true,
                    Err(fault) => {
                        tracing::error!("a visit ended by a fault of ours");
                        faulty = fault.try_into_panic().ok();
                    }
                },
                () = stop.asked(), if !is_stopping => is_stopping = true,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn lease(&self, most: usize, only: Option<&Host>) -> Result<Vec<Turn>, store::Error> {
        let now = self.0.clock.now();
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let lease = self.0.lease();
        self.0
            .store
            .lease_hosts(lease, now, now + LEASE, most, only)
            .await
    }
}

async fn keep(keeper: Keeper, parts: &Parts) -> Result<(), store::Error> {
    keeper.keep_all(parts).await
}
