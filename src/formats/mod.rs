//! Other people's documents and our nouns: pure functions of bytes, one file per format.

pub mod activitypub;
#[cfg(test)]
mod anything;
pub mod archipelago;
pub mod block_list;
pub mod canonical;
pub mod chatonsinfos;
mod complaint;
mod csv;
mod fires;
mod foreign;
mod guess;
pub mod icalendar;
mod lenient;
pub mod librehost;
mod lines;
mod mastodon_blocks;
pub mod nodeinfo;
pub mod peertube_index;
mod read;
pub mod rel_me;
pub mod schema_org;
pub mod site_list;
pub mod snapshot;
pub mod vouch_list;
pub mod webfinger;
pub mod xmpp_provider;

pub use complaint::{Complaint, Complaints, MAX_COMPLAINTS};
pub use foreign::NotOfFormat;
pub use guess::guess;
pub use read::{Unreadable, read};

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;
use url::Url;

use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::service::{Service, ServiceId};
use crate::domain::word::worded;

/// What one document says, whatever its format: all that could be read of it, and what could not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// The hosters, each id once.
    pub hosters: Vec<Hoster>,
    /// The services, each id once.
    pub services: Vec<Service>,
    /// The line each service begins on, for complaints that come later.
    pub lines: HashMap<ServiceId, usize>,
    /// Further documents that this one names: what to read next.
    pub leads: Vec<Lead>,
    /// Sites of hosters of which it says nothing else: where each is to be asked for what it publishes.
    pub sites: Vec<Url>,
    /// The vouches in it, signed, as they came.
    pub vouches: Vec<Value>,
    /// The actor it is of, if that keeps a list of the vouches for itself.
    pub vouched: Option<Url>,
    /// Whether whoever wrote it asks not to be listed.
    pub asks_to_be_left_out: bool,
    /// What was left out, and why.
    pub complaints: Complaints,
}

/// A document that another one names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lead {
    /// Where it is.
    pub url: Url,
    /// What is expected there.
    pub format: Format,
    /// The hoster it belongs to, where the document that names it is that hoster's: a service's file
    /// does not say whose it is.
    pub of: Option<HosterId>,
}

/// A document as it was found.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// What it is read as.
    pub format: Format,
    /// Where it was found, after redirects.
    pub url: &'a Url,
    /// Its bytes, which may be anything.
    pub bytes: &'a [u8],
    /// The day on which it was found.
    pub seen: NaiveDate,
    /// The hoster it belongs to, as the [`Lead`] to it said.
    pub of: Option<&'a HosterId>,
}

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// A directory in our own exchange format.
    Archipelago,
    /// A `.properties` file of ChatonsInfos: a federation, an organization or a service.
    ChatonsInfos,
    /// `librehost.json` 0.0.1 of one hoster.
    LibreHost,
    /// librehosters' `directory.json`: names and addresses of `librehost.json`.
    LibreHosters,
    /// PeerTube's or Mobilizon's index of instances.
    PeerTubeIndex,
    /// An XMPP provider file, version 2.
    XmppProvider,
    /// `/.well-known/nodeinfo`: links to NodeInfo documents.
    NodeInfoLinks,
    /// NodeInfo 2.0 or 2.1.
    NodeInfo,
    /// An ActivityPub actor.
    Actor,
    /// A page of the services of an actor: an ActivityPub collection.
    Services,
    /// A page of the members of a collective: an ActivityPub collection.
    Members,
    /// A page of the peers of a directory: an ActivityPub collection.
    Peers,
    /// A page of the hosters in a directory, by their addresses alone: an ActivityPub collection.
    Hosters,
}

worded!(Format {
    Archipelago = "archipelago",
    ChatonsInfos = "chatonsinfos",
    LibreHost = "librehost",
    LibreHosters = "librehosters",
    PeerTubeIndex = "peertube-index",
    XmppProvider = "xmpp-provider",
    NodeInfoLinks = "nodeinfo-links",
    NodeInfo = "nodeinfo",
    Actor = "actor",
    Services = "services",
    Members = "members",
    Peers = "peers",
    Hosters = "hosters",
});
