//! New hosts and targets, within bounds.

use chrono::{DateTime, Utc};
use url::Url;

use super::record::{MAX_HOSTS_PER_DOMAIN, MAX_TARGETS_PER_HOST};
use super::{Sown, Target};
use crate::domain::host::Host;
use crate::domain::hoster::HosterId;
use crate::store::{Error, Store, Writing};

impl Store {
    /// Plans to visit addresses at once; what is planned already keeps its time. Says how many are new.
    pub async fn sow(&self, sown: &[Sown], now: DateTime<Utc>) -> Result<u64, Error> {
        // In the order of those who record visits: they too have the directory's turn first.
        let mut writing = self.begin_change().await?;
        let mut new = 0;
        for sown in sown {
            new += u64::from(plan(&mut writing, sown, now).await?);
        }
        Self::end_change(writing, false).await?;
        Ok(new)
    }
}

/// Plans to visit an address; says whether it is new. Left out is what has no host, the host that is one
/// too many of its domain, the target that is one too many of its host, and what a host that asked to be
/// left out is mentioned for.
pub(in crate::store) async fn plan(
    writing: &mut Writing,
    sown: &Sown,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let Some(host) = Host::of(&sown.url) else {
        return Ok(false);
    };
    sqlx::query(
        "insert into hosts (host, domain, priority, due_at, leased_until, lease, next_request_at,
                            fails, round_at, pages, items, bytes)
         select cast($1 as text), cast($2 as text), cast($3 as bigint), cast($4 as bigint),
                0, 0, 0, 0, cast($4 as bigint), 0, 0, 0
         where (select count(*) from hosts where domain = $2) < $5
            or exists (select 1 from hosts where host = $1)
         on conflict (host) do update set priority = excluded.priority
         where hosts.priority > excluded.priority",
    )
    .bind(host.as_str())
    .bind(host.domain())
    .bind(sown.priority.number())
    .bind(now.timestamp_millis())
    .bind(i64::from(MAX_HOSTS_PER_DOMAIN))
    .execute(&mut **writing)
    .await?;
    let new = sqlx::query(
        "insert into targets (url, purpose, format, host, due_at, led_by, depth, page, redirected,
                              hoster, fails)
         select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text),
                cast($5 as bigint), cast($6 as text), cast($7 as bigint), cast($8 as bigint),
                cast($9 as bigint), cast($11 as text), 0
         where exists (select 1 from hosts where host = $4 and opted_out_at is null)
           and (select count(*) from targets where host = $4) < $10
         on conflict (url, purpose) do nothing",
    )
    .bind(sown.url.as_str())
    .bind(sown.purpose.word())
    .bind(sown.purpose.format().map(|format| format.word()))
    .bind(host.as_str())
    .bind(now.timestamp_millis())
    .bind(sown.led_by.as_ref().map(Url::as_str))
    .bind(i64::from(sown.depth))
    .bind(i64::from(sown.page))
    .bind(i64::from(sown.redirected))
    .bind(i64::from(MAX_TARGETS_PER_HOST))
    .bind(sown.of.as_ref().map(HosterId::as_str))
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if new == 0 {
        return Ok(false);
    }
    // Who is out of reach is not asked sooner because somebody mentions it again.
    sqlx::query("update hosts set due_at = $1 where host = $2 and due_at > $1 and fails = 0")
        .bind(now.timestamp_millis())
        .bind(host.as_str())
        .execute(&mut **writing)
        .await?;
    Ok(true)
}

impl Sown {
    /// What it is once it was planned and is due.
    pub(super) fn as_target(&self) -> Target {
        Target {
            url: self.url.clone(),
            purpose: self.purpose,
            of: self.of.clone(),
            depth: self.depth,
            page: self.page,
            redirected: self.redirected,
            etag: None,
            last_modified: None,
            fails: 0,
            log: Vec::new(),
        }
    }
}
