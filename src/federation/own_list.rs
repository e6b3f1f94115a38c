//! The vouches our hoster lists as ones for itself: without that none counts for it. Pure.

use chrono::{DateTime, Utc};
use serde_json::json;
use url::Url;

use crate::formats::activitypub::activity::{self, Listing};
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::store::{Audience, Change, Effect, Publication};

/// Our hoster's list, about to change.
pub(super) struct OwnList<'a> {
    pub(super) addresses: &'a Addresses,
    /// The number of the activity that says so.
    pub(super) number: u64,
    pub(super) now: DateTime<Utc>,
}

impl OwnList<'_> {
    /// Lists a vouch, and tells followers and whoever gave it.
    pub(super) fn acknowledge(&self, vouch: &Url, issuer: &RemoteActor) -> Change {
        let added = activity::add(&self.listing(&issuer.id), json!(vouch));
        let inbox = issuer.delivery_inbox().clone();
        Change {
            effects: vec![Effect::Acknowledge {
                actor: self.addresses.actor(Local::Hoster),
                vouch: vouch.clone(),
            }],
            publications: vec![self.publication(added, Audience::FollowersAnd(inbox))],
        }
    }

    /// Lists a vouch no longer, and tells followers.
    pub(super) fn disavow(&self, vouch: &Url, issuer: &Url) -> Change {
        let removed = activity::remove(&self.listing(issuer), vouch);
        Change {
            effects: vec![Effect::Disavow {
                actor: self.addresses.actor(Local::Hoster),
                vouch: vouch.clone(),
            }],
            publications: vec![self.publication(removed, Audience::Followers)],
        }
    }

    fn listing(&self, concerns: &Url) -> Listing {
        Listing {
            id: self.addresses.activity(Local::Hoster, self.number),
            actor: self.addresses.actor(Local::Hoster),
            followers: self.addresses.followers(Local::Hoster),
            published: self.now,
            target: self.addresses.vouches(Local::Hoster),
            concerns: concerns.clone(),
        }
    }

    fn publication(&self, document: serde_json::Value, audience: Audience) -> Publication {
        Publication {
            role: Local::Hoster,
            id: self.addresses.activity(Local::Hoster, self.number),
            object: None,
            document,
            audience,
            key: None,
        }
    }
}
