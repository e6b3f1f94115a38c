//! How many questions a node answers per second over HTTP, against what actix-web can send at all.
//!
//! `make load` (`cargo bench --bench http [-- SIZE 'KIND'…]`), with the demo's directory or one grown from it to so
//! many services; a kind is called by its whole name. Figures stand in BENCHMARKS.md. The node is the program itself,
//! in a process of its own; beside it, in another, a server of actix-web that sends the
//! same twelve kilobytes to everybody: the ceiling. Both are asked over connections that are kept, one request
//! after the other on each, by this process, on the same cores; they take turns, and of each the median round
//! counts.

#[path = "support/asking.rs"]
mod asking;
#[path = "support/filled.rs"]
#[expect(dead_code, reason = "another benchmark fills PostgreSQL")]
mod filled;
#[path = "support/grown.rs"]
mod grown;
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "other benchmarks count the time of processors")]
mod support;

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use archipelago::catalogue::Vocabulary;
use archipelago::clock::Clock;
use archipelago::domain::taxonomy::Taxonomy;
use archipelago::store::Store;
use asking::Connection;
use grown::Draw;
use program::Server;
use support::Any;

/// How many connections ask at once.
const CONNECTIONS: usize = 64;
/// How long one round of one kind of question lasts.
const ROUND: Duration = Duration::from_secs(2);
/// How many rounds; the median counts.
const ROUNDS: usize = 5;
/// What the ceiling sends, in bytes: as much as an answer with twelve results.
const CEILING_BYTES: usize = 12_000;

/// What is asked.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    /// The path of its so many-th question.
    path: fn(usize, &Names) -> String,
}

/// What can be named in questions.
struct Names {
    needs: Vec<String>,
    services: Vec<String>,
    hosters: Vec<String>,
    /// What has changed since is nothing.
    revision: u64,
}

const KINDS: [Kind; 11] = [
    Kind {
        name: "the ceiling: twelve kilobytes from memory",
        path: |_, _| "/".to_owned(),
    },
    Kind {
        name: "search, never asked before",
        path: |number, names| format!("/api/v1/search?{}", fresh(number, names)),
    },
    Kind {
        name: "search, asked before",
        path: |number, names| {
            format!(
                "/api/v1/search?need={}&near=Lyon",
                nth(&names.needs, number)
            )
        },
    },
    Kind {
        name: "results page, never asked before",
        path: |number, names| format!("/fr/services?{}", fresh(number, names)),
    },
    Kind {
        name: "departure's page",
        path: |number, _| format!("/fr/leave/framadate?near={}", place(number)),
    },
    Kind {
        name: "go",
        path: |number, names| format!("/go/{}?near={}", nth(&names.needs, number), place(number)),
    },
    Kind {
        name: "suggest",
        path: |number, _| format!("/api/v1/suggest?q={}", beginning(number)),
    },
    Kind {
        name: "a page of a list",
        path: |number, _| {
            let list = ["services", "hosters", "departures"][number % 3];
            let offset = number % if list == "departures" { 100 } else { 10_000 };
            format!("/api/v1/{list}?offset={offset}")
        },
    },
    Kind {
        name: "one service or hoster",
        path: |number, names| match number % 2 {
            0 => format!("/api/v1/services/{}", nth(&names.services, number)),
            _ => format!("/api/v1/hosters/{}", nth(&names.hosters, number)),
        },
    },
    Kind {
        name: "places",
        path: |number, _| format!("/api/v1/places?q={}", beginning(number)),
    },
    Kind {
        name: "the rest of the API, in turn",
        path: |number, names| match number % (REST.len() + 1) {
            0 => format!("/api/v1/changes?since={}", names.revision),
            number => format!("/api/v1/{}", REST[number - 1]),
        },
    },
];

/// What is asked of the API beside all that, the snapshot left out: it is the whole directory.
const REST: [&str; 7] = [
    "needs",
    "closings",
    "collectives",
    "policy",
    "instances/hosts",
    "xmpp/providers.json",
    "sent",
];

/// A need near a place that no other question has.
fn fresh(number: usize, names: &Names) -> String {
    format!("need={}&near={}", nth(&names.needs, number), place(number))
}

fn nth(names: &[String], number: usize) -> &str {
    &names[number % names.len()]
}

/// Coordinates as a browser rounds them, in and about France.
fn place(number: usize) -> String {
    let mut draw = Draw(number as u64);
    let (north, east) = (draw.below(800), draw.below(1_200));
    format!(
        "{:.2},{:.2}",
        43.0 + north as f64 / 100.0,
        -3.0 + east as f64 / 100.0
    )
}

/// Two or three letters.
fn beginning(number: usize) -> String {
    let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
    let letters = [letter(number), letter(number / 26), letter(number / 676)];
    letters[..2 + number % 2].iter().collect()
}

fn main() -> Any<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "ceiling") {
        Some(_) => actix_web::rt::System::new().block_on(ceiling()),
        None => tokio::runtime::Runtime::new()?.block_on(measure()),
    }
}

/// The server that does nothing but send.
async fn ceiling() -> Any<()> {
    let body = web::Bytes::from(vec![b'x'; CEILING_BYTES]);
    let server = HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("application/json")
                    .body(body)
            }
        }))
    });
    let server = server.bind("127.0.0.1:0")?;
    println!("http://{}", server.addrs()[0]);
    Ok(server.run().await?)
}

