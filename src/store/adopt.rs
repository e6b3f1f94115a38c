//! What was kept before there were statements: made the statement of its source, and known again.

use chrono::{DateTime, Utc};
use sqlx::{Any, Executor, Row};

use super::identities::Identities;
use super::noun::{self, Noun};
use super::{Error, Store, Writing, statements};
use crate::domain::hoster::Hoster;
use crate::domain::identity::hoster_keys;
use crate::domain::service::Service;

impl Store {
    /// Makes what was kept before there were statements the statement of its source, and known by its
    /// identities; once for each database.
    pub(super) async fn adopt_what_is_known(&self) -> Result<(), Error> {
        if is_adopted(&self.pool).await? {
            return Ok(());
        }
        let mut writing = self.begin_change().await?;
        Self::adopt(&mut writing).await?;
        Self::end_change(writing, false).await
    }

    /// The same, within a change.
    pub(super) async fn adopt(writing: &mut Writing) -> Result<(), Error> {
        if is_adopted(&mut **writing).await? {
            return Ok(());
        }
        let mut identities = Identities::default();
        let hosters = "select id, document, changed_at from hosters";
        for (now, hoster) in oldest_first::<Hoster>(writing, hosters).await? {
            let keys = hoster_keys(&hoster);
            identities.add_hoster(writing, &hoster.id, keys).await?;
            statements::adopt(writing, hoster, now).await?;
        }
        let services = "select id, document, changed_at from services";
        for (now, service) in oldest_first::<Service>(writing, services).await? {
            identities.add_service(writing, &service).await?;
            statements::adopt(writing, service, now).await?;
        }
        sqlx::query("update revision set number = 1 where name = 'statements'")
            .execute(&mut **writing)
            .await?;
        Ok(())
    }
}

/// Whether that was done already.
async fn is_adopted<'e>(database: impl Executor<'e, Database = Any>) -> Result<bool, Error> {
    let done = "select number from revision where name = 'statements'";
    let done: i64 = sqlx::query_scalar(done).fetch_one(database).await?;
    Ok(done > 0)
}

/// The records of a table, but for those that cannot be read: that is told where they are read.
async fn oldest_first<T: Noun>(
    writing: &mut Writing,
    sql: &'static str,
) -> Result<Vec<(DateTime<Utc>, T)>, Error> {
    let mut records = Vec::new();
    for row in sqlx::query(sql).fetch_all(&mut **writing).await? {
        let (id, text): (String, String) = (row.try_get("id")?, row.try_get("document")?);
        let changed_at: i64 = row.try_get("changed_at")?;
        if let Ok(record) = noun::read::<T>(&text, T::TABLE, "document", &id) {
            records.push((changed_at, id, record));
        }
    }
    records.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let records = records.into_iter();
    Ok(records
        .map(|(at, _, record)| (super::time(at), record))
        .collect())
}
