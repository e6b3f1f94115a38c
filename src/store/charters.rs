//! The charter of our collective, version by version: what members agree to.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::pool::Connection;
use super::{Error, Store, actors, time};
use crate::domain::text::Name;
use crate::formats::activitypub::addresses::Local;

/// A version of our charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// How it is called: `3`.
    pub version: Name,
    /// Its text.
    pub text: String,
    /// The SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// Since when it is in force.
    pub since: DateTime<Utc>,
}

impl Store {
    /// The versions of our charter, the one in force first.
    pub async fn charters(&self) -> Result<Vec<Charter>, Error> {
        let rows =
            sqlx::query("select version, text, sha256, since from charters order by since desc")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(charter).collect()
    }

    /// Puts a version of our charter in force; `false` if there was one of this name, which stays as
    /// it was: members agreed to it.
    pub async fn keep_charter(&self, charter: &Charter) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let rows = sqlx::query(
            "insert into charters (version, text, sha256, since) values ($1, $2, $3, $4)
             on conflict (version) do nothing",
        )
        .bind(charter.version.as_str())
        .bind(charter.text.as_str())
        .bind(charter.sha256.as_str())
        .bind(charter.since.timestamp_millis())
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if rows > 0 {
            actors::touch(&mut writing, Local::Collective, charter.since).await?;
            writing.issuers_changed();
        }
        Self::end_change(writing, rows > 0).await?;
        Ok(rows > 0)
    }
}

/// The version of our charter that is in force.
pub(super) async fn in_force(snapshot: &mut Connection) -> Result<Option<Charter>, Error> {
    let newest = "select version, text, sha256, since from charters order by since desc limit 1";
    let row = sqlx::query(newest).fetch_optional(snapshot).await?;
    row.as_ref().map(charter).transpose()
}

fn charter(row: &AnyRow) -> Result<Charter, Error> {
    let version: String = row.try_get("version")?;
    Ok(Charter {
        version: Name::parse(&version).map_err(|error| Error::Corrupt {
            table: "charters",
            column: "version",
            row: version.clone(),
            problem: error.to_string(),
        })?,
        text: row.try_get("text")?,
        sha256: row.try_get("sha256")?,
        since: time(row.try_get("since")?),
    })
}
