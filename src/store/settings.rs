//! What an operator decides while the node runs, by name.

use sqlx::Row;

use super::{Error, Store};
use crate::domain::collective::Standing;

const LEAST_STANDING: &str = "least_standing";

impl Store {
    /// The least standing that is listed, if the operator has chosen one.
    pub async fn least_standing(&self) -> Result<Option<Standing>, Error> {
        let row = sqlx::query("select value from settings where name = $1")
            .bind(LEAST_STANDING)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let word: String = row.try_get("value")?;
        match Standing::from_word(&word) {
            Some(standing) => Ok(Some(standing)),
            None => Err(Error::Corrupt {
                table: "settings",
                column: "value",
                row: LEAST_STANDING.to_owned(),
                problem: format!("{word:?} is no standing"),
            }),
        }
    }

    /// Keeps the least standing that is listed; the revision grows if it is another than before.
    pub async fn keep_least_standing(&self, standing: Standing) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        let changed = sqlx::query(
            "insert into settings (name, value) values ($1, $2)
             on conflict (name) do update set value = excluded.value
             where settings.value <> excluded.value",
        )
        .bind(LEAST_STANDING)
        .bind(standing.word())
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if changed > 0 {
            Self::end_change(writing, true).await?;
        }
        Ok(())
    }
}
