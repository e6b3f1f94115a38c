//! What a node does by itself while it answers: each in a loop of its own, so that none waits for another.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::doctor::{judge_address, look_at_address};
use crate::catalogue::{Catalogue, Did, Sent};
use crate::clock::{Clock, Pace};
use crate::crawler::{Crawler, Stop};
use crate::federation::{self, Delivery, Federation};
use crate::mirror::{Follower, Publisher};
use crate::store::{self, Store};
use crate::web::{Condition, Limit, Loop, Loops};

/// How often to look whether the database answers.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// How long such a look may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);
/// How long after its start a node looks at its own address: whoever stands in front has noticed it by then.
const LOOK_AT_ONESELF_AFTER: Duration = Duration::from_secs(5);
/// How often it looks again: a certificate ends on a day.
const LOOK_AT_ONESELF_EVERY: Duration = Duration::from_secs(6 * 3600);
/// How often the catalogue looks whether the store's revision or the day has moved.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// How long the machine is left to visitors after an edition was made, in the time that took: changes that
/// come one after another do not keep a large directory building all the time.
const REST: f64 = 1.0;
/// How often to look whether there is an edition that was not published yet.
const PUBLISH_EVERY: Duration = Duration::from_millis(200);
/// How often to look for what another process or replica left to be done.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often peers are told where something changed.
const TELL_EVERY: Duration = Duration::from_secs(300);
/// How often what is settled for long is forgotten, and who vouches is asked whether it still does.
const KEEP_HOUSE_EVERY: Duration = Duration::from_secs(3600);
/// How often clients whom no limit holds any more are forgotten.
const FORGET_CLIENTS_EVERY: Duration = Duration::from_secs(60);
/// How often to look whether hosts are due to be visited, and for hosters whose sites are to be.
const VISIT_EVERY: Duration = Duration::from_secs(5);
/// How often to look whether the clock was set.
const LOOK_AT_CLOCK_EVERY: Duration = Duration::from_secs(1);
/// How often to look for what another replica's wrong clock put off.
const BRING_BACK_EVERY: Duration = Duration::from_secs(3600);
/// How long a loop waits after a failure.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Looks whether the database answers, so that nobody who asks has to.
pub(super) async fn watch(
    store: &Store,
    condition: &Condition,
    clock: &Clock,
    loops: &Loops,
) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Watch);
    loop {
        let look = tokio::time::timeout(LOOK_WITHIN, store.version()).await;
        let looked = match look {
            Ok(Ok(_)) => {
                condition.answered(clock.now());
                Ok(Did::Nothing)
            }
            Ok(Err(error)) => Err(anyhow::Error::from(error)),
            Err(_) => Err(anyhow::anyhow!("nothing came within {LOOK_WITHIN:?}")),
        };
        if looked.is_err() {
            condition.did_not_answer();
        }
        trouble.after(looked).await;
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

/// Asks the node's own address what others ask it, and logs what is not well. Where that has no TLS, this is a
/// closed network or a test, and nobody is asked.
pub(super) async fn look_at_oneself(
    federation: Option<&Federation>,
    condition: &Condition,
    clock: &Clock,
) -> Infallible {
    let home = federation.map(|federation| federation.addresses().home());
    let (Some(federation), Some(home)) = (federation, home.filter(|home| home.scheme() == "https"))
    else {
        return std::future::pending().await;
    };
    tokio::time::sleep(LOOK_AT_ONESELF_AFTER).await;
    loop {
        let actor = Some(federation.own_actor());
        let there = look_at_address(federation.fetcher(), &home, actor, clock).await;
        if let Some(until) = there.certificate_until() {
            condition.saw_certificate(until);
        }
        for finding in judge_address(&there, None, &[]) {
            if let Some(advice) = finding.advice {
                tracing::warn!("{}: {}; {advice}", finding.check, finding.seen);
            }
        }
        tokio::time::sleep(LOOK_AT_ONESELF_EVERY).await;
    }
}

/// Renews the edition and tells all that goes out whom it is to leave alone. Where the store cannot be read,
/// visitors read the last one.
pub(super) async fn keep_fresh(
    catalogue: &Catalogue,
    store: &Store,
    clock: &Clock,
    federation: Option<&Federation>,
    loops: &Loops,
) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Refresh);
    let mut pause = REFRESH_EVERY;
    loop {
        tokio::time::sleep(pause).await;
        pause = REFRESH_EVERY;
        let refreshed = catalogue.refresh(store, clock.now()).await;
        if trouble.after(refreshed).await == Did::Work {
            let edition = catalogue.current();
            let took = edition.took.reading + edition.took.building;
            pause = pause_after(took);
            if let Some(federation) = federation {
                federation.refusals().replace(Arc::clone(&edition.blocked));
            }
            let revision = edition.revision;
            let millis = took.as_millis();
            tracing::info!(revision, millis, "a new edition is in use");
        }
    }
}

