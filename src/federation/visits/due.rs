//! Addresses whose time has come: some at once, each leased to whoever reads it, and put off where it cannot be read.

use std::convert::Infallible;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::catalogue::Did;
use crate::domain::vouch::is_site;
use crate::federation::alone::alone;
use crate::federation::{Error, Federation};
use crate::store::{self, Change, Due, Effect, Visit};

/// How many addresses are read at once.
const AT_ONCE: usize = 8;
/// How many of them have to be read before others are taken up: each taking writes.
const TAKEN_UP: usize = 4;
/// How long an address is one worker's, unless it says that it still reads: whoever was killed keeps it from others
/// no longer than that.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// How often it says so.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// How long to wait after the first failure; four times as long after each further one.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// The same where both sides of a vouch are about to speak: whom it is for hears of it as we do.
const FIRST_WAIT_FOR_MEMBERS: TimeDelta = TimeDelta::seconds(2);
/// How often an address is tried.
const MAX_ATTEMPTS: u32 = 6;

impl Federation {
    /// Reads the addresses that are due, some at once: whoever is slow keeps one place of them from others. Each in a
    /// task of its own: one that waits to write goes on while others are taken up, which is written, too.
    pub async fn visit_due(&self) -> Result<Did, Error> {
        let mut under_way = JoinSet::new();
        let (mut did, mut failed) = (Did::Nothing, None);
        loop {
            let free = AT_ONCE - under_way.len();
            // Where something failed no more is taken up; what was, ends: its lease would keep it from others.
            if failed.is_none() && free >= TAKEN_UP {
                match self.lease_visits(free).await {
                    Ok(due) => {
                        for due in due {
                            let federation = self.clone();
                            under_way.spawn(async move { federation.visit(due).await });
                        }
                    }
                    Err(error) => failed = Some(error),
                }
            }
            match under_way.join_next().await {
                Some(Ok(Ok(()))) => did = Did::Work,
                Some(Ok(Err(error))) => failed = Some(error),
                // It is read again when its lease has run out.
                Some(Err(_)) => tracing::error!("a visit is not put off by a fault of ours"),
                None => return failed.map_or(Ok(did), Err),
            }
        }
    }

    async fn lease_visits(&self, most: usize) -> Result<Vec<Due>, Error> {
        let now = self.0.clock.now();
        let most = u32::try_from(most).expect("there are few places");
        Ok(self.0.store.lease_visits(now, now + LEASE, most).await?)
    }

    /// Reads an address. A fault of ours puts it off like any other; what the database could take no note of
    /// is read again when its lease has run out.
    async fn visit(&self, due: Due) -> Result<(), Error> {
        let (federation, wanted) = (self.clone(), due.clone());
        match alone(async move { federation.visit_under_lease(&wanted).await }).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Error::Store(error))) if passes(&error) => Err(Error::Store(error)),
            Ok(Err(Error::Store(error))) => {
                self.put_off(&due, &error.to_string()).await?;
                Err(Error::Store(error))
            }
            Ok(Err(error)) => self.put_off(&due, &error.to_string()).await,
            Err(fault) => {
                tracing::error!("a visit ended by a fault of ours");
                self.put_off(&due, &fault.to_string()).await
            }
        }
    }

    /// Both go on at once: a visit that stood still while its lease is renewed would hold what the renewal waits for.
    async fn visit_under_lease(&self, due: &Due) -> Result<(), Error> {
        tokio::select! {
            visited = self.visit_now(due) => visited,
            never = self.keep_lease(due) => match never {},
        }
    }

    async fn keep_lease(&self, due: &Due) -> Infallible {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let until = self.0.clock.now() + LEASE;
            if let Err(error) = self.0.store.renew_visit(&due.url, until).await {
                // The lease lasts for many more tries.
                tracing::debug!(%error, "a visit's lease is not renewed");
            }
        }
    }

    async fn visit_now(&self, due: &Due) -> Result<(), Error> {
        let change = self.read_visited(due).await?;
        self.end_visit(due, change).await
    }

    /// Has an address read later, or gives it up.
    async fn put_off(&self, due: &Due, why: &str) -> Result<(), Error> {
        tracing::debug!(url = %due.url, "is not read: {why}");
        if due.attempts + 1 < MAX_ATTEMPTS {
            let first = match due.kind {
                // At a site a person has to write it down.
                Visit::Member if !is_site(&due.url) => FIRST_WAIT_FOR_MEMBERS,
                _ => FIRST_WAIT,
            };
            let due_at = self.0.clock.now() + first * 4_i32.pow(due.attempts);
            return Ok(self.0.store.postpone_visit(&due.url, due_at, why).await?);
        }
        let (kind, host) = (due.kind.word(), due.url.host_str().unwrap_or_default());
        tracing::info!(kind, host, "an address is given up");
        self.end_visit(due, Change::default()).await
    }

    /// Keeps what a visit led to, and that it is over.
    async fn end_visit(&self, due: &Due, mut change: Change) -> Result<(), Error> {
        change.effects.push(Effect::Visited(due.url.clone()));
        self.commit(&change).await
    }
}

/// Whether the database will do again, a moment later, what it could not do now.
fn passes(error: &store::Error) -> bool {
    use store::Error::{Away, Busy, Full};
    matches!(error, Busy(_) | Away(_) | Full(_))
}
