//! `archipelago member`: both sides of a collective's membership, and vouches between hosters. Each step is
//! published at once and may be repeated.

mod apply;
mod charter;
mod decide;
mod import;
mod list;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;
use url::Url;

use crate::config::Config;
use crate::domain::text::{Link, Name};
use crate::federation::{Acquaintance, NotDone};

use super::Failure;
use super::follow::cannot;

/// What is to be done about membership.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask a collective to become a member of it
    Apply(apply::Apply),
    /// Say yes: make a member of a hoster that applied, or take the vouch that a hoster offers
    Accept(decide::Accept),
    /// Say no to an application or an offer
    Refuse(decide::Refuse),
    /// Take back a vouch of this node's, for good
    Remove(decide::Remove),
    /// Vouch for another term: a vouch lasts 400 days
    Renew(decide::Renew),
    /// Leave a collective, or withdraw what was asked of it
    Leave(decide::Leave),
    /// Show who waits, who is a member until when, and who vouches for this node
    List(list::List),
    /// Offer to vouch for a hoster that you know; it counts once that hoster accepts
    Vouch(apply::Offer),
    /// Vouch for members that have no node, from a list of their sites
    Import(import::Import),
    /// What the members of this collective agree to
    Charter(charter::Charter),
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        match self {
            Self::Apply(apply) => apply.run(config).await,
            Self::Accept(accept) => accept.run(config).await,
            Self::Refuse(refuse) => refuse.run(config).await,
            Self::Remove(remove) => remove.run(config).await,
            Self::Renew(renew) => renew.run(config).await,
            Self::Leave(leave) => leave.run(config).await,
            Self::List(list) => list.run(config).await,
            Self::Vouch(offer) => offer.run(config).await,
            Self::Import(import) => import.run(config).await,
            Self::Charter(charter) => charter.run(config).await,
        }
    }
}

/// Somebody elsewhere, for programs and in words.
#[derive(Serialize)]
struct Who {
    id: Url,
    name: Option<Name>,
    url: Option<Link>,
}

impl Who {
    /// What people call it: its name, else its host.
    fn called(&self) -> &str {
        self.name.as_ref().map_or(self.authority(), Name::as_str)
    }

    /// Its host, and the port if there is one: what commands take.
    fn authority(&self) -> &str {
        &self.id[url::Position::BeforeHost..url::Position::AfterPort]
    }

    fn in_words(&self) -> String {
        format!("{} ({})", self.called(), self.id)
    }
}

impl From<Acquaintance> for Who {
    fn from(who: Acquaintance) -> Self {
        Self {
            id: who.id,
            name: who.name,
            url: who.page,
        }
    }
}

/// Why a step was not taken; what cannot be done with any node is wrong usage.
fn not_done(what: &str, whom: &str, error: NotDone) -> Failure {
    match error {
        NotDone::TooLong(_) | NotDone::NotText => Failure::Usage(error.to_string()),
        NotDone::Failed(error) => cannot(what, whom, error),
        other => other.into(),
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
