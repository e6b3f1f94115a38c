//! `archipelago follow`: subscribes to what another node, or anybody in the fediverse, publishes.

use clap::Args;
use serde::Serialize;
use url::Url;

use crate::config::Config;
use crate::domain::text::{Link, Name, printable};
use crate::federation;
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::store::FollowState;

use super::founded::Founded;
use super::{Failure, output};

/// How much of what was typed is told again, in characters.
const MAX_SHOWN_CHARS: usize = 200;

/// Arguments of `follow`.
#[derive(Debug, Args)]
pub(super) struct Follow {
    /// Its site or its actor, such as https://hoster.example, or its name: @name@hoster.example
    #[arg(value_name = "ADDRESS")]
    whom: String,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// Whom an address led to, and how far our wish to follow it has come.
#[derive(Serialize)]
pub(super) struct Found {
    id: Url,
    kind: ActorKind,
    name: Option<Name>,
    url: Option<Link>,
    state: FollowState,
}

impl Follow {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let followed = node.federation.follow(&self.whom).await;
        let actor = followed.map_err(|error| cannot("follow", &self.whom, error))?;
        let found = Found::of(&node, actor).await?;
        if self.json {
            return output::print_json(&found);
        }
        output::print(&format!("{}\n", found.in_words()))
    }
}

impl Found {
    pub(super) async fn of(node: &Founded, actor: RemoteActor) -> Result<Self, Failure> {
        let follow = node.store.follow_of(&actor.id).await?;
        Ok(Self {
            state: follow.map_or(FollowState::Asked, |follow| follow.state),
            id: actor.id,
            kind: actor.kind,
            name: actor.name,
            url: actor.url,
        })
    }

    pub(super) fn in_words(&self) -> String {
        let what = match self.kind {
            ActorKind::Application => "a node",
            ActorKind::Group => "a collective",
            ActorKind::Organization => "a hoster",
            ActorKind::Person => "a person",
            ActorKind::Service => "a bot",
        };
        let name = self.name.as_ref().map_or("somebody", Name::as_str);
        let state = match self.state {
            FollowState::Accepted => "This node follows it already.",
            FollowState::Asked | FollowState::Refused => {
                "The wish to follow it is on its way: `archipelago serve` delivers it."
            }
        };
        format!("Found {name}, {what}: {}\n{state}", self.id)
    }
}

/// Why nobody was found, in one sentence.
pub(super) fn cannot(what: &str, whom: &str, error: federation::Error) -> Failure {
    let whom = printable(whom, MAX_SHOWN_CHARS);
    let sentence = match &error {
        // Its own sentence quotes all that was typed.
        federation::Error::NotAName(_) => {
            return Failure::Usage(format!(
                "{whom:?} names nobody: an address such as https://hoster.example or \
                 @name@hoster.example does"
            ));
        }
        federation::Error::Unexpected { .. } => {
            format!("cannot {what} {whom}: no actor was found there")
        }
        _ => format!("cannot {what} {whom}"),
    };
    Failure::Failed(anyhow::Error::from(error).context(sentence))
}
