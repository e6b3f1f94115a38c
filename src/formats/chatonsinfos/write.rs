//! Writing files that StatoolInfos takes and [`read`](super::read()) reads back without loss.
//!
//! What the format makes mandatory always stands there; what nobody told us of it stands empty, which
//! means "not given". A file is read back as it is written: what the format's own paths cannot say of a
//! record follows as facts of our own, so nothing is lost whatever a record holds.

mod draft;
mod organization;
mod service;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use url::Url;

use super::{ENDING, FEDERATION_FILE, FOLDER, ORGANIZATION_FILE};
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::{Link, Name};
use draft::{Draft, Other};

/// Writes files as of one moment.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// What software is called, and under which licence it stands.
    pub taxonomy: &'a Taxonomy,
    /// When the files are made, or when what they say last changed.
    pub made: DateTime<Utc>,
}

/// A file in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it stands in the folder: `zaclys/organization.properties`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Who keeps a directory, as a federation's file names it.
#[derive(Debug, Clone, Copy)]
pub struct Federation<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Its site, if it has one.
    pub website: Option<&'a Url>,
}

impl Writer<'_> {
    /// A directory: a federation's file, and a folder for each hoster with its own. They name each other
    /// at the hosters' sites, where such files belong.
    pub fn directory(
        &self,
        federation: &Federation,
        hosters: &[Hoster],
        services: &[Service],
    ) -> Vec<File> {
        let mut subs = Vec::new();
        let mut files = Vec::new();
        for hoster in hosters {
            let elsewhere = || {
                let path = format!("{FOLDER}{}/", hoster.id);
                federation.website?.join(&path).ok()
            };
            let folder = folder_of(hoster).or_else(elsewhere);
            let folder = folder.as_ref();
            subs.extend(
                folder.and_then(|folder| sub(folder, hoster.id.as_str(), ORGANIZATION_FILE)),
            );
            let offered: Vec<&Service> = services
                .iter()
                .filter(|service| service.hoster == hoster.id)
                .collect();
            let own = self.hoster(hoster, &offered, folder).into_iter();
            files.extend(own.map(|file| File {
                path: format!("{}/{}", hoster.id, file.path),
                ..file
            }));
        }
        let federation = File {
            path: FEDERATION_FILE.to_owned(),
            text: self.federation(federation, &subs),
        };
        std::iter::once(federation).chain(files).collect()
    }

    /// The files of one hoster, its organization's first, which names the others in a folder of its site.
    pub fn hoster(
        &self,
        hoster: &Hoster,
        services: &[&Service],
        folder: Option<&Url>,
    ) -> Vec<File> {
        let names = file_names(services);
        let organization = File {
            path: ORGANIZATION_FILE.to_owned(),
            text: self.organization(hoster, services, folder),
        };
        let services = services.iter().zip(&names).map(|(service, name)| File {
            path: name.clone(),
            text: self.service(service),
        });
        std::iter::once(organization).chain(services).collect()
    }

    fn federation(&self, federation: &Federation, subs: &[Sub]) -> String {
        let mut draft = Draft::of("Federation", self.made, &Other::of(&BTreeMap::new()));
        draft.section("Federation");
        draft.put("federation.name", federation.name.as_str());
        draft.put("federation.description", federation.name.as_str());
        let website = federation.website.map(Url::as_str);
        draft.put("federation.website", website.unwrap_or_default());
        draft.put("federation.contact.email", "");
        draft.subs(subs);
        draft.text()
    }
}

/// The folder of a hoster's own site in which its files belong.
pub fn folder_of(hoster: &Hoster) -> Option<Url> {
    let site = hoster.website.as_ref().map(Link::as_url)?;
    site.join(FOLDER).ok()
}

/// What the files of a hoster's services are called, in their order: by their identifiers, without the
/// hoster's where they begin with it, and each another.
pub fn file_names(services: &[&Service]) -> Vec<String> {
    let mut taken = HashSet::from([ORGANIZATION_FILE.to_owned(), FEDERATION_FILE.to_owned()]);
    let mut name = |service: &Service| {
        let id = service.id.as_str();
        let own = id.strip_prefix(&format!("{}_", service.hoster));
        let candidates = own.into_iter().chain([id]).map(str::to_owned);
        let further = (2..).map(|number| format!("{id}-{number}"));
        let mut names = candidates
            .chain(further)
            .map(|stem| format!("{stem}{ENDING}"));
        names
            .find(|name| taken.insert(name.clone()))
            .expect("there are more numbers than services")
    };
    services.iter().map(|service| name(service)).collect()
}

/// A further file: its key below `subs`, and its address.
type Sub = (String, Url);

fn sub(folder: &Url, key: &str, name: &str) -> Option<Sub> {
    Some((key.to_owned(), folder.join(name).ok()?))
}
