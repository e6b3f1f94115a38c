//! `archipelago backup` and `restore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::database::Database;
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::fediverse::eventually;

/// A founded node with the shipped directory.
fn node() -> Desk {
    let desk = Desk::with_directory();
    desk.said("init --domain hoster.example --kind hoster --name Asso");
    desk
}

/// What lies beside the databases, the settings and the directory.
fn files(desk: &Desk) -> Vec<String> {
    let files = fs::read_dir(desk.path()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter(|name| {
            !name.contains(".db") && !name.ends_with(".json") && !name.ends_with(".toml")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_node_is_backed_up_while_it_runs_and_is_itself_again_elsewhere() {
    let here = node();
    let served = here.serve("");
    let backup = here.run("backup node.backup");
    assert_eq!(stderr(&backup), "", "a pipe hears nothing of how far it is");
    let said = stdout(&backup);
    assert!(said.starts_with("Backed up to node.backup: "), "{said}");
    assert!(said.contains("private keys"), "{said}");
    drop(served);
    assert_eq!(files(&here), ["node.backup"], "nothing half written");
    let mode = fs::metadata(here.path().join("node.backup"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads the keys");

    let there = Desk::new();
    let file = here.path().join("node.backup");
    let told = there.json(&format!("restore {}", file.display()));
    assert_eq!(told["path"], file.to_str().unwrap());
    assert!(told["rows"].as_u64().unwrap() > 1_000 && told["tables"].as_u64().unwrap() > 5);
    let status = |desk: &Desk| desk.json("status");
    assert_eq!(status(&there), status(&here));
    // Again over the same file: it is replaced, whole.
    let again = there.json("backup again.backup");
    assert_eq!(again["rows"], told["rows"]);
    there.said("backup again.backup");
    assert_eq!(files(&there), ["again.backup"]);
}

#[test]
fn what_cannot_be_restored_is_told_in_a_sentence_and_makes_no_database() {
    let here = node();
    here.said("backup node.backup");
    let whole = fs::read(here.path().join("node.backup")).unwrap();
    let sentence = here.refused(1, &["restore", "node.backup"]);
    assert!(sentence.contains("holds something already"), "{sentence}");

    let there = Desk::new();
    fs::write(there.path().join("cut.backup"), &whole[..whole.len() / 2]).unwrap();
    there.write("letter.txt", "Dear all");
    for (file, why) in [
        ("cut.backup", "ends too early"),
        ("letter.txt", "no backup of an archipelago"),
        ("none.backup", "cannot read none.backup"),
    ] {
        let sentence = there.refused(1, &["restore", file]);
        assert!(sentence.contains(why), "{sentence}");
        assert!(!there.has("archipelago.db"), "{file}");
    }
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing() {
    let desk = Desk::new();
    let sentence = desk.refused(1, &["backup", "node.backup"]);
    assert!(sentence.contains("there is no database"), "{sentence}");
    let desk = Desk::with_directory();
    fs::create_dir(desk.path().join("folder")).unwrap();
    for (path, why) in [
        ("nowhere/node.backup", "cannot write nowhere/node.backup"),
        ("folder", "name a file in it"),
    ] {
        let sentence = desk.refused(1, &["backup", path]);
        assert!(sentence.contains(why), "{sentence}");
    }
    assert_eq!(files(&desk), ["folder"]);
}

#[tokio::test]
async fn a_backup_that_is_told_to_stop_leaves_nothing_of_the_keys() {
    let database = Database::postgres().await;
    drop(database.store().await);
    // It waits in the middle of its work until this is over.
    let mut holding = AnyConnection::connect(database.url()).await.unwrap();
    holding
        .execute("begin; lock table tokens in access exclusive mode")
        .await
        .unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let desk = Desk::new();
        let backup = ["backup", "node.backup", "--database-url", database.url()];
        let mut backup = desk.command_of(&backup).spawn().unwrap();
        eventually("it has a file to write", async || {
            (files(&desk).len() == 1).then_some(())
        })
        .await;
        kill_process(Pid::from_child(&backup), signal).unwrap();
        eventually("it ends", async || backup.try_wait().unwrap()).await;
        let output = backup.wait_with_output().unwrap();
        assert_eq!(files(&desk), [""; 0], "{signal:?}");
        assert_eq!(output.status.code(), Some(1), "{signal:?}");
        let sentence = stderr(&output);
        assert!(sentence.contains("asked to stop"), "{sentence}");
    }
    holding.execute("rollback").await.unwrap();
}
