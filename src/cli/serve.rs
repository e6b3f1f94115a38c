//! `archipelago serve`: the node, until it is told to stop.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::catalogue::Did;
use crate::clock::Clock;
use crate::config::Config;
use crate::node::{self, Node};
use crate::store::Store;

use super::{Failure, output, stop};

/// Flags of `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Fill an empty database with the real data that is shipped with the program
    #[arg(long)]
    demo: bool,
    /// Address and port to answer on; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<SocketAddr>,
    /// Leave these to other replicas, or to nobody: names with commas between them
    #[arg(long, value_name = "LOOPS", value_delimiter = ',')]
    without: Vec<Loop>,
}

/// What a node does by itself and can leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Loop {
    /// Visiting the sites of hosters
    Crawler,
    /// Delivering to followers
    Delivery,
}

impl Serve {
    /// The node of a database that is a mirror.
    pub(super) fn of_mirror() -> Self {
        Self {
            demo: false,
            listen: None,
            without: Vec::new(),
        }
    }

    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        // Asked for first, so that no signal is missed while the directory is read.
        let stop = stop::asked_to_stop()?;
        let allowed = &config.network.allow;
        if !allowed.is_empty() {
            let ranges: Vec<_> = allowed.iter().map(|range| range.to_string()).collect();
            tracing::warn!(
                "others may make this node connect to private addresses in {}: never allow this on a \
                 public node",
                ranges.join(", ")
            );
        }
        let clock = Clock::system();
        let store = Store::open(&config.database_url).await?;
        if self.demo {
            match node::fill_with_demo(&store, &clock).await? {
                Did::Work => tracing::info!("the database was empty and now holds the demo's data"),
                Did::Nothing => {
                    tracing::info!("the database holds data already, so the demo's are left out")
                }
            }
        }
        let mut node = Node::start(&config, store, clock).await?;
        if self.without.contains(&Loop::Delivery) {
            node.leave_delivery();
        }
        // The demo's data name real hosters, who must not be visited because somebody looks around.
        if !self.demo && !self.without.contains(&Loop::Crawler) && !node.crawl(&config)? {
            tracing::info!("a node that was never founded visits nobody by itself");
        }
        output::print(&format!(
            "Archipelago answers on http://{}\n",
            node.address()
        ))?;
        Ok(node.run(stop).await?)
    }
}
