//! How much was listed on each day.

use chrono::NaiveDate;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, beginning, time};
use crate::domain::tally::Tally;

impl Store {
    /// Keeps what is listed on a day, in place of what was kept of that day. Of this day and those before,
    /// the latest `most` stay. They are counted, not measured by the calendar, and days that are to come
    /// are let be: a clock that goes wrong for a day costs no more than a day.
    pub async fn keep_tally(&self, tally: Tally, most: u32) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        sqlx::query(
            "insert into tallies (day, hosters, trusted, services) values ($1, $2, $3, $4)
             on conflict (day) do update set
                 hosters = excluded.hosters, trusted = excluded.trusted, services = excluded.services",
        )
        .bind(beginning(tally.day))
        .bind(number(tally.hosters))
        .bind(number(tally.trusted))
        .bind(number(tally.services))
        .execute(&mut *writing)
        .await?;
        sqlx::query(
            "delete from tallies where day <=
                 (select day from tallies where day <= $1 order by day desc limit 1 offset $2)",
        )
        .bind(beginning(tally.day))
        .bind(i64::from(most))
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }

    /// What was listed on each day from `first` to `last`, the first day first; of more than there are days,
    /// which only another's backup can bring, the latest.
    pub async fn tallies(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<Tally>, Error> {
        let rows = sqlx::query(
            "select day, hosters, trusted, services from tallies
             where day between $1 and $2 order by day desc limit $3",
        )
        .bind(beginning(first))
        .bind(beginning(last))
        .bind((last - first).num_days() + 1)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().rev().map(tally).collect()
    }
}

fn tally(row: &AnyRow) -> Result<Tally, Error> {
    let count = |column: &str| -> Result<usize, Error> {
        let count: i64 = row.try_get(column)?;
        Ok(usize::try_from(count).unwrap_or(0))
    };
    let day: i64 = row.try_get("day")?;
    Ok(Tally {
        day: time(day).date_naive(),
        hosters: count("hosters")?,
        trusted: count("trusted")?,
        services: count("services")?,
    })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
