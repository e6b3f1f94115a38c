//! A disk that is really full: a file system of a few megabytes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::faults::{FULL, Scene, shows};
use crate::support::database::Database;
use crate::support::desk::{Desk, stderr};
use crate::support::fediverse::free_port;
use crate::support::postgres::Server;
use crate::support::process::Process;

/// Mounts `$1` megabytes on the directory `$2` until the standard input closes, however its owner ends. Not in
/// a mount namespace: SQLite follows `/proc/…/root` to the file of that name outside.
const KEEPER: &str = r#"
trap '' INT PIPE
mount -t tmpfs -o "size=$1m" none "$2" && echo there
read -r _
umount -l "$2"
rmdir "$2"
"#;

/// A file system of a few megabytes, gone with its owner.
struct SmallDisk {
    keeper: Child,
    path: PathBuf,
}

impl SmallDisk {
    fn mount(megabytes: u32) -> Self {
        // Where everybody may go: PostgreSQL does not run as root.
        let path = tempfile::tempdir_in("/tmp").unwrap().keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper", &megabytes.to_string()])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut output = BufReader::new(keeper.stdout.take().unwrap());
        output.read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "there");
        Self { keeper, path }
    }

    /// Writes a file until there is no room for a byte more.
    fn fill(&self) -> PathBuf {
        let ballast = self.path.join("ballast");
        let mut file = File::create(&ballast).unwrap();
        for size in [64 * 1024, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        ballast
    }

    /// Fills it under a node: whoever reads is answered, whoever writes is asked to come again, log and figures
    /// say why. Then there is room again.
    async fn is_full_for_a_while(&self, scene: &Scene, node: &Process) {
        let before = node.counts(FULL).await;
        let ballast = self.fill();
        scene.reads_go_on_and_writes_do_not(node).await;
        node.logs("the disk of the database is full").await;
        node.counts_more(FULL, before).await;
        fs::remove_file(ballast).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }
}

#[tokio::test]
#[ignore = "make faults"]
async fn on_a_full_disk_reads_go_on_and_once_there_is_room_writes_do() {
    super::needs_root();
    let disk = SmallDisk::mount(16);
    let url = format!("sqlite:{}", disk.path.join("archipelago.db").display());
    let scene = Scene::over(Database::at(&url)).await;
    let node = scene.node().await;
    for round in 0..3 {
        // The log of changes to come may have room from before.
        let emptied = scene.database.rows("pragma wal_checkpoint(truncate)").await;
        assert_eq!(emptied[0][0], "0");
        disk.is_full_for_a_while(&scene, &node).await;
        println!("round {round}: full, and room again");
    }
    scene.writes_work_again(&node).await;
    shows(&node, "Pads anew").await;
    assert_eq!(
        scene.database.rows("pragma integrity_check").await,
        [["ok"]]
    );
}

#[tokio::test]
#[ignore = "make faults"]
async fn while_the_disk_of_postgresql_is_full_reads_go_on_and_once_there_is_room_writes_do() {
    super::needs_root();
    let disk = SmallDisk::mount(192);
    let server = Server::start_on(&disk.path, free_port());
    let scene = Scene::over(Database::at(&server.url())).await;
    let node = scene.node().await;
    // A log with room in it, as without it the server would end at once: what finds no room is a table.
    for sql in ["select cast(pg_switch_wal() as text)", "checkpoint"] {
        scene.database.execute(sql).await;
    }
    disk.is_full_for_a_while(&scene, &node).await;
    scene.writes_work_again(&node).await;
    shows(&node, "Pads anew").await;
    drop(node);
    server.stop_at_once();
}

#[test]
#[ignore = "make faults"]
fn a_backup_onto_a_full_disk_leaves_the_one_before() {
    super::needs_root();
    let disk = SmallDisk::mount(1);
    let desk = Desk::with_directory();
    let kept = disk.path.join("kept.zst");
    let backup = format!("backup {}", kept.display());
    desk.said(&backup);
    let before = fs::read(&kept).unwrap();
    disk.fill();
    let output = desk.run(&backup);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    println!("{}", stderr(&output).trim());
    assert_eq!(fs::read(&kept).unwrap(), before);
    assert_eq!(files(&disk.path), ["ballast", "kept.zst"]);
}

fn files(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
