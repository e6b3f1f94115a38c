//! `archipelago anchor`: whom this directory trusts from the start.

use std::fmt::Write;

use clap::Subcommand;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::anchor::Anchor;
use crate::domain::decision::Via;
use crate::domain::text::{Prose, TextError, printable};

use super::follow::{Found, cannot};
use super::founded::Founded;
use super::{Failure, database, output};

/// How much of what was typed is told again, in characters.
const MAX_SHOWN_CHARS: usize = 200;

/// What is to be done with anchors.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Trust a collective or a hoster from the start, and follow it
    Add {
        /// Its site or its actor, such as https://collective.example, or its name: @name@collective.example
        #[arg(value_name = "ADDRESS")]
        whom: String,
        /// Why: everybody can read it on the site
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: Prose,
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Trust one no longer from the start
    Remove {
        /// Its actor, its host or its name
        #[arg(value_name = "ADDRESS")]
        whom: String,
        /// Why: everybody can read it on the site
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: Option<Prose>,
    },
    /// List them, with the reasons
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct List {
    total: usize,
    results: Vec<Anchor>,
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        match self {
            Self::Add { whom, reason, json } => add(&whom, &reason, json, &config).await,
            Self::Remove { whom, reason } => remove(&whom, reason.as_ref(), &config).await,
            Self::List { json } => list(json, &config).await,
        }
    }
}

/// A reason as a flag gives it.
pub(super) fn reason(text: &str) -> Result<Prose, TextError> {
    Prose::parse(text)
}

async fn add(whom: &str, reason: &Prose, json: bool, config: &Config) -> Result<(), Failure> {
    let node = Founded::open(config).await?;
    let added = node.federation.add_anchor(whom, reason).await;
    let actor = added.map_err(|error| cannot("trust", whom, error))?;
    let found = Found::of(&node, actor).await?;
    if json {
        return output::print_json(&found);
    }
    output::print(&format!(
        "{}\nIt is an anchor of this directory, and /about says why.\n",
        found.in_words()
    ))
}

async fn remove(whom: &str, reason: Option<&Prose>, config: &Config) -> Result<(), Failure> {
    let store = database::open_existing(config).await?;
    let choices = config.choices().over(store.choices().await?);
    let meant = choices
        .anchors
        .iter()
        .filter(|anchor| is_meant(anchor, whom));
    let meant: Vec<&Anchor> = meant.collect();
    let whom = printable(whom, MAX_SHOWN_CHARS);
    let [anchor] = meant[..] else {
        return Err(Failure::said(match meant.len() {
            0 => format!("{whom:?} is no anchor here: `archipelago anchor list` lists them"),
            number => format!("{whom:?} means {number} anchors: give the address of one's actor"),
        }));
    };
    let removed = store.remove_anchor(&anchor.actor, reason, Clock::system().now());
    let was_kept = removed.await?;
    if anchor.via == Via::Settings {
        return Err(Failure::said(format!(
            "{} is an anchor by the settings: take it out of [trust] anchors",
            anchor.actor
        )));
    }
    output::print(&match was_kept {
        true => format!("{} is no anchor any more.\n", anchor.actor),
        false => format!("{} was no anchor any more.\n", anchor.actor),
    })
}

/// Whether a person who types this means an anchor: its actor, its name, its host or `@name@host`.
fn is_meant(anchor: &Anchor, typed: &str) -> bool {
    let typed = typed.trim();
    let name = anchor.name.as_ref().map(|name| name.as_str());
    if typed == anchor.actor.as_str() || Some(typed) == name {
        return true;
    }
    let authority = &anchor.actor[url::Position::BeforeHost..url::Position::AfterPort];
    let of_account = typed
        .strip_prefix('@')
        .and_then(|rest| rest.split_once('@'));
    let host = of_account.map_or(typed, |(_, host)| host);
    let host = host.split_once("://").map_or(host, |(_, rest)| rest);
    host.trim_end_matches('/').eq_ignore_ascii_case(authority)
}

async fn list(json: bool, config: &Config) -> Result<(), Failure> {
    let store = database::open_existing(config).await?;
    let anchors = config.choices().over(store.choices().await?).anchors;
    if json {
        return output::print_json(&List {
            total: anchors.len(),
            results: anchors,
        });
    }
    output::print(&in_words(&anchors))
}

fn in_words(anchors: &[Anchor]) -> String {
    if anchors.is_empty() {
        return "No anchor yet: `archipelago anchor add ADDRESS --reason TEXT` makes one.\n"
            .to_owned();
    }
    let mut out = String::new();
    for anchor in anchors {
        let name = anchor.name.as_ref().map(|name| format!("{name}  "));
        let line = format!("{}{}", name.unwrap_or_default(), anchor.actor);
        writeln!(out, "{line}").expect("a String takes everything");
        let why = why(anchor.reason.as_ref(), anchor.via);
        out.push_str(&output::wrapped(&why, output::width(), 2));
    }
    out
}

/// The reason of a choice, or where it was made without one.
pub(super) fn why(reason: Option<&Prose>, via: Via) -> String {
    match (reason, via) {
        (Some(reason), _) => reason.as_str().to_owned(),
        (None, Via::Settings) => "(by the settings)".to_owned(),
        (None, Via::Operator) => "(no reason given)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_meant_by_its_actor_its_name_its_host_and_as_an_account() {
        let anchor = Anchor {
            actor: "http://chatons.localhost:4001/ap/group".parse().unwrap(),
            name: Some(crate::domain::text::Name::parse("CHATONS").unwrap()),
            reason: None,
            since: None,
            via: Via::Operator,
        };
        for typed in [
            "http://chatons.localhost:4001/ap/group",
            "CHATONS",
            "chatons.localhost:4001",
            "http://Chatons.localhost:4001/",
            "@chatons@chatons.localhost:4001",
        ] {
            assert!(is_meant(&anchor, typed), "{typed}");
        }
        for typed in ["", "chatons.localhost", "@chatons@other.localhost", "other"] {
            assert!(!is_meant(&anchor, typed), "{typed}");
        }
    }
}
