//! What `status` says of membership: who waits, which vouches lapse soon or are not listed back.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cli::{Failure, output};
use crate::domain::term::REMINDER_DAYS;
use crate::federation::{Memberships, Pending};
use crate::formats::activitypub::addresses::Local;
use crate::store::{LocalActor, Store};

/// The part of the report that is about membership; `null` on a node that stands for nobody who could vouch.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Membership(Option<Counts>);

#[derive(Serialize)]
struct Counts {
    #[serde(skip)]
    role: Local,
    waiting: usize,
    given: usize,
    given_lapsing: usize,
    not_listed_back: usize,
    received: usize,
    received_lapsing: usize,
}

impl Membership {
    pub(super) async fn of(
        store: &Store,
        local: &[LocalActor],
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let Some(subject) = local.iter().find(|actor| actor.role != Local::Node) else {
            return Ok(Self(None));
        };
        let memberships = Memberships::read(store, subject.role, subject.id.clone()).await?;
        let Pending {
            waiting,
            given,
            given_lapsing,
            not_listed_back,
            received,
            received_lapsing,
        } = memberships.pending(now);
        Ok(Self(Some(Counts {
            role: subject.role,
            waiting,
            given,
            given_lapsing,
            not_listed_back,
            received,
            received_lapsing,
        })))
    }

    /// Names and values, a line each; names that begin with a space belong to the line above.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let Some(counts) = &self.0 else {
            return Vec::new();
        };
        let (given, what) = match counts.role {
            Local::Collective => ("members", "application"),
            _ => ("vouches given", "offer"),
        };
        let mut lines = Vec::new();
        if counts.role == Local::Collective || counts.given > 0 {
            lines.push((given, counts.given.to_string()));
        }
        if counts.not_listed_back > 0 {
            let sentence = format!("{} count for nobody yet", counts.not_listed_back);
            lines.push(("  not listed", sentence));
        }
        let lapses =
            |count: usize, todo: &str| format!("{count} within {REMINDER_DAYS} days; {todo}");
        if counts.given_lapsing > 0 {
            let todo = "`archipelago member renew` says them again";
            lines.push(("  lapsing", lapses(counts.given_lapsing, todo)));
        }
        if counts.role == Local::Hoster {
            lines.push(("vouched for by", counts.received.to_string()));
        }
        if counts.received_lapsing > 0 {
            let todo = "ask those who gave them";
            lines.push(("  lapsing", lapses(counts.received_lapsing, todo)));
        }
        if counts.waiting > 0 {
            let waiting = output::count(counts.waiting as u64, what);
            let verb = if counts.waiting == 1 { "waits" } else { "wait" };
            let sentence =
                format!("{waiting} {verb} for an answer; `archipelago member list` shows them");
            lines.push(("waiting", sentence));
        }
        lines
    }
}
