//! One edition after another: none waits, and what is in both is there once.

use archipelago::catalogue::Did;

use super::*;
use crate::support::database::Database;
use crate::support::records::some_day;

/// A directory of two hosters with a service each, all of it listed.
async fn two_hosters(database: &Database) -> Store {
    let store = database.store().await;
    let hosters = ["a", "b"].map(|id| hoster_at(id, id, "own-node"));
    let services = ["a", "b"].map(|id| service_at(id, 0, "Pads"));
    store.keep(&hosters, &services, some_day()).await.unwrap();
    let reported = archipelago::domain::collective::Standing::Reported;
    store
        .keep_least_standing(reported, some_day())
        .await
        .unwrap();
    store
}

async fn rename(store: &Store, id: &str, name: &str) {
    let renamed = service_at(id, 0, name);
    store.keep(&[], &[renamed], some_day()).await.unwrap();
}

fn name_of(edition: &Edition, service: &str) -> String {
    edition.service(service).unwrap().name.to_string()
}

#[test]
fn questions_are_answered_from_the_edition_in_use_while_the_next_is_built() {
    // The one thread on which editions are built is kept busy until the questions are answered.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = Database::sqlite().await;
        let store = two_hosters(&database).await;
        let catalogue = open(&store, some_day()).await;
        let before = answers(&catalogue.current(), "need=pads");
        assert_eq!(before.len(), 2);
        rename(&store, "a", "Renamed").await;
        let (release, released) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || released.recv());
        let asking = async {
            for _ in 0..1_000 {
                let edition = catalogue.current();
                assert_eq!(answers(&edition, "need=pads"), before);
                assert_eq!(name_of(&edition, "a-0"), "Pads");
                tokio::task::yield_now().await;
            }
            release.send(()).unwrap();
        };
        let (refreshed, ()) = tokio::join!(catalogue.refresh(&store, some_day()), asking);
        assert_eq!(refreshed.unwrap(), Did::Work);
        assert_eq!(name_of(&catalogue.current(), "a-0"), "Renamed");
        busy.await.unwrap().unwrap();
    });
}

#[tokio::test]
async fn what_did_not_change_is_shared_by_two_editions() {
    let database = Database::sqlite().await;
    let store = two_hosters(&database).await;
    let catalogue = open(&store, some_day()).await;
    let first = catalogue.current();
    rename(&store, "a", "Renamed").await;
    catalogue.refresh(&store, some_day()).await.unwrap();
    let second = catalogue.current();
    assert!(!Arc::ptr_eq(&first.services[0], &second.services[0]));
    assert!(Arc::ptr_eq(&first.services[1], &second.services[1]));
    assert!(Arc::ptr_eq(&first.hosters[0], &second.hosters[0]));
}

#[tokio::test]
async fn an_edition_out_of_use_lasts_as_long_as_somebody_holds_it_and_no_longer() {
    let database = Database::sqlite().await;
    let store = two_hosters(&database).await;
    let catalogue = open(&store, some_day()).await;
    let held = catalogue.current();
    let known = Arc::downgrade(&held);
    rename(&store, "a", "Renamed").await;
    catalogue.refresh(&store, some_day()).await.unwrap();
    assert_eq!(name_of(&held, "a-0"), "Pads");
    drop(held);
    let did = catalogue.refresh(&store, some_day()).await.unwrap();
    assert_eq!(did, Did::Nothing);
    assert!(known.upgrade().is_none());
    let unheld = Arc::downgrade(&catalogue.current());
    rename(&store, "a", "Renamed again").await;
    catalogue.refresh(&store, some_day()).await.unwrap();
    assert!(unheld.upgrade().is_none());
}

#[tokio::test]
async fn what_changes_while_an_edition_is_built_is_in_the_one_after_it() {
    let database = Database::sqlite().await;
    let store = two_hosters(&database).await;
    let catalogue = open(&store, some_day()).await;
    for round in 0..10 {
        rename(&store, "a", &format!("Round {round}")).await;
        let later = rename(&store, "b", "Later");
        let (refreshed, ()) = tokio::join!(catalogue.refresh(&store, some_day()), later);
        assert_eq!(refreshed.unwrap(), Did::Work);
        rename(&store, "b", "Latest").await;
        let did = catalogue.refresh(&store, some_day()).await.unwrap();
        assert_eq!(did, Did::Work);
        let edition = catalogue.current();
        assert_eq!(name_of(&edition, "a-0"), format!("Round {round}"));
        assert_eq!(name_of(&edition, "b-0"), "Latest");
        assert_eq!(edition.revision, store.revision().await.unwrap());
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_read_leaves_the_edition_in_use_until_it_can() {
    let database = Database::sqlite().await;
    let store = two_hosters(&database).await;
    let catalogue = open(&store, some_day()).await;
    rename(&store, "a", "Renamed").await;
    let document = &database
        .rows("select document from services where id = 'a-0'")
        .await[0][0];
    database
        .execute("update services set document = '{' where id = 'a-0'")
        .await;
    for _ in 0..2 {
        let error = catalogue.refresh(&store, some_day()).await.unwrap_err();
        assert!(
            error.to_string().starts_with("table services, row a-0"),
            "{error}"
        );
        assert_eq!(name_of(&catalogue.current(), "a-0"), "Pads");
    }
    database
        .execute(&format!(
            "update services set document = '{document}' where id = 'a-0'"
        ))
        .await;
    catalogue.refresh(&store, some_day()).await.unwrap();
    assert_eq!(name_of(&catalogue.current(), "a-0"), "Renamed");
}
