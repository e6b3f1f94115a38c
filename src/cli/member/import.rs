//! `archipelago member import`: a collective vouches for members that have no node, from a list.

mod list;

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::cli::document::{self, complain};
use crate::cli::founded::{Founded, told};
use crate::cli::{Failure, output};
use crate::config::Config;
use crate::domain::text::Name;
use crate::domain::vouch::CharterVersion;
use crate::federation::{Candidate, Fate, NotImported};
use crate::formats::activitypub::addresses::Local;
use crate::formats::vouch_list;

use super::{day, not_done};
use list::Member;

/// Arguments of `member import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    /// The members: a list of sites, a federation of ChatonsInfos, or what `export` writes; a file, a folder of ChatonsInfos files, or an address, - for standard input
    #[arg(value_name = "FILE|URL")]
    path: String,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    dry_run: bool,
    members: Vec<Line>,
    complaints: Vec<String>,
}

/// A member, and what became of it.
#[derive(Serialize)]
struct Line {
    site: Url,
    name: Option<Name>,
    /// Since when, as the list says; a vouch begins when it is signed.
    since: Option<NaiveDate>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum Outcome {
    Vouched {
        /// Its address; none in a rehearsal, which signs nothing.
        vouch: Option<Url>,
        until: DateTime<Utc>,
        charter: Option<CharterVersion>,
    },
    Already {
        vouch: Url,
        until: DateTime<Utc>,
    },
    HasNode {
        actor: Url,
    },
    LeftOut {
        why: String,
    },
}

impl Import {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let list = list::read(&self.path, &config).await?;
        if list.members.is_empty() {
            complain(&list.complaints);
            let name = document::name(&self.path);
            return Err(Failure::said(format!("{name} names no site of a member")));
        }
        let candidates = list.members.iter().map(|member| Candidate {
            site: member.site.clone(),
            actor: member.actor.clone(),
        });
        let candidates: Vec<Candidate> = candidates.collect();
        let imported = node.federation.import_members(&candidates, self.dry_run);
        let fates = imported.await;
        let fates = fates.map_err(|error| match error {
            NotImported::NotDone(error) => not_done("import", &self.path, error),
            other => other.into(),
        })?;
        let members = list.members.into_iter().zip(fates);
        let report = Report {
            dry_run: self.dry_run,
            members: members
                .map(|(member, fate)| line(member, fate, self.dry_run))
                .collect(),
            complaints: list.complaints,
        };
        if self.json {
            return output::print_json(&report);
        }
        complain(&report.complaints);
        let followers = node.followers(Local::Collective).await?;
        let collective = node.federation.addresses().home();
        output::print(&report.in_words(&collective, followers))
    }
}

fn line(member: Member, fate: Fate, is_rehearsal: bool) -> Line {
    let outcome = match fate {
        Fate::Vouched(vouch) => Outcome::Vouched {
            vouch: (!is_rehearsal).then_some(vouch.id),
            until: vouch.until,
            charter: vouch.charter,
        },
        Fate::Already(vouch) => Outcome::Already {
            vouch: vouch.id,
            until: vouch.until,
        },
        Fate::HasNode(actor) => Outcome::HasNode { actor },
        Fate::Ourselves => Outcome::LeftOut {
            why: "is this node itself".to_owned(),
        },
        Fate::OutOfReach(why) => Outcome::LeftOut {
            why: why.to_string(),
        },
    };
    Line {
        site: member.site,
        name: member.name,
        since: member.since,
        outcome,
    }
}

impl Report {
    fn in_words(&self, collective: &Url, followers: u64) -> String {
        let mut out = String::new();
        for (heading, is_in) in [
            (
                self.vouched_heading(followers),
                Outcome::is_vouched as fn(&Outcome) -> bool,
            ),
            (
                "Vouched for before, and left as they are:".to_owned(),
                Outcome::is_known,
            ),
            (
                format!("Have a node, and apply with it (archipelago member apply {collective}):"),
                Outcome::has_node,
            ),
            ("Left out:".to_owned(), Outcome::is_left_out),
        ] {
            let lines = self.members.iter().filter(|line| is_in(&line.outcome));
            let lines: Vec<String> = lines.map(Line::in_words).collect();
            if lines.is_empty() {
                continue;
            }
            let space = if out.is_empty() { "" } else { "\n" };
            write!(out, "{space}{heading}\n{}", lines.concat()).expect("a String takes everything");
        }
        let vouched = self.members.iter().any(|line| line.outcome.is_vouched());
        if vouched {
            let path = vouch_list::PATH;
            write!(
                out,
                "\nEach counts once the member's own site names its vouch: on a line of {path},\n\
                 or by a link <link rel=\"me\" href=\"VOUCH\"> on its home page. Send them their addresses; \
                 directories look every day.\n"
            )
            .expect("a String takes everything");
        }
        out
    }

    fn vouched_heading(&self, followers: u64) -> String {
        let count = self.members.iter().filter(|line| line.outcome.is_vouched());
        let count = output::count(count.count() as u64, "site");
        match self.dry_run {
            true => format!("Would vouch for {count}; nothing is published yet:"),
            false => format!("Vouched for {count} ({}):", told(followers)),
        }
    }
}

impl Outcome {
    fn is_vouched(&self) -> bool {
        matches!(self, Self::Vouched { .. })
    }

    fn is_known(&self) -> bool {
        matches!(self, Self::Already { .. })
    }

    fn has_node(&self) -> bool {
        matches!(self, Self::HasNode { .. })
    }

    fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut { .. })
    }
}

impl Line {
    fn in_words(&self) -> String {
        let name = self.name.as_ref().map(|name| format!(" ({name})"));
        let member = format!("  {}{}", self.site, name.unwrap_or_default());
        match &self.outcome {
            Outcome::Vouched {
                vouch,
                until,
                charter,
            } => {
                let charter = charter.as_ref().map(|charter| charter.version.as_str());
                let charter = charter.map(|version| format!(", charter {version}"));
                let charter = charter.unwrap_or_default();
                let vouch = vouch.as_ref().map(|vouch| format!("    {vouch}\n"));
                let until = day(*until);
                format!(
                    "{member}, until {until}{charter}\n{}",
                    vouch.unwrap_or_default()
                )
            }
            Outcome::Already { vouch, until } => {
                format!("{member}, until {}\n    {vouch}\n", day(*until))
            }
            Outcome::HasNode { actor } => format!("{member}: {actor}\n"),
            Outcome::LeftOut { why } => format!("{member}: {why}\n"),
        }
    }
}
