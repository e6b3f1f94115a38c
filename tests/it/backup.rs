//! Backups, made while others write and restored on either engine: row for row, or not at all.

mod moves;

use std::collections::BTreeSet;
use std::io::Cursor;

use archipelago::catalogue::Catalogue;
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::domain::collective::Standing;
use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Addresses;
use archipelago::node::fill_with_demo;
use archipelago::store::Store;
use archipelago::store::backup::{self, Contents, NotRestored, NotWritten, tables_of_now};

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::SHIPPED;
use crate::support::fediverse::founder;
use crate::support::records::some_day;

/// A founded node with the demo's data.
async fn node_with_demo(database: &Database) -> Store {
    let store = database.store().await;
    fill_with_demo(&store, &Clock::fixed(some_day()))
        .await
        .unwrap();
    let addresses = Addresses::of("https://hoster.example/".parse().unwrap());
    let founder = founder("hoster", Kind::Hoster, addresses);
    founder.found(&store, some_day()).await.unwrap().unwrap();
    store.add_token("a hash", "Anne", some_day()).await.unwrap();
    store
}

/// The whole file.
async fn backup_of(store: &Store) -> (Vec<u8>, Contents) {
    let mut file = Vec::new();
    let contents = store.back_up(some_day(), async |piece, _| {
        file.extend_from_slice(&piece);
        Ok(())
    });
    let contents = contents.await.unwrap();
    (file, contents)
}

async fn restore(database: &Database, file: &[u8]) -> Result<Contents, NotRestored> {
    database.store().await.restore(file, |_| ()).await
}

