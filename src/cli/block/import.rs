//! `archipelago block import`: what the list of somebody else would block, as proposals. It blocks nothing.

use std::path::Path;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::cli::document::{self, complain};
use crate::cli::{Failure, database, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::text::{MAX_NAME_CHARS, Name, printable};
use crate::formats::Complaint;
use crate::formats::block_list::{self, BlockList};
use crate::store::ReceivedProposals;

/// What is accepted of a far side: FIRES and CSV.
const ACCEPT: &str = "application/ld+json, application/json, text/csv, text/plain;q=0.9, */*;q=0.1";

/// Arguments of `block import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    /// The list: Mastodon's CSV or a snapshot of FIRES; a file or an address, - for standard input
    #[arg(value_name = "PATH|URL")]
    path: String,
    /// What the list is called, beside what is taken from it; without this, its address or its file's name
    #[arg(long, value_name = "NAME", value_parser = name)]
    source: Option<Name>,
    /// Print the counts and every complaint as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    source: Name,
    new: u64,
    known: u64,
    decided: u64,
    blocked: u64,
    retracted: u64,
    too_many: u64,
    complaints: Vec<String>,
}

impl Import {
    pub(in crate::cli) async fn run(self, config: Config) -> Result<(), Failure> {
        let (list, source) = self.read(&config).await?;
        let complaints: Vec<String> = list.complaints.iter().map(Complaint::to_string).collect();
        let store = database::open_existing(&config).await?;
        let now = Clock::system().now();
        let received = store
            .receive_proposals(&list.proposals, &list.retracted, &source, now)
            .await
            .context("nothing was kept")?;
        if self.json {
            let ReceivedProposals {
                new,
                known,
                decided,
                blocked,
                retracted,
                too_many,
            } = received;
            return output::print_json(&Report {
                source,
                new,
                known,
                decided,
                blocked,
                retracted,
                too_many,
                complaints,
            });
        }
        complain(&complaints);
        output::print(&in_words(&received))
    }

    async fn read(&self, config: &Config) -> Result<(BlockList, Name), Failure> {
        let cannot = || format!("{} cannot be imported", document::name(&self.path));
        let bytes = match document::is_address(&self.path) {
            true => {
                let answer = document::fetched(&self.path, ACCEPT, config).await?;
                answer.body.to_vec()
            }
            false => document::read(&self.path)?,
        };
        let list = block_list::read(&bytes).with_context(cannot)?;
        Ok((
            list,
            self.source.clone().unwrap_or_else(|| called(&self.path)),
        ))
    }
}

/// What a list is called that has no other name: everybody can read it beside a block, so of a file it is
/// not the folder.
fn called(path: &str) -> Name {
    let name = match document::is_address(path) {
        true => Some(path),
        false => Path::new(path).file_name().and_then(|name| name.to_str()),
    };
    let name = printable(name.unwrap_or_default(), MAX_NAME_CHARS - 1);
    let unnamed = || Name::parse("a list").expect("it is a name");
    Name::parse(&name)
        .ok()
        .filter(|_| path != "-")
        .unwrap_or_else(unnamed)
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}

fn in_words(received: &ReceivedProposals) -> String {
    let mut told = format!("{} new, {} known", received.new, received.known);
    for (count, what) in [
        (received.decided, "decided on before"),
        (received.blocked, "blocked already"),
        (received.retracted, "taken back by the list"),
        (received.too_many, "without room: too many wait"),
    ] {
        if count > 0 {
            told += &format!(", {count} {what}");
        }
    }
    format!(
        "proposals: {told}\nNothing is blocked by this: whoever manages the node takes or drops them at \
         /manage/proposals.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_called_by_its_address_or_its_file_without_the_folder() {
        for (path, name) in [
            (
                "https://fires.example/datasets/1",
                "https://fires.example/datasets/1",
            ),
            ("/home/jeanne/lists/worst.csv", "worst.csv"),
            ("-", "a list"),
            ("..", "a list"),
        ] {
            assert_eq!(called(path).as_str(), name);
        }
        let long = format!("https://a.example/{}", "x".repeat(1_000));
        assert_eq!(called(&long).as_str().chars().count(), MAX_NAME_CHARS);
    }
}
