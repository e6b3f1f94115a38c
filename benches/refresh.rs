//! How long it takes until a change in the store shows in answers, and what that costs in memory; on SQLite
//! and PostgreSQL.
//!
//! `cargo bench --bench refresh`, `cargo bench --bench refresh -- 1000000`. Figures and what they are held
//! against stand in BENCHMARKS.md; `support/grown.rs` and `support/filled.rs` say how the store is filled. One
//! service is renamed through the store, then the catalogue is refreshed until it answers with the new name. A
//! node looks for changes each second, which comes on top. Meanwhile another thread asks all the time, so the
//! longest answer says whether any waited.
//!
//! `REFRESH_DATABASE_URL` names a PostgreSQL database, which must be empty; else one is brought, as the tests do.

#[path = "support/filled.rs"]
mod filled;
#[path = "support/grown.rs"]
mod grown;
#[path = "../tests/it/support/postgres.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "a server that does not start ends the benchmark; tests do more with one"
)]
mod postgres;
#[expect(dead_code, reason = "other benchmarks count the time of processors")]
mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use archipelago::catalogue::{Catalogue, Took, Vocabulary};
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::domain::localized::Language;
use archipelago::domain::service::Service;
use archipelago::search::query::Query;
use archipelago::store::Store;
use mimalloc::MiMalloc;
use support::{Any, held};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many changes are waited for, one after the other; the median counts.
const ROUNDS: usize = 5;
/// What is asked all the time.
const QUESTION: &str = "need=pads&near=Lyon";

#[tokio::main]
async fn main() -> Any<()> {
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|size| size.parse().ok())
        .collect();
    let sizes = match sizes.is_empty() {
        true => vec![10_000, 100_000],
        false => sizes,
    };
    for size in sizes {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("archipelago.db");
        measure(
            "SQLite",
            &format!("sqlite:{}?mode=rwc", file.display()),
            size,
        )
        .await?;
        let url = std::env::var("REFRESH_DATABASE_URL");
        let server = url.as_deref().unwrap_or_else(|_| postgres::url());
        let schema = format!("of_{size}");
        let join = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{join}options[search_path]={schema}");
        filled::make_schema(&url, &schema).await?;
        measure("PostgreSQL", &url, size).await?;
    }
    Ok(())
}

async fn measure(engine: &str, url: &str, size: usize) -> Any<()> {
    let clock = Clock::system();
    let store = Store::open(url).await?;
    let filled = {
        let vocabulary = Vocabulary::embedded();
        filled::fill(url, size, &vocabulary, clock.now()).await?
    };
    println!(
        "\n{engine}: {} services of {} hosters, {} vouches",
        filled.services, filled.hosters, filled.vouches
    );
    let began = Instant::now();
    let catalogue = Catalogue::open(&store, Choices::default(), clock.now()).await?;
    let edition = catalogue.current();
    println!(
        "  first opening {}: {}",
        written(began.elapsed()),
        parts(&edition.took)
    );
    let index = edition.index_bytes() as f64 / 1e6;
    let mut service = Service::clone(&edition.services[edition.services.len() / 2]);
    drop(edition);
    let catalogue = Arc::new(catalogue);
    let mut rounds = Vec::new();
    let before = held("self")?;
    let watch = Watch::start(Arc::clone(&catalogue));
    for round in 0..ROUNDS {
        let name = format!("Renamed {round}");
        service.name = name.clone().try_into()?;
        let now = clock.now();
        let began = Instant::now();
        store.keep(&[], std::slice::from_ref(&service), now).await?;
        let kept = began.elapsed();
        catalogue.refresh(&store, now).await?;
        let shown = began.elapsed() - kept;
        let edition = catalogue.current();
        let renamed = edition.service(service.id.as_str()).ok_or("it is gone")?;
        assert_eq!(renamed.name.as_str(), name, "the change is shown");
        rounds.push((shown, kept, edition.took));
    }
    let watched = watch.stop();
    rounds.sort_by_key(|(shown, ..)| *shown);
    let (shown, kept, took) = &rounds[ROUNDS / 2];
    println!("  a change is kept in {}", written(*kept));
    println!("  and shown after {}: {}", written(*shown), parts(took));
    println!(
        "  the longest of {ROUNDS}: {}",
        written(rounds[ROUNDS - 1].0)
    );
    println!(
        "  resident {before:.0} MB before, {:.0} MB at most, {:.0} MB after; the index has {index:.0} MB",
        watched.most_held,
        held("self")?
    );
    println!(
        "  meanwhile {} answers: p50 {}, p99 {}, the longest {}",
        watched.answers.len(),
        written(watched.answers[watched.answers.len() / 2]),
        written(watched.answers[watched.answers.len() * 99 / 100]),
        written(watched.answers[watched.answers.len() - 1]),
    );
    Ok(())
}

fn parts(took: &Took) -> String {
    let rest = took.building - took.trust - took.index - took.suggestions;
    format!(
        "reading {}, trust {}, index {}, suggestions {}, the rest {}",
        written(took.reading),
        written(took.trust),
        written(took.index),
        written(took.suggestions),
        written(rest)
    )
}

fn written(time: Duration) -> String {
    match time {
        time if time < Duration::from_millis(1) => format!("{} µs", time.as_micros()),
        time if time < Duration::from_secs(1) => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        time => format!("{:.2} s", time.as_secs_f64()),
    }
}

/// Asks all the time, and looks how much memory is held.
struct Watch {
    over: Arc<AtomicBool>,
    asking: thread::JoinHandle<Watched>,
}

struct Watched {
    /// How long each answer took, the shortest first.
    answers: Vec<Duration>,
    /// In megabytes.
    most_held: f64,
}

impl Watch {
    fn start(catalogue: Arc<Catalogue>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let asking = thread::spawn(move || {
            let query = Query::from_query_string(QUESTION).expect("it is well formed");
            let (mut answers, mut most_held) = (Vec::new(), 0.0_f64);
            while !is_over.load(Ordering::Relaxed) {
                let began = Instant::now();
                let edition = catalogue.current();
                let answer = edition.ask(&query, Language::French);
                black_box(answer.map(|(_, results)| results.total).ok());
                drop(edition);
                answers.push(began.elapsed());
                most_held = most_held.max(held("self").unwrap_or_default());
                thread::sleep(Duration::from_millis(2));
            }
            answers.sort_unstable();
            Watched { answers, most_held }
        });
        Self { over, asking }
    }

    fn stop(self) -> Watched {
        self.over.store(true, Ordering::Relaxed);
        self.asking.join().expect("asking does not panic")
    }
}
