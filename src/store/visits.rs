//! Addresses that somebody's word leads to, read in their own time and not while that word is applied.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row};
use url::Url;

use super::{Error, Store, Writing, url_in};
use crate::domain::word::worded;

/// What is expected at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// The services of an actor that accepted our Follow: a collection.
    Services,
    /// A service that a collective announced.
    Service,
    /// The actor that another says it moved to.
    NewHome,
    /// An actor that the directory lists and that we do not follow yet.
    Actor,
    /// A vouch at its issuer's.
    Vouch,
    /// An actor that vouches: its keys are wanted.
    Issuer,
    /// Whom a vouch is for: an actor, or a site; whether it lists the vouch, too.
    Member,
    /// The vouches that a collective gives: a collection.
    Members,
}

worded!(Visit {
    Services = "services",
    Service = "service",
    NewHome = "new-home",
    Actor = "actor",
    Vouch = "vouch",
    Issuer = "issuer",
    Member = "member",
    Members = "members",
});

/// An address whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The address.
    pub url: Url,
    /// What is expected there.
    pub kind: Visit,
    /// Whose word leads there.
    pub actor: Url,
    /// How often it was tried in vain.
    pub attempts: u32,
}

impl Store {
    /// Takes up to `limit` addresses that are due, for this caller alone until `until`. What is of a kind that
    /// only a newer program knows is left to that.
    pub async fn lease_visits(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Due>, Error> {
        let skip_locked = self.engine.skip_locked();
        let known: Vec<_> = Visit::ALL
            .iter()
            .map(|kind| format!("'{}'", kind.word()))
            .collect();
        let known = known.join(", ");
        let sql = format!(
            "with chosen as (
               select url from visits
               where due_at <= $2 and leased_until <= $2 and kind in ({known})
               order by due_at limit $3 {skip_locked})
             update visits set leased_until = $1
             where leased_until <= $2 and url in (select url from chosen)
             returning url, kind, actor, attempts"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(until.timestamp_millis())
            .bind(now.timestamp_millis())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let url = url_in(row, "visits", "url")?;
                let word: String = row.try_get("kind")?;
                Ok(Due {
                    kind: Visit::from_word(&word).expect("only what is of a known kind is leased"),
                    actor: url_in(row, "visits", "actor")?,
                    attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(0),
                    url,
                })
            })
            .collect()
    }

    /// Has an address for this caller alone until `until`, while reading it takes its time.
    pub async fn renew_visit(&self, url: &Url, until: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        sqlx::query("update visits set leased_until = $1 where url = $2 and leased_until > 0")
            .bind(until.timestamp_millis())
            .bind(url.as_str())
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    /// Puts off an address that could not be read.
    pub async fn postpone_visit(
        &self,
        url: &Url,
        due_at: DateTime<Utc>,
        error: &str,
    ) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        sqlx::query(
            "update visits set due_at = $1, attempts = attempts + 1, leased_until = 0, last_error = $2
             where url = $3",
        )
        .bind(due_at.timestamp_millis())
        .bind(error)
        .bind(url.as_str())
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }
}

/// Plans to read an address now; one that is planned already keeps its time.
pub(super) async fn plan(
    writing: &mut Writing,
    url: &Url,
    kind: Visit,
    actor: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into visits (url, kind, actor, due_at, attempts, leased_until)
         values ($1, $2, $3, $4, 0, 0) on conflict (url) do nothing",
    )
    .bind(url.as_str())
    .bind(kind.word())
    .bind(actor.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

pub(super) async fn done(writing: &mut Writing, url: &Url) -> Result<(), Error> {
    sqlx::query("delete from visits where url = $1")
        .bind(url.as_str())
        .execute(&mut **writing)
        .await?;
    Ok(())
}
