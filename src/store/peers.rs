//! Directories this node exchanges with, and up to which revision those that follow it know what changed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use url::Url;

use super::batch::{BATCH, of_batch, rows_of};
use super::pool::Connection;
use super::{Error, Publication, Store, Writing, known_revision};

/// Notes [`BATCH`] hosters, or the same one more than once.
static NOTE: LazyLock<String> = LazyLock::new(|| {
    let rows: Vec<String> = (2..BATCH + 2)
        .map(|place| format!("(${place}, $1)"))
        .collect();
    format!(
        "insert into news (hoster, revision) values {} on conflict (hoster) do nothing",
        rows.join(", ")
    )
});

impl Store {
    /// Whether a directory is a peer.
    pub async fn is_peer(&self, actor: &Url) -> Result<bool, Error> {
        let peers: i64 = sqlx::query_scalar("select count(*) from peers where actor = $1")
            .bind(actor.as_str())
            .fetch_one(&self.pool)
            .await?;
        Ok(peers > 0)
    }

    /// Whether any node follows this one as a directory.
    pub async fn is_followed_by_nodes(&self) -> Result<bool, Error> {
        let sql = "select count(*) from followers where role = 'node' and reader = 'node'";
        let nodes: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(nodes > 0)
    }

    /// Up to which revision they were told what changed; `None` if they never were.
    pub async fn peers_told(&self) -> Result<Option<u64>, Error> {
        let told = sqlx::query_scalar("select number from revision where name = 'peers'")
            .fetch_one(&self.pool)
            .await?;
        let told = known_revision(told)?;
        Ok((told > 0).then_some(told))
    }

    /// Hosters of which something new was last said after a revision, up to another one, in the order of their
    /// ids; no more than `most`.
    pub async fn news(&self, after: u64, upto: u64, most: u32) -> Result<Vec<String>, Error> {
        let number = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
        let sql = "select hoster from news where revision > $1 and revision <= $2 order by hoster limit $3";
        Ok(sqlx::query_scalar(sql)
            .bind(number(after))
            .bind(number(upto))
            .bind(i64::from(most))
            .fetch_all(&self.pool)
            .await?)
    }

    /// Tells them what changed between two revisions; unless another replica did, then nothing happens and
    /// `false` is returned.
    pub async fn tell_peers(
        &self,
        known: Option<u64>,
        upto: u64,
        told: &[Publication],
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let number = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
        let mut writing = self.begin_change().await?;
        let mine =
            sqlx::query("update revision set number = $1 where name = 'peers' and number = $2")
                .bind(number(upto))
                .bind(number(known.unwrap_or_default()))
                .execute(&mut *writing)
                .await?
                .rows_affected();
        if mine == 0 {
            return Ok(false);
        }
        for publication in told {
            publication.keep(&mut writing, now).await?;
        }
        Self::end_change(writing, false).await?;
        Ok(true)
    }
}

/// Notes of which hosters something new is said at a revision.
pub(super) async fn note(
    writing: &mut Connection,
    revision: i64,
    news: &BTreeSet<String>,
) -> Result<(), Error> {
    const FORGET: &str = of_batch!("delete from news where hoster");
    let news: Vec<String> = news.iter().cloned().collect();
    rows_of(&mut *writing, FORGET, &news).await?;
    for some in news.chunks(BATCH) {
        let mut query = sqlx::query(NOTE.as_str()).bind(revision);
        for place in 0..BATCH {
            query = query.bind(some.get(place).or(some.last()).map(String::as_str));
        }
        query.execute(&mut *writing).await?;
    }
    Ok(())
}

/// A directory, which is known, becomes a peer.
pub(super) async fn add(
    writing: &mut Writing,
    actor: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query("insert into peers (actor, since) values ($1, $2) on conflict (actor) do nothing")
        .bind(actor.as_str())
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
    Ok(())
}
