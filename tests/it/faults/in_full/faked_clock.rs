//! The real binary under a clock that is set, by libfaketime (Debian: `faketime`).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use archipelago::clock::Clock;

use crate::faults::{ALONE, CLOCK_SETS, Scene, shows};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, offer};
use crate::support::followers::{self, Inbox};
use crate::support::process::{self, Process};

/// How much of one processor a node may take that has nothing to do, whatever its clock says.
const MAX_BUSY: f64 = 0.5;
/// For how long that is measured.
const MEASURED_FOR: Duration = Duration::from_secs(5);
/// The kernel's ticks in a second, as /proc counts them.
const TICKS: f64 = 100.0;

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap();
    folders
        .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .expect("libfaketime is missing: apt-get install faketime")
}

/// How many ticks a process has computed for.
fn ticks(node: &Process) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", node.id().as_raw_nonzero())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<_> = fields.split(' ').collect();
    fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()
}

#[tokio::test]
#[ignore = "make faults"]
async fn a_node_whose_clock_is_set_a_day_forward_and_an_hour_back_goes_on() {
    let library = library();
    let database = Database::sqlite().await;
    let scene = Scene::over(database.shared()).await;
    let directory = tempfile::tempdir().unwrap();
    let offset = directory.path().join("offset");
    // Renamed into place, so that nobody reads half of it.
    let set = |to: &str| {
        let new = directory.path().join("new");
        fs::write(&new, to).unwrap();
        fs::rename(new, &offset).unwrap();
    };
    set("+0");
    let mut command = process::serve(&scene.site.config, ALONE);
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
    let node = Process::run(command, scene.site.config.listen).await;
    shows(&node, "Pads").await;
    let inbox = Inbox::start().await;
    let now = Clock::system().now();
    followers::follow(&scene.site.store, &[inbox.actor()], now).await;

    inbox.answer(&[503]);
    let before = node.counts(CLOCK_SETS).await;
    set("+1d");
    node.logs("the clock was set").await;
    node.counts_more(CLOCK_SETS, before).await;
    let first = vec![offer("first", "First")];
    scene.site.federation.add_services(first).await.unwrap();
    eventually("it is tried, and put off", async || {
        (inbox.requests().len() == 1).then_some(())
    })
    .await;
    set("+0");
    eventually("what was put off comes in its time", async || {
        let hour = Clock::system().now().timestamp_millis() + 3_600_000;
        let due = "select cast(due_at as text) from delivery_targets";
        let due: i64 = database.rows(due).await[0][0].parse().ok()?;
        (due < hour).then_some(())
    })
    .await;
    database
        .execute("update delivery_targets set due_at = 0")
        .await;
    eventually("it is delivered", async || {
        (inbox.requests().len() == 2).then_some(())
    })
    .await;

    set("-1h");
    for path in ["/en/services/pads", "/api/v1/search?q=pads", "/fr/closings"] {
        assert_eq!(node.get(path).await.unwrap().status(), 200, "{path}");
    }
    let before = ticks(&node);
    tokio::time::sleep(MEASURED_FOR).await;
    let busy = (ticks(&node) - before) / TICKS / MEASURED_FOR.as_secs_f64();
    println!("an hour back, a node with nothing to do takes {busy:.2} of a processor");
    assert!(busy < MAX_BUSY, "{busy}");
    set("+0");
    scene.writes_work_again(&node).await;
    assert!(!node.log().contains("panicked"));
}
