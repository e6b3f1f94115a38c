//! What is known of changes, for how long, and when a directory is read whole.

use archipelago::domain::hoster::HosterId;
use archipelago::domain::service::ServiceId;
use archipelago::store::{MAX_LOGGED, MAX_LOGGED_AT_ONCE};

use super::*;
use crate::support::database::{Database, on_both_engines};
use crate::support::records::some_day;

/// Keeps a hoster with one service.
async fn keep(store: &Store, id: &str) {
    let (hoster, service) = (
        hoster_at(id, "A hoster", "third-party-list"),
        service_at(id, 0, "Pads"),
    );
    store.keep(&[hoster], &[service], some_day()).await.unwrap();
}

async fn is_known_after(store: &Store, revision: u64) -> bool {
    store.changes_since(revision).await.unwrap().is_some()
}

/// Puts a database back to the tables it had before changes were logged.
async fn forget_the_log(database: &Database) {
    for sql in [
        "drop table changes",
        "drop table change_log",
        "drop index health_by_revision",
        "alter table health drop column revision",
        "delete from _sqlx_migrations where version = 20261128000012",
    ] {
        database.execute(sql).await;
    }
}

on_both_engines! {
    async fn what_changed_after_a_revision_is_told_once_and_as_it_is_now(database: Database) {
        let store = database.store().await;
        for id in ["a", "b", "c"] {
            keep(&store, id).await;
        }
        let hoster = hoster_at("a", "Its second name", "third-party-list");
        store.keep(&[hoster], &[], some_day()).await.unwrap();
        let hoster = hoster_at("a", "Its third name", "third-party-list");
        store.keep(&[hoster], &[], some_day()).await.unwrap();
        commit(&store, [Effect::RemoveHoster(HosterId::parse("b").unwrap())], some_day()).await;
        let changes = store.changes_since(3).await.unwrap().unwrap();
        assert_eq!(changes.revision, 6);
        let hosters: Vec<_> = changes.hosters.iter()
            .map(|(id, is)| (id.as_str(), is.as_ref().map(|hoster| hoster.name.as_str())))
            .collect();
        assert_eq!(hosters, [("a", Some("Its third name")), ("b", None)]);
        let services: Vec<_> = changes.services.iter().collect();
        assert_eq!(services, [(&"b-0".to_owned(), &None)]);
        let nothing = store.changes_since(6).await.unwrap().unwrap();
        assert_eq!((nothing.revision, nothing.hosters.len(), nothing.services.len()), (6, 0, 0));
        assert!(!is_known_after(&store, 7).await, "nobody has been there yet");
    }

    async fn a_service_that_its_owner_deletes_is_told_of_as_gone(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        let id = url("https://a.example/ap/services/0");
        database.execute(&format!(
            "insert into objects (id, owner, service, published_at, updated_at)
             values ('{id}', 'https://a.example/ap/org', 'a-0', 0, 0)"
        )).await;
        database.execute("update services set hoster = 'a'").await;
        let removed = Effect::Remove {
            object: id,
            owner: url("https://a.example/ap/org"),
            service: ServiceId::parse("a-0").unwrap(),
        };
        commit(&store, [removed], some_day()).await;
        let changes = store.changes_since(1).await.unwrap().unwrap();
        assert_eq!(changes.services.into_iter().collect::<Vec<_>>(), [("a-0".to_owned(), None)]);
    }

    async fn what_fails_half_way_changes_nothing_and_is_not_logged(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        let known = store.directory().await.unwrap();
        let of_nobody = service_at("nobody", 0, "Pads");
        let renamed = hoster_at("a", "Another name", "third-party-list");
        store.keep(&[renamed], &[of_nobody], some_day()).await.unwrap_err();
        let log = database.rows("select revision, id from changes order by revision, id").await;
        assert_eq!(log, [["1", "a"], ["1", "a-0"]]);
        assert_eq!(by_changes(&store, &known).await, known);
        keep(&store, "b").await;
        assert_eq!(by_changes(&store, &known).await, store.directory().await.unwrap());
    }

    async fn whoever_reads_while_two_write_misses_nothing(database: Database) {
        const EACH: usize = 25;
        let store = database.store().await;
        let mut known = store.directory().await.unwrap();
        let writing = |name: &'static str, store: Store| async move {
            for number in 0..EACH {
                keep(&store, &format!("{name}{number}")).await;
            }
        };
        let first = tokio::spawn(writing("a", database.store().await));
        let second = tokio::spawn(writing("b", database.store().await));
        loop {
            let is_over = first.is_finished() && second.is_finished();
            known = by_changes(&store, &known).await;
            // Each writing adds one of both.
            let seen = (known.hosters.len() as u64, known.services.len() as u64);
            assert_eq!(seen, (known.revision, known.revision));
            if is_over { break }
        }
        first.await.unwrap();
        second.await.unwrap();
        assert_eq!(known.revision, 2 * EACH as u64);
        assert_eq!(known, store.directory().await.unwrap());
    }

    async fn of_more_changes_than_are_kept_the_older_half_is_forgotten(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        let known = store.directory().await.unwrap();
        let room = MAX_LOGGED - 2;
        // As if as many revisions had each changed one service.
        database.execute(&format!(
            "insert into changes (revision, subject, id)
             with recursive n (i) as (select 2 union all select i + 1 from n where i <= {room})
             select i, 'service', 'a-0' from n"
        )).await;
        database.execute(&format!("update change_log set kept = {MAX_LOGGED}, until = {room} + 1")).await;
        database.execute(&format!("update revision set number = {room} + 1 where name = 'directory'")).await;
        assert!(is_known_after(&store, known.revision).await);
        keep(&store, "b").await;
        let rows = database.rows("select count(*) from changes").await;
        assert_eq!(rows, [[(MAX_LOGGED / 2).to_string()]]);
        assert_eq!(database.rows("select kept from change_log").await, rows);
        assert!(matches!(store.renewal(&known).await.unwrap(), Renewal::Whole(_)));
        let since = database.rows("select since from change_log").await[0][0].parse().unwrap();
        assert!(is_known_after(&store, since).await);
        assert!(!is_known_after(&store, since - 1).await);
    }

    async fn a_transaction_that_changes_too_much_is_read_whole(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        keep(&store, "b").await;
        let document = "replace(document, 'a-0', 'a-n' || i)";
        database.execute(&format!(
            "insert into services (id, hoster, document, changed_at)
             with recursive n (i) as (select 1 union all select i + 1 from n where i < {MAX_LOGGED_AT_ONCE})
             select 'a-n' || i, 'a', {document}, 0 from n, services where id = 'a-0'"
        )).await;
        let known = store.directory().await.unwrap();
        assert_eq!(known.services.len(), 2 + MAX_LOGGED_AT_ONCE);
        let fewer = HosterId::parse("b").unwrap();
        commit(&store, [Effect::RemoveHoster(fewer)], some_day()).await;
        let known = by_changes(&store, &known).await;
        commit(&store, [Effect::RemoveHoster(HosterId::parse("a").unwrap())], some_day()).await;
        let renewal = store.renewal(&known).await.unwrap();
        assert!(matches!(renewal, Renewal::Whole(_)));
        let known = renewal.of(&known);
        assert_eq!((known.hosters.len(), known.services.len(), known.revision), (0, 0, 4));
        assert_eq!(database.rows("select kept from change_log").await, [["0"]]);
        keep(&store, "c").await;
        assert_eq!(by_changes(&store, &known).await, store.directory().await.unwrap());
    }

    async fn what_an_older_program_beside_us_changes_is_read_whole(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        let known = store.directory().await.unwrap();
        database.execute("update hosters set document = replace(document, 'A hoster', 'Renamed')").await;
        database.execute("update revision set number = number + 1 where name = 'directory'").await;
        assert!(!is_known_after(&store, 1).await);
        keep(&store, "b").await;
        assert!(!is_known_after(&store, 1).await, "what changed in between is not known");
        let renewed = store.renewal(&known).await.unwrap();
        assert!(matches!(renewed, Renewal::Whole(_)));
        assert_eq!(renewed.of(&known).hosters[0].name.as_str(), "Renamed");
        assert!(is_known_after(&store, 2).await);
    }

    async fn a_directory_from_before_changes_were_logged_opens_and_is_renewed_from_there(database: Database) {
        let store = database.store().await;
        keep(&store, "a").await;
        database.execute(
            "insert into health (url, probed_at, fails, asked, up, history)
             values ('https://a.example/s0', 0, 0, 4, 3, '{}')"
        ).await;
        let before = store.directory().await.unwrap();
        assert_eq!(before.availability[0].unwrap().up, 3);
        drop(store);
        forget_the_log(&database).await;
        let store = database.store().await;
        assert_eq!(store.directory().await.unwrap(), before);
        assert!(!is_known_after(&store, 0).await);
        keep(&store, "b").await;
        let renewed = by_changes(&store, &before).await;
        assert_eq!(renewed, store.directory().await.unwrap());
        assert_eq!(ids(&renewed.services), ["a-0", "b-0"]);
    }
}
