//! What the operator chooses, in words: for visitors and for the operator alike.

use chrono::{DateTime, Utc};

use super::locale::Locale;
use crate::domain::anchor::Anchor;
use crate::domain::block::Block;
use crate::domain::decision::{Decision, Via, What};
use crate::domain::policy::{Rule, Rules};
use crate::domain::text::{Link, Name, Prose};

/// A day, in words and for machines.
pub struct Day {
    /// `24 November 2026`.
    pub words: String,
    /// `2026-11-24`.
    pub machine: String,
}

/// One that is trusted from the start.
pub struct AnchorLine {
    /// Its actor, as a form posts it.
    pub actor: String,
    /// Its name, or its host where that is not known.
    pub name: String,
    /// Its host.
    pub host: String,
    /// Its address, where that can be a link.
    pub href: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Day>,
    /// Whether the settings name it, so that nothing here takes it back.
    pub is_by_settings: bool,
}

/// A domain that is blocked.
pub struct BlockLine {
    /// The domain.
    pub domain: String,
    /// How much is blocked.
    pub severity: String,
    /// Why.
    pub reason: Option<String>,
    /// The list it came from.
    pub source: Option<String>,
    /// Since when.
    pub since: Option<Day>,
    /// Whether the settings name it, so that nothing here takes it back.
    pub is_by_settings: bool,
}

/// A decision.
pub struct DecisionLine {
    /// When.
    pub day: Day,
    /// What was decided.
    pub sentence: String,
    /// Why.
    pub reason: Option<String>,
}

/// Those that are trusted from the start.
pub fn anchors(anchors: &[Anchor], l: &Locale) -> Vec<AnchorLine> {
    let lines = anchors.iter().map(|anchor| {
        let host = anchor.actor.host_str().unwrap_or_default().to_owned();
        AnchorLine {
            actor: anchor.actor.to_string(),
            name: (anchor.name.as_ref()).map_or_else(|| host.clone(), Name::to_string),
            href: Link::parse(anchor.actor.as_str())
                .ok()
                .map(|link| link.to_string()),
            host,
            reason: anchor.reason.as_ref().map(Prose::to_string),
            since: anchor.since.map(|since| day(since, l)),
            is_by_settings: anchor.via == Via::Settings,
        }
    });
    lines.collect()
}

/// What is blocked.
pub fn blocks<'a>(blocks: impl IntoIterator<Item = &'a Block>, l: &Locale) -> Vec<BlockLine> {
    let lines = blocks.into_iter().map(|block| BlockLine {
        domain: block.domain.to_string(),
        severity: l
            .t(&format!("block.is.{}", block.severity.word()))
            .to_owned(),
        reason: block.reason.as_ref().map(Prose::to_string),
        source: block.source.as_ref().map(Name::to_string),
        since: block.since.map(|since| day(since, l)),
        is_by_settings: block.via == Via::Settings,
    });
    lines.collect()
}

/// The rules of trust in plain words, those that are known.
pub fn rules(rules: &Rules, l: &Locale) -> Vec<String> {
    let told = |key, number: Option<u32>| Some(l.count(key, number? as usize));
    let sentences = [
        told("rule.says.max_depth", rules.max_depth.map(u32::from)),
        told("rule.says.collective_quota", rules.collective_quota),
        told("rule.says.hoster_quota", rules.hoster_quota),
    ];
    sentences.into_iter().flatten().collect()
}

/// What was decided.
pub fn decisions(decisions: &[Decision], l: &Locale) -> Vec<DecisionLine> {
    let lines = decisions.iter().map(|decision| DecisionLine {
        day: day(decision.at, l),
        sentence: sentence(decision, l),
        reason: decision.reason.as_ref().map(Prose::to_string),
    });
    lines.collect()
}

fn sentence(decision: &Decision, l: &Locale) -> String {
    let key = format!("decision.{}", decision.what.word());
    let detail = decision.detail.as_deref();
    let said = match decision.what {
        What::AnchorAdded | What::AnchorChanged | What::AnchorRemoved => {
            l.with(&key, "name", detail.unwrap_or(&decision.subject))
        }
        What::BlockAdded | What::BlockChanged | What::BlockRemoved => {
            let severity = detail.unwrap_or_default();
            let severity = l.t(&format!("block.is.{severity}")).to_owned();
            let severity = detail.map_or_else(String::new, |_| severity);
            l.with2(&key, ("domain", &decision.subject), ("severity", &severity))
        }
        What::PolicyChanged => {
            let rule = l.t(&format!("rule.{}", decision.subject)).to_owned();
            match detail {
                None => l.with("decision.policy-left", "rule", rule),
                Some(value) => {
                    let is_word = decision.subject == Rule::LeastStanding.word();
                    let value = match is_word {
                        true => {
                            let standing = format!("standing.{value}");
                            l.with("decision.quoted", "value", l.t(&standing))
                        }
                        false => value.to_owned(),
                    };
                    l.with2(&key, ("rule", &rule), ("value", &value))
                }
            }
        }
    };
    match decision.via {
        Via::Operator => said,
        Via::Settings => l.with("decision.by_settings", "said", said),
    }
}

/// The day of a moment.
pub fn day(at: DateTime<Utc>, l: &Locale) -> Day {
    Day {
        words: l.day(at.date_naive()),
        machine: at.date_naive().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn every_decision_is_a_sentence_in_both_languages() {
        for language in Language::ALL {
            let l = Locale::of(language);
            for what in What::ALL {
                for via in Via::ALL {
                    for (subject, detail) in [
                        ("max_depth", Some("2")),
                        ("least_standing", Some("claimed")),
                        ("evil.example", Some("suspend")),
                        ("evil.example", None),
                    ] {
                        let decision = Decision {
                            seq: 1,
                            at: DateTime::UNIX_EPOCH,
                            what: *what,
                            subject: subject.to_owned(),
                            reason: None,
                            detail: detail.map(str::to_owned),
                            via: *via,
                        };
                        let said = sentence(&decision, l);
                        assert!(said.contains(' ') && !said.contains('{'), "{said}");
                        assert!(!said.contains("decision."), "{said}");
                    }
                }
            }
        }
    }
}
