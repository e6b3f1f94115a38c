//! `archipelago member accept|refuse|remove|renew|leave`: what people here decide.

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::cli::founded::{Founded, told};
use crate::cli::{Failure, output};
use crate::config::Config;
use crate::domain::vouch::{Basis, CharterVersion, Vouch};
use crate::formats::activitypub::addresses::Local;

use super::{Who, day, not_done};

/// Arguments of `member accept`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Accept {
    /// Who asked: its host, its address or @name@host, as `member list` shows them
    #[arg(value_name = "HOSTER")]
    whom: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `member refuse`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Refuse {
    /// Who asked: its host, its address or @name@host, as `member list` shows them
    #[arg(value_name = "HOSTER")]
    whom: String,
    /// Why; whoever asked reads it
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `member remove`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Remove {
    /// For whom this node vouches: its host, its address or @name@host
    #[arg(value_name = "HOSTER")]
    whom: String,
    /// Why; everybody can read it
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `member renew`.
#[derive(Debug, Args)]
#[command(
    override_usage = "archipelago member renew <HOSTER> [OPTIONS]\n       \
    archipelago member renew --all [OPTIONS]"
)]
pub(in crate::cli) struct Renew {
    /// For whom this node vouches: its host, its address or @name@host
    #[arg(
        value_name = "HOSTER",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    whom: Option<String>,
    /// All for whom this node vouches now
    #[arg(long)]
    all: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `member leave`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Leave {
    /// The collective: its host, its address or @name@host
    #[arg(value_name = "COLLECTIVE")]
    whom: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// What a step came to.
#[derive(Serialize)]
struct Done {
    /// `accepted`, `refused`, `removed`, `renewed` or `left`.
    done: &'static str,
    vouches: Vec<Given>,
    /// Whom it was about, where there is no vouch.
    who: Option<Who>,
    /// How many follow this node's hoster or collective.
    followers: u64,
}

/// A vouch that a step was about.
#[derive(Serialize)]
struct Given {
    id: Url,
    issuer: Who,
    object: Who,
    basis: Basis,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    charter: Option<CharterVersion>,
}

impl Accept {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let accepted = node.federation.accept(&self.whom).await;
        let vouch = accepted.map_err(|error| not_done("accept", &self.whom, error))?;
        let done = Done::with(&node, "accepted", vec![vouch]).await?;
        done.print(self.json, |done, given| match given.basis {
            Basis::Membership => format!(
                "{} is a member until {}; {}.\nIt counts once the hoster lists it too, which its node does \
                 by itself.\n",
                given.object.in_words(),
                day(given.until),
                told(done.followers)
            ),
            Basis::Peer => format!(
                "The vouch of {} is wanted, and listed here; {}.\nIt comes once that node hears of it.\n",
                given.issuer.in_words(),
                told(done.followers)
            ),
        })
    }
}

impl Refuse {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let refused = node.federation.refuse(&self.whom, &self.reason).await;
        let asked = refused.map_err(|error| not_done("refuse", &self.whom, error))?;
        let who: Who = node.federation.acquaintance(asked.actor).await?.into();
        let reason = match self.reason.trim() {
            "" => "It is told so, without a reason: --reason gives one.",
            _ => "It is told so, with the reason.",
        };
        let words = format!("{} is refused. {reason}\n", who.in_words());
        Done::about(&node, "refused", who)
            .await?
            .print_words(self.json, words)
    }
}

impl Remove {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let removed = node.federation.take_back(&self.whom, &self.reason).await;
        let vouch = removed.map_err(|error| not_done("remove", &self.whom, error))?;
        let done = Done::with(&node, "removed", vec![vouch]).await?;
        done.print(self.json, |done, given| {
            let what = match given.basis {
                Basis::Membership => "is a member no longer: the vouch",
                Basis::Peer => "is vouched for no longer: the vouch",
            };
            let (who, told) = (given.object.in_words(), told(done.followers));
            format!("{who} {what} is taken back for good; {told}.\n")
        })
    }
}

impl Renew {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let (whom, renewed) = match &self.whom {
            Some(whom) => (
                whom.as_str(),
                node.federation.renew(whom).await.map(|one| vec![one]),
            ),
            None => ("all", node.federation.renew_all().await),
        };
        let vouches = renewed.map_err(|error| not_done("renew", whom, error))?;
        if vouches.is_empty() && !self.json {
            return output::print(
                "This node vouches for nobody now, so there is nothing to renew.\n",
            );
        }
        let done = Done::with(&node, "renewed", vouches).await?;
        let told = told(done.followers);
        let several = done.vouches.len() > 1;
        done.print(self.json, |_, given| {
            let (who, until) = (given.object.in_words(), day(given.until));
            match several {
                true => format!("{who} until {until}\n"),
                false => format!("The vouch for {who} lasts until {until} now; {told}.\n"),
            }
        })
    }
}

impl Leave {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let left = node.federation.leave(&self.whom).await;
        let left = left.map_err(|error| not_done("leave", &self.whom, error))?;
        let who: Who = node.federation.acquaintance(left).await?.into();
        let words = format!(
            "{} is left, and what was asked of it is withdrawn: it is told so, and none of its vouches is \
             listed here any more.\n",
            who.in_words()
        );
        Done::about(&node, "left", who)
            .await?
            .print_words(self.json, words)
    }
}

impl Done {
    async fn with(node: &Founded, done: &'static str, all: Vec<Vouch>) -> Result<Self, Failure> {
        let federation = &node.federation;
        let mut vouches = Vec::new();
        for vouch in all {
            vouches.push(Given {
                id: vouch.id,
                issuer: federation.acquaintance(vouch.issuer).await?.into(),
                object: federation.acquaintance(vouch.object).await?.into(),
                basis: vouch.basis,
                since: vouch.since,
                until: vouch.until,
                charter: vouch.charter,
            });
        }
        Ok(Self {
            done,
            vouches,
            who: None,
            followers: followers(node).await?,
        })
    }

    async fn about(node: &Founded, done: &'static str, who: Who) -> Result<Self, Failure> {
        Ok(Self {
            done,
            vouches: Vec::new(),
            who: Some(who),
            followers: followers(node).await?,
        })
    }

    /// Prints a sentence for each vouch.
    fn print(&self, as_json: bool, words: impl Fn(&Self, &Given) -> String) -> Result<(), Failure> {
        let words: String = self
            .vouches
            .iter()
            .map(|given| words(self, given))
            .collect();
        self.print_words(as_json, words)
    }

    fn print_words(&self, as_json: bool, words: String) -> Result<(), Failure> {
        match as_json {
            true => output::print_json(self),
            false => output::print(&words),
        }
    }
}

async fn followers(node: &Founded) -> Result<u64, Failure> {
    let ours = node.federation.own_actors();
    let subject = ours.first().map_or(Local::Node, |ours| ours.role);
    node.followers(subject).await
}
