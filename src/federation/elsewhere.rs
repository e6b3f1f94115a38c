//! Our own hoster in the formats of other directories.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Error, Federation};
use crate::domain::hoster::Hoster;
use crate::formats::activitypub::addresses::Local;
use crate::formats::{librehost, xmpp_provider};
use crate::store::Travelling;

/// Our hoster, what it offers, and when either last changed.
struct Ours {
    hoster: Hoster,
    services: Vec<Travelling>,
    updated: DateTime<Utc>,
}

impl Federation {
    /// Our hoster as `librehost.json`; `None` on other nodes.
    pub async fn librehost(&self) -> Result<Option<Value>, Error> {
        let Some(ours) = self.ours_to_publish().await? else {
            return Ok(None);
        };
        let is_provider = !ours.services.is_empty();
        Ok(Some(librehost::write(
            &ours.hoster,
            is_provider,
            ours.updated,
        )))
    }

    /// The XMPP service of our hoster as a provider file, its oldest if there are several; `None` where
    /// it offers none, and on other nodes.
    pub async fn xmpp_provider(&self) -> Result<Option<Value>, Error> {
        let Some(ours) = self.ours_to_publish().await? else {
            return Ok(None);
        };
        let today = self.0.clock.now().date_naive();
        let provider = ours
            .services
            .iter()
            .map(|told| &told.service)
            .find(|service| xmpp_provider::is_one(service) && !service.is_over_by(today));
        Ok(provider.map(|service| xmpp_provider::write(&ours.hoster, service)))
    }

    async fn ours_to_publish(&self) -> Result<Option<Ours>, Error> {
        let mut local = self.0.local.iter();
        let Some(actor) = local.find(|actor| actor.role == Local::Hoster) else {
            return Ok(None);
        };
        let Some(hoster) = self.0.store.hoster_of(&actor.id).await? else {
            return Ok(None);
        };
        let (services, _) = self.0.store.services_of(&actor.id, u32::MAX, 0).await?;
        let changes = services.iter().map(|told| told.updated_at);
        let updated = changes.fold(self.actor_updated(actor).await?, DateTime::max);
        Ok(Some(Ours {
            hoster,
            services,
            updated,
        }))
    }
}
