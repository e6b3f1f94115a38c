//! Every method of the store, on both engines.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;

use archipelago::domain::collective::Standing;
use archipelago::store::{Counts, Error, Kept, Store, sqlite_file};
use chrono::TimeDelta;

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster, hoster_by, service, some_day};

fn added(number: u64) -> Counts {
    Counts {
        added: number,
        ..Counts::default()
    }
}

on_both_engines! {
    async fn a_new_store_is_empty_and_at_revision_zero(database: Database) {
        let store = database.store().await;
        assert!(store.is_empty().await.unwrap());
        assert_eq!(store.revision().await.unwrap(), 0);
        let directory = store.directory().await.unwrap();
        assert_eq!((directory.revision, directory.hosters.len(), directory.services.len()), (0, 0, 0));
    }

    async fn what_is_kept_is_read_back_in_the_order_of_ids_at_the_next_revision(database: Database) {
        let store = database.store().await;
        let hosters = [hoster("b.example"), hoster("b"), hoster("a-b")];
        let services = [service("b", "z"), service("a-b", "b_c"), service("b", "b.c")];
        let kept = store.keep(&hosters, &services, some_day()).await.unwrap();
        assert_eq!(kept, Kept { hosters: added(3), services: added(3) });
        let directory = database.store().await.directory().await.unwrap();
        assert_eq!(directory.revision, 1);
        assert_eq!(directory.hosters, [hoster("a-b"), hoster("b"), hoster("b.example")].map(Arc::new));
        assert_eq!(directory.services, [service("b", "b.c"), service("a-b", "b_c"), service("b", "z")].map(Arc::new));
        assert!(!store.is_empty().await.unwrap());
    }

    async fn keeping_the_same_again_changes_nothing_and_no_revision(database: Database) {
        let store = database.store().await;
        let (hosters, services) = ([hoster("a")], [service("a", "s")]);
        store.keep(&hosters, &services, some_day()).await.unwrap();
        let later = some_day() + TimeDelta::days(1);
        let kept = store.keep(&hosters, &services, later).await.unwrap();
        assert_eq!((kept.hosters.unchanged, kept.services.unchanged), (1, 1));
        assert!(!kept.is_change());
        assert_eq!(store.revision().await.unwrap(), 1);
        assert!(!store.keep(&[], &[], later).await.unwrap().is_change());
    }

    async fn only_what_differs_is_written(database: Database) {
        let store = database.store().await;
        let services: Vec<_> = (0..100).map(|n| service("a", &format!("s{n}"))).collect();
        store.keep(&[hoster("a"), hoster("b")], &services, some_day()).await.unwrap();
        let mut moved = services.clone();
        moved[70] = service("b", "s70");
        let kept = store.keep(&[hoster("a")], &moved, some_day()).await.unwrap();
        assert_eq!((kept.services.changed, kept.services.unchanged), (1, 99));
        assert_eq!(store.revision().await.unwrap(), 2);
        let directory = store.directory().await.unwrap();
        let of_b: Vec<_> = directory.services.iter().filter(|s| s.hoster.as_str() == "b").collect();
        assert_eq!(of_b, [&Arc::new(service("b", "s70"))]);
    }

    async fn a_weaker_source_never_overwrites_a_stronger_one(database: Database) {
        let store = database.store().await;
        let own = hoster_by("own-node", "a", "Its own name");
        store.keep(std::slice::from_ref(&own), &[], some_day()).await.unwrap();
        for source in ["third-party-list", "collective-list", "observation", "own-file"] {
            let weaker = hoster_by(source, "a", "Another name");
            let kept = store.keep(&[weaker], &[], some_day()).await.unwrap();
            assert_eq!(kept.hosters.outranked, 1, "{source}");
        }
        assert_eq!(store.directory().await.unwrap().hosters, [Arc::new(own)]);
        assert_eq!(store.revision().await.unwrap(), 1);
        let renamed = hoster_by("own-node", "a", "Its new name");
        let kept = store.keep(std::slice::from_ref(&renamed), &[], some_day()).await.unwrap();
        assert_eq!(kept.hosters.changed, 1);
        assert_eq!(store.directory().await.unwrap().hosters, [Arc::new(renamed)]);
    }

    async fn a_service_of_an_unknown_hoster_is_an_error_and_nothing_is_kept(database: Database) {
        let store = database.store().await;
        let services = [service("a", "s"), service("nobody", "t")];
        let error = store.keep(&[hoster("a")], &services, some_day()).await.unwrap_err();
        assert!(matches!(error, Error::Other(_)), "{error:?}");
        assert!(store.is_empty().await.unwrap());
        assert_eq!(store.revision().await.unwrap(), 0);
        // The failed transaction has let go of the database.
        store.keep(&[hoster("a")], &services[..1], some_day()).await.unwrap();
    }

    async fn a_hoster_goes_with_its_services(database: Database) {
        let store = database.store().await;
        store.keep(&[hoster("a")], &[service("a", "s")], some_day()).await.unwrap();
        database.execute("delete from hosters").await;
        assert_eq!(store.directory().await.unwrap().services, []);
    }

    async fn writers_at_once_take_turns_and_lose_nothing(database: Database) {
        let stores = [database.store().await, database.store().await];
        let writers = (0..20).map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let (id, source) = (format!("h{number}"), ["own-node", "own-file"][number % 2]);
                let disputed = hoster_by(source, "disputed", &id);
                store.keep(&[hoster(&id), disputed], &[service(&id, &id)], some_day()).await
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        let directory = stores[0].directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (21, 20));
        assert_eq!(directory.revision, 20);
        let disputed = directory.hosters.iter().find(|hoster| hoster.id.as_str() == "disputed");
        assert_eq!(disputed.unwrap().source.kind.word(), "own-node");
    }

    async fn a_reader_sees_one_moment_while_others_write(database: Database) {
        let (store, writer) = (database.store().await, database.store().await);
        let writing = tokio::spawn(async move {
            for number in 0..30 {
                let id = format!("h{number}");
                writer.keep(&[hoster(&id)], &[service(&id, &id)], some_day()).await.unwrap();
            }
        });
        loop {
            let over = writing.is_finished();
            let directory = store.directory().await.unwrap();
            let seen = (directory.hosters.len() as u64, directory.services.len() as u64);
            assert_eq!(seen, (directory.revision, directory.revision));
            if over { break }
        }
        writing.await.unwrap();
    }

    async fn a_row_that_is_no_value_of_ours_is_named(database: Database) {
        let store = database.store().await;
        store.keep(&[hoster("a"), hoster("b")], &[service("a", "s")], some_day()).await.unwrap();
        let broken = async |sql: &str| {
            database.execute(sql).await;
            store.directory().await.unwrap_err().to_string()
        };
        assert_eq!(
            broken("update services set document = replace(document, '\"hoster\":\"a\"', '\"hoster\":\"x\"')").await,
            "table services, row s, column document: it is of the unknown hoster x"
        );
        assert_eq!(
            broken("update services set document = '{\"id\":\"s\"}'").await,
            "table services, row s, column document: missing field `hoster` at line 1 column 10"
        );
        assert_eq!(
            broken("update hosters set document = (select document from hosters where id = 'a') where id = 'b'").await,
            "table hosters, row b, column id: the document is of \"a\""
        );
        let newer = [hoster("a")];
        let other = [hoster_by("own-node", "a", "Another")];
        database.execute("update hosters set document = 'nonsense' where id = 'a'").await;
        for hosters in [newer, other] {
            let error = store.keep(&hosters, &[], some_day()).await.unwrap_err();
            assert!(matches!(error, Error::Corrupt { table: "hosters", column: "document", .. }));
        }
        database.execute("update revision set number = -1").await;
        assert_eq!(
            store.revision().await.unwrap_err().to_string(),
            "table revision, row directory, column number: -1 is below zero"
        );
    }

    async fn the_least_standing_is_kept_and_its_change_is_a_revision(database: Database) {
        let store = database.store().await;
        assert_eq!(store.rules().await.unwrap().least_standing, None);
        for _ in 0..2 {
            store.keep_least_standing(Standing::Reported, some_day()).await.unwrap();
            assert_eq!(store.rules().await.unwrap().least_standing, Some(Standing::Reported));
            assert_eq!(store.revision().await.unwrap(), 1);
        }
        store.keep_least_standing(Standing::Claimed, some_day()).await.unwrap();
        assert_eq!(store.rules().await.unwrap().least_standing, Some(Standing::Claimed));
        database.execute("update settings set value = 'high'").await;
        assert_eq!(
            store.rules().await.unwrap_err().to_string(),
            "table settings, row least_standing, column value: \"high\" is no standing"
        );
    }

    async fn many_tasks_may_open_a_new_database_at_once(database: Database) {
        let url = database.url().to_owned();
        let opening: Vec<_> = (0..8)
            .map(|_| { let url = url.clone(); tokio::spawn(async move { Store::open(&url).await }) })
            .collect();
        for store in opening {
            assert_eq!(store.await.unwrap().unwrap().revision().await.unwrap(), 0);
        }
    }

    async fn many_processes_may_open_and_fill_a_new_database_at_once(database: Database) {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/data/hosters.json");
        let children: Vec<_> = (0..4)
            .map(|_| {
                Command::new(env!("CARGO_BIN_EXE_archipelago"))
                    .args(["import", "archipelago", document, "--database-url", database.url()])
                    .stdout(Stdio::null())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        }
        let directory = database.store().await.directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (106, 333));
        assert_eq!(directory.revision, 1, "the first keeps all, the others find nothing new");
    }

    async fn an_older_program_opens_what_a_newer_one_has_migrated(database: Database) {
        let store = database.store().await;
        store.keep(&[hoster("a")], &[], some_day()).await.unwrap();
        database
            .execute("update _sqlx_migrations set version = version + 1 where version = 0")
            .await;
        database
            .execute(
                "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 select version + 500, 'of a newer program', success, checksum, 0 from _sqlx_migrations",
            )
            .await;
        assert!(!database.store().await.is_empty().await.unwrap());
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_with_a_hint() {
    let refusal = async |url: &str| {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, Error::CannotOpen { .. }), "{error:?}");
        error.to_string()
    };
    assert!(
        refusal("mysql://x")
            .await
            .ends_with("an address begins with sqlite: or postgres://")
    );
    assert!(refusal("").await.contains("an address begins with"));
    assert!(refusal("sqlite::memory:").await.contains("name a file"));
    assert!(refusal("sqlite:%3Amemory%3A").await.contains("name a file"));
    for url in ["sqlite:", "sqlite://", "sqlite: ", "sqlite:?mode=rwc"] {
        assert!(
            refusal(url)
                .await
                .ends_with("it names no file, as sqlite:archipelago.db does")
        );
    }
    assert!(refusal("sqlite:file:a.db").await.contains("without file:"));
    assert!(
        refusal("sqlite:a.db?mode=all")
            .await
            .contains("directory that exists")
    );
    assert_eq!(
        refusal("sqlite:/nowhere/archipelago.db").await,
        "cannot open the database sqlite:/nowhere/archipelago.db: is it in a directory that exists and that we may write to?"
    );
    assert!(
        !refusal("postgres://me:secret@127.0.0.1:1/x")
            .await
            .contains("secret")
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        file.path(),
        "no database at all, but long enough to be taken for one",
    )
    .unwrap();
    refusal(&format!("sqlite:{}", file.path().display())).await;
}

