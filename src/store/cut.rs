//! Cuts what leads to and from a domain that is suspended.

use chrono::{DateTime, Utc};
use sqlx::Row;
use url::Url;

use super::{Error, Writing, remote};
use crate::domain::block::Domain;

/// What becomes of what is kept of a suspended domain: a statement that reads each address there is, and
/// those that drop what belongs to one. What it said of hosters and services stays, and is not shown.
const CUTS: &[(&str, &[&str])] = &[
    (
        "select inbox as address from delivery_targets",
        &[
            "delete from owed where inbox = $1",
            "delete from delivery_targets where inbox = $1",
        ],
    ),
    (
        "select url as address from visits",
        &["delete from visits where url = $1"],
    ),
];

/// Cuts a domain off, in the transaction that suspends it.
pub(super) async fn off(
    writing: &mut Writing,
    domain: &Domain,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let is_there = |address: &String| Url::parse(address).is_ok_and(|url| domain.covers(&url));
    // With an actor goes whom it follows and who follows it.
    let actors = "select id, inbox from remote_actors";
    for row in sqlx::query(actors).fetch_all(&mut **writing).await? {
        let (actor, inbox): (String, String) = (row.try_get("id")?, row.try_get("inbox")?);
        if is_there(&actor) || is_there(&inbox) {
            remote::remove(writing, &actor).await?;
        }
    }
    for (addresses, drops) in CUTS {
        for address in texts(writing, addresses)
            .await?
            .iter()
            .filter(|a| is_there(a))
        {
            for drop in *drops {
                sqlx::query(*drop)
                    .bind(address.as_str())
                    .execute(&mut **writing)
                    .await?;
            }
        }
    }
    let waiting = "select distinct actor as address from inbox where applied_at is null";
    for actor in texts(writing, waiting)
        .await?
        .iter()
        .filter(|a| is_there(a))
    {
        sqlx::query(
            "update inbox set applied_at = $1, outcome = 'blocked'
             where actor = $2 and applied_at is null",
        )
        .bind(now.timestamp_millis())
        .bind(actor.as_str())
        .execute(&mut **writing)
        .await?;
    }
    let hosts = texts(writing, "select host as address from hosts").await?;
    for host in hosts.iter().filter(|host| domain.covers_host(host)) {
        sqlx::query("delete from hosts where host = $1")
            .bind(host.as_str())
            .execute(&mut **writing)
            .await?;
    }
    Ok(())
}

async fn texts(writing: &mut Writing, sql: &'static str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(sql).fetch_all(&mut **writing).await?;
    let texts = rows.iter().map(|row| row.try_get("address"));
    Ok(texts.collect::<Result<_, _>>()?)
}
