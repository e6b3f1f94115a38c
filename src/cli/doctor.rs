//! `archipelago doctor`: says what of this node is set up wrongly, and what to do about it.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use clap::Args;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::node::doctor::{Finding, Verdict, judge, look};

use super::{Failure, output};

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    wrong: usize,
    warnings: usize,
    checks: Vec<Finding>,
}

impl Doctor {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        if io::stderr().is_terminal() && !self.json {
            eprintln!("Asking this node's own address what others ask it …");
        }
        let report = Report::of(judge(&look(&config, &Clock::system()).await?));
        match self.json {
            true => output::print_json(&report)?,
            false => output::print(&report.in_words())?,
        }
        match report.wrong {
            0 => Ok(()),
            1 => Err(Failure::said("one thing is wrong: see above")),
            wrong => Err(Failure::said(format!(
                "{wrong} things are wrong: see above"
            ))),
        }
    }
}

impl Report {
    fn of(checks: Vec<Finding>) -> Self {
        let count = |verdict| {
            let such = checks.iter().filter(|finding| finding.verdict == verdict);
            such.count()
        };
        Self {
            wrong: count(Verdict::Wrong),
            warnings: count(Verdict::Warning),
            checks,
        }
    }

    /// One line for each check, and below it what to do.
    fn in_words(&self) -> String {
        let mut out = String::new();
        for finding in &self.checks {
            let verdict = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Wrong => "wrong",
            };
            let Finding { check, seen, .. } = finding;
            writeln!(out, "{verdict:<9}{check:<13}{seen}").expect("a String takes everything");
            if let Some(advice) = &finding.advice {
                writeln!(out, "{:<22}→ {advice}", "").expect("a String takes everything");
            }
        }
        out
    }
}
