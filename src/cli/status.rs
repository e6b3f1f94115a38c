//! `archipelago status`: what the directory holds and how it regards it, what this node is and owes.

mod federation;
mod frontier;
mod membership;
mod mirror;

use std::fmt::Write;

use chrono::NaiveDate;
use clap::Args;
use serde::{Serialize, Serializer};

use crate::catalogue::{Catalogue, Edition};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::collective::Standing;
use crate::store::without_password;

use super::database::{self, FILL_IT};
use super::{Failure, output};
use federation::Federated;
use frontier::Visited;
use membership::Membership;
use mirror::Mirrored;

/// Flags of `status`.
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    database: Database,
    /// Of a mirror.
    #[serde(skip_serializing_if = "Option::is_none")]
    mirror: Option<Mirrored>,
    revision: u64,
    day: NaiveDate,
    least_standing: Standing,
    hosters: Hosters,
    services: Services<'a>,
    /// Hosters and services of which the gate holds something.
    held: u64,
    #[serde(flatten)]
    federated: Federated<'a>,
    membership: Membership,
    frontier: Visited,
}

#[derive(Serialize)]
struct Database {
    engine: &'static str,
    address: String,
}

#[derive(Serialize)]
struct Hosters {
    total: usize,
    listed: usize,
    #[serde(serialize_with = "object")]
    by_standing: Vec<(&'static str, usize)>,
}

#[derive(Serialize)]
struct Services<'a> {
    total: usize,
    listed: usize,
    /// Listed ones, directly or through a suite.
    #[serde(serialize_with = "object")]
    by_need: Vec<(&'a str, usize)>,
}

impl Status {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let store = database::open_existing(&config).await?;
        let now = Clock::system().now();
        let catalogue = Catalogue::open(&store, config.choices(), now).await?;
        let edition = catalogue.current();
        let local = store.local_actors().await?;
        let federated = Federated::of(&store, &local).await?;
        let membership = Membership::of(&store, &local, now).await?;
        let frontier = Visited::of(&store, now).await?;
        let mirror = Mirrored::of(&store).await?;
        let held = store.held_count().await?;
        let address = without_password(&config.database_url);
        let report = Report {
            mirror,
            ..Report::new(&edition, address, held, federated, membership, frontier)
        };
        if self.json {
            output::print_json(&report)
        } else {
            output::print(&report.in_words())
        }
    }
}

impl<'a> Report<'a> {
    fn new(
        edition: &'a Edition,
        address: String,
        held: u64,
        federated: Federated<'a>,
        membership: Membership,
        frontier: Visited,
    ) -> Self {
        let overview = &edition.overview;
        let engine = if address.starts_with("sqlite:") {
            "SQLite"
        } else {
            "PostgreSQL"
        };
        let standings = Standing::ALL.iter().rev();
        let by_standing = standings.map(|standing| {
            (
                standing.word(),
                overview.hosters_by_standing[*standing as usize],
            )
        });
        let needs = edition
            .taxonomy()
            .needs()
            .iter()
            .map(|need| need.id.as_str());
        let mut by_need: Vec<_> = needs
            .zip(overview.services_by_need.iter().copied())
            .collect();
        by_need.retain(|(_, count)| *count > 0);
        by_need.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Self {
            database: Database { engine, address },
            mirror: None,
            revision: edition.revision,
            day: edition.day(),
            least_standing: edition.least_standing,
            hosters: Hosters {
                total: edition.hosters.len(),
                listed: overview.hosters,
                by_standing: by_standing.collect(),
            },
            services: Services {
                total: edition.services.len(),
                listed: overview.services,
                by_need,
            },
            held,
            federated,
            membership,
            frontier,
        }
    }

    fn in_words(&self) -> String {
        let Self {
            database,
            hosters,
            services,
            held,
            federated,
            membership,
            frontier,
            mirror,
            ..
        } = self;
        let mut out = String::new();
        let longest = services
            .by_need
            .iter()
            .map(|(need, _)| need.len())
            .max()
            .unwrap_or(0);
        let width = (longest + 4).max("least standing  ".len());
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            writeln!(out, "{name:<width$}{value}").expect("a String takes everything");
        };
        line(
            "database",
            &format_args!("{} ({})", database.address, database.engine),
        );
        for (name, value) in mirror.iter().flat_map(Mirrored::lines) {
            line(name, &value);
        }
        line("revision", &self.revision);
        line("least standing", &self.least_standing.word());
        line(
            "hosters",
            &format_args!("{}, of which {} listed", hosters.total, hosters.listed),
        );
        for (standing, count) in hosters.by_standing.iter().filter(|(_, count)| *count > 0) {
            line(&format!("  {standing}"), count);
        }
        line(
            "services",
            &format_args!("{}, of which {} listed", services.total, services.listed),
        );
        for (need, count) in &services.by_need {
            line(&format!("  {need}"), count);
        }
        if *held > 0 {
            let advice =
                format!("{held} hosters and services; `archipelago held` shows what would change");
            line("held", &advice);
        }
        for (name, value) in federated.lines() {
            line(&name, &value);
        }
        for (name, value) in membership.lines() {
            line(name, &value);
        }
        for (name, value) in frontier.lines() {
            line(name, &value);
        }
        out += &federated.deliveries_in_words();
        out += &frontier.trouble_in_words();
        if hosters.total == 0 {
            writeln!(out, "\nThe directory is empty: {FILL_IT}.")
                .expect("a String takes everything");
        } else if hosters.listed == 0 {
            let sentence = "No hoster reaches the least standing: ARCHIPELAGO_DIRECTORY_LEAST_STANDING=reported lists what lists say.";
            writeln!(out, "\n{sentence}").expect("a String takes everything");
        }
        out
    }
}

/// Counts as an object, in their order.
fn object<S: Serializer>(counts: &[(&str, usize)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().copied())
}