async fn measure() -> Any<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir()?;
    let database = format!("sqlite:{}", folder.path().join("load.db").display());
    let arguments: Vec<String> = std::env::args().collect();
    let is_asked = |kind: &&Kind| {
        let mut names = arguments
            .iter()
            .filter(|name| KINDS.iter().any(|kind| kind.name == *name));
        names.clone().next().is_none() || names.any(|name| name == kind.name)
    };
    let (ceiling_kind, others) = KINDS.split_first().ok_or("no kinds")?;
    let kinds: Vec<&Kind> = std::iter::once(ceiling_kind)
        .chain(others.iter().filter(is_asked))
        .collect();
    let settings = folder.path().join("load.toml");
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_archipelago"));
        program.arg("--config").arg(&settings);
        program.args(["--database-url", &database]);
        program
    };
    let mut serve = program();
    serve.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--without",
        "crawler,delivery",
    ]);
    match arguments.iter().find_map(|size| size.parse().ok()) {
        None => {
            serve.arg("--demo");
        }
        Some(size) => {
            Store::open(&database).await?;
            let now = Clock::system().now();
            let filled = filled::fill(&database, size, &Vocabulary::embedded(), now).await?;
            println!("{} services of {} hosters", filled.services, filled.hosters);
        }
    }
    // What is signed is measured, too.
    let mut found = program();
    found.args([
        "init",
        "--domain",
        "load.example",
        "--kind",
        "directory",
        "--name",
        "Load",
    ]);
    if !found.output()?.status.success() {
        return Err("the node cannot be founded".into());
    }
    let node = Server::start(serve.stderr(Stdio::null()))?;
    let ceiling = Server::start(Command::new(std::env::current_exe()?).arg("ceiling"))?;
    let taxonomy = Taxonomy::embedded();
    let needs = taxonomy.needs().iter().map(|need| need.id.to_string());
    let names = Arc::new(Names {
        needs: needs.collect(),
        services: listed(node.address, "services").await?,
        hosters: listed(node.address, "hosters").await?,
        revision: revision(node.address).await?,
    });
    let asked = Arc::new(AtomicUsize::new(0));
    let mut rounds: Vec<Vec<Round>> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (kind, rounds) in kinds.iter().zip(&mut rounds) {
            let address = match kind.name == ceiling_kind.name {
                true => ceiling.address,
                false => node.address,
            };
            rounds.push(round(address, **kind, &names, &asked).await?);
        }
    }
    println!(
        "| {CONNECTIONS} connections | requests/s | of the ceiling | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|"
    );
    let mut most = 0.0;
    for (kind, mut rounds) in kinds.into_iter().zip(rounds) {
        rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        let median = &rounds[ROUNDS / 2];
        if most == 0.0 {
            most = median.per_second;
        }
        println!(
            "| {} | {:.0} | {:.0} % | {:.2} ms | {:.2} ms | {:.2} ms |",
            kind.name,
            median.per_second,
            100.0 * median.per_second / most,
            median.p50.as_secs_f64() * 1e3,
            median.p99.as_secs_f64() * 1e3,
            median.p999.as_secs_f64() * 1e3,
        );
    }
    println!(
        "\nThe node held {:.0} MB.",
        support::held(&node.process.id().to_string())?
    );
    Ok(())
}

/// Ids of a list of the API.
async fn listed(address: SocketAddr, list: &str) -> Any<Vec<String>> {
    let url = format!("http://{address}/api/v1/{list}?limit=100");
    let answer = reqwest::get(url).await?.json::<serde_json::Value>().await?;
    let found = answer["results"].as_array().ok_or("no results")?;
    let ids = found.iter().filter_map(|entry| entry["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// That of the edition in use.
async fn revision(address: SocketAddr) -> Any<u64> {
    let url = format!("http://{address}/api/v1/search?limit=1");
    let answer = reqwest::get(url).await?.json::<serde_json::Value>().await?;
    answer["revision"]
        .as_u64()
        .ok_or_else(|| "no revision".into())
}

/// What a round came to.
struct Round {
    per_second: f64,
    p50: Duration,
    p99: Duration,
    p999: Duration,
}

async fn round(
    address: SocketAddr,
    kind: Kind,
    names: &Arc<Names>,
    asked: &Arc<AtomicUsize>,
) -> Any<Round> {
    let began = Instant::now();
    let askers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (names, asked) = (Arc::clone(names), Arc::clone(asked));
            tokio::spawn(async move {
                let ask = ask(address, kind, &names, &asked, began + ROUND);
                ask.await.map_err(|error| error.to_string())
            })
        })
        .collect();
    let mut took = Vec::new();
    for asker in askers {
        took.extend(asker.await??);
    }
    let elapsed = began.elapsed();
    took.sort_unstable();
    Ok(Round {
        per_second: took.len() as f64 / elapsed.as_secs_f64(),
        p50: took[took.len() / 2],
        p99: took[took.len() * 99 / 100],
        p999: took[took.len() * 999 / 1000],
    })
}

/// Asks over one connection until a moment, and says how long each answer took.
async fn ask(
    address: SocketAddr,
    kind: Kind,
    names: &Names,
    asked: &AtomicUsize,
    until: Instant,
) -> Any<Vec<Duration>> {
    let mut connection = Connection::to(address).await?;
    let mut took = Vec::new();
    while Instant::now() < until {
        let path = (kind.path)(asked.fetch_add(1, Ordering::Relaxed), names);
        let began = Instant::now();
        let status = connection.get(&path).await?;
        if !matches!(status, 200 | 303) {
            return Err(format!("{path}: an answer of status {status}").into());
        }
        took.push(began.elapsed());
    }
    Ok(took)
}
