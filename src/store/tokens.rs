//! Who may manage this node: hashes of secrets, never a secret.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, Writing, beginning, time};
use crate::domain::fold::fold;
use crate::domain::text::Name;

/// The most tokens at once: far more people than manage a node, few enough for one page.
pub const MAX_TOKENS: usize = 100;

/// Characters of a hash that name a token in an address: no two of a hundred begin alike.
const ID_CHARS: usize = 16;

/// A token, as far as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToken {
    /// The hash of its secret.
    pub hash: String,
    /// For whom it is, or which command made it.
    pub label: String,
    /// Since when there is one.
    pub created_at: DateTime<Utc>,
    /// The last day on which it opened something; `None` before the first.
    pub used_on: Option<NaiveDate>,
}

/// What came of adding a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAdded {
    /// It is one now.
    Done,
    /// Somebody of that name has one; capitals and accents make no other name.
    NameTaken,
    /// There are [`MAX_TOKENS`].
    TooMany,
}

/// What came of taking a token back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenTakenBack {
    /// It opens nothing any more.
    Done,
    /// There is none of that hash.
    Unknown,
    /// It is the only one: without it nobody could manage the node.
    Last,
}

impl KnownToken {
    /// What names it in an address; nothing leads from this to its secret.
    pub fn id(&self) -> &str {
        self.hash.get(..ID_CHARS).unwrap_or(&self.hash)
    }
}

impl Store {
    /// The token with this hash, if somebody was given it.
    pub async fn token(&self, hash: &str) -> Result<Option<KnownToken>, Error> {
        let sql = "select hash, label, created_at, used_on from tokens where hash = $1";
        let row = sqlx::query(sql).bind(hash).fetch_optional(&self.pool);
        row.await?.as_ref().map(known).transpose()
    }

    /// The hash of every token.
    pub async fn token_hashes(&self) -> Result<Vec<String>, Error> {
        let hashes = sqlx::query_scalar("select hash from tokens");
        Ok(hashes.fetch_all(&self.pool).await?)
    }

    /// Every token, the oldest first.
    pub async fn tokens(&self) -> Result<Vec<KnownToken>, Error> {
        let sql = "select hash, label, created_at, used_on from tokens";
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        let mut tokens = rows.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        tokens.sort_by(|a, b| (a.created_at, &a.hash).cmp(&(b.created_at, &b.hash)));
        Ok(tokens)
    }

    /// Keeps the hash of another token, which a command made: `label` says which.
    pub async fn add_token(
        &self,
        hash: &str,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        keep(&mut writing, hash, label, now).await?;
        Self::end_change(writing, false).await
    }

    /// Keeps the hash of another token, for somebody who has none yet.
    pub async fn add_token_for(
        &self,
        name: &Name,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<TokenAdded, Error> {
        let mut writing = self.begin_change().await?;
        let labels = sqlx::query_scalar("select label from tokens");
        let labels: Vec<String> = labels.fetch_all(&mut *writing).await?;
        let folded = fold(name.as_str());
        if labels.iter().any(|label| fold(label) == folded) {
            return Ok(TokenAdded::NameTaken);
        }
        if labels.len() >= MAX_TOKENS {
            return Ok(TokenAdded::TooMany);
        }
        keep(&mut writing, hash, name.as_str(), now).await?;
        Self::end_change(writing, false).await?;
        Ok(TokenAdded::Done)
    }

    /// Forgets a token, unless it is the last one. Writers take turns, so that two people who take back
    /// each other's leave one.
    pub async fn take_back_token(&self, hash: &str) -> Result<TokenTakenBack, Error> {
        let mut writing = self.begin_change().await?;
        let hashes = sqlx::query_scalar("select hash from tokens");
        let hashes: Vec<String> = hashes.fetch_all(&mut *writing).await?;
        match hashes.as_slice() {
            hashes if !hashes.iter().any(|known| known == hash) => Ok(TokenTakenBack::Unknown),
            [_] => Ok(TokenTakenBack::Last),
            _ => {
                sqlx::query("delete from tokens where hash = $1")
                    .bind(hash)
                    .execute(&mut *writing)
                    .await?;
                Self::end_change(writing, false).await?;
                Ok(TokenTakenBack::Done)
            }
        }
    }

    /// Notes that a token was used on a day.
    pub async fn note_use_of_token(&self, hash: &str, day: NaiveDate) -> Result<(), Error> {
        let sql = "update tokens set used_on = $1
                   where hash = $2 and (used_on is null or used_on < $1)";
        let mut writing = self.begin_aside().await?;
        sqlx::query(sql)
            .bind(beginning(day))
            .bind(hash)
            .execute(&mut *writing)
            .await?;
        Self::end_change(writing, false).await
    }
}

pub(super) async fn keep(
    writing: &mut Writing,
    hash: &str,
    label: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query("insert into tokens (hash, label, created_at) values ($1, $2, $3)")
        .bind(hash)
        .bind(label)
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
    Ok(())
}

fn known(row: &AnyRow) -> Result<KnownToken, Error> {
    let used_on: Option<i64> = row.try_get("used_on")?;
    Ok(KnownToken {
        hash: row.try_get("hash")?,
        label: row.try_get("label")?,
        created_at: time(row.try_get("created_at")?),
        used_on: used_on.map(|millis| time(millis).date_naive()),
    })
}
