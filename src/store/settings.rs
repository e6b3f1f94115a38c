//! What an operator decides while the node runs, by name.

use chrono::{DateTime, Utc};
use sqlx::{Any, Executor, Row};

use super::decisions::{self, New};
use super::{Error, Store, Writing};
use crate::domain::collective::Standing;
use crate::domain::decision::{Via, What};
use crate::domain::policy::{Rule, Rules};
use crate::domain::text::Prose;

impl Store {
    /// The rules, as far as the operator has chosen them here.
    pub async fn rules(&self) -> Result<Rules, Error> {
        read_rules(&self.pool).await
    }

    /// Keeps the rules that are named here, the others stay; each that is another than before is noted in
    /// the public log, and the revision grows. Says whether any was.
    pub async fn keep_rules(
        &self,
        rules: &Rules,
        reason: Option<&Prose>,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let mut is_change = false;
        for rule in Rule::ALL {
            let Some(value) = rules.get(*rule) else {
                continue;
            };
            if keep(&mut writing, rule.word(), &value).await? {
                is_change = true;
                let new = New {
                    what: What::PolicyChanged,
                    subject: rule.word(),
                    reason,
                    detail: Some(&value),
                    via: Via::Operator,
                };
                decisions::note(&mut writing, new, now).await?;
            }
        }
        Self::end_change(writing, is_change).await?;
        Ok(is_change)
    }

    /// Keeps the least standing that is listed, as [`keep_rules`](Self::keep_rules) does.
    pub async fn keep_least_standing(
        &self,
        standing: Standing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let rules = Rules {
            least_standing: Some(standing),
            ..Rules::default()
        };
        self.keep_rules(&rules, None, now).await.map(drop)
    }
}

/// Keeps a value; says whether it is another than before.
pub(super) async fn keep(writing: &mut Writing, name: &str, value: &str) -> Result<bool, Error> {
    let changed = sqlx::query(
        "insert into settings (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value
         where settings.value <> excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(&mut **writing)
    .await?
    .rows_affected();
    Ok(changed > 0)
}

/// The rules as they stand in a connection's eyes.
pub(super) async fn read_rules<'c>(
    connection: impl Executor<'c, Database = Any>,
) -> Result<Rules, Error> {
    let rows = sqlx::query("select name, value from settings")
        .fetch_all(connection)
        .await?;
    let mut rules = Rules::default();
    for row in rows {
        let (name, value): (String, String) = (row.try_get("name")?, row.try_get("value")?);
        let Some(rule) = Rule::from_word(&name) else {
            continue;
        };
        rules.set(rule, &value).map_err(|error| Error::Corrupt {
            table: "settings",
            column: "value",
            row: name,
            problem: format!("{value:?} {error}"),
        })?;
    }
    Ok(rules)
}