/// The lines of a file.
fn lines(file: &[u8]) -> Vec<String> {
    let text = zstd::decode_all(file).unwrap();
    String::from_utf8(text)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A file of these lines, with the last line that fits them.
fn file_of(lines: &[String]) -> Vec<u8> {
    let lines: Vec<&String> = lines
        .iter()
        .filter(|line| !line.starts_with("{\"end\""))
        .collect();
    let rows = lines.iter().filter(|line| line.starts_with('[')).count();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let sha256: String = ring::digest::digest(&ring::digest::SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let end = format!("{{\"end\":{{\"rows\":{rows},\"sha256\":\"{sha256}\"}}}}\n");
    zstd::encode_all(Cursor::new(text + &end), 3).unwrap()
}

#[tokio::test]
async fn a_node_goes_from_sqlite_to_postgresql_and_back_row_for_row() {
    let here = Database::sqlite().await;
    let store = node_with_demo(&here).await;
    let (file, contents) = backup_of(&store).await;
    let before = here.everything().await;
    let rows: usize = before.values().map(Vec::len).sum();
    let tables = before.values().filter(|rows| !rows.is_empty()).count();
    assert_eq!(
        (contents.rows, contents.tables),
        (rows as u64, tables as u64)
    );
    assert!(rows > 1_500 && before["tokens"].len() == 2 && !before["local_keys"].is_empty());
    assert_eq!(backup::check(&file[..]).unwrap(), contents);

    let server = Database::postgres().await;
    assert_eq!(restore(&server, &file).await.unwrap(), contents);
    assert_eq!(server.everything().await, before);
    let (again, _) = backup_of(&server.store().await).await;

    let back = Database::sqlite().await;
    restore(&back, &again).await.unwrap();
    assert_eq!(back.everything().await, before);
    let store = back.store().await;
    assert_eq!(store.local_actors().await.unwrap().len(), 2);
    assert_eq!(store.directory().await.unwrap().services.len(), 333);
}

on_both_engines! {
    async fn a_backup_is_of_the_moment_it_began_whoever_writes_meanwhile(database: Database) {
        let store = node_with_demo(&database).await;
        let before = database.everything().await;
        let (mut file, mut pieces) = (Vec::new(), 0);
        let made = store.back_up(some_day(), async |piece, _| {
            file.extend_from_slice(&piece);
            pieces += 1;
            // Changes rows of four tables, which are read before and after this.
            let standing = [Standing::Claimed, Standing::Unknown][pieces % 2];
            store.keep_least_standing(standing, some_day()).await.unwrap();
            store.add_token(&pieces.to_string(), "meanwhile", some_day()).await.unwrap();
            Ok(())
        });
        made.await.unwrap();
        assert!(pieces > 1, "{pieces} pieces: nothing was written meanwhile");
        assert_ne!(database.everything().await, before);
        let there = Database::sqlite().await;
        restore(&there, &file).await.unwrap();
        assert_eq!(there.everything().await, before);
    }

    async fn no_table_is_forgotten(database: Database) {
        database.store().await;
        let tables: BTreeSet<String> = database.everything().await.into_keys().collect();
        assert_eq!(tables, BTreeSet::from_iter(tables_of_now()));
    }

    async fn a_database_that_holds_something_is_left_as_it_is(database: Database) {
        let store = node_with_demo(&database).await;
        let (file, _) = backup_of(&store).await;
        let before = database.everything().await;
        let refused = restore(&database, &file).await.unwrap_err();
        assert!(matches!(refused, NotRestored::NotEmpty(_)), "{refused}");
        assert!(refused.to_string().contains("--database-url"), "{refused}");
        assert_eq!(database.everything().await, before);
    }

    async fn a_backup_from_before_the_last_migrations_is_brought_up_to_date(database: Database) {
        let older = Database::sqlite().await;
        let store = older.store().await;
        store.add_token("a hash", "Anne", some_day()).await.unwrap();
        let (file, contents) = backup_of(&store).await;
        let schema = |version: &str| format!("\"schema\":{version}");
        let mut lines = lines(&file);
        lines[0] = lines[0].replace(&schema(&contents.schema.to_string()), &schema("20261128000012"));
        let tokens = lines.iter().position(|line| line.contains("\"tokens\"")).unwrap();
        lines[tokens] = lines[tokens].replace(",\"used_on\"", "");
        lines[tokens + 1] = lines[tokens + 1].replace(",null]", "]");
        restore(&database, &file_of(&lines)).await.unwrap();
        assert_eq!(database.everything().await, older.everything().await);
    }

    async fn what_was_kept_before_there_were_statements_is_adopted_with_the_rows_or_not_at_all(
        database: Database
    ) {
        let older = Database::sqlite().await;
        let (file, contents) = backup_of(&node_with_demo(&older).await).await;
        let before = lines(&file);
        let adopted: BTreeSet<String> = ["statements", "identities"].map(str::to_owned).into();
        let table = |line: &String| {
            let name = line.strip_prefix("{\"table\":{\"name\":\"")?;
            Some(name.split('"').next().unwrap().to_owned())
        };
        // As of a program that knew neither.
        let mut is_left_out = false;
        let mut lines: Vec<String> = Vec::new();
        for line in &before {
            if let Some(name) = table(line) {
                is_left_out = adopted.contains(&name);
            }
            if !is_left_out {
                lines.push(line.replace("[\"statements\",1]", "[\"statements\",0]"));
            }
        }
        assert_ne!(lines.len(), before.len());
        restore(&database, &file_of(&lines)).await.unwrap();
        let rows = database.everything().await;
        assert_eq!(rows["identities"], older.everything().await["identities"]);
        assert!(!rows["statements"].is_empty());
        assert_eq!(database.store().await.revision().await.unwrap(), contents.revision as u64);
    }

    async fn what_waits_to_be_written_is_bounded_by_its_length(database: Database) {
        let older = Database::sqlite().await;
        older.store().await;
        let long = 700 * 1024;
        for number in 0..5 {
            let letters = format!("replace(hex(zeroblob({})), '0', 'a')", long / 2);
            older.execute(&format!("insert into settings (name, value) values ('{number}', {letters})")).await;
        }
        let (file, _) = backup_of(&older.store().await).await;
        let mut told = Vec::new();
        let store = database.store().await;
        store.restore(&file[..], |rows| told.push(rows)).await.unwrap();
        assert_eq!(told.len(), 2, "after the second and the fourth row: {told:?}");
        assert_eq!(told[1], told[0] + 2);
        assert_eq!(database.everything().await, older.everything().await);
    }

    async fn a_database_that_a_newer_program_changed_is_not_filled_by_an_older_one(
        database: Database
    ) {
        let (file, _) = backup_of(&Database::sqlite().await.store().await).await;
        let store = database.store().await;
        let mark = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)";
        let checksum = match database.url().starts_with("sqlite:") {
            true => "x'00'",
            false => "'\\x00'",
        };
        database.execute(&format!("{mark} values (30000101000000, 'later', true, {checksum}, 0)")).await;
        database.execute("create table later (id text primary key)").await;
        let before = database.everything().await;
        let refused = store.restore(&file[..], |_| ()).await.unwrap_err();
        assert!(matches!(refused, NotRestored::NewerDatabase), "{refused:?}");
        assert_eq!(database.everything().await, before);
    }

    async fn a_first_edition_is_counted_and_takes_no_database_into_use(database: Database) {
        let (file, contents) = backup_of(&node_with_demo(&Database::sqlite().await).await).await;
        let store = database.store().await;
        let opened = Catalogue::open(&store, Choices::default(), some_day()).await.unwrap();
        opened.keep_tally(&store).await.unwrap();
        assert_eq!(database.everything().await["tallies"].len(), 1);
        assert_eq!(restore(&database, &file).await.unwrap(), contents);
        assert_eq!(database.everything().await["tallies"].len(), 0, "they are the backup's");
    }

    async fn what_is_broken_is_refused_and_leaves_nothing(database: Database) {
        let (file, _) = backup_of(&node_with_demo(&Database::sqlite().await).await).await;
        database.store().await;
        let before = database.everything().await;
        let whole = lines(&file);
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = whole.clone();
            change(&mut lines);
            lines
        };
        // As somebody packs again what they changed, without the last line's agreement.
        let packed = |lines: Vec<String>| {
            zstd::encode_all(Cursor::new(lines.join("\n") + "\n"), 3).unwrap()
        };
        let row = whole.iter().position(|line| line.starts_with('[')).unwrap();
        let tampered = packed(with(&|lines| lines[row] = lines[row].replacen('a', "b", 1)));
        let without_a_row = packed(with(&|lines| drop(lines.remove(row))));
        let with_more = packed(with(&|lines| lines.push(lines[row].clone())));
        let without_end = packed(with(&|lines| drop(lines.pop())));
        let unknown_table = file_of(&with(&|lines| {
            lines[row - 1] = "{\"table\":{\"name\":\"spies\",\"columns\":[\"id\"]}}".to_owned();
        }));
        let unknown_column = file_of(&with(&|lines| {
            lines[row - 1] = lines[row - 1].replacen("\"id\"", "\"id) select\"", 1);
        }));
        let no_columns = file_of(&with(&|lines| {
            lines[row - 1] = "{\"table\":{\"name\":\"hosters\",\"columns\":[]}}".to_owned();
        }));
        let wrong_kind = file_of(&with(&|lines| lines[row] = "[1,2,3]".to_owned()));
        let too_short = file_of(&with(&|lines| lines[row] = "[\"x\"]".to_owned()));
        let no_table = file_of(&with(&|lines| drop(lines.remove(row - 1))));
        let revision = |name: &str| format!("[\"{name}\",");
        let without_counter = |name| {
            let is_counter = |line: &String| line.starts_with(&revision(name));
            assert!(whole.iter().any(is_counter), "{name}");
            file_of(&with(&|lines| lines.retain(|line| !is_counter(line))))
        };
        let another_revision = file_of(&with(&|lines| {
            lines[0] = lines[0].replace("\"revision\":", "\"revision\":7");
        }));
        let below_zero = file_of(&with(&|lines| {
            lines[0] = lines[0].replace("\"revision\":", "\"revision\":-");
            for line in lines.iter_mut() {
                *line = line.replace(&revision("directory"), "[\"directory\",-");
            }
        }));
        let mut flipped = file.clone();
        flipped[file.len() / 2] ^= 0x10;
        let mut longer = file.clone();
        longer.extend_from_slice(b"more");
        for (name, file) in [
            ("tampered", tampered),
            ("without a row", without_a_row),
            ("with more", with_more),
            ("unknown table", unknown_table),
            ("unknown column", unknown_column),
            ("no columns", no_columns),
            ("wrong kind", wrong_kind),
            ("too short", too_short),
            ("no table", no_table),
            ("without the number of statements", without_counter("statements")),
            ("without the number of the outbox", without_counter("outbox")),
            ("without its revision", without_counter("directory")),
            ("another revision", another_revision),
            ("a revision below zero", below_zero),
            ("flipped", flipped),
            ("longer", longer),
        ] {
            let refused = restore(&database, &file).await.unwrap_err();
            assert!(matches!(refused, NotRestored::Changed), "{name}: {refused:?}");
        }
        let ends = [file.len() - 1, file.len() / 2, file.len() / 3];
        let cut = ends.map(|end| file[..end].to_vec());
        for file in cut.into_iter().chain([without_end]) {
            let refused = restore(&database, &file).await.unwrap_err();
            let length = file.len();
            assert!(matches!(refused, NotRestored::CutOff), "{length} bytes: {refused:?}");
            assert!(matches!(backup::check(&file[..]), Err(NotRestored::CutOff)));
        }
        assert_eq!(database.everything().await, before);
    }
}

