//! `archipelago member apply` and `member vouch`: what this hoster asks of others.

use std::fmt::Write;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::cli::document;
use crate::cli::founded::Founded;
use crate::cli::{Failure, output};
use crate::config::Config;
use crate::domain::vouch::CharterVersion;
use crate::federation::MAX_WORDS_CHARS;

use super::{Who, not_done};

/// Arguments of `member apply`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    /// The collective: its site or its actor, such as https://collective.example, or @name@collective.example
    #[arg(value_name = "COLLECTIVE")]
    whom: String,
    /// What the collective's people should know of you, in a few words
    #[arg(long, value_name = "TEXT", conflicts_with = "answers")]
    say: Option<String>,
    /// A text file with your answers to what the collective asks; - for standard input
    #[arg(long, value_name = "FILE")]
    answers: Option<String>,
    /// The version of the charter that you read; refused if another is in force
    #[arg(long, value_name = "VERSION")]
    charter: Option<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `member vouch`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Offer {
    /// The hoster: its site or its actor, such as https://hoster.example, or @name@hoster.example
    #[arg(value_name = "HOSTER")]
    whom: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Applied {
    collective: Who,
    /// What is applied under; `null` where the collective shows no charter.
    charter: Option<Charter>,
}

#[derive(Serialize)]
struct Charter {
    #[serde(flatten)]
    version: CharterVersion,
    url: Url,
}

#[derive(Serialize)]
struct Offered {
    hoster: Who,
}

impl Apply {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let words = self.words()?;
        let applied =
            node.federation
                .apply_for_membership(&self.whom, &words, self.charter.as_deref());
        let applied = applied.await;
        let collective = applied.map_err(|error| not_done("apply to", &self.whom, error))?;
        let applied = Applied {
            charter: collective.charter.as_ref().map(|charter| Charter {
                version: charter.version.clone(),
                url: charter.url.as_url().clone(),
            }),
            collective: Who {
                id: collective.id,
                name: collective.name,
                url: collective.url,
            },
        };
        match self.json {
            true => output::print_json(&applied),
            false => output::print(&applied.in_words()),
        }
    }

    fn words(&self) -> Result<String, Failure> {
        let Some(path) = &self.answers else {
            return Ok(self.say.clone().unwrap_or_default());
        };
        let name = document::name(path);
        let text = String::from_utf8(document::read(path)?).ok();
        let text = text.with_context(|| format!("{name} is no text in UTF-8: save it as one"))?;
        let count = text.trim().chars().count();
        if count > MAX_WORDS_CHARS {
            return Err(Failure::said(format!(
                "{name} has {count} characters, and at most {MAX_WORDS_CHARS} are taken"
            )));
        }
        Ok(text)
    }
}

impl Applied {
    fn in_words(&self) -> String {
        let mut out = format!(
            "Asked {} to make this hoster a member.\n\n",
            self.collective.in_words()
        );
        match &self.charter {
            None => out += "  charter   it shows none\n",
            Some(Charter { version, url }) => {
                let name = &version.version;
                writeln!(out, "  charter   version {}, {url}", name.as_str())
                    .expect("a String takes everything");
                if let Some(hash) = &version.sha256 {
                    let check = format!("curl -s {url} | sha256sum");
                    write!(out, "  sha256    {hash}\n  check it  {check}\n")
                        .expect("a String takes everything");
                }
            }
        }
        out + "\n`archipelago serve` delivers the application. The collective's people decide; their answer \
            stands in\n`archipelago member list`, and if it is yes, this node lists their vouch by itself.\n"
    }
}

impl Offer {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let offered = node.federation.offer_vouch(&self.whom).await;
        let hoster = offered.map_err(|error| not_done("vouch for", &self.whom, error))?;
        let hoster = Who {
            id: hoster.id,
            name: hoster.name,
            url: hoster.url,
        };
        if self.json {
            return output::print_json(&Offered { hoster });
        }
        output::print(&format!(
            "Offered {} to vouch for it. The vouch is given once it accepts.\n",
            hoster.in_words()
        ))
    }
}
