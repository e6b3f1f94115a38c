//! A day of a directory of a thousand hosters in twelve minutes, and the hour when everybody comes at once.
//!
//! `make soak` (`cargo bench --bench day -- soak`) lets a day pass: hosts become due 24 times, people look around, a
//! hoster edits its services and posts, some mean harm, two backups are made. It fails if an answer is not what it
//! should be, if an edit is lost or out of order, or if the second half of the day holds more memory or files than
//! the first.
//! `make rush` (`cargo bench --bench day -- rush`) asks as much as is answered, and then ten times as many at
//! once. Nodes are the program itself, each in a process of its own; the sites they visit are the simulated web
//! of `tests/simulated_web`, in this process. Figures stand in BENCHMARKS.md.
//!
//! `DAY_HOSTS`, `DAY_SECONDS` and `DAY_SEED` ask for another day.

#[path = "support/asking.rs"]
mod asking;
#[path = "support/draw.rs"]
mod draw;
#[path = "day/harm.rs"]
mod harm;
#[path = "day/judgement.rs"]
mod judgement;
#[path = "day/nodes.rs"]
mod nodes;
#[path = "support/program.rs"]
mod program;
#[path = "day/rush.rs"]
mod rush;
#[path = "day/scene.rs"]
mod scene;
#[path = "support/signed.rs"]
mod signed;
#[path = "../tests/simulated_web/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod simulated_web;
mod support;
#[path = "day/tally.rs"]
mod tally;
#[path = "day/visitors.rs"]
mod visitors;

use std::sync::Arc;
use std::time::{Duration, Instant};

use harm::harm;
use judgement::{Hour, Meter, judge};
use scene::Scene;
use support::Any;
use tally::Tally;
use tokio::task::JoinSet;
use visitors::Visitors;

/// How many hosts there are, unless `DAY_HOSTS` says otherwise.
const HOSTS: u64 = 1_000;
/// How long the day takes, in seconds, unless `DAY_SECONDS` says otherwise.
const SECONDS: u64 = 720;
/// How long a day may take.
const MOST: Duration = Duration::from_secs(3_000);
const HOURS: u32 = 24;
/// How many people ask for something each second, all day: as many in a day as 100,000 would be in a real one.
const VISITS_PER_SECOND: f64 = 140.0;
/// How many edits the hoster makes each hour.
const EDITS_PER_HOUR: u32 = 12;
/// At the end of which hours a backup is made.
const BACKUPS: [u32; 2] = [6, 18];

#[tokio::main]
async fn main() -> Any<()> {
    let mut arguments = std::env::args();
    let Some(asked) = arguments.find(|argument| argument == "soak" || argument == "rush") else {
        // `cargo bench` alone is over in minutes.
        println!("Ask for it: make soak, or make rush.");
        return Ok(());
    };
    drop(rustls::crypto::ring::default_provider().install_default());
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let hosts = number("DAY_HOSTS").unwrap_or(HOSTS) as usize;
    let day = Duration::from_secs(number("DAY_SECONDS").unwrap_or(SECONDS));
    if day > MOST {
        return Err(
            "DAY_SECONDS: what is posted was signed before the day, and counts for an hour".into(),
        );
    }
    let scene = Scene::set(number("DAY_SEED").unwrap_or(1), hosts).await?;
    match asked.as_str() {
        "rush" => rush::rush(&scene).await,
        _ => live(&scene, day).await,
    }
}

/// Lets a day pass.
async fn live(scene: &Scene, day: Duration) -> Any<()> {
    let hour = day / HOURS;
    let tally = Arc::new(Tally::default());
    let visitors = Visitors::of(scene).await?;
    let mut people = JoinSet::new();
    visitors.come(VISITS_PER_SECOND, &tally, &mut people);
    people.spawn(harm(scene.directory.address, Arc::clone(&tally)));
    let mut meter = Meter::of(scene.directory.process.id());
    let mut hours = Vec::new();
    let mut edits = 0;
    println!("{}", Hour::HEAD);
    for number in 1..=HOURS {
        let until = Instant::now() + hour;
        scene.an_hour_passes().await?;
        for _ in 0..EDITS_PER_HOUR {
            edits += 1;
            scene.edit(edits).await?;
            tokio::time::sleep(hour / (EDITS_PER_HOUR + 1)).await;
            meter.look()?;
        }
        if BACKUPS.contains(&number) {
            scene.back_up().await?;
        }
        tokio::time::sleep(until.saturating_duration_since(Instant::now())).await;
        let told = Hour {
            number,
            visited: scene.web.log().take().len(),
            asked: tally.take(),
            cost: meter.take()?,
        };
        println!("{told}");
        hours.push(told);
    }
    people.abort_all();
    let judged = judge(&hours);
    scene.shows_last(edits).await?;
    scene.has_applied(edits).await?;
    scene.ends_whole().await?;
    judged
}
