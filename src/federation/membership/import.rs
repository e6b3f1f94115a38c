//! The first day of a collective whose members have no nodes: it vouches for their sites, from a list.

use url::Url;

use super::NotDone;
use crate::domain::vouch::{Basis, Vouch};
use crate::federation::Federation;
use crate::fetch::Refused;
use crate::formats::activitypub::actor::ActorKind;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::store::MAX_VOUCHES_OF_ISSUER;

/// The most sites that are vouched for at once: each vouch is signed and told to every follower.
pub const MAX_IMPORTED: usize = 1_000;

/// Why nobody of a list was vouched for.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// Something below, or this is no collective's node.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// Nobody has as many members.
    #[error("the list names {0} sites, and at most {MAX_IMPORTED} are taken at once: split it")]
    TooMany(usize),
    /// Vouches are kept for ever, also those that ended.
    #[error("there is room for {room} more vouches of this node's, and the list needs {new}")]
    NoRoom {
        /// How many are needed.
        new: usize,
        /// How many more are kept.
        room: usize,
    },
}

/// A member in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its site: a host, and nothing behind it.
    pub site: Url,
    /// Its actor, if the list knows one.
    pub actor: Option<Url>,
}

/// What became of a member in a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It is vouched for, as of now; in a rehearsal, it would be.
    Vouched(Vouch),
    /// It was vouched for already, by its site or its actor.
    Already(Vouch),
    /// It has a node, this actor, and applies by that: then its own node lists back and hears of renewals.
    HasNode(Url),
    /// It is this node itself.
    Ourselves,
    /// Nobody could ever be asked there.
    OutOfReach(Refused),
}

impl Federation {
    /// Vouches for the sites of members without node, under the charter in force: says what became of each,
    /// in their order. Whoever is vouched for stays as it is, so that the same list may be given again.
    /// Nothing is published before all of it was judged, and nothing at all in a rehearsal.
    pub async fn import_members(
        &self,
        candidates: &[Candidate],
        is_rehearsal: bool,
    ) -> Result<Vec<Fate>, NotImported> {
        self.is(Local::Collective)?;
        if candidates.len() > MAX_IMPORTED {
            return Err(NotImported::TooMany(candidates.len()));
        }
        let role = Local::Collective;
        let charter = self.charter_in_force().await.map_err(NotDone::from)?;
        let signer = self.signer(role).await.map_err(NotDone::from)?;
        let mut fates: Vec<Fate> = Vec::with_capacity(candidates.len());
        for (position, candidate) in candidates.iter().enumerate() {
            let mut above = candidates[..position].iter();
            let above = above.position(|above| above.site == candidate.site);
            let fate = match above.map(|above| &fates[above]) {
                Some(Fate::Vouched(vouch)) => Some(Fate::Already(vouch.clone())),
                Some(fate) => Some(fate.clone()),
                None => self.judged(candidate).await?,
            };
            fates.push(match fate {
                Some(fate) => fate,
                None => {
                    let voucher = self.voucher(role, &signer);
                    let charter = charter.clone();
                    Fate::Vouched(voucher.vouch(&candidate.site, Basis::Membership, charter))
                }
            });
        }
        let new = fates.iter().filter(|fate| matches!(fate, Fate::Vouched(_)));
        let ours = self.0.addresses.actor(role);
        let kept = self.0.store.vouches_by(&ours).await;
        let kept = kept.map_err(NotDone::from)?.len();
        let room = usize::try_from(MAX_VOUCHES_OF_ISSUER).unwrap_or(usize::MAX);
        let room = room.saturating_sub(kept);
        let new = new.count();
        if new > room {
            return Err(NotImported::NoRoom { new, room });
        }
        if !is_rehearsal {
            for fate in &fates {
                if let Fate::Vouched(vouch) = fate {
                    let voucher = self.voucher(role, &signer);
                    let given = self.commit(&voucher.give(vouch, None)).await;
                    given.map_err(NotDone::from)?;
                }
            }
        }
        Ok(fates)
    }

    /// Why there is nothing to vouch for; `None` where there is.
    async fn judged(&self, candidate: &Candidate) -> Result<Option<Fate>, NotDone> {
        let Candidate { site, actor } = candidate;
        if self.0.addresses.is_ours(site) {
            return Ok(Some(Fate::Ourselves));
        }
        if let Err(why) = self.0.fetcher.check(site) {
            return Ok(Some(Fate::OutOfReach(why)));
        }
        // The actor that a node at the site would have.
        let own = Addresses::of(site.clone()).actor(Local::Hoster);
        let node = self.0.store.remote_actor(&own).await?;
        let node = node.filter(|(actor, _)| actor.kind == ActorKind::Organization);
        let actor = actor.clone().or(node.map(|(actor, _)| actor.id));
        for object in [Some(site), Some(&own), actor.as_ref()]
            .into_iter()
            .flatten()
        {
            if let Some(known) = self.vouch_in_force(Local::Collective, object).await? {
                return Ok(Some(Fate::Already(known.vouch)));
            }
        }
        Ok(actor.map(Fate::HasNode))
    }
}
