//! What `status` says of the crawler's way: the hosts it knows, and those out of reach.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cli::{Failure, output};
use crate::domain::text::printable;
use crate::store::Store;
use crate::store::frontier::{Frontier, Trouble};

/// The most hosts out of reach that are told, the longest first.
const MAX_TROUBLES: u32 = 200;
/// The most that are told in words.
const MAX_PRINTED: usize = 10;
/// How much of an error is told in words, in characters.
const MAX_ERROR_CHARS: usize = 200;

/// The part of the report that is about hosts to be visited.
#[derive(Serialize)]
pub(super) struct Visited {
    #[serde(flatten)]
    frontier: Frontier,
    out_of_reach: Vec<Trouble>,
}

impl Visited {
    pub(super) async fn of(store: &Store, now: DateTime<Utc>) -> Result<Self, Failure> {
        Ok(Self {
            frontier: store.frontier(now).await?,
            out_of_reach: store.hosts_in_trouble(MAX_TROUBLES).await?,
        })
    }

    /// Names and values, a line each; names that begin with a space belong to the line above.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let Frontier {
            hosts,
            due,
            dead,
            opted_out,
            targets,
        } = self.frontier;
        if hosts == 0 {
            return vec![("visits", "no host is known yet".to_owned())];
        }
        let hosts = output::count(hosts, "host");
        let addresses = match targets {
            1 => "1 address".to_owned(),
            n => format!("{n} addresses"),
        };
        let mut lines = vec![("visits", format!("{hosts} with {addresses}"))];
        for (name, number) in [("  due", due), ("  dead", dead), ("  left out", opted_out)] {
            if number > 0 {
                lines.push((name, number.to_string()));
            }
        }
        lines
    }

    /// A line for each of the hosts that are out of reach longest.
    pub(super) fn trouble_in_words(&self) -> String {
        let mut out = String::new();
        for trouble in self.out_of_reach.iter().take(MAX_PRINTED) {
            let times = output::count(trouble.fails, "time");
            let error = printable(&trouble.error, MAX_ERROR_CHARS);
            let next = trouble.due_at.format("%Y-%m-%d %H:%M UTC");
            writeln!(out, "\n{}", trouble.host).expect("a String takes everything");
            let said = format!("out of reach {times}; next visit {next}; last error: {error}");
            out += &output::wrapped(&said, output::width(), 4);
        }
        let more = self.out_of_reach.len().saturating_sub(MAX_PRINTED);
        if more > 0 {
            writeln!(
                out,
                "\n… and {} more; --json lists them",
                output::count(more as u64, "host")
            )
            .expect("a String takes everything");
        }
        out
    }
}