#[tokio::test]
async fn a_database_may_lie_at_a_path_with_a_space() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("my archipelago é.db");
    Store::open(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    let names = std::fs::read_dir(directory.path()).unwrap();
    let names: BTreeSet<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.contains(path.file_name().unwrap()), "{names:?}");
}

#[tokio::test]
async fn the_file_of_an_address_is_the_one_that_is_opened() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path().display();
    for (name, file) in [
        ("a b.db", "a b.db"),
        ("c%20d.db", "c d.db"),
        ("100%.db", "100%.db"),
        ("50%25.db", "50%.db"),
        ("e%3Ff.db?mode=rwc", "e?f.db"),
        ("g#h.db", "g#h.db"),
        ("é.db", "é.db"),
    ] {
        let path = directory.path().join(file);
        for url in [
            format!("sqlite:{home}/{name}"),
            format!("sqlite://{home}/{name}"),
        ] {
            assert_eq!(sqlite_file(&url), Some(path.clone()), "{url}");
            Store::open(&url).await.unwrap();
            assert!(path.exists(), "{url}");
        }
    }
    assert_eq!(sqlite_file("sqlite:a.db?mode=ro"), Some("a.db".into()));
    for url in [
        "sqlite::memory:",
        "sqlite:",
        "sqlite:%ff",
        "postgres://me@db/a",
        "nonsense",
    ] {
        assert_eq!(sqlite_file(url), None, "{url}");
    }
}

#[tokio::test]
async fn on_sqlite_readers_do_not_wait_for_a_writer() {
    let database = Database::sqlite().await;
    let store = database.store().await;
    let log = format!("{}-wal", database.url().trim_start_matches("sqlite:"));
    store.keep(&[hoster("a")], &[], some_day()).await.unwrap();
    assert!(std::path::Path::new(&log).exists(), "no write-ahead log");
}
