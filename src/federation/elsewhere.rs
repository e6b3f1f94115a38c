//! Our own hoster in the formats of other directories.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Error, Federation};
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::formats::activitypub::addresses::Local;
use crate::formats::{chatonsinfos, librehost, xmpp_provider};
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

    /// The file of this name in the folder of ChatonsInfos: the organization's, or a service's. `None`
    /// where there is no such file, and on other nodes.
    pub async fn chatonsinfos(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(ours) = self.ours_to_publish().await? else {
            return Ok(None);
        };
        let taxonomy = &self.0.taxonomy;
        let services: Vec<&Service> = ours.services.iter().map(|told| &told.service).collect();
        if name == chatonsinfos::ORGANIZATION_FILE {
            let made = ours.updated;
            let writer = chatonsinfos::Writer { taxonomy, made };
            let folder = self.0.addresses.chatonsinfos();
            let organization = writer.organization(&ours.hoster, &services, Some(&folder));
            return Ok(Some(organization));
        }
        let names = chatonsinfos::file_names(&services);
        let mut told = names.iter().zip(&ours.services);
        let told = told.find_map(|(known, told)| (known == name).then_some(told));
        Ok(told.map(|told| {
            let made = told.updated_at;
            chatonsinfos::Writer { taxonomy, made }.service(&told.service)
        }))
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
