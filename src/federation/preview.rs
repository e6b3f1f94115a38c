//! A service as it would be published: what stays here, and what followers would read. Nothing is kept.

use super::{Federation, NotPublished};
use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::service::Service;
use crate::formats::activitypub::vocabulary::property;

/// A service as it would be published now.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The service, as it would be kept.
    pub service: Service,
    /// Whose it is.
    pub hoster: Hoster,
    /// The text of the post by language: first the one that software shows which knows only one. Short HTML
    /// in which all that somebody wrote is escaped.
    pub texts: Vec<(Language, String)>,
}

impl Federation {
    /// What would become of this service if it were published now.
    pub async fn preview(&self, service: Service) -> Result<Preview, NotPublished> {
        let hoster = self.own_hoster().await?;
        let now = self.now();
        let told = self.ours(service, &hoster, now)?;
        let note = self.note(&told, Some(&hoster));
        let texts = Language::ALL.into_iter().filter_map(|language| {
            let text = note[property::CONTENT_MAP].get(language.code())?.as_str()?;
            Some((language, text.to_owned()))
        });
        let mut texts: Vec<_> = texts.collect();
        texts.sort_by_key(|(_, text)| note[property::CONTENT] != text.as_str());
        Ok(Preview {
            service: told.service,
            hoster,
            texts,
        })
    }
}
