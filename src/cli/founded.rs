//! A node that was founded, as the commands that publish hold it; the running node delivers.

use std::fmt;

use serde::Serialize;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::text::Name;
use crate::federation::{Federation, Kind};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::store::{Circle, LocalActor, Store};

use super::{Failure, database, output};

/// A node that was founded.
pub(super) struct Founded {
    pub(super) store: Store,
    pub(super) federation: Federation,
}

impl Founded {
    /// Opens the database of a node; one that is none yet is a failure that says what to do.
    pub(super) async fn open(config: &Config) -> Result<Self, Failure> {
        let Some(store) = database::open_if_any(config).await? else {
            let more = "here, so this is no node yet: run `archipelago init`";
            return Err(database::missing(config, more));
        };
        let federation = Federation::open(store.clone(), config, Clock::system()).await?;
        match federation {
            Some(federation) => Ok(Self { store, federation }),
            None => Err(none_yet()),
        }
    }

    /// How many follow one of ours.
    pub(super) async fn followers(&self, role: Local) -> Result<u64, Failure> {
        Ok(self.store.circle(Circle::Followers, role, 0, 0).await?.1)
    }
}

/// What a node is, for people and programs.
#[derive(Serialize)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a Name,
    pub(super) address: Url,
    /// The one it stands for first.
    pub(super) actors: Vec<Actor<'a>>,
}

/// An actor of this node.
#[derive(Serialize)]
pub(super) struct Actor<'a> {
    pub(super) role: Local,
    pub(super) id: &'a Url,
    handle: String,
}

impl<'a> Node<'a> {
    /// The node of these actors, of which there are some.
    pub(super) fn of(local: &'a [LocalActor]) -> Self {
        let addresses = Addresses::of(local[0].id.clone());
        let actors = local.iter().rev().map(|actor| Actor {
            role: actor.role,
            id: &actor.id,
            handle: format!("@{}@{}", actor.username, addresses.authority()),
        });
        Self {
            kind: Kind::of(local),
            name: &local[0].name,
            address: addresses.home(),
            actors: actors.collect(),
        }
    }

    /// Where people on other software find it.
    pub(super) fn handle(&self) -> &str {
        &self.actors[0].handle
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, handle) = (self.kind.word(), self.handle());
        write!(f, "{}, a {kind} at {} ({handle})", self.name, self.address)
    }
}

/// The database is there, and no node's.
pub(super) fn none_yet() -> Failure {
    Failure::said("this database is no node yet: run `archipelago init`")
}

/// To how many something was told.
pub(super) fn told(followers: u64) -> String {
    match followers {
        0 => "nobody follows yet".to_owned(),
        followers => format!("told {}", output::count(followers, "follower")),
    }
}
