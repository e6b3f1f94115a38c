//! What a command did to services, and to how many it was told.

use serde::{Serialize, Serializer};
use url::Url;

use crate::cli::founded::{Founded, told};
use crate::cli::{Failure, output};
use crate::domain::date::PartialDate;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Name;
use crate::formats::Complaint;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::vocabulary::types;

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Published {
    /// New services.
    Create,
    /// Services are other than they were.
    Update,
    /// A service ends on a day.
    Closing,
    /// A service is no more.
    Delete,
    /// Nothing: all is as it was.
    Nothing,
}

/// What was done.
#[derive(Serialize)]
pub(super) struct Report {
    services: Vec<Shown>,
    /// The activity, as ActivityStreams names it.
    published: Published,
    /// How many follow.
    followers: u64,
    complaints: Vec<String>,
}

#[derive(Serialize)]
struct Shown {
    id: ServiceId,
    name: Name,
    /// Its address in the fediverse.
    object: Url,
    #[serde(skip)]
    closes_on: Option<PartialDate>,
}

impl Serialize for Published {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Create => serializer.serialize_str(types::CREATE),
            Self::Update | Self::Closing => serializer.serialize_str(types::UPDATE),
            Self::Delete => serializer.serialize_str(types::DELETE),
            Self::Nothing => serializer.serialize_none(),
        }
    }
}

impl Report {
    pub(super) async fn of(
        node: &Founded,
        services: &[Service],
        published: Published,
    ) -> Result<Self, Failure> {
        let addresses = node.federation.addresses();
        let shown = services.iter().map(|service| Shown {
            id: service.id.clone(),
            name: service.name.clone(),
            object: addresses.service(service.id.as_str()),
            closes_on: service.closing.as_ref().map(|closing| closing.on),
        });
        Ok(Self {
            services: shown.collect(),
            published,
            followers: node.followers(Local::Hoster).await?,
            complaints: Vec::new(),
        })
    }

    pub(super) fn with_complaints(mut self, complaints: &[Complaint]) -> Self {
        self.complaints = complaints.iter().map(ToString::to_string).collect();
        self
    }

    pub(super) fn print(&self, as_json: bool) -> Result<(), Failure> {
        if as_json {
            output::print_json(self)
        } else {
            output::print(&format!("{}\n", self.in_words()))
        }
    }

    fn in_words(&self) -> String {
        let told = told(self.followers);
        let what = match self.services.as_slice() {
            [Shown { id, name, .. }] => format!("{name} ({id})"),
            several => output::count(several.len() as u64, "service"),
        };
        let is = match self.services.len() {
            1 => "is",
            _ => "are",
        };
        match self.published {
            Published::Create => format!("{what} {is} published; {told}."),
            Published::Update => format!("{what} {is} changed; {told}."),
            Published::Delete => format!("{what} {is} removed; {told}."),
            Published::Closing => {
                let on = self.services.first().and_then(|shown| shown.closes_on);
                let on = on.map(|on| on.to_string()).unwrap_or_default();
                format!("{what} is announced to close on {on}; {told}.")
            }
            Published::Nothing => format!("{what} {is} as before, so nothing was published."),
        }
    }
}
