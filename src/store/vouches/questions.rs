//! Which issuers are to be asked again whether they stand by what they said.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::store::visits::{self, Visit};
use crate::store::{Error, Store, Writing, assertion_keys, url_in};

/// How long an issuer's word is taken without asking: then its list of members is read.
pub const ASK_AFTER: TimeDelta = TimeDelta::days(1);
/// How long until a vouch that its list does not hold is asked for by itself.
pub const ASK_EACH_AFTER: TimeDelta = TimeDelta::days(2);
/// How long until a site that vouches are for is asked again whether it names them.
pub const ASK_SITES_AFTER: TimeDelta = TimeDelta::days(1);
/// How many issuers, and how many vouches by themselves, are asked for at once.
pub const MAX_QUESTIONS: u32 = 200;
/// How many sites are asked at once.
pub const MAX_SITES_ASKED: u32 = 200;

impl Store {
    /// Plans to ask for the vouches of others that were not heard of for long, and the sites that vouches
    /// are for.
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
        for site in unasked_sites(&mut writing, now).await? {
            visits::plan(&mut writing, &site, Visit::Member, &site, now).await?;
            sqlx::query("update vouches set asked_at = $1 where object = $2")
                .bind(now.timestamp_millis())
                .bind(site.as_str())
                .execute(&mut *writing)
                .await?;
        }
        Self::end_change(writing, false).await
    }
}

/// The sites of vouches in force, ours among them, that were not asked for long: those that were never
/// asked first. An address with anything behind the first slash after its host is none.
async fn unasked_sites(writing: &mut Writing, now: DateTime<Utc>) -> Result<Vec<Url>, Error> {
    let rows = sqlx::query(
        "select object, min(coalesce(asked_at, 0)) as asked from vouches v
         where object not like '%://%/_%' and proof = 'holds' and ends_at > $1
           and (asked_at is null or asked_at <= $2)
           and not exists (select 1 from revocations r where r.vouch = v.id and r.issuer = v.issuer)
         group by object order by asked, object limit $3",
    )
    .bind(now.timestamp_millis())
    .bind((now - ASK_SITES_AFTER).timestamp_millis())
    .bind(i64::from(MAX_SITES_ASKED))
    .fetch_all(&mut **writing)
    .await?;
    rows.iter()
        .map(|row| url_in(row, "vouches", "object"))
        .collect()
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
