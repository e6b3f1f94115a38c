//! `archipelago member list`: both sides, with what waits and what lapses.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::cli::founded::Founded;
use crate::cli::{Failure, output};
use crate::config::Config;
use crate::domain::term::{REMINDER_DAYS, Term};
use crate::domain::text::Name;
use crate::domain::vouch::{Basis, CharterVersion};
use crate::federation::{OurWish, RelationKind, Roll, Standing, Under, Verdict, Waiting};
use crate::formats::activitypub::addresses::Local;

use super::{Who, day};

/// Arguments of `member list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    role: Local,
    /// The version of the charter in force; `null` where there is none, and on a hoster's node.
    charter: Option<Name>,
    waiting: Vec<Applicant>,
    asked: Vec<Wish>,
    given: Vec<Row>,
    received: Vec<Row>,
    /// How many more there are than are listed.
    more: usize,
}

/// Who asks something of us.
#[derive(Serialize)]
struct Applicant {
    kind: RelationKind,
    who: Who,
    at: DateTime<Utc>,
    words: Option<String>,
    charter: Option<CharterVersion>,
    /// What that version is to us.
    under: Under,
    vouchers: Vec<Who>,
}

/// Whom we asked.
#[derive(Serialize)]
struct Wish {
    kind: RelationKind,
    who: Who,
    at: DateTime<Utc>,
    charter: Option<CharterVersion>,
    decision: Option<Verdict>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
}

/// A vouch.
#[derive(Serialize)]
struct Row {
    vouch: Url,
    /// For whom, or by whom.
    who: Who,
    basis: Basis,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    term: Term,
    revoked_at: Option<DateTime<Utc>>,
    is_listed_back: bool,
    charter: Option<CharterVersion>,
}

impl List {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let report = Report::of(node.federation.roll().await?);
        match self.json {
            true => output::print_json(&report),
            false => output::print(&report.in_words(node.federation.now())),
        }
    }
}

impl Report {
    fn of(roll: Roll) -> Self {
        Self {
            role: roll.role,
            charter: roll.charter.map(|charter| charter.version),
            waiting: roll.waiting.into_iter().map(Applicant::of).collect(),
            asked: roll.asked.into_iter().map(Wish::of).collect(),
            given: roll.given.into_iter().map(Row::of).collect(),
            received: roll.received.into_iter().map(Row::of).collect(),
            more: roll.more,
        }
    }

    fn in_words(&self, now: DateTime<Utc>) -> String {
        let is_collective = self.role == Local::Collective;
        let mut parts = Vec::new();
        if is_collective && self.charter.is_none() {
            parts.push(
                "No charter yet: `archipelago member charter set FILE --version 1` puts one in force.\n"
                    .to_owned(),
            );
        }
        let waiting = self.waiting.iter().map(Applicant::in_words);
        parts.extend(part("Waiting for an answer from here", waiting.collect()));
        let asked = self.asked.iter().map(Wish::in_words);
        parts.extend(part("Asked of others", asked.collect()));
        let given = self.given.iter().map(|row| row.in_words(now, Side::Given));
        let heading = match is_collective {
            true => "Members",
            false => "Vouched for by this node",
        };
        parts.extend(part(heading, given.collect()));
        let received = self
            .received
            .iter()
            .map(|row| row.in_words(now, Side::Received));
        parts.extend(part("Who vouches for this node", received.collect()));
        if self.more > 0 {
            parts.push(format!("… and {} more.\n", self.more));
        }
        let has_no_entry = self.waiting.is_empty() && self.asked.is_empty();
        if has_no_entry && self.given.is_empty() && self.received.is_empty() {
            parts.push(match is_collective {
                true => "No member yet, and nobody waits: hosters apply with `archipelago member apply`, \
                    and the address of this node.\n",
                false => "Nobody vouches for this node yet: `archipelago member apply COLLECTIVE` asks a \
                    collective.\n",
            }.to_owned());
        }
        parts.join("\n")
    }
}

/// A heading with its entries; nothing without any.
fn part(heading: &str, entries: Vec<String>) -> Option<String> {
    let entries = Some(entries).filter(|entries| !entries.is_empty())?;
    Some(format!("{heading}\n\n{}", entries.concat()))
}

/// An entry: who it is about on its first line, the rest below.
fn entry(who: &Who, told: &[String]) -> String {
    let mut out = format!("  {}\n", who.in_words());
    for line in told {
        out += &output::wrapped(line, output::width(), 4);
    }
    out
}

impl Applicant {
    fn of(waiting: Waiting) -> Self {
        Self {
            kind: waiting.kind,
            who: waiting.who.into(),
            at: waiting.at,
            words: waiting.words,
            charter: waiting.charter,
            under: waiting.under,
            vouchers: waiting.vouchers.into_iter().map(Who::from).collect(),
        }
    }

