//! What our people decide: yes or no to what was asked, and for how long a vouch lasts.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::{Among, NotDone, bounded, the_one, to_one};
use crate::domain::vouch::{Basis, Vouch};
use crate::federation::Federation;
use crate::federation::vouching::Question;
use crate::formats::activitypub::activity;
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::vocabulary::property;
use crate::formats::activitypub::vouch;
use crate::store::{Answer, Asked, Change, Effect, KnownVouch, RelationKind, Verdict};

impl Federation {
    /// Grants what somebody, named by a person, asked of us: a collective makes a member of a hoster, a
    /// hoster takes the vouch of a peer. Says which vouch came of it; one already there is told again.
    pub async fn accept(&self, named: &str) -> Result<Vouch, NotDone> {
        let (role, asked) = self.asked_of_us(named).await?;
        let asker = self.known_actor(&asked.actor).await?;
        let question = Question {
            document: &asked.document,
            id: &asked.id,
            asker: &asker,
        };
        let (vouch, change) = match asked.kind {
            RelationKind::Offer => self.take_offer(role, &asked, &asker)?,
            _ => {
                let signer = self.signer(role).await?;
                let voucher = self.voucher(role, &signer);
                match self.vouch_in_force(role, &asker.id).await? {
                    Some(known) => {
                        let change = voucher.remind(question, &known.vouch, known.document);
                        (known.vouch, change)
                    }
                    None => {
                        let agreed = self.agreed(&asked.document).await?;
                        let vouch = voucher.vouch(&asker.id, Basis::Membership, agreed);
                        let change = voucher.grant(question, &vouch);
                        (vouch, change)
                    }
                }
            }
        };
        self.commit(&change).await?;
        Ok(vouch)
    }

    /// Refuses what somebody, named by a person, asked of us; says why, if there is a reason.
    pub async fn refuse(&self, named: &str, reason: &str) -> Result<Asked, NotDone> {
        let reason = Some(bounded(reason)?).filter(|reason| !reason.is_empty());
        let (role, asked) = self.asked_of_us(named).await?;
        if asked.kind == RelationKind::Application
            && self.vouch_in_force(role, &asked.actor).await?.is_some()
        {
            return Err(NotDone::MemberAlready(asked.actor));
        }
        let asker = self.known_actor(&asked.actor).await?;
        let ours = self.0.addresses.actor(role);
        let id = self.next_activity(role);
        let refused = activity::reject(&id, &ours, &asked.document, &asker.id);
        let refused = activity::because(refused, reason);
        self.commit(&Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: ours,
                decision: Verdict::Refused,
                reason: reason.map(str::to_owned),
                vouch: None,
            }))],
            publications: vec![to_one(role, id, refused, &asker)],
        })
        .await?;
        Ok(asked)
    }

    /// Takes back what we vouch of whom a person names; says why, if there is a reason.
    pub async fn take_back(&self, named: &str, reason: &str) -> Result<Vouch, NotDone> {
        let reason = Some(bounded(reason)?).filter(|reason| !reason.is_empty());
        let role = self.subject()?;
        let given = latest(self.given_in_force(role).await?);
        let known = the_one(named, given, Among::Vouched, |known| &known.vouch.object)?;
        let inbox = self.inbox_of(&known.vouch.object).await?;
        let signer = self.signer(role).await?;
        let (_, all) = self.between(role, &known.vouch.object).await?;
        for one in all {
            let voucher = self.voucher(role, &signer);
            let change = voucher.take_back(&one.vouch, inbox.as_ref(), reason);
            self.commit(&change).await?;
        }
        Ok(known.vouch)
    }

    /// Says the same of whom a person names for another term, also where the last one has ended. A vouch
    /// keeps its id, so nobody has to do anything.
    pub async fn renew(&self, named: &str) -> Result<Vouch, NotDone> {
        let role = self.subject()?;
        let given = self
            .0
            .store
            .vouches_by(&self.0.addresses.actor(role))
            .await?;
        let given = given.into_iter().filter(|known| known.revoked_at.is_none());
        let given = latest(given.collect());
        let known = the_one(named, given, Among::Vouched, |known| &known.vouch.object)?;
        self.renew_known(role, &known.vouch).await
    }

    /// Says all that we vouch now for another term.
    pub async fn renew_all(&self) -> Result<Vec<Vouch>, NotDone> {
        let role = self.subject()?;
        let mut renewed = Vec::new();
        for known in self.given_in_force(role).await? {
            renewed.push(self.renew_known(role, &known.vouch).await?);
        }
        Ok(renewed)
    }

    async fn renew_known(&self, role: Local, vouch: &Vouch) -> Result<Vouch, NotDone> {
        let inbox = self.inbox_of(&vouch.object).await?;
        let signer = self.signer(role).await?;
        let voucher = self.voucher(role, &signer);
        // A member that applied again may have agreed to a later version.
        let (asked, _) = self.between(role, &vouch.object).await?;
        let applied = asked
            .iter()
            .find(|asked| asked.kind == RelationKind::Application);
        let agreed = match applied {
            Some(asked) => self.agreed(&asked.document).await?,
            None => None,
        };
        let renewed = Vouch {
            charter: agreed.or_else(|| vouch.charter.clone()),
            ..voucher.renewed(vouch)
        };
        self.commit(&voucher.give(&renewed, inbox.as_ref())).await?;
        Ok(renewed)
    }

    async fn asked_of_us(&self, named: &str) -> Result<(Local, Asked), NotDone> {
        let role = self.subject()?;
        let ours = self.0.addresses.actor(role);
        let asked = self.0.store.asked_around(&ours).await?.into_iter();
        let of_us = asked.filter(|asked| asked.object == ours);
        let of_us = of_us.collect();
        Ok((
            role,
            the_one(named, of_us, Among::Asking, |asked| &asked.actor)?,
        ))
    }

    fn take_offer(
        &self,
        role: Local,
        asked: &Asked,
        asker: &RemoteActor,
    ) -> Result<(Vouch, Change), NotDone> {
        let offered = asked.document.get(property::OBJECT).map(vouch::offered);
        let offered = offered.ok_or(NotDone::NothingOffered)?;
        let offered = offered.map_err(|_| NotDone::NothingOffered)?;
        let ours = self.0.addresses.actor(role);
        let id = self.next_activity(role);
        let accept = activity::accept(&id, &ours, &asked.document, &asker.id);
        let mut change = Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: ours,
                decision: Verdict::Accepted,
                reason: None,
                vouch: Some(offered.id.clone()),
            }))],
            publications: vec![to_one(role, id, accept, asker)],
        };
        let own = self.own_list(1);
        change.add(own.acknowledge(&offered.id, asker));
        Ok((offered, change))
    }
}

/// Of several vouches for the same, the one that lasts longest.
fn latest(mut known: Vec<KnownVouch>) -> Vec<KnownVouch> {
    known.sort_by_key(|known| Reverse(known.vouch.until));
    let mut seen = HashSet::new();
    known.retain(|known| seen.insert(known.vouch.object.clone()));
    known
}
