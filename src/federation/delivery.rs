//! Delivers what is owed: to each inbox in order and one at a time, to many inboxes at once.
//!
//! What an answer means is the table of federation.md §2: taken, refused for good, later, or never more.

mod answer;

use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::signature::{cavage, rfc9421};
use super::{Error, Federation, chance};
use crate::catalogue::Did;
use crate::fetch::{self, Answer};
use crate::store::{Health, Published, Scheme, Target};
use answer::Verdict;

/// How many inboxes are delivered to at once.
const AT_ONCE: usize = 64;
/// How many of them may be such as did not answer last time: each may cost a whole deadline.
const FAILING_AT_ONCE: usize = 16;
/// How long one worker has an inbox for itself, unless it says that it still does: what a process that
/// was killed had in hand is taken up by another, or by itself once it is back, after this time.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// How often a worker says so while a request is under way; most requests end sooner.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// How often to look for what other processes published and for what is due again.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Deliveries under way.
pub struct Delivery {
    federation: Federation,
    well: JoinSet<Result<(), Error>>,
    failing: JoinSet<Result<(), Error>>,
}

impl Delivery {
    /// Nothing under way yet.
    pub fn new(federation: Federation) -> Self {
        Self {
            federation,
            well: JoinSet::new(),
            failing: JoinSet::new(),
        }
    }

    /// Begins what is due, as far as there are hands; returns whether anything is under way.
    async fn begin(&mut self) -> Result<Did, Error> {
        for (health, most) in [(Health::Well, AT_ONCE), (Health::Failing, FAILING_AT_ONCE)] {
            let under_way = match health {
                Health::Well => &mut self.well,
                Health::Failing => &mut self.failing,
            };
            let free = most.saturating_sub(under_way.len());
            if free == 0 {
                continue;
            }
            let now = self.federation.0.clock.now();
            let free = u32::try_from(free).expect("there are few hands");
            let store = &self.federation.0.store;
            for target in store.lease_targets(health, now, now + LEASE, free).await? {
                let federation = self.federation.clone();
                under_way.spawn(async move { federation.deliver_to(target).await });
            }
        }
        match self.well.is_empty() && self.failing.is_empty() {
            true => Ok(Did::Nothing),
            false => Ok(Did::Work),
        }
    }

    /// Waits until one of those under way has ended.
    async fn one_ended(&mut self) -> Result<(), Error> {
        let ended = tokio::select! {
            Some(ended) = self.well.join_next() => ended,
            Some(ended) = self.failing.join_next() => ended,
            else => return Ok(()),
        };
        // A fault of ours: its lease runs out, and it is tried again.
        ended.unwrap_or_else(|_| {
            tracing::error!("a delivery ended by a fault of ours");
            Ok(())
        })
    }

    /// Delivers all that is due now and waits for the end of it: the step that tests take.
    pub async fn deliver_due(&mut self) -> Result<(), Error> {
        while self.begin().await? == Did::Work {
            self.one_ended().await?;
        }
        Ok(())
    }

    /// Delivers what is due, and goes on as soon as a hand is free, something is published, or time has
    /// passed; returns then.
    pub async fn go_on(&mut self) -> Result<(), Error> {
        self.begin().await?;
        let federation = self.federation.clone();
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => Ok(()),
            () = federation.0.something_owed.notified() => Ok(()),
            ended = self.one_ended(), if !(self.well.is_empty() && self.failing.is_empty()) => ended,
        }
    }
}

impl Federation {
    /// Delivers to one inbox until nothing is owed to it or it does not take it.
    async fn deliver_to(&self, mut target: Target) -> Result<(), Error> {
        loop {
            let Some(owed) = self.0.store.next_owed(&target).await? else {
                return Ok(self.0.store.release_target(&target).await?);
            };
            let sent = self.send_under_lease(&target, &owed).await?;
            let now = self.0.clock.now();
            let verdict = answer::verdict(&target, &sent, now, chance::fraction());
            self.0.counted.went(verdict.end());
            tell(&target, &sent, &verdict);
            match verdict {
                Verdict::Settled(settled) => {
                    let store = &self.0.store;
                    let moved =
                        store.settle_delivery(&target, owed.seq, &settled, now, now + LEASE);
                    match moved.await? {
                        Some(moved) => target = moved,
                        None => return Ok(()),
                    }
                }
                Verdict::Postponed(postponed) => {
                    return Ok(self.0.store.postpone_delivery(&target, &postponed).await?);
                }
                Verdict::Gone(error) => {
                    return Ok(self.0.store.give_up_target(&target, &error).await?);
                }
            }
        }
    }

    /// Sends one activity, and keeps others from sending it meanwhile.
    async fn send_under_lease(
        &self,
        target: &Target,
        owed: &Published,
    ) -> Result<Result<Answer, fetch::Error>, Error> {
        let mut sending = pin!(self.send(target, owed));
        loop {
            if let Ok(sent) = tokio::time::timeout(RENEW_EVERY, &mut sending).await {
                return sent;
            }
            let until = self.0.clock.now() + LEASE;
            self.0.store.renew_target(target, until).await?;
        }
    }

    /// Signs and posts one activity.
    async fn send(
        &self,
        target: &Target,
        owed: &Published,
    ) -> Result<Result<Answer, fetch::Error>, Error> {
        let wanted = owed
            .key
            .as_ref()
            .filter(|_| answer::under_old_key(target.fails));
        let key = self.0.keyring.key(&self.0.store, owed.role, wanted).await?;
        let now = self.0.clock.now();
        let body = owed.document.as_bytes();
        let headers = match target.scheme {
            Scheme::Cavage => cavage::sign_post(&key, &target.inbox, body, now),
            Scheme::Rfc9421 => rfc9421::sign_post(&key, &target.inbox, body, now),
        };
        Ok(self
            .0
            .fetcher
            .post(&target.inbox, headers, body.to_vec().into())
            .await)
    }
}

/// Logs when an inbox begins to take nothing, and when it takes again. Of its address only the host: the rest
/// may name a person, and so may what it answers.
fn tell(target: &Target, sent: &Result<Answer, fetch::Error>, verdict: &Verdict) {
    let host = target.inbox.host_str().unwrap_or_default();
    let problem = || match sent {
        Ok(answer) => format!("answered {}", answer.status.as_u16()),
        Err(error) => error.problem(),
    };
    match verdict {
        Verdict::Postponed(_) if target.fails == 0 => {
            tracing::warn!(host, problem = problem(), "an inbox takes nothing");
        }
        Verdict::Settled(settled) if target.fails > 0 && settled.refusal.is_none() => {
            tracing::info!(host, "an inbox takes again");
        }
        Verdict::Gone(_) => tracing::warn!(host, problem = problem(), "an inbox is given up"),
        Verdict::Postponed(_) | Verdict::Settled(_) => {}
    }
}
