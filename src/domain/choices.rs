//! All that the operator of a directory chooses, and which word wins where two are given.

use super::anchor::Anchor;
use super::block::Block;
use super::decision::Via;
use super::policy::Rules;

/// What the operator chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// By what rules this directory trusts and lists.
    pub rules: Rules,
    /// Whom it trusts from the start, in the order of their actors.
    pub anchors: Vec<Anchor>,
    /// What it will have nothing to do with, in the order of domains.
    pub blocks: Vec<Block>,
}

impl Choices {
    /// What the settings choose, and what the store has besides. Of what both name, the settings' word
    /// counts, with the reason that the store knows.
    pub fn over(self, lower: Self) -> Self {
        let mut anchors = lower.anchors;
        for chosen in self.anchors {
            match anchors.iter_mut().find(|known| known.actor == chosen.actor) {
                Some(known) => known.via = Via::Settings,
                None => anchors.push(chosen),
            }
        }
        anchors.sort_by(|a, b| a.actor.cmp(&b.actor));
        let mut blocks = lower.blocks;
        for chosen in self.blocks {
            match blocks
                .iter_mut()
                .find(|known| known.domain == chosen.domain)
            {
                Some(known) => {
                    known.via = Via::Settings;
                    known.severity = chosen.severity;
                }
                None => blocks.push(chosen),
            }
        }
        blocks.sort_by(|a, b| a.domain.cmp(&b.domain));
        Self {
            rules: self.rules.over(lower.rules),
            anchors,
            blocks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::block::{Domain, Severity};
    use crate::domain::text::Prose;

    fn anchor(host: &str, reason: Option<&str>, via: Via) -> Anchor {
        Anchor {
            actor: format!("https://{host}/ap/group").parse().unwrap(),
            name: None,
            reason: reason.map(|reason| Prose::parse(reason).unwrap()),
            since: None,
            via,
        }
    }

    fn block(domain: &str, severity: Severity, via: Via) -> Block {
        Block {
            domain: Domain::parse(domain).unwrap(),
            severity,
            reason: None,
            source: None,
            since: None,
            via,
        }
    }

    #[test]
    fn the_settings_win_and_what_only_the_store_has_stays() {
        let settings = Choices {
            rules: Rules {
                max_depth: Some(2),
                ..Rules::default()
            },
            anchors: vec![
                anchor("c.example", None, Via::Settings),
                anchor("a.example", None, Via::Settings),
            ],
            blocks: vec![block("x.example", Severity::Suspend, Via::Settings)],
        };
        let store = Choices {
            rules: Rules {
                max_depth: Some(3),
                hoster_quota: Some(5),
                ..Rules::default()
            },
            anchors: vec![
                anchor("a.example", Some("Known to us"), Via::Operator),
                anchor("b.example", Some("Known to us"), Via::Operator),
            ],
            blocks: vec![
                block("w.example", Severity::Hide, Via::Operator),
                block("x.example", Severity::Hide, Via::Operator),
            ],
        };
        let choices = settings.over(store);
        assert_eq!(choices.rules.max_depth, Some(2));
        assert_eq!(choices.rules.hoster_quota, Some(5));
        assert_eq!(
            choices.anchors,
            [
                anchor("a.example", Some("Known to us"), Via::Settings),
                anchor("b.example", Some("Known to us"), Via::Operator),
                anchor("c.example", None, Via::Settings),
            ]
        );
        assert_eq!(
            choices.blocks,
            [
                block("w.example", Severity::Hide, Via::Operator),
                block("x.example", Severity::Suspend, Via::Settings),
            ]
        );
    }
}
