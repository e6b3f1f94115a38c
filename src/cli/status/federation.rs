//! What `status` says of this node's part in the fediverse: who it is, who follows, what is owed.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use url::Url;

use crate::cli::founded::Node;
use crate::cli::{Failure, output};
use crate::domain::text::printable;
use crate::formats::activitypub::addresses::Local;
use crate::store::{Circle, Debt, FollowState, LocalActor, Store, TargetState};

/// The most inboxes that are told, those in trouble longest first.
const MAX_DELIVERIES: u32 = 200;
/// The most that are told in words.
const MAX_PRINTED: usize = 20;
/// How much of an error is told in words, in characters.
const MAX_ERROR_CHARS: usize = 200;

/// The part of the report that is about other nodes.
#[derive(Serialize)]
pub(super) struct Federated<'a> {
    /// `null` before the node was founded.
    node: Option<Node<'a>>,
    #[serde(serialize_with = "followers")]
    followers: Vec<(Local, u64)>,
    #[serde(serialize_with = "following")]
    following: Vec<(FollowState, u64)>,
    received_waiting: u64,
    deliveries: Vec<Delivery>,
}

/// An inbox that is owed something, or had trouble last.
#[derive(Serialize)]
struct Delivery {
    inbox: Url,
    owed: u64,
    fails: u32,
    state: TargetState,
    failing_since: Option<DateTime<Utc>>,
    next_at: Option<DateTime<Utc>>,
    last_status: Option<u16>,
    last_error: Option<String>,
    last_success_at: Option<DateTime<Utc>>,
}

impl<'a> Federated<'a> {
    pub(super) async fn of(store: &Store, local: &'a [LocalActor]) -> Result<Self, Failure> {
        let mut followers = Vec::new();
        for actor in local {
            let (_, count) = store.circle(Circle::Followers, actor.role, 0, 0).await?;
            followers.push((actor.role, count));
        }
        let deliveries = store.debts(MAX_DELIVERIES).await?;
        Ok(Self {
            node: (!local.is_empty()).then(|| Node::of(local)),
            followers,
            following: store.follows_by_state().await?,
            received_waiting: store.waiting().await?,
            deliveries: deliveries.into_iter().map(Delivery::of).collect(),
        })
    }

    /// Names and values, a line each; names that begin with a space belong to the line above.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let Some(node) = &self.node else {
            let advice = "none yet; `archipelago init` founds one".to_owned();
            return vec![("node".to_owned(), advice)];
        };
        let mut lines = vec![("node".to_owned(), node.to_string())];
        for actor in &node.actors {
            lines.push((format!("  {}", actor.role.word()), actor.id.to_string()));
        }
        let followers: u64 = self.followers.iter().map(|(_, count)| count).sum();
        lines.push(("followers".to_owned(), followers.to_string()));
        for (role, count) in self.followers.iter().filter(|(_, count)| *count > 0) {
            lines.push((format!("  {}", role.word()), count.to_string()));
        }
        let following: u64 = self.following.iter().map(|(_, count)| count).sum();
        lines.push(("following".to_owned(), following.to_string()));
        for (state, count) in self.following.iter().filter(|(_, count)| *count > 0) {
            lines.push((format!("  {}", state.word()), count.to_string()));
        }
        let waiting = match self.received_waiting {
            0 => "nothing waits".to_owned(),
            1 => "1 activity waits to be applied".to_owned(),
            n => format!("{n} activities wait to be applied"),
        };
        lines.push(("received".to_owned(), waiting));
        lines.push(("owed".to_owned(), self.owed_in_words()));
        lines
    }

    fn owed_in_words(&self) -> String {
        let owed: u64 = self.deliveries.iter().map(|delivery| delivery.owed).sum();
        let inboxes = self.deliveries.iter().filter(|delivery| delivery.owed > 0);
        match owed {
            0 => "nothing".to_owned(),
            1 => "1 activity".to_owned(),
            n => format!("{n} activities, to {}", to_inboxes(inboxes.count())),
        }
    }

    /// A paragraph for each inbox that is owed something or had trouble.
    pub(super) fn deliveries_in_words(&self) -> String {
        let mut out = String::new();
        for delivery in self.deliveries.iter().take(MAX_PRINTED) {
            writeln!(out, "\n{}", delivery.inbox).expect("a String takes everything");
            out += &output::wrapped(&delivery.in_words(), output::width(), 4);
        }
        let more = self.deliveries.len().saturating_sub(MAX_PRINTED);
        if more > 0 {
            let more = format!("\n… and {} more; --json lists them\n", to_inboxes(more));
            out += &more;
        }
        out
    }
}

fn to_inboxes(n: usize) -> String {
    match n {
        1 => "1 inbox".to_owned(),
        n => format!("{n} inboxes"),
    }
}

impl Delivery {
    fn of(debt: Debt) -> Self {
        Self {
            inbox: debt.target.inbox,
            owed: debt.owed,
            fails: debt.target.fails,
            state: debt.target.state,
            failing_since: debt.target.failing_since,
            next_at: debt.due_at,
            last_status: debt.last_status,
            last_error: debt.last_error,
            last_success_at: debt.last_success_at,
        }
    }

    fn in_words(&self) -> String {
        let owed = match self.owed {
            0 => "owed nothing".to_owned(),
            1 => "owed 1 activity".to_owned(),
            n => format!("owed {n} activities"),
        };
        let state = match self.state {
            TargetState::Awake => None,
            TargetState::Asleep => Some("asleep: tried once a day".to_owned()),
            TargetState::Gone => Some("gone for good".to_owned()),
        };
        let failing = self.failing_since.map(|since| {
            let times = output::count(self.fails, "time");
            format!("failed {times} since {}", minute(since))
        });
        // Whoever takes what it is sent needs no appointment.
        let next = self.next_at.filter(|_| self.fails > 0);
        let told = [
            Some(owed),
            state,
            failing,
            next.map(|next| format!("next try {}", minute(next))),
            self.last_success_at
                .map(|last| format!("took something last {}", minute(last))),
            self.last_error
                .as_deref()
                .map(|error| format!("last error: {}", printable(error, MAX_ERROR_CHARS))),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn followers<S: Serializer>(counts: &[(Local, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(role, count)| (role.word(), count)))
}

fn following<S: Serializer>(
    counts: &[(FollowState, u64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(state, count)| (state.word(), count)))
}
