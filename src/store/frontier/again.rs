//! Looks again sooner than planned, because somebody asks: never so often that it would be a burden.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use url::Url;

use super::{ROUND, Sown, plan};
use crate::domain::host::Host;
use crate::domain::word::worded;
use crate::store::{Error, Store, Writing};

/// How long after a visit an address may be asked again because somebody wishes it.
pub const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);
/// How many requests a host may have had in its round and still be asked because somebody wishes it: what
/// is left belongs to the visits that are planned.
pub const MAX_PAGES_FOR_WISHES: u32 = 100;
/// How many hosts that nobody knew a node begins to visit within an hour because somebody named them.
pub const MAX_NEW_PER_HOUR: u32 = 20;
/// The same where a peer names them.
pub const MAX_NEW_PER_HOUR_OF_PEER: u32 = 500;

/// Who names hosts: how they are counted, and how many new ones are visited within an hour because of that.
struct Namer {
    word: String,
    new_per_hour: u32,
}

impl Namer {
    fn stranger() -> Self {
        Self {
            word: "named".to_owned(),
            new_per_hour: MAX_NEW_PER_HOUR,
        }
    }

    fn peer(actor: &Url) -> Self {
        Self {
            word: format!("named by {actor}"),
            new_per_hour: MAX_NEW_PER_HOUR_OF_PEER,
        }
    }
}

/// What becomes of the wish that a host is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// It is due now.
    Due,
    /// It was not known, and is due now.
    New,
    /// It was asked a moment ago, or often today.
    TooSoon,
    /// It asked us to come later.
    PutOff,
    /// It is not known, and strangers have named enough of those for now.
    TooMany,
}

worded!(Wish {
    Due = "due",
    New = "new",
    TooSoon = "too-soon",
    PutOff = "put-off",
    TooMany = "too-many",
});

impl Store {
    /// Makes what is known of a host due now, or begins to visit what is sown if nobody knows the host.
    pub async fn look_again(
        &self,
        host: &Host,
        sown: &[Sown],
        now: DateTime<Utc>,
    ) -> Result<Wish, Error> {
        // In the order of those who record visits: they too have the directory's turn first.
        let mut writing = self.begin_change().await?;
        let wish = wish(&mut writing, host, sown, &Namer::stranger(), now).await?;
        Self::end_change(writing, false).await?;
        Ok(wish)
    }
}

/// What a peer says has changed is visited now, if we do not hear of it from itself.
pub(in crate::store) async fn heard_from_peer(
    writing: &mut Writing,
    peer: &Url,
    sown: &Sown,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let Some(host) = Host::of(&sown.url) else {
        return Ok(());
    };
    let followed: i64 = sqlx::query_scalar(
        "select count(*) from following where actor = $1 and state = 'accepted'",
    )
    .bind(sown.url.as_str())
    .fetch_one(&mut **writing)
    .await?;
    if followed > 0 {
        return Ok(());
    }
    let known: i64 = sqlx::query_scalar("select count(*) from hosts where host = $1")
        .bind(host.as_str())
        .fetch_one(&mut **writing)
        .await?;
    // Of a host that is known for something else, this may be new.
    if known > 0 {
        plan(writing, sown, now).await?;
    }
    let named = std::slice::from_ref(sown);
    wish(writing, &host, named, &Namer::peer(peer), now).await?;
    Ok(())
}

async fn wish(
    writing: &mut Writing,
    host: &Host,
    sown: &[Sown],
    namer: &Namer,
    now: DateTime<Utc>,
) -> Result<Wish, Error> {
    let row = sqlx::query(
        "select due_at, next_request_at, last_error, opted_out_at, pages, round_at,
           (select min(due_at) from targets where host = $1) as first_due
         from hosts where host = $1",
    )
    .bind(host.as_str())
    .fetch_optional(&mut **writing)
    .await?;
    let Some(row) = row else {
        return begin(writing, sown, namer, now).await;
    };
    let had_enough = row.try_get::<i64, _>("pages")? >= i64::from(MAX_PAGES_FOR_WISHES)
        && row.try_get::<i64, _>("round_at")? > (now - ROUND).timestamp_millis();
    // Whoever is out of reach, or asked to be left out, may have thought better of it.
    let is_shut = row.try_get::<Option<String>, _>("last_error")?.is_some()
        || row.try_get::<Option<i64>, _>("opted_out_at")?.is_some();
    let recently = (now - AGAIN_AFTER).timestamp_millis();
    // Of a host that does not let us in, no target tells when that was tried last.
    let was_tried = is_shut && row.try_get::<i64, _>("next_request_at")? > recently;
    let first_due: Option<i64> = row.try_get("first_due")?;
    let due_at: i64 = row.try_get("due_at")?;
    // Whom its targets do not keep waiting asked for that itself.
    let is_put_off = !is_shut
        && due_at > now.timestamp_millis()
        && first_due.is_some_and(|first| first < due_at);
    if had_enough || was_tried {
        Ok(Wish::TooSoon)
    } else if is_put_off {
        Ok(Wish::PutOff)
    } else {
        hasten(writing, host, now).await
    }
}

async fn hasten(writing: &mut Writing, host: &Host, now: DateTime<Utc>) -> Result<Wish, Error> {
    let (now, recently) = (
        now.timestamp_millis(),
        (now - AGAIN_AFTER).timestamp_millis(),
    );
    sqlx::query(
        "update targets set due_at = $1 where host = $2 and due_at > $1
           and (visited_at is null or visited_at <= $3)",
    )
    .bind(now)
    .bind(host.as_str())
    .bind(recently)
    .execute(&mut **writing)
    .await?;
    let hastened = sqlx::query(
        "update hosts set due_at = case when due_at > $1 then $1 else due_at end
         where host = $2 and exists (select 1 from targets where host = $2 and due_at <= $1)",
    )
    .bind(now)
    .bind(host.as_str())
    .execute(&mut **writing)
    .await?
    .rows_affected();
    Ok(match hastened {
        0 => Wish::TooSoon,
        _ => Wish::Due,
    })
}

async fn begin(
    writing: &mut Writing,
    sown: &[Sown],
    namer: &Namer,
    now: DateTime<Utc>,
) -> Result<Wish, Error> {
    let row = sqlx::query("select began_at, changed from runs where name = $1")
        .bind(&namer.word)
        .fetch_optional(&mut **writing)
        .await?;
    let now_millis = now.timestamp_millis();
    let mut hour = (now_millis, 0);
    if let Some(row) = row {
        let began_at: i64 = row.try_get("began_at")?;
        // A clock that was set back begins a new hour as well.
        if (0..TimeDelta::hours(1).num_milliseconds()).contains(&(now_millis - began_at)) {
            hour = (began_at, row.try_get("changed")?);
        }
    }
    let (began_at, named): (i64, i64) = hour;
    if named >= i64::from(namer.new_per_hour) {
        return Ok(Wish::TooMany);
    }
    let mut is_new = false;
    for sown in sown {
        is_new |= plan(writing, sown, now).await?;
    }
    if !is_new {
        // Its domain has as many hosts as are visited of one.
        return Ok(Wish::TooMany);
    }
    sqlx::query(
        "insert into runs (name, began_at, changed) values ($3, $1, $2)
         on conflict (name) do update set began_at = excluded.began_at, changed = excluded.changed",
    )
    .bind(began_at)
    .bind(named + 1)
    .bind(&namer.word)
    .execute(&mut **writing)
    .await?;
    Ok(Wish::New)
}
