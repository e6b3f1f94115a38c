//! The disk is full, and has room again.

use std::process::Command;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, prlimit};

use super::Scene;
use crate::support::database::Database;
use crate::support::desk::{Desk, stderr};
use crate::support::process::{self, Process};

/// Runs a command that survives a file that may not grow: else the signal about it would end it.
fn told_by_errors(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Lets the files of a process become so large, in bytes.
fn limit(node: &Process, bytes: Option<u64>) {
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(Some(node.id()), Resource::Fsize, limit).unwrap();
}

#[tokio::test]
async fn while_no_file_can_be_written_reads_go_on_and_afterwards_writes_work_without_a_restart() {
    let scene = Scene::over(Database::sqlite().await).await;
    let command = told_by_errors(&process::serve(&scene.site.config, super::ALONE));
    let node = Process::run(command, scene.site.config.listen).await;
    super::shows(&node, "Pads").await;
    let before = node.counts(super::AWAY).await;
    limit(&node, Some(1));
    scene.reads_go_on_and_writes_do_not(&node).await;
    // A file that may not grow is an error of the disk for SQLite, and no full one.
    node.logs("a report cannot be kept: the database is away")
        .await;
    node.counts_more(super::AWAY, before).await;
    limit(&node, None);
    scene.writes_work_again(&node).await;
    let log = node.log();
    assert!(!log.contains("transaction depth"), "{log}");
    let whole = scene.database.rows("pragma integrity_check").await;
    assert_eq!(whole, [["ok"]]);
}

#[test]
fn a_backup_that_finds_no_room_leaves_the_one_before_as_it_was() {
    let desk = Desk::with_directory();
    desk.said("backup kept.zst");
    let before = std::fs::read(desk.path().join("kept.zst")).unwrap();
    let command = desk.command("backup kept.zst");
    // More than SQLite needs beside the database, and less than a backup has.
    let mut limited = Command::new("prlimit");
    limited
        .args([
            "--fsize=40000",
            "sh",
            "-c",
            "trap '' XFSZ; exec \"$@\"",
            "sh",
        ])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(desk.path());
    let began = Instant::now();
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(began.elapsed().as_secs() < 30);
    assert!(
        stderr(&output).contains("no backup was made"),
        "{}",
        stderr(&output)
    );
    assert_eq!(std::fs::read(desk.path().join("kept.zst")).unwrap(), before);
    let files = std::fs::read_dir(desk.path()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let half: Vec<_> = names.filter(|name| name.contains("part")).collect();
    assert!(half.is_empty(), "{half:?}");
}
