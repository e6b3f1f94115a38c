//! How the directory grows: one count a day, kept by whoever makes editions, for a year and some days.

use archipelago::catalogue::{Catalogue, Did, TALLIES_KEPT_FOR, TALLIES_SHOWN};
use archipelago::domain::choices::Choices;
use archipelago::domain::tally::Tally;
use archipelago::store::Store;
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster_by, service, some_day};

async fn catalogue(store: &Store) -> Catalogue {
    let opened = Catalogue::open(store, Choices::default(), some_day()).await;
    opened.unwrap()
}

async fn counted(store: &Store, since: DateTime<Utc>) -> Vec<(i64, usize, usize, usize)> {
    let tallies = store.tallies_since(since.date_naive()).await.unwrap();
    let ago = |tally: &Tally| (some_day().date_naive() - tally.day).num_days();
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

    async fn days_that_are_not_shown_any_longer_are_forgotten(database: Database) {
        let store = database.store().await;
        assert!(TALLIES_KEPT_FOR > TimeDelta::days(TALLIES_SHOWN));
        let kept = TALLIES_KEPT_FOR.num_days();
        let tally = |ago| Tally {
            day: (some_day() - TimeDelta::days(ago)).date_naive(),
            hosters: 1,
            trusted: 1,
            services: 1,
        };
        for ago in [kept, kept + 1] {
            store.keep_tally(tally(ago), tally(ago).day).await.unwrap();
        }
        catalogue(&store).await.keep_tally(&store).await.unwrap();
        let long_ago = some_day() - TALLIES_KEPT_FOR * 2;
        assert_eq!(counted(&store, long_ago).await, [(kept, 1, 1, 1), (0, 0, 0, 0)]);
    }
}
