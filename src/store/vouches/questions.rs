//! Which issuers are to be asked again whether they stand by what they said.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::store::visits::{self, Visit};
use crate::store::{Error, Store, Writing, assertion_keys, url_in};

/// How long an issuer's word is taken without asking: then its list of members is read.
pub const ASK_AFTER: TimeDelta = TimeDelta::days(1);
/// How long until a vouch that its list does not hold is asked for by itself.
pub const ASK_EACH_AFTER: TimeDelta = TimeDelta::days(2);
/// How many issuers, and how many vouches by themselves, are asked for at once.
pub const MAX_QUESTIONS: u32 = 200;

impl Store {
    /// Plans to ask for the vouches of others that were not heard of for long.
    pub async fn plan_questions(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        for issuer in unheard_issuers(&mut writing, now - ASK_AFTER).await? {
            let known = assertion_keys::remote(&mut writing, &issuer).await?;
            if let Some(members) = known.and_then(|actor| actor.members) {
                visits::plan(&mut writing, &members, Visit::Members, &issuer, now).await?;
            }
        }
        sqlx::query(
            "insert into visits (url, kind, actor, due_at, attempts, leased_until)
             select id, 'vouch', issuer, $1, 0, 0 from vouches v
             where (heard_at is null or heard_at < $2) and ends_at > $1
               and not exists (select 1 from revocations r where r.vouch = v.id and r.issuer = v.issuer)
               and not exists (select 1 from local_actors where id = v.issuer)
             order by coalesce(heard_at, 0) limit $3 on conflict (url) do nothing",
        )
        .bind(now.timestamp_millis())
        .bind((now - ASK_EACH_AFTER).timestamp_millis())
        .bind(i64::from(MAX_QUESTIONS))
        .execute(&mut *writing)
        .await?;
        Self::end_change(writing, false).await
    }
}

async fn unheard_issuers(writing: &mut Writing, since: DateTime<Utc>) -> Result<Vec<Url>, Error> {
    let rows = sqlx::query(
        "select distinct issuer from vouches
         where (heard_at is null or heard_at < $1)
           and not exists (select 1 from local_actors where id = issuer) limit $2",
    )
    .bind(since.timestamp_millis())
    .bind(i64::from(MAX_QUESTIONS))
    .fetch_all(&mut **writing)
    .await?;
    rows.iter()
        .map(|row| url_in(row, "vouches", "issuer"))
        .collect()
}
