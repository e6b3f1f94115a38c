//! `archipelago held`: what the gate kept from changing, looked at and decided on.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::text::printable;
use crate::store::{Decision, Held as Record};

use super::{Failure, database, output};

/// How much of a value is told in words, in characters.
const MAX_VALUE_CHARS: usize = 60;
/// The most hosters and services that are told in words; `--json` has them all.
const MAX_PRINTED: usize = 100;

/// Arguments of `held`.
#[derive(Debug, Args)]
pub(super) struct Held {
    /// Only these hosters and services, by their ids [default: all]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Let it pass: visitors see it from now on
    #[arg(long, conflicts_with = "drop")]
    pass: bool,
    /// Drop it, as if it had never been said; a source that says it again is weighed again
    #[arg(long)]
    drop: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct List {
    total: usize,
    held: Vec<Record>,
}

#[derive(Serialize)]
struct Decided {
    decision: Decision,
    records: u64,
}

impl Held {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let store = database::open_existing(&config).await?;
        let now = Clock::system().now();
        let decision = match (self.pass, self.drop) {
            (true, _) => Decision::Pass,
            (_, true) => Decision::Drop,
            _ => {
                let mut held = store.held(now).await?;
                held.retain(|record| self.ids.is_empty() || self.ids.contains(&record.id));
                let list = List {
                    total: held.len(),
                    held,
                };
                return match self.json {
                    true => output::print_json(&list),
                    false => output::print(&in_words(&list.held)),
                };
            }
        };
        let records = store.decide(decision, &self.ids, now).await?;
        if self.json {
            return output::print_json(&Decided { decision, records });
        }
        let done = match decision {
            Decision::Pass => "Let pass",
            Decision::Drop => "Dropped",
        };
        output::print(&format!(
            "{done} what was held of {records} hosters and services.\n"
        ))
    }
}

fn in_words(held: &[Record]) -> String {
    if held.is_empty() {
        return "Nothing is held.\n".to_owned();
    }
    let mut out = String::new();
    let mut line = |text: &str| writeln!(out, "{text}").expect("a String takes everything");
    for record in held.iter().take(MAX_PRINTED) {
        let goes = if record.goes { ": would go" } else { "" };
        line(&format!("{} {}{goes}", record.subject, record.id));
        for change in &record.changes {
            let (from, to) = (value(&change.from), value(&change.to));
            line(&format!("  {}: {from} → {to}", change.fact));
        }
        for source in &record.sources {
            let verb = if source.takes_back {
                "no longer said"
            } else {
                "said"
            };
            line(&format!(
                "  {verb} by {} ({})",
                source.by,
                source.kind.word()
            ));
        }
    }
    if held.len() > MAX_PRINTED {
        let more = held.len() - MAX_PRINTED;
        line(&format!("… and {more} more; --json lists them all"));
    }
    line("`archipelago held --pass` lets all of it pass, `--drop` drops it; ids behind it choose.");
    out
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => printable(text, MAX_VALUE_CHARS),
        value => printable(&value.to_string(), MAX_VALUE_CHARS),
    }
}