#[tokio::test]
async fn what_is_no_backup_or_of_a_newer_program_is_told_so() {
    let (file, contents) = backup_of(&Database::sqlite().await.store().await).await;
    let with = |from: &str, to: &str| {
        let mut lines = lines(&file);
        assert!(lines[0].contains(from), "{}", lines[0]);
        lines[0] = lines[0].replace(from, to);
        backup::check(&file_of(&lines)[..]).unwrap_err()
    };
    let version = with("\"version\":1", "\"version\":2");
    assert!(
        matches!(version, NotRestored::OtherVersion(2)),
        "{version:?}"
    );
    assert!(version.to_string().contains("version 2"), "{version}");
    let newer = with(&contents.schema.to_string(), "30000101000000");
    assert!(matches!(newer, NotRestored::NewerTables), "{newer:?}");
    let other = with("archipelago-backup", "another");
    assert!(matches!(other, NotRestored::NoBackup), "{other:?}");
    let packed = zstd::encode_all(&b"Dear all,\n"[..], 3).unwrap();
    for file in [b"not packed", &packed[..], SHIPPED.as_bytes()] {
        let refused = backup::check(file).unwrap_err();
        assert!(matches!(refused, NotRestored::NoBackup), "{refused:?}");
    }
}

#[tokio::test]
async fn a_database_that_a_newer_program_changed_is_not_backed_up_by_an_older_one() {
    let database = Database::sqlite().await;
    let store = database.store().await;
    database
        .execute(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (30000101000000, 'later', true, x'00', 0)",
        )
        .await;
    let refused = store.back_up(some_day(), async |_, _| Ok(())).await;
    assert!(
        matches!(refused, Err(NotWritten::NewerTables)),
        "{refused:?}"
    );
}
