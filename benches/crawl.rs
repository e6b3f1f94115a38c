//! How long a crawl of thousands of hosts takes, against what politeness alone demands.
//!
//! `cargo bench --bench crawl` (`make crawl`). The far side is the simulated web of `tests/simulated_web`,
//! in this process; the crawler is the program itself, `archipelago crawl --once`, in a process of its
//! own, so that its time, memory and manners are those of the real thing. Figures stand in BENCHMARKS.md.
//! The second run is that of the next day, when most has not changed.
//!
//! `CRAWL_HOSTS` and `CRAWL_SEED` ask for another web. `cargo bench --bench crawl -- serve` only serves
//! it, prints the address of each host, and lasts until it is ended.

#[path = "../tests/simulated_web/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod simulated_web;
mod support;
#[path = "crawl/timeline.rs"]
mod timeline;

use std::process::Stdio;
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;
use serde_json::Value;
use simulated_web::log::Asked;
use simulated_web::{Server, Web, manners};
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, AssertSqlSafe};
use support::{Any, cpu, held};
use tokio::process::Command;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many hosts there are, unless `CRAWL_HOSTS` says otherwise.
const HOSTS: usize = 10_000;
/// How many hosts are visited at once, as the crawler has it.
const AT_ONCE: f64 = 1_000.0;
/// The pause between two requests to a host.
const GAP: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Any<()> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let web = Web::of(
        number("CRAWL_SEED").unwrap_or(1),
        number("CRAWL_HOSTS").map_or(HOSTS, |n| n as usize),
    );
    let server = Server::start(web).await?;
    let hosts: Vec<String> = server
        .web()
        .hosts(|_| true)
        .map(|host| server.web().url(host, server.port()).to_string())
        .collect();
    if std::env::args().any(|argument| argument == "serve") {
        println!("{}", hosts.join("\n"));
        return std::future::pending().await;
    }
    let directory = tempfile::tempdir()?;
    let database = format!("sqlite:{}", directory.path().join("crawl.db").display());
    println!("{} hosts", hosts.len());
    run(&server, &database, &hosts).await?;
    next_day(&database).await?;
    println!("The next day:");
    match run(&server, &database, &[]).await? {
        0 => Err("nothing was known again".into()),
        _ => Ok(()),
    }
}

/// One run of the program, and what it cost; says how many requests were answered 304.
async fn run(server: &Server, database: &str, seeds: &[String]) -> Any<usize> {
    let begun = Instant::now();
    let mut crawl = Command::new(env!("CARGO_BIN_EXE_archipelago"));
    crawl.args(["crawl", "--once", "--json", "--allow-net", "127.0.0.0/8"]);
    crawl.args(["--database-url", database]);
    crawl.args(seeds.iter().flat_map(|seed| ["--seed", seed]));
    let crawl = crawl.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let process = crawl.id().ok_or("it has ended")?.to_string();
    let mut spent = Duration::ZERO;
    let mut memory = Vec::new();
    let ended = crawl.wait_with_output();
    tokio::pin!(ended);
    let output = loop {
        tokio::select! {
            output = &mut ended => break output?,
            () = tokio::time::sleep(GAP / 2) => {
                // It may have ended meanwhile.
                spent = cpu(&process).unwrap_or(spent);
                memory.extend(held(&process));
            }
        }
    };
    let wall = begun.elapsed().as_secs_f64();
    let summary: Value = serde_json::from_slice(&output.stdout)?;
    let log = server.log().take();
    let requests = log.len() as f64;
    let floor = floor(&log);
    let known = log.iter().filter(|asked| asked.status == 304).count();
    println!(
        "{wall:.1} s for {requests} requests ({:.1} a host), {known} of them answered 304; \
         politeness alone: {floor:.1} s, so {:.2} times that",
        requests / server.web().hosts(|_| true).count() as f64,
        wall / floor
    );
    let most = memory.iter().copied().fold(0.0, f64::max);
    let middle = memory.get(memory.len() / 2).copied().unwrap_or_default();
    println!(
        "{:.1} s of processors, {:.0} % of one; {most:.0} MB at most, {middle:.0} MB half-way",
        spent.as_secs_f64(),
        100.0 * spent.as_secs_f64() / wall
    );
    for line in timeline::of(&log, begun, GAP) {
        println!("{line}");
    }
    println!("{summary}");
    let faults = manners::faults(server.web(), &log, GAP);
    println!("faults of manners: {}", faults.len());
    for fault in faults.iter().take(10) {
        println!("  {fault}");
    }
    match faults.is_empty() {
        true => Ok(known),
        false => Err("it was not polite".into()),
    }
}

/// What politeness alone takes, in seconds: a request a second and host with a thousand of them at once, that
/// is, each request keeps one of the places for its pause and for as long as its answer takes. The crawler
/// may need less, since the pause between two turns of a host takes nobody's place.
fn floor(log: &[Asked]) -> f64 {
    let taken: f64 = log
        .iter()
        .map(|asked| (asked.ended - asked.begun + GAP).as_secs_f64())
        .sum();
    let mut of_host = std::collections::HashMap::<usize, f64>::new();
    for asked in log {
        *of_host.entry(asked.host).or_default() += (asked.ended - asked.begun + GAP).as_secs_f64();
    }
    let longest = of_host.into_values().fold(0.0, f64::max);
    (taken / AT_ONCE).max(longest)
}

/// Lets the frontier believe that a day has passed.
async fn next_day(database: &str) -> Any<()> {
    const DAY: i64 = 24 * 3_600_000;
    install_default_drivers();
    let pool = AnyPool::connect(database).await?;
    for sql in [
        format!(
            "update hosts set due_at = due_at - {DAY}, robots_at = robots_at - {DAY},
               round_at = round_at - {DAY}, next_request_at = next_request_at - {DAY}"
        ),
        format!("update targets set due_at = due_at - {DAY}"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}
