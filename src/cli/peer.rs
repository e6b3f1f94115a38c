//! `archipelago peer`: directories this node exchanges with.

use clap::Subcommand;

use crate::config::Config;

use super::follow::{Found, cannot};
use super::founded::Founded;
use super::{Failure, output};

/// What is to be done with peers.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a directory a peer, and follow it
    Add {
        /// Its site or its actor, such as https://directory.example
        #[arg(value_name = "ADDRESS")]
        whom: String,
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let Self::Add { whom, json } = self;
        let node = Founded::open(&config).await?;
        let added = node.federation.add_peer(&whom).await;
        let actor = added.map_err(|error| cannot("add as a peer", &whom, error))?;
        let found = Found::of(&node, actor).await?;
        if json {
            return output::print_json(&found);
        }
        output::print(&format!(
            "{}\nIt is a peer of this node.\n",
            found.in_words()
        ))
    }
}
