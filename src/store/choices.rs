//! What the operator chose, read at one moment; and what the settings chose, noted once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::decisions::{self, New};
use super::{Error, Store, Writing, anchors, blocks, cut, noun, settings};
use crate::domain::block::Severity;
use crate::domain::choices::Choices;
use crate::domain::decision::{Via, What};
use crate::domain::policy::Rule;

/// Under which name the settings' choices are kept as they were last noted.
const NOTED: &str = "noted_settings";

/// The settings' choices as they were last noted in the public log.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Noted {
    rules: BTreeMap<String, String>,
    anchors: BTreeSet<String>,
    blocks: BTreeMap<String, String>,
}

impl Store {
    /// All that was chosen here, at one moment.
    pub async fn choices(&self) -> Result<Choices, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        Ok(Choices {
            rules: settings::read_rules(&mut *snapshot).await?,
            anchors: anchors::read(&mut *snapshot).await?,
            blocks: blocks::read(&mut *snapshot).await?,
        })
    }

    /// Notes in the public log how the settings' choices differ from those that were last noted, and cuts
    /// off what they have come to suspend. Says whether they differ: of several replicas that start with
    /// the same settings, the first finds so.
    pub async fn note_settings(&self, chosen: &Choices, now: DateTime<Utc>) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let before: Option<String> =
            sqlx::query_scalar("select value from settings where name = $1")
                .bind(NOTED)
                .fetch_optional(&mut *writing)
                .await?;
        let before: Noted = match before {
            Some(before) => noun::read(&before, "settings", "value", NOTED)?,
            None => Noted::default(),
        };
        let after = Noted::of(chosen);
        if before == after {
            return Ok(false);
        }
        note_differences(&mut writing, &before, &after, now).await?;
        for block in &chosen.blocks {
            let is_new = !before.blocks.contains_key(block.domain.as_str());
            if is_new && block.severity == Severity::Suspend {
                cut::off(&mut writing, &block.domain, now).await?;
            }
        }
        settings::keep(&mut writing, NOTED, &noun::written(&after)).await?;
        Self::end_change(writing, true).await?;
        Ok(true)
    }
}

impl Noted {
    fn of(chosen: &Choices) -> Self {
        let rules = Rule::ALL.iter();
        let blocks = chosen.blocks.iter();
        Self {
            rules: rules
                .filter_map(|rule| Some((rule.word().to_owned(), chosen.rules.get(*rule)?)))
                .collect(),
            anchors: (chosen.anchors.iter())
                .map(|anchor| anchor.actor.to_string())
                .collect(),
            blocks: blocks
                .map(|block| {
                    let severity = block.severity.word().to_owned();
                    (block.domain.to_string(), severity)
                })
                .collect(),
        }
    }
}

async fn note_differences(
    writing: &mut Writing,
    before: &Noted,
    after: &Noted,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut differences: Vec<(What, &str, Option<&str>)> = Vec::new();
    for rule in Rule::ALL {
        let (was, is) = (before.rules.get(rule.word()), after.rules.get(rule.word()));
        if was != is {
            differences.push((What::PolicyChanged, rule.word(), is.map(String::as_str)));
        }
    }
    let added = after.anchors.difference(&before.anchors);
    differences.extend(added.map(|actor| (What::AnchorAdded, actor.as_str(), None)));
    let removed = before.anchors.difference(&after.anchors);
    differences.extend(removed.map(|actor| (What::AnchorRemoved, actor.as_str(), None)));
    for (domain, severity) in &after.blocks {
        let what = match before.blocks.get(domain) {
            None => What::BlockAdded,
            Some(was) if was != severity => What::BlockChanged,
            Some(_) => continue,
        };
        differences.push((what, domain, Some(severity)));
    }
    let gone = before.blocks.iter();
    let gone = gone.filter(|(domain, _)| !after.blocks.contains_key(*domain));
    differences.extend(
        gone.map(|(domain, severity)| {
            (What::BlockRemoved, domain.as_str(), Some(severity.as_str()))
        }),
    );
    for (what, subject, detail) in differences {
        let new = New {
            what,
            subject,
            reason: None,
            detail,
            via: Via::Settings,
        };
        decisions::note(writing, new, now).await?;
    }
    Ok(())
}
