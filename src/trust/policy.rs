//! How far trust reaches, as a number for everything.

use super::graph::Kind;
use crate::domain::policy::{MOST_DEPTH, MOST_QUOTA, Rules};

/// How many steps and how many actors the word of others is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    max_depth: u8,
    collective_quota: u32,
    hoster_quota: u32,
}

impl Policy {
    /// What the operator's rules say; what they leave open is as usual, and no more than rules may say.
    pub fn of(rules: &Rules) -> Self {
        let rules = rules.over(Rules::USUAL);
        let whole = "the usual rules say something of everything";
        let quota = |quota: Option<u32>| quota.expect(whole).min(MOST_QUOTA);
        Self {
            max_depth: rules.max_depth.expect(whole).clamp(1, MOST_DEPTH),
            collective_quota: quota(rules.collective_quota),
            hoster_quota: quota(rules.hoster_quota),
        }
    }

    /// The most steps from an anchor to anybody.
    pub fn max_depth(&self) -> u8 {
        self.max_depth
    }

    /// How many actors may come in through one of a kind that is no anchor.
    pub fn quota(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Collective => self.collective_quota,
            Kind::Hoster => self.hoster_quota,
        }
    }

    /// The policy in one word, to show and compare: the number of the rule in this program, the depth,
    /// the quotas of a collective and of a hoster.
    pub fn version(&self) -> String {
        /// Raised when [`assess`](super::assess) comes to mean something else.
        const RULE: u32 = 1;
        let Self {
            max_depth,
            collective_quota,
            hoster_quota,
        } = self;
        format!("{RULE}-{max_depth}-{collective_quota}-{hoster_quota}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rules_leave_open_is_as_usual() {
        assert_eq!(Policy::of(&Rules::default()).version(), "1-3-300-3");
        let rules = Rules {
            hoster_quota: Some(0),
            ..Rules::default()
        };
        assert_eq!(Policy::of(&rules).version(), "1-3-300-0");
    }

    #[test]
    fn rules_that_reach_too_far_reach_as_far_as_any_may() {
        let rules = Rules {
            max_depth: Some(9),
            collective_quota: Some(u32::MAX),
            ..Rules::default()
        };
        assert_eq!(Policy::of(&rules).version(), "1-3-10000-3");
    }
}
