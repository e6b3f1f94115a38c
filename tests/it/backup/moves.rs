//! Whatever a node holds moves to the other engine and back, and the node goes on where it was.

use archipelago::clock::Clock;
use archipelago::federation::{Delivery, Federation};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{backup_of, restore};
use crate::support::database::Database;
use crate::support::fediverse::free_port;
use crate::support::followers::Inbox;
use crate::support::node::config;
use crate::upgrades::past;

#[tokio::test]
async fn a_node_with_followers_and_debts_moves_to_postgresql_and_back_and_delivers_on_where_it_was()
{
    let past = past::of("hoster").await.pop().unwrap();
    let here = Database::sqlite().await;
    past.laid_into(&here).await;
    let (file, _) = backup_of(&here.store().await).await;
    let before = here.everything().await;
    for table in [
        "followers",
        "owed",
        "delivery_targets",
        "outbox",
        "inbox",
        "acknowledged",
        "tokens",
        "local_keys",
        "objects",
    ] {
        assert!(!before[table].is_empty(), "{table}");
    }
    let server = Database::postgres().await;
    restore(&server, &file).await.unwrap();
    assert_eq!(server.everything().await, before);
    let (again, _) = backup_of(&server.store().await).await;
    let back = Database::sqlite().await;
    restore(&back, &again).await.unwrap();
    assert_eq!(back.everything().await, before);

    drop(rustls::crypto::ring::default_provider().install_default());
    let clock = Clock::fixed("2026-12-03T08:00:00Z".parse().unwrap());
    let home = "http://hoster.localhost:4101/".parse().unwrap();
    let config = config(&server, free_port(), Some(home));
    let mut told = Vec::new();
    for database in [&server, &back] {
        let owed = "select outbox.id from outbox join owed on owed.seq = outbox.seq
                 where owed.inbox like 'http://directory.%' order by outbox.seq";
        let owed = database.rows(owed).await.concat();
        let inbox = Inbox::start().await;
        for (table, due) in [("owed", ""), ("delivery_targets", ", due_at = 0")] {
            database
                .execute(&format!(
                    "update {table} set inbox = '{}'{due} where inbox like 'http://directory.%'",
                    inbox.url()
                ))
                .await;
        }
        let federation = Federation::open(database.store().await, &config, clock.clone()).await;
        Delivery::new(federation.unwrap().unwrap())
            .deliver_due()
            .await
            .unwrap();
        assert_eq!(inbox.ids(), owed);
        told.push(
            inbox
                .requests()
                .into_iter()
                .map(|request| request.body)
                .collect::<Vec<_>>(),
        );
    }
    assert!(
        told[0].len() >= 2 && told[0] == told[1],
        "the same bytes from either"
    );
}

/// Texts and numbers of rows, of which tables have as many as they have columns.
fn rows() -> impl Strategy<Value = Vec<(String, String, Option<String>, i64)>> {
    // PostgreSQL holds no NUL in a text.
    let any_char = any::<char>().prop_filter("no NUL", |c| *c != '\0');
    let odd = prop::sample::select(vec![
        '\'', '"', '\\', '\n', '\r', '\t', '\u{2028}', '\u{1}', '[', '{', '$',
    ]);
    let text = prop::collection::vec(prop_oneof![any_char, odd], 0..60);
    let text = text.prop_map(|chars| chars.into_iter().collect::<String>());
    let number = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)];
    let row = (text.clone(), text.clone(), prop::option::of(text), number);
    prop::collection::vec(row, 0..12)
}

#[test]
fn whatever_stands_in_rows_comes_to_the_other_engine_and_back_as_it_was() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let checked = runner.run(&rows(), |rows| {
        runtime.block_on(async {
            let here = Database::sqlite().await;
            let store = here.store().await;
            for (at, (one, other, perhaps, number)) in rows.iter().enumerate() {
                let (key, one, other) = (quoted(&format!("{one}{at}")), quoted(one), quoted(other));
                let perhaps = perhaps.as_deref().map_or("null".to_owned(), quoted);
                for insert in [
                    format!("insert into settings values ({key}, {other})"),
                    format!("insert into remote_actors (id, document, inbox, fetched_at) values ({key}, {one}, {other}, {number})"),
                    format!(
                        "insert into visits (url, kind, actor, due_at, attempts, leased_until, last_error)
                         values ({key}, {one}, {other}, {number}, {at}, {number}, {perhaps})"
                    ),
                ] {
                    here.execute(&insert).await;
                }
            }
            let before = here.everything().await;
            let (file, _) = backup_of(&store).await;
            let server = Database::postgres().await;
            restore(&server, &file).await.unwrap();
            assert_eq!(server.everything().await, before);
            let (again, _) = backup_of(&server.store().await).await;
            let back = Database::sqlite().await;
            restore(&back, &again).await.unwrap();
            assert_eq!(back.everything().await, before);
        });
        Ok(())
    });
    checked.unwrap();
}
