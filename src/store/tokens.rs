//! Who may manage this node: hashes of secrets, never a secret.

use chrono::{DateTime, Utc};

use super::{Error, Store, Writing};

impl Store {
    /// Whether somebody was given the token with this hash.
    pub async fn is_token(&self, hash: &str) -> Result<bool, Error> {
        let row = sqlx::query("select hash from tokens where hash = $1")
            .bind(hash)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// Keeps the hash of another token, labelled for whom it is.
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
