//! NodeInfo 2.0 and 2.1 (FEP-f1d5): which software runs somewhere, and where its actors are.
//!
//! Between nodes it is for discovery only: what a node can do is said by its actors (FEP-0151). Of
//! servers of other software it is all that is said of what they offer ([`read`]).

mod findings;

pub use findings::{read, read_links};

use serde_json::{Value, json};
use url::Url;

use super::activitypub::addresses::{Addresses, Local};
use super::activitypub::document::address;
use super::activitypub::vocabulary::SCHEMA;
use crate::domain::text::Name;
use crate::domain::word::worded;

/// What our own documents call our software.
const SOFTWARE: &str = "archipelago";
/// Where a server links its documents.
pub const LINKS_PATH: &str = "/.well-known/nodeinfo";
/// The most actors that are read of one node.
pub const MAX_ACTORS: usize = 10;
/// What links to a NodeInfo document begin with; its version follows.
const SCHEMA_LINK: &str = "http://nodeinfo.diaspora.software/ns/schema/";
/// What links to the actor of a node itself (FEP-2677).
const APPLICATION_LINK: &str = "https://www.w3.org/ns/activitystreams#Application";

/// A version of NodeInfo that we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 2.0
    V2_0,
    /// 2.1
    V2_1,
}

worded!(Version {
    V2_0 = "2.0",
    V2_1 = "2.1",
});

impl Version {
    /// The media type its document is served with (NodeInfo protocol §"Retrieval").
    pub fn media_type(self) -> String {
        let version = self.word();
        format!("application/json; profile=\"{SCHEMA_LINK}{version}#\"")
    }
}

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It publishes a hoster's services.
    Hoster,
    /// It vouches for members.
    Collective,
    /// It lists what others publish.
    Directory,
}

worded!(Role {
    Hoster = "hoster",
    Collective = "collective",
    Directory = "directory",
});

/// What a node of ours says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The version of this software.
    pub version: &'a str,
    /// Its name.
    pub name: &'a str,
    /// A few words about it.
    pub description: &'a str,
    /// What it is for.
    pub roles: &'a [Role],
    /// Its actors beside the node's own.
    pub actors: &'a [Local],
}

/// `/.well-known/nodeinfo`: the newest version first, and the node's own actor.
pub fn write_links(addresses: &Addresses) -> Value {
    let document = |version: Version| {
        let version = version.word();
        json!({ "rel": format!("{SCHEMA_LINK}{version}"), "href": addresses.nodeinfo(version) })
    };
    json!({ "links": [
        document(Version::V2_1),
        document(Version::V2_0),
        { "rel": APPLICATION_LINK, "href": addresses.actor(Local::Node) },
    ] })
}

/// The NodeInfo document. Nobody registers with a node, so it has no users to count.
pub fn write(version: Version, node: &Node, addresses: &Addresses) -> Value {
    let actors: Vec<Url> = node
        .actors
        .iter()
        .map(|actor| addresses.actor(*actor))
        .collect();
    json!({
        "version": version,
        "software": { "name": SOFTWARE, "version": node.version },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": {} },
        "metadata": {
            "nodeName": node.name,
            "nodeDescription": node.description,
            "federation": { "enabled": true },
            "archipelago": { "schema": SCHEMA, "roles": node.roles, "actors": actors },
        },
    })
}

/// Where a server says its NodeInfo is, and its own actor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// The document of the newest version that we read.
    pub document: Option<Url>,
    /// The actor of the server itself (FEP-2677).
    pub application: Option<Url>,
}

impl Links {
    /// Reads the links at the well-known place of `server`. Links to another origin are passed over.
    pub fn read(json: &Value, server: &Url) -> Self {
        let links = json.get("links").and_then(Value::as_array);
        let href = |rel: &str| {
            let link = links?
                .iter()
                .find(|link| link.get("rel").and_then(Value::as_str) == Some(rel))?;
            address(link.get("href")?).filter(|href| href.origin() == server.origin())
        };
        let document = |version: Version| href(&format!("{SCHEMA_LINK}{}", version.word()));
        Self {
            document: document(Version::V2_1).or_else(|| document(Version::V2_0)),
            application: href(APPLICATION_LINK),
        }
    }
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// The name of its software: `mastodon`.
    pub software: Name,
    /// The version of that.
    pub version: Option<Name>,
    /// Whether it says that it speaks ActivityPub.
    pub speaks_activitypub: bool,
    /// What it is for, if it is a node like ours.
    pub roles: Vec<Role>,
    /// Its actors at its own origin, if it is a node like ours; the first [`MAX_ACTORS`].
    pub actors: Vec<Url>,
}

impl NodeInfo {
    /// Reads the NodeInfo document of `server`: all of it that fits. `None` where it names no software.
    pub fn read(json: &Value, server: &Url) -> Option<Self> {
        let name = |pointer: &str| Name::parse(json.pointer(pointer)?.as_str()?).ok();
        let list = |pointer: &str| {
            let list = json.pointer(pointer).and_then(Value::as_array);
            list.map_or(&[][..], Vec::as_slice)
        };
        Some(Self {
            software: name("/software/name")?,
            version: name("/software/version"),
            speaks_activitypub: list("/protocols").contains(&json!("activitypub")),
            roles: list("/metadata/archipelago/roles")
                .iter()
                .filter_map(|role| Role::from_word(role.as_str()?))
                .take(Role::ALL.len())
                .collect(),
            actors: list("/metadata/archipelago/actors")
                .iter()
                .filter_map(address)
                .filter(|actor| actor.origin() == server.origin())
                .take(MAX_ACTORS)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests;