/// Publishes each edition for whoever keeps a copy.
pub(super) async fn publish(
    publisher: Option<&Publisher>,
    catalogue: &Catalogue,
    loops: &Loops,
) -> Infallible {
    let Some(publisher) = publisher else {
        return std::future::pending().await;
    };
    let trouble = Trouble::of(loops, Loop::Publish);
    loop {
        let edition = catalogue.current();
        trouble.after(publisher.publish(&edition).await).await;
        drop(edition);
        tokio::time::sleep(PUBLISH_EVERY).await;
    }
}

/// Keeps a mirror up with its origin.
pub(super) async fn follow(follower: Option<Follower>) -> Infallible {
    let Some(mut follower) = follower else {
        return std::future::pending().await;
    };
    loop {
        let pause = follower.go_on().await;
        tokio::time::sleep(pause).await;
    }
}

/// Keeps how much the directory lists: visitors of an edition do not wait for that to be written.
pub(super) async fn keep_tallies(
    catalogue: &Catalogue,
    store: &Store,
    loops: &Loops,
) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Tallies);
    loop {
        trouble.after(catalogue.keep_tally(store).await).await;
        tokio::time::sleep(REFRESH_EVERY).await;
    }
}

/// Keeps how many people were sent to whom.
pub(super) async fn keep_counts(
    sent: &Sent,
    store: &Store,
    clock: &Clock,
    loops: &Loops,
) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Sent);
    loop {
        tokio::time::sleep(Sent::KEEP_EVERY).await;
        trouble.after(sent.keep(store, clock.now()).await).await;
    }
}

/// Forgets who asked the API, once that no longer counts.
pub(super) async fn forget_clients(limit: &Limit) -> Infallible {
    loop {
        tokio::time::sleep(FORGET_CLIENTS_EVERY).await;
        limit.forget_quiet();
    }
}

/// Says when the clock is set, and has nothing wait for a time that a wrong clock wrote.
pub(super) async fn mind_the_clock(
    store: &Store,
    condition: &Condition,
    clock: &Clock,
    loops: &Loops,
) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Clock);
    let mut pace = Pace::new(clock.now(), Instant::now());
    let mut set_back = TimeDelta::zero();
    let mut looked_at: Option<Instant> = None;
    loop {
        let now = clock.now();
        if let Some(by) = pace.was_set_by(now, Instant::now()) {
            let seconds = by.num_seconds();
            tracing::warn!(seconds, "the clock was set, or this machine slept");
            condition.clock_was_set();
            set_back = (set_back - by).max(TimeDelta::zero());
            looked_at = None;
        }
        if looked_at.is_none_or(|looked_at| looked_at.elapsed() >= BRING_BACK_EVERY) {
            let step = bring_back(store, &mut set_back, now);
            if trouble.after(step.await).await == Did::Work {
                looked_at = Some(Instant::now());
            }
        }
        tokio::time::sleep(LOOK_AT_CLOCK_EVERY).await;
    }
}

/// `set_back` is what the clock was set back by and nothing that waits was yet.
async fn bring_back(
    store: &Store,
    set_back: &mut TimeDelta,
    now: DateTime<Utc>,
) -> Result<Did, store::Error> {
    if *set_back > TimeDelta::zero() {
        store.set_back(*set_back, now).await?;
        // At once: what comes next may fail, and then all of this is done again.
        *set_back = TimeDelta::zero();
    }
    let times = store.bring_back(now).await?;
    if times > 0 {
        tracing::warn!(times, "what a clock that ran ahead put off is done now");
    }
    Ok(Did::Work)
}

/// How long to wait after an edition was made.
fn pause_after(took: Duration) -> Duration {
    REFRESH_EVERY.max(took.mul_f64(REST))
}

