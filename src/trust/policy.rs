//! How far trust reaches in a directory: its operator's choice, shown to whoever asks.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::graph::Kind;

/// The most steps from an anchor that a policy may choose. Farther, nobody can say who was meant; and
/// paths that are independent and of bounded length can be counted quickly only while they are short
/// (Itai, Perl and Shiloach 1982).
pub const MAX_DEPTH: u8 = 3;

/// The largest quota a policy may choose.
pub const MAX_QUOTA: u32 = 10_000;

/// How many steps and how many actors the word of others is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Choice", into = "Choice")]
pub struct Policy(Choice);

/// A policy as it is written; what is left out is as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Choice {
    max_depth: u8,
    collective_quota: u32,
    hoster_quota: u32,
}

/// A policy nobody may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Its depth.
    #[error("max_depth is {0}, and may be 1 to {MAX_DEPTH}")]
    Depth(u8),
    /// One of its quotas.
    #[error("a quota is {0}, and may be at most {MAX_QUOTA}")]
    Quota(u32),
}

impl Policy {
    /// A policy, unless it reaches too far.
    pub fn new(
        max_depth: u8,
        collective_quota: u32,
        hoster_quota: u32,
    ) -> Result<Self, PolicyError> {
        if !(1..=MAX_DEPTH).contains(&max_depth) {
            return Err(PolicyError::Depth(max_depth));
        }
        let largest = collective_quota.max(hoster_quota);
        if largest > MAX_QUOTA {
            return Err(PolicyError::Quota(largest));
        }
        Ok(Self(Choice {
            max_depth,
            collective_quota,
            hoster_quota,
        }))
    }

    /// The most steps from an anchor to anybody.
    pub fn max_depth(&self) -> u8 {
        self.0.max_depth
    }

    /// How many actors may come in through one of a kind that is no anchor.
    pub fn quota(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Collective => self.0.collective_quota,
            Kind::Hoster => self.0.hoster_quota,
        }
    }

    /// The policy in one word, to show and compare: the number of the rule in this program, the depth,
    /// the quotas of a collective and of a hoster.
    pub fn version(&self) -> String {
        /// Raised when [`assess`](super::assess) comes to mean something else.
        const RULE: u32 = 1;
        let Choice {
            max_depth,
            collective_quota,
            hoster_quota,
        } = self.0;
        format!("{RULE}-{max_depth}-{collective_quota}-{hoster_quota}")
    }
}

/// Three steps, 300 for a collective, three for a hoster.
impl Default for Policy {
    fn default() -> Self {
        Self(Choice::default())
    }
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            max_depth: 3,
            collective_quota: 300,
            hoster_quota: 3,
        }
    }
}

impl TryFrom<Choice> for Policy {
    type Error = PolicyError;

    fn try_from(choice: Choice) -> Result<Self, PolicyError> {
        Self::new(
            choice.max_depth,
            choice.collective_quota,
            choice.hoster_quota,
        )
    }
}

impl From<Policy> for Choice {
    fn from(policy: Policy) -> Self {
        policy.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_says_nothing_is_the_usual_one() {
        let policy: Policy = serde_json::from_str("{}").unwrap();
        assert_eq!(policy, Policy::default());
        assert_eq!(policy.version(), "1-3-300-3");
        let written = r#"{"max_depth":3,"collective_quota":300,"hoster_quota":3}"#;
        assert_eq!(serde_json::to_string(&policy).unwrap(), written);
    }

    #[test]
    fn a_policy_that_reaches_too_far_is_refused_and_says_what_may_be() {
        for (text, told) in [
            (r#"{"max_depth":0}"#, "max_depth is 0, and may be 1 to 3"),
            (r#"{"max_depth":4}"#, "max_depth is 4, and may be 1 to 3"),
            (
                r#"{"hoster_quota":10001}"#,
                "a quota is 10001, and may be at most 10000",
            ),
            (r#"{"depth":3}"#, "unknown field `depth`"),
        ] {
            let error = serde_json::from_str::<Policy>(text).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
        assert!(Policy::new(MAX_DEPTH, MAX_QUOTA, 0).is_ok());
    }
}
