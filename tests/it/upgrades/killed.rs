//! A program that is killed while it brings the tables up to date leaves nothing that the next start cannot complete.
//!
//! On PostgreSQL it is held in the middle by a lock of ours. SQLite holds nobody there: the moments are chance, from
//! a seed, within the time that the whole takes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use sqlx::{AnyConnection, Connection, Executor};

use super::past::{self, Past};
use crate::support::database::Database;
use crate::support::fediverse::eventually;

/// How often it is killed on SQLite.
const KILLS: u32 = 8;

/// The command that does nothing but open the database and look.
fn status(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archipelago"));
    command
        .args(["status", "--json", "--database-url", database.url()])
        .env("ARCHIPELAGO_LOG", "error")
        .current_dir(Path::new("/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn kill(mut process: Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

fn completes(database: &Database) {
    let output = status(database).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What the tables hold once nobody disturbed it.
async fn undisturbed(past: &Past, database: &Database) -> BTreeMap<String, Vec<Vec<String>>> {
    past.laid_into(database).await;
    completes(database);
    database.everything().await
}

async fn migrated(database: &Database) -> Vec<String> {
    database
        .rows("select cast(version as text) from _sqlx_migrations order by version")
        .await
        .concat()
}

#[tokio::test]
async fn whoever_is_killed_while_it_migrates_sqlite_leaves_it_whole() {
    let past = &past::all().await[0];
    let quiet = Database::sqlite().await;
    let start = Instant::now();
    let whole = undisturbed(past, &quiet).await;
    let took = start.elapsed();
    for part in 1..=KILLS {
        let database = Database::sqlite().await;
        past.laid_into(&database).await;
        let before = migrated(&database).await.len();
        let process = status(&database).spawn().unwrap();
        tokio::time::sleep(took * part / (KILLS + 1)).await;
        kill(process);
        let versions = migrated(&database).await.len();
        assert!(
            versions == before || versions == past::migrations().await.len(),
            "all or nothing: {versions}"
        );
        completes(&database);
        assert_eq!(
            database.everything().await,
            whole,
            "killed after {part} of {}",
            KILLS + 1
        );
    }
}

#[tokio::test]
async fn whoever_is_killed_in_the_middle_of_a_migration_of_postgresql_leaves_the_rest_to_the_next()
{
    let all = past::all().await;
    let two_or_three = all
        .iter()
        .filter(|past| !past.name.starts_with('7'))
        .step_by(3);
    for past in two_or_three {
        let whole = undisturbed(past, &Database::postgres().await).await;
        let database = Database::postgres().await;
        past.laid_into(&database).await;
        let before = migrated(&database).await.len();
        let mut holding = AnyConnection::connect(database.url()).await.unwrap();
        holding
            .execute("begin; lock table revision in access exclusive mode")
            .await
            .unwrap();
        let process = status(&database).spawn().unwrap();
        eventually("it waits in the middle of a migration", async || {
            let waiting = "select cast(count(*) as text) from pg_locks
                 where not granted and relation = cast('revision' as regclass)";
            (database.rows(waiting).await[0][0] != "0").then_some(())
        })
        .await;
        kill(process);
        holding.execute("rollback").await.unwrap();
        holding.close().await.unwrap();
        completes(&database);
        let versions = migrated(&database).await;
        assert!(before < versions.len());
        assert_eq!(versions.len(), past::migrations().await.len(), "each once");
        assert_eq!(database.everything().await, whole, "{}", past.name);
    }
}

#[tokio::test]
async fn however_many_start_at_once_on_old_tables_they_are_brought_up_to_date_once() {
    const AT_ONCE: usize = 4;
    for database in [Database::sqlite().await, Database::postgres().await] {
        let past = &past::all().await[0];
        let whole = undisturbed(past, &database.another().await).await;
        past.laid_into(&database).await;
        let processes: Vec<Child> = (0..AT_ONCE)
            .map(|_| status(&database).spawn().unwrap())
            .collect();
        for process in processes {
            let output = process.wait_with_output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        assert_eq!(
            migrated(&database).await.len(),
            past::migrations().await.len()
        );
        assert_eq!(database.everything().await, whole);
    }
}