/// Visits what is due, until it is asked to stop.
pub(super) async fn crawl(crawler: Crawler, loops: Data<Loops>, mut asked: watch::Receiver<bool>) {
    let trouble = Trouble::of(&loops, Loop::Crawl);
    while !*asked.borrow() {
        let (crawler, stop) = (crawler.clone(), Stop::on(asked.clone()));
        let mut runs = JoinSet::new();
        // A task of its own: a fault of ours ends this run, and not all that would come.
        runs.spawn(async move {
            crawler.sow_known().await?;
            crawler.run_due(None, stop).await
        });
        let step = match runs.join_next().await.expect("one was begun") {
            Ok(ran) => ran.map(|()| Did::Work).map_err(anyhow::Error::from),
            // Its words may quote what somebody sent; where it happened stands in the log already.
            Err(_) => Err(anyhow::anyhow!("a fault of the program ended a run")),
        };
        trouble.after(step).await;
        tokio::select! {
            _ = asked.wait_for(|asked| *asked) => {}
            () = tokio::time::sleep(VISIT_EVERY) => {}
        }
    }
}

/// Delivers, applies and reads what is due, each in a loop of its own: none waits for another.
pub(super) async fn federate(
    federation: Option<&Federation>,
    delivers: bool,
    catalogue: &Catalogue,
    loops: &Loops,
) -> Infallible {
    let Some(federation) = federation else {
        return std::future::pending().await;
    };
    tokio::select! {
        never = deliver(federation, loops), if delivers => never,
        never = apply(federation, loops) => never,
        never = visit(federation, loops) => never,
        never = tell_peers(federation, catalogue, loops) => never,
        never = keep_house(federation, loops) => never,
    }
}

async fn deliver(federation: &Federation, loops: &Loops) -> Infallible {
    let mut delivery = Delivery::new(federation.clone());
    let trouble = Trouble::of(loops, Loop::Deliver);
    loop {
        trouble
            .after(delivery.go_on().await.map(|()| Did::Work))
            .await;
    }
}

async fn apply(federation: &Federation, loops: &Loops) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Apply);
    loop {
        if trouble.after(federation.apply_received().await).await == Did::Nothing {
            tokio::select! {
                () = federation.something_came() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}

async fn visit(federation: &Federation, loops: &Loops) -> Infallible {
    let trouble = Trouble::of(loops, Loop::Visit);
    loop {
        if trouble.after(federation.visit_due().await).await == Did::Nothing {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

async fn tell_peers(federation: &Federation, catalogue: &Catalogue, loops: &Loops) -> Infallible {
    let trouble = Trouble::of(loops, Loop::TellPeers);
    loop {
        let edition = catalogue.current();
        trouble.after(federation.tell_peers(&edition).await).await;
        tokio::time::sleep(TELL_EVERY).await;
    }
}

async fn keep_house(federation: &Federation, loops: &Loops) -> Infallible {
    let trouble = Trouble::of(loops, Loop::KeepHouse);
    loop {
        let step = async {
            federation.forget_settled().await?;
            federation.ask_again().await?;
            Ok::<Did, federation::Error>(Did::Work)
        };
        trouble.after(step.await).await;
        tokio::time::sleep(KEEP_HOUSE_EVERY).await;
    }
}

/// A loop's failures: counted, and logged when they begin and when they end.
struct Trouble<'a> {
    loops: &'a Loops,
    of: Loop,
}

impl<'a> Trouble<'a> {
    fn of(loops: &'a Loops, of: Loop) -> Self {
        Self { loops, of }
    }

    /// What a step did; after one that failed, nothing, and some time has passed.
    async fn after<E: Into<anyhow::Error>>(&self, step: Result<Did, E>) -> Did {
        match step {
            Ok(did) => {
                if self.loops.went_well(self.of) {
                    tracing::info!("no longer: {}", self.of.trouble());
                }
                did
            }
            Err(error) => {
                if self.loops.failed(self.of) {
                    tracing::error!("{}: {:#}", self.of.trouble(), error.into());
                }
                tokio::time::sleep(AFTER_TROUBLE).await;
                Did::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_long_build_the_machine_is_left_to_visitors_for_as_long() {
        assert_eq!(pause_after(Duration::from_millis(30)), REFRESH_EVERY);
        assert_eq!(pause_after(Duration::from_secs(3)), Duration::from_secs(3));
    }
}