    fn in_words(&self) -> String {
        let since = day(self.at);
        let mut told = vec![match self.kind {
            RelationKind::Offer => format!("offers to vouch for this hoster, since {since}"),
            _ => format!(
                "wants to become a member, since {since}, {}",
                self.charter_in_words()
            ),
        }];
        if !self.vouchers.is_empty() {
            let vouchers: Vec<&str> = self.vouchers.iter().map(Who::called).collect();
            told.push(format!("vouched for already by {}", vouchers.join(", ")));
        }
        told.extend(
            self.who
                .url
                .as_ref()
                .map(|site| format!("site: {}", site.as_str())),
        );
        let mut out = entry(&self.who, &told);
        for line in self.words.iter().flat_map(|words| words.lines()) {
            write!(
                out,
                "    | {}",
                output::wrapped(line, output::width(), 6).trim_start()
            )
            .expect("a String takes everything");
            if line.trim().is_empty() {
                out.push('\n');
            }
        }
        let authority = self.who.authority();
        out + &format!(
            "    archipelago member accept {authority}\n    archipelago member refuse {authority} --reason …\n"
        )
    }

    fn charter_in_words(&self) -> String {
        let version = self
            .charter
            .as_ref()
            .map(|charter| charter.version.as_str());
        let version = version.unwrap_or_default();
        match self.under {
            Under::Nothing => "naming no charter".to_owned(),
            Under::InForce => format!("under charter {version}, the one in force"),
            Under::Earlier => format!("under charter {version}, which is no longer in force"),
            Under::Unknown => format!("under a charter {version} that is not this node's"),
        }
    }
}

impl Wish {
    fn of(wish: OurWish) -> Self {
        Self {
            kind: wish.kind,
            who: wish.who.into(),
            at: wish.at,
            charter: wish.charter,
            decision: wish.decision.map(|(verdict, _)| verdict),
            decided_at: wish.decision.map(|(_, at)| at),
            reason: wish.reason,
        }
    }

    fn in_words(&self) -> String {
        let at = day(self.at);
        let asked = match (self.kind, &self.charter) {
            (RelationKind::Offer, _) => format!("offered a vouch on {at}"),
            (_, None) => format!("applied on {at}, under no charter"),
            (_, Some(charter)) => format!(
                "applied on {at}, under charter {}",
                charter.version.as_str()
            ),
        };
        let on = self.decided_at.map(day).unwrap_or_default();
        let answer = match self.decision {
            None => "no answer yet".to_owned(),
            Some(Verdict::Accepted) => format!("accepted on {on}"),
            Some(Verdict::Refused) => match &self.reason {
                Some(reason) => format!("refused on {on}: {reason}"),
                None => format!("refused on {on}, without a reason"),
            },
        };
        entry(&self.who, &[format!("{asked}; {answer}")])
    }
}

/// On which side of a vouch this node is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Given,
    Received,
}

impl Row {
    fn of(standing: Standing) -> Self {
        Self {
            vouch: standing.vouch.id,
            who: standing.who.into(),
            basis: standing.vouch.basis,
            since: standing.vouch.since,
            until: standing.vouch.until,
            term: standing.term,
            revoked_at: standing.revoked_at,
            is_listed_back: standing.is_listed_back,
            charter: standing.vouch.charter,
        }
    }

    fn in_words(&self, now: DateTime<Utc>, side: Side) -> String {
        let what = match self.basis {
            Basis::Membership => "member",
            Basis::Peer => "vouched for",
        };
        let (since, until) = (day(self.since), day(self.until));
        let charter = self
            .charter
            .as_ref()
            .map(|charter| charter.version.as_str());
        let under = charter
            .map(|version| format!(", under charter {version}"))
            .unwrap_or_default();
        let listed = match (self.is_listed_back, side) {
            (true, Side::Given) => "; the hoster lists it too",
            (false, Side::Given) => "; the hoster does not list it, so it counts for nobody yet",
            (true, Side::Received) => "; listed here",
            (false, Side::Received) => "; not listed here, so it counts for nobody",
        };
        let lasting = format!("{what} since {since} until {until}{under}{listed}");
        let told = match self.term {
            Term::InForce => vec![lasting],
            Term::LapsesSoon => vec![self.reminder(now, side), lasting],
            Term::Lapsed => vec![format!("lapsed on {until}{}", self.what_renews(side))],
            Term::TakenBack => {
                let on = self.revoked_at.map(day).unwrap_or_default();
                vec![format!("taken back on {on}")]
            }
        };
        entry(&self.who, &told)
    }

    /// That it lapses within [`REMINDER_DAYS`], and what to do.
    fn reminder(&self, now: DateTime<Utc>, side: Side) -> String {
        let days = (self.until - now).num_days().clamp(0, REMINDER_DAYS);
        let when = match days {
            0 => "LAPSES TODAY".to_owned(),
            1 => "LAPSES in 1 day".to_owned(),
            days => format!("LAPSES in {days} days"),
        };
        when + &self.what_renews(side)
    }

    fn what_renews(&self, side: Side) -> String {
        match side {
            Side::Given => format!(": `archipelago member renew {}`", self.who.authority()),
            Side::Received => ": ask them to renew it".to_owned(),
        }
    }
}
