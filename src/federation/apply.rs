//! Applies what was received: each activity once, each actor's in their order.
//!
//! No request is made meanwhile: what has to be read elsewhere is noted as a visit.

mod meaning;

use chrono::TimeDelta;

use super::alone::alone;
use super::{Error, Federation, chance};
use crate::catalogue::Did;
use crate::formats::activitypub::activity::{self, ActivityKind};
use crate::store::{Change, Effect, Waiting};
use meaning::{Context, Meaning};

pub(super) use meaning::travelling;

/// How long one worker has what it took for itself: what a process that was killed had in hand is
/// applied after this time. Who takes longer loses nothing: whatever is applied, is applied once.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// How many are taken at once, each of another actor.
const AT_ONCE: u32 = 32;

impl Federation {
    /// Applies the first waiting activity of each of some actors.
    pub async fn apply_received(&self) -> Result<Did, Error> {
        let now = self.0.clock.now();
        let waiting = self
            .0
            .store
            .lease_received(now, now + LEASE, AT_ONCE)
            .await?;
        let did = if waiting.is_empty() {
            Did::Nothing
        } else {
            Did::Work
        };
        let mut failed = None;
        for received in waiting {
            // What fails for one actor must not keep the others waiting until their lease ends.
            if let Err(error) = self.apply(received).await {
                failed = Some(error);
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(did),
        }
    }

    /// Applies an activity, in a task of its own: a fault of ours costs this one, and neither what its actor
    /// sent after it nor the node. It is settled then, since it would only meet the same fault again.
    async fn apply(&self, received: Waiting) -> Result<(), Error> {
        let (federation, seq) = (self.clone(), received.seq);
        let applied = alone(async move { federation.apply_now(&received).await }).await;
        let fault = match applied {
            Ok(applied) => return applied,
            Err(fault) => fault,
        };
        tracing::error!("an activity is passed over by a fault of ours");
        let (outcome, nothing) = (format!("ignored: {fault}"), Change::default());
        let now = self.0.clock.now();
        self.0.store.settle(seq, &outcome, &nothing, now).await?;
        Ok(())
    }

    async fn apply_now(&self, received: &Waiting) -> Result<(), Error> {
        let Meaning {
            outcome,
            mut change,
        } = self.meaning_of(received).await?;
        change.effects.push(Effect::Wake(received.actor.clone()));
        let now = self.0.clock.now();
        let mine = self
            .0
            .store
            .settle(received.seq, &outcome, &change, now)
            .await?;
        tracing::debug!(actor = %received.actor, mine, "applied: {outcome}");
        let touches_sender =
            |effect: &Effect| matches!(effect, Effect::KeepActor(_) | Effect::RemoveActor(_));
        if change.effects.iter().any(touches_sender) {
            self.0.known.forget(&received.actor).await;
        }
        if !change.publications.is_empty() {
            self.0.something_owed.notify_one();
        }
        Ok(())
    }

    async fn meaning_of(&self, received: &Waiting) -> Result<Meaning, Error> {
        let ignored = |why: &str| Meaning {
            outcome: why.to_owned(),
            change: Change::default(),
        };
        let Ok(read) = activity::read(received.body.as_bytes()) else {
            return Ok(ignored("cannot be read by this version"));
        };
        let Some((sender, _)) = self.0.store.remote_actor(&received.actor).await? else {
            return Ok(ignored("its actor is gone"));
        };
        let subject = self
            .subject()
            .ok()
            .filter(|_| meaning::is_of_membership(&read));
        let signer = match subject {
            Some(role) => Some(self.signer(role).await?),
            None => None,
        };
        let (asked, given) = match subject {
            Some(role) => self.between(role, &sender.id).await?,
            None => Default::default(),
        };
        let context = Context {
            asked: &asked,
            given: &given,
            signer: subject.zip(signer.as_deref()),
            addresses: &self.0.addresses,
            local: &self.0.local,
            follow: self.0.store.follow_of(&received.actor).await?,
            sender: &sender,
            is_peer: read.kind == ActivityKind::Announce
                && self.0.store.is_peer(&received.actor).await?,
            taxonomy: &self.0.taxonomy,
            number: chance::number(self.0.clock.now()),
            now: self.0.clock.now(),
        };
        Ok(context.meaning(&read))
    }
}
