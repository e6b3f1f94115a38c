//! By what rules this directory trusts and lists, as far as its operator chose them.

use super::collective::Standing;
use super::word::worded;

/// The most steps from an anchor that may be chosen. Farther, nobody can say who was meant; and paths that
/// are independent and of bounded length can be counted quickly only while they are short (Itai, Perl and
/// Shiloach 1982).
pub const MOST_DEPTH: u8 = 3;
/// The largest quota that may be chosen.
pub const MOST_QUOTA: u32 = 10_000;

/// What the operator chose; `None` where they left it as it comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// The least standing that is listed.
    pub least_standing: Option<Standing>,
    /// How many vouches a path from an anchor may have, 1 to [`MOST_DEPTH`].
    pub max_depth: Option<u8>,
    /// For how many hosters the vouches of one collective count, up to [`MOST_QUOTA`].
    pub collective_quota: Option<u32>,
    /// For how many those of one hoster count, up to [`MOST_QUOTA`].
    pub hoster_quota: Option<u32>,
}

/// A rule's name, as the settings and the log have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// See [`Rules::least_standing`].
    LeastStanding,
    /// See [`Rules::max_depth`].
    MaxDepth,
    /// See [`Rules::collective_quota`].
    CollectiveQuota,
    /// See [`Rules::hoster_quota`].
    HosterQuota,
}

worded!(Rule {
    LeastStanding = "least_standing",
    MaxDepth = "max_depth",
    CollectiveQuota = "collective_quota",
    HosterQuota = "hoster_quota",
});

/// What a rule may not be; reads on after the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not one of the words.
    #[error("is no standing")]
    NoStanding,
    /// Not a whole number between these two.
    #[error("is no whole number from {0} to {1}")]
    OutOfRange(u32, u32),
}

impl Rules {
    /// What holds where the operator chose nothing.
    pub const USUAL: Self = Self {
        least_standing: Some(Standing::Confirmed),
        max_depth: Some(3),
        collective_quota: Some(300),
        hoster_quota: Some(3),
    };

    /// Sets one rule as it is written.
    pub fn set(&mut self, rule: Rule, text: &str) -> Result<(), RuleError> {
        let text = text.trim();
        let quota = || {
            let quota = text.parse().ok().filter(|quota| *quota <= MOST_QUOTA);
            quota.ok_or(RuleError::OutOfRange(0, MOST_QUOTA))
        };
        match rule {
            Rule::LeastStanding => {
                let standing = Standing::from_word(text).ok_or(RuleError::NoStanding)?;
                self.least_standing = Some(standing);
            }
            Rule::MaxDepth => {
                let depth = text.parse().ok();
                let depth = depth.filter(|depth| (1..=MOST_DEPTH).contains(depth));
                let out_of_range = RuleError::OutOfRange(1, MOST_DEPTH.into());
                self.max_depth = Some(depth.ok_or(out_of_range)?);
            }
            Rule::CollectiveQuota => self.collective_quota = Some(quota()?),
            Rule::HosterQuota => self.hoster_quota = Some(quota()?),
        }
        Ok(())
    }

    /// One rule as it is written.
    pub fn get(&self, rule: Rule) -> Option<String> {
        match rule {
            Rule::LeastStanding => Some(self.least_standing?.word().to_owned()),
            Rule::MaxDepth => Some(self.max_depth?.to_string()),
            Rule::CollectiveQuota => Some(self.collective_quota?.to_string()),
            Rule::HosterQuota => Some(self.hoster_quota?.to_string()),
        }
    }

    /// These, and where they say nothing the others.
    pub fn over(self, lower: Self) -> Self {
        Self {
            least_standing: self.least_standing.or(lower.least_standing),
            max_depth: self.max_depth.or(lower.max_depth),
            collective_quota: self.collective_quota.or(lower.collective_quota),
            hoster_quota: self.hoster_quota.or(lower.hoster_quota),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_read_as_it_is_written_and_within_its_bounds() {
        let mut rules = Rules::default();
        for (rule, text) in [
            (Rule::LeastStanding, "claimed"),
            (Rule::MaxDepth, "1"),
            (Rule::MaxDepth, "3"),
            (Rule::CollectiveQuota, "0"),
            (Rule::CollectiveQuota, "10000"),
            (Rule::HosterQuota, "3"),
        ] {
            assert_eq!(rules.set(rule, &format!(" {text} ")), Ok(()));
            assert_eq!(rules.get(rule).as_deref(), Some(text));
        }
        let kept = rules;
        for (rule, text) in [
            (Rule::MaxDepth, "0"),
            (Rule::MaxDepth, "4"),
            (Rule::CollectiveQuota, "-1"),
            (Rule::CollectiveQuota, "10001"),
            (Rule::HosterQuota, "3.5"),
            (Rule::HosterQuota, ""),
            (Rule::LeastStanding, "high"),
        ] {
            assert!(rules.set(rule, text).is_err(), "{rule:?} {text}");
        }
        assert_eq!(rules, kept);
    }
}
