//! Whom this directory trusts from the start.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};
use url::Url;

use super::decisions::{self, New};
use super::{Error, Store, time, url_in};
use crate::domain::anchor::Anchor;
use crate::domain::decision::{Via, What};
use crate::domain::text::{Name, Prose, TextError};

const ALL: &str = "select actor, name, reason, since from anchors";

impl Store {
    /// Every anchor that was chosen here, in the order of their actors.
    pub async fn anchors(&self) -> Result<Vec<Anchor>, Error> {
        read(&self.pool).await
    }

    /// Trusts an actor from the start, for a reason; one that is trusted keeps its time. Says whether
    /// anything is different now.
    pub async fn add_anchor(
        &self,
        actor: &Url,
        name: Option<&Name>,
        reason: &Prose,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let known = sqlx::query("select name, reason from anchors where actor = $1")
            .bind(actor.as_str())
            .fetch_optional(&mut *writing)
            .await?;
        if let Some(row) = &known {
            let known: (Option<String>, Option<String>) =
                (row.try_get("name")?, row.try_get("reason")?);
            if known.0.as_deref() == name.map(Name::as_str)
                && known.1.as_deref() == Some(reason.as_str())
            {
                return Ok(false);
            }
        }
        sqlx::query(
            "insert into anchors (actor, name, reason, since) values ($1, $2, $3, $4)
             on conflict (actor) do update set name = excluded.name, reason = excluded.reason",
        )
        .bind(actor.as_str())
        .bind(name.map(Name::as_str))
        .bind(reason.as_str())
        .bind(now.timestamp_millis())
        .execute(&mut *writing)
        .await?;
        let new = New {
            what: match known {
                Some(_) => What::AnchorChanged,
                None => What::AnchorAdded,
            },
            subject: actor.as_str(),
            reason: Some(reason),
            detail: name.map(Name::as_str),
            via: Via::Operator,
        };
        decisions::note(&mut writing, new, now).await?;
        writing.issuers_changed();
        Self::end_change(writing, true).await?;
        Ok(true)
    }

    /// No longer trusts an actor from the start. Says whether it did.
    pub async fn remove_anchor(
        &self,
        actor: &Url,
        reason: Option<&Prose>,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let removed = sqlx::query("delete from anchors where actor = $1 returning name")
            .bind(actor.as_str())
            .fetch_optional(&mut *writing)
            .await?;
        let Some(row) = removed else { return Ok(false) };
        let name: Option<String> = row.try_get("name")?;
        let new = New {
            what: What::AnchorRemoved,
            subject: actor.as_str(),
            reason,
            detail: name.as_deref(),
            via: Via::Operator,
        };
        decisions::note(&mut writing, new, now).await?;
        writing.issuers_changed();
        Self::end_change(writing, true).await?;
        Ok(true)
    }
}

/// The anchors as they stand in a connection's eyes.
pub(super) async fn read<'c>(
    connection: impl Executor<'c, Database = Any>,
) -> Result<Vec<Anchor>, Error> {
    let rows = sqlx::query(ALL).fetch_all(connection).await?;
    let mut anchors: Vec<Anchor> = rows.iter().map(anchor).collect::<Result<_, _>>()?;
    anchors.sort_unstable_by(|a, b| a.actor.cmp(&b.actor));
    Ok(anchors)
}

fn anchor(row: &AnyRow) -> Result<Anchor, Error> {
    let actor = url_in(row, "anchors", "actor")?;
    let corrupt = |column, error: TextError| Error::Corrupt {
        table: "anchors",
        column,
        row: actor.to_string(),
        problem: error.to_string(),
    };
    let name: Option<String> = row.try_get("name")?;
    let name = name.map(|name| Name::parse(&name)).transpose();
    let reason: Option<String> = row.try_get("reason")?;
    let reason = reason.map(|reason| Prose::parse(&reason)).transpose();
    Ok(Anchor {
        name: name.map_err(|error| corrupt("name", error))?,
        reason: reason.map_err(|error| corrupt("reason", error))?,
        since: Some(time(row.try_get("since")?)),
        via: Via::Operator,
        actor,
    })
}
