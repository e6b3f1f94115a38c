//! Replicas of different ages over one database, and programs that are too old for it.

use std::thread;

use super::past;
use crate::support::database::{Database, on_both_engines};
use crate::support::desk::Desk;

#[tokio::test]
async fn two_replicas_that_start_at_once_on_old_tables_both_serve_what_was_there() {
    let database = Database::postgres().await;
    // The newest of before.
    let directories = past::of("directory").await;
    directories[directories.len() - 2]
        .laid_into(&database)
        .await;
    let flags = format!("--allow-net 127.0.0.0/8 --database-url {}", database.url());
    let starting: Vec<_> = (0..2)
        .map(|_| {
            let flags = flags.clone();
            thread::spawn(move || {
                let desk = Desk::new();
                (desk.serve(&flags), desk)
            })
        })
        .collect();
    for replica in starting {
        let (served, _desk) = replica.join().unwrap();
        let all = served.json("/api/v1/search?standing=any").await;
        assert_eq!(all["total"], 5, "{all}");
    }
    let migrated = database
        .rows("select cast(count(*) as text) from _sqlx_migrations")
        .await;
    assert_eq!(migrated[0][0], past::migrations().await.len().to_string());
}

on_both_engines! {
    async fn a_program_is_told_that_a_newer_one_changed_what_it_would_misread(database: Database) {
        drop(database.store().await);
        let desk = Desk::new();
        let status = ["status", "--database-url", database.url()];
        // As a migration of later says that none may read the tables who does not know it.
        database.execute("insert into revision (name, number) values ('schema', 30000101000000)").await;
        let before = database.everything().await;
        let sentence = desk.refused(1, &status);
        assert!(sentence.contains("a newer archipelago"), "{sentence}");
        assert_eq!(database.everything().await, before);
        // What it knows itself is no hindrance.
        database.execute("update revision set number = 20261130000006 where name = 'schema'").await;
        assert!(desk.run_of(&status).status.success());
    }
}
