//! How many people were sent to each hoster, by day.

use chrono::NaiveDate;
use sqlx::Row;

use super::{Error, Store, beginning};
use crate::domain::hoster::HosterId;

impl Store {
    /// Adds counts by day and hoster, in the order of both, and forgets days before `oldest`.
    pub async fn add_sent(
        &self,
        counts: &[(NaiveDate, &HosterId, u64)],
        oldest: NaiveDate,
    ) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        for (day, hoster, times) in counts {
            sqlx::query(
                "insert into sent (day, hoster, times) values ($1, $2, $3)
                 on conflict (day, hoster) do update set times = sent.times + excluded.times",
            )
            .bind(beginning(*day))
            .bind(hoster.as_str())
            .bind(i64::try_from(*times).unwrap_or(i64::MAX))
            .execute(&mut *writing)
            .await?;
        }
        sqlx::query("delete from sent where day < $1")
            .bind(beginning(oldest))
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    /// How many people were sent to each hoster from a day on, in no order.
    pub async fn sent_since(&self, day: NaiveDate) -> Result<Vec<(String, u64)>, Error> {
        let rows = sqlx::query(
            "select hoster, cast(sum(times) as bigint) as times from sent
             where day >= $1 group by hoster",
        )
        .bind(beginning(day))
        .fetch_all(&self.pool)
        .await?;
        let count = |row: &sqlx::any::AnyRow| {
            let times: i64 = row.try_get("times")?;
            Ok((row.try_get("hoster")?, u64::try_from(times).unwrap_or(0)))
        };
        rows.iter().map(count).collect()
    }
}
