//! How the directory grows: one count a day, kept by whoever makes editions, for a year and some days more.

use archipelago::catalogue::{Catalogue, Did, MAX_TALLIES, Observations, TALLIES_SHOWN};
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::domain::tally::Tally;
use archipelago::store::Store;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster_by, service, some_day};

async fn catalogue(store: &Store) -> Catalogue {
    let opened = Catalogue::open(store, Choices::default(), some_day()).await;
    opened.unwrap()
}

async fn counted(store: &Store, since: DateTime<Utc>) -> Vec<(i64, usize, usize, usize)> {
    let last = (some_day() + TimeDelta::days(7)).date_naive();
    let tallies = store.tallies(since.date_naive(), last).await.unwrap();
    let told = |tally: &Tally| (ago(tally), tally.hosters, tally.trusted, tally.services);
    tallies.iter().map(told).collect()
}

on_both_engines! {
    async fn a_day_has_one_count_and_its_last_edition_gives_it(database: Database) {
        let store = database.store().await;
        let (first, replica) = (catalogue(&store).await, catalogue(&store).await);
        assert_eq!(first.keep_tally(&store).await.unwrap(), Did::Work);
        assert_eq!(first.keep_tally(&store).await.unwrap(), Did::Nothing);
        assert_eq!(counted(&store, some_day()).await, [(0, 0, 0, 0)]);

        let hosters = ["a", "b"].map(|id| hoster_by("own-node", id, id));
        let services = [("a", "a-1"), ("a", "a-2"), ("b", "b-1")].map(|(a, id)| service(a, id));
        store.keep(&hosters, &services, some_day()).await.unwrap();
        let claimed = archipelago::domain::collective::Standing::Claimed;
        store.keep_least_standing(claimed, some_day()).await.unwrap();
        for catalogue in [&first, &replica] {
            catalogue.refresh(&store, some_day()).await.unwrap();
            assert_eq!(catalogue.keep_tally(&store).await.unwrap(), Did::Work);
        }
        assert_eq!(counted(&store, some_day()).await, [(0, 2, 0, 3)]);

        let tomorrow = some_day() + TimeDelta::days(1);
        first.refresh(&store, tomorrow).await.unwrap();
        assert_eq!(first.keep_tally(&store).await.unwrap(), Did::Work);
        assert_eq!(counted(&store, some_day()).await, [(0, 2, 0, 3), (-1, 2, 0, 3)]);
        assert_eq!(counted(&store, tomorrow).await, [(-1, 2, 0, 3)]);
    }

    async fn as_many_days_are_kept_as_are_shown_and_some_more(database: Database) {
        let store = database.store().await;
        assert!(i64::from(MAX_TALLIES) > TALLIES_SHOWN);
        for ago in [MAX_TALLIES + 1, MAX_TALLIES, 3, 2] {
            store.keep_tally(tally(ago.into()), 4).await.unwrap();
        }
        assert_eq!(days(&store).await, [401, 400, 3, 2]);
        store.keep_tally(tally(1), 4).await.unwrap();
        assert_eq!(days(&store).await, [400, 3, 2, 1], "they are counted");
        store.keep_tally(tally(1), 4).await.unwrap();
        assert_eq!(days(&store).await, [400, 3, 2, 1]);
        catalogue(&store).await.keep_tally(&store).await.unwrap();
        assert_eq!(days(&store).await, [400, 3, 2, 1, 0]);
    }

    async fn a_day_with_a_wrong_clock_forgets_nothing_and_is_not_shown(database: Database) {
        let store = database.store().await;
        for ago in [2, 1] {
            store.keep_tally(tally(ago), MAX_TALLIES).await.unwrap();
        }
        let ahead = some_day() + TimeDelta::days(12 * 366);
        for wrong in [ahead, DateTime::UNIX_EPOCH] {
            let opened = Catalogue::open(&store, Choices::default(), wrong).await.unwrap();
            opened.keep_tally(&store).await.unwrap();
        }
        catalogue(&store).await.keep_tally(&store).await.unwrap();
        let kept = database.everything().await["tallies"].len();
        assert_eq!(kept, 5, "three days, and the two that were none");
        let shown = Observations::new(store.clone(), Clock::fixed(some_day()), false);
        let shown = shown.tallies().await.unwrap();
        assert_eq!(shown.iter().map(ago).collect::<Vec<_>>(), [2, 1, 0]);
    }

    async fn no_backup_brings_more_counts_than_there_are_days(database: Database) {
        let store = database.store().await;
        store.keep_tally(tally(0), MAX_TALLIES).await.unwrap();
        let some = "with recursive n (n) as (select 1 union all select n + 1 from n where n < 2000)";
        let insert = "insert into tallies (day, hosters, trusted, services)";
        let day = tally(9).day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        let rows = format!("select {day} + n, 1, 9, 1 from n");
        database.execute(&format!("{insert} {some} {rows}")).await;
        let (first, last) = (tally(9).day, tally(0).day);
        let shown = store.tallies(first, last).await.unwrap();
        assert_eq!(shown.len(), 10);
        assert_eq!(shown.last().map(ago), Some(0));
    }
}

fn tally(ago: i64) -> Tally {
    Tally {
        day: (some_day() - TimeDelta::days(ago)).date_naive(),
        hosters: 1,
        trusted: 1,
        services: 1,
    }
}

fn ago(tally: &Tally) -> i64 {
    (some_day().date_naive() - tally.day).num_days()
}

/// Which days there is a count of, in days before.
async fn days(store: &Store) -> Vec<i64> {
    let long_ago = (some_day() - TimeDelta::days(3_660)).date_naive();
    let tallies = store
        .tallies(long_ago, some_day().date_naive())
        .await
        .unwrap();
    tallies.iter().map(ago).collect()
}
