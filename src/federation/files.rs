//! The files about our hoster for directories that read ChatonsInfos: as ours stands now, never kept.

use chrono::{DateTime, Utc};

use super::{Error, Federation, NotPublished};
use crate::domain::service::Service;
use crate::formats::chatonsinfos::{ORGANIZATION_FILE, Writer, file_names};
use crate::store::Travelling;

impl Federation {
    /// The file of this name in the folder of ChatonsInfos: the organization's, or a service's. `None`
    /// where this is no hoster's node, or there is no such file.
    pub async fn chatonsinfos_file(&self, name: &str) -> Result<Option<String>, Error> {
        let (hoster, told) = match (self.own_hoster().await, self.own_services().await) {
            (Ok(hoster), Ok(told)) => (hoster, told),
            (Err(NotPublished::Failed(error)), _) | (_, Err(NotPublished::Failed(error))) => {
                return Err(error);
            }
            _ => return Ok(None),
        };
        let services: Vec<&Service> = told.iter().map(|told| &told.service).collect();
        if name == ORGANIZATION_FILE {
            let made = self.organization_changed(&told).await?;
            let folder = self.addresses().chatonsinfos();
            let organization = self
                .writer(made)
                .organization(&hoster, &services, Some(&folder));
            return Ok(Some(organization));
        }
        let names = file_names(&services);
        let told = names.iter().zip(&told).find(|(known, _)| *known == name);
        Ok(told.map(|(_, told)| self.writer(told.updated_at).service(&told.service)))
    }

    fn writer(&self, made: DateTime<Utc>) -> Writer<'_> {
        Writer {
            taxonomy: &self.0.taxonomy,
            made,
        }
    }

    /// When what an organization's file says last changed: the hoster, or what it offers.
    async fn organization_changed(&self, told: &[Travelling]) -> Result<DateTime<Utc>, Error> {
        let ours = self
            .0
            .local
            .last()
            .expect("a node that was founded has an actor");
        let changed = self.actor_updated(ours).await?;
        Ok(told
            .iter()
            .map(|told| told.updated_at)
            .fold(changed, DateTime::max))
    }
}
