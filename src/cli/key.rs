//! `archipelago key`: the keys this node signs with.

use std::fmt::Write;

use clap::Subcommand;
use serde::Serialize;
use url::Url;

use crate::config::Config;
use crate::formats::activitypub::addresses::Local;
use crate::store::Replaced;

use super::founded::{Founded, told};
use super::{Failure, output};

/// What is to be done with keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Put new keys in use for each actor, and tell its followers under the old one
    Rotate {
        /// Somebody else may have the old keys: what they sign from now on is not to be believed, and
        /// every vouch is signed anew
        #[arg(long)]
        lost: bool,
        /// Print the new keys' ids as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Rotated {
    keys: Vec<Key>,
}

/// A new key.
#[derive(Serialize)]
struct Key {
    id: Url,
    actor: Url,
    followers: u64,
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let Self::Rotate { lost, json } = self;
        let replaced = match lost {
            true => Replaced::Lost,
            false => Replaced::Ended,
        };
        let node = Founded::open(&config).await?;
        let mut rotated = Rotated { keys: Vec::new() };
        for id in node.federation.rotate_keys(replaced).await? {
            let mut actor = id.clone();
            actor.set_fragment(None);
            let role = node.federation.addresses().local_of(&actor);
            let followers = node.followers(role.unwrap_or(Local::Node)).await?;
            rotated.keys.push(Key {
                id,
                actor,
                followers,
            });
        }
        if json {
            return output::print_json(&rotated);
        }
        let mut out = match lost {
            true => "New keys are in use; every vouch is signed anew, and the old keys are void.\n",
            false => "New keys are in use; the old ones are kept for what they signed.\n",
        }
        .to_owned();
        for key in &rotated.keys {
            writeln!(out, "  {} ({})", key.id, told(key.followers))
                .expect("a String takes everything");
        }
        output::print(&out)
    }
}
