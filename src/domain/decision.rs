//! A choice of the operator as the public log keeps it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::text::Prose;
use super::word::worded;

/// One change of what the operator chooses. The log is added to and never rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decision {
    /// Its number, from 1: in the order in which they were made.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was decided.
    pub what: What,
    /// About whom or what: an actor, a domain, the name of a rule.
    pub subject: String,
    /// Why, in the operator's words.
    pub reason: Option<Prose>,
    /// What it came to: an anchor's name, a block's severity, a rule's value.
    pub detail: Option<String>,
    /// Where it was decided.
    pub via: Via,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// Somebody is trusted from the start.
    AnchorAdded,
    /// For another reason than before.
    AnchorChanged,
    /// No longer.
    AnchorRemoved,
    /// A domain is blocked.
    BlockAdded,
    /// For another reason, or with another severity.
    BlockChanged,
    /// No longer.
    BlockRemoved,
    /// A rule has another value.
    PolicyChanged,
}

worded!(What {
    AnchorAdded = "anchor-added",
    AnchorChanged = "anchor-changed",
    AnchorRemoved = "anchor-removed",
    BlockAdded = "block-added",
    BlockChanged = "block-changed",
    BlockRemoved = "block-removed",
    PolicyChanged = "policy-changed",
});

/// Where something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// By a command or a form, and kept in the store.
    Operator,
    /// In the settings, which win.
    Settings,
}

worded!(Via {
    Operator = "operator",
    Settings = "settings",
});
