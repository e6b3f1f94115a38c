//! The same questions to the index and to PostgreSQL (full text and trigrams), on the same data, in the same run.
//!
//! `cargo bench --bench postgres` (`-- 10000` for another size than 100,000 services). Figures stand in BENCHMARKS.md. A table
//! has one row for each service with what its filters and score need, indexed as one would: GIN over the words and over
//! their trigrams, B-trees over need and software; `analyze` has run, and all of it is in memory. Each question is two statements: twelve
//! hits by score and distance, and counts by grouping sets. PostgreSQL does less than the index: its counts do
//! not leave a group's own filter out, and it gives no reasons.

#[path = "support/grown.rs"]
mod grown;
#[path = "../tests/it/support/postgres.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "a server that does not start ends the benchmark; tests do more with one"
)]
mod postgres;

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::localized::Language;
use archipelago::search::query::Query;
use archipelago::store::Directory;
use grown::Grown;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// How often each question is asked; the median counts.
const REPEATS: usize = 25;

/// A question to the index, and the condition by which PostgreSQL finds the same.
const QUESTIONS: [(&str, &str, &str); 6] = [
    ("a need near a town", "need=pads&near=Lyon", "need = 'pads'"),
    (
        "a need and filters",
        "need=pads&registration=free&language=fr",
        "need = 'pads' and registration = 'free' and 'fr' = any(languages)",
    ),
    (
        "words",
        "q=nextcloud+lyon",
        "document @@ plainto_tsquery('simple', 'nextcloud lyon')",
    ),
    (
        "a beginning",
        "q=nextc",
        "document @@ to_tsquery('simple', 'nextc:*')",
    ),
    ("a misspelling", "q=etherpda", "words %> 'etherpda'"),
    ("browsing", "near=Lyon", "true"),
];

const TABLE: &str = "
    create extension if not exists pg_trgm;
    create table services (
        need text, software text, registration text, price text, country text, languages text[],
        latitude double precision, longitude double precision, base double precision, words text,
        document tsvector generated always as (to_tsvector('simple', words)) stored
    )";
const INDEXES: &str = "
    create index on services using gin (document);
    create index on services using gin (words gin_trgm_ops);
    create index on services (need);
    create index on services (software);
    analyze services";
/// Great-circle distance from Lyon, halving each hundred kilometres.
const SCORE: &str = "base * coalesce(exp(-0.00693 * 6371 * acos(least(1, sin(radians(45.76)) * sin(radians(latitude))
    + cos(radians(45.76)) * cos(radians(latitude)) * cos(radians(longitude - 4.84))))), 0.0005)";

#[tokio::main]
async fn main() -> Any<()> {
    let size = std::env::args().find_map(|size| size.parse().ok());
    let vocabulary = Arc::new(Vocabulary::embedded());
    let grown = grown::grown(size.unwrap_or(100_000), &vocabulary);
    let count = grown.services.len();
    let mut connection = PgConnection::connect(postgres::url()).await?;
    sqlx::raw_sql(TABLE).execute(&mut connection).await?;
    let mut copy = connection
        .copy_in_raw("copy services (need, software, registration, price, country, languages, latitude, longitude, base, words) from stdin")
        .await?;
    copy.send(rows(&grown, &vocabulary)?.into_bytes()).await?;
    copy.finish().await?;
    sqlx::raw_sql(INDEXES).execute(&mut connection).await?;
    let edition = edition(grown, &vocabulary);
    println!("| {count} services | the index | PostgreSQL | times |\n|---|---|---|---|");
    for (name, question, condition) in QUESTIONS {
        let mut ours: Vec<Duration> = (0..REPEATS).map(|_| ask(&edition, question)).collect();
        let mut theirs = Vec::new();
        for _ in 0..REPEATS {
            theirs.push(select(&mut connection, condition).await?);
        }
        ours.sort_unstable();
        theirs.sort_unstable();
        let [ours, theirs] =
            [ours[REPEATS / 2], theirs[REPEATS / 2]].map(|time| time.as_secs_f64());
        println!(
            "| {name} | {:.0} µs | {:.2} ms | {:.0} |",
            ours * 1e6,
            theirs * 1e3,
            theirs / ours
        );
    }
    Ok(())
}

/// One row for each service, as `copy` reads it.
fn rows(grown: &Grown, vocabulary: &Vocabulary) -> Any<String> {
    let nothing = || "\\N".to_owned();
    let mut rows = String::new();
    let mut hosters = grown.hosters.iter().peekable();
    for service in &grown.services {
        while hosters
            .peek()
            .is_some_and(|hoster| hoster.id != service.hoster)
        {
            hosters.next();
        }
        let hoster = hosters.peek().ok_or("a service without its hoster")?;
        let need = vocabulary
            .taxonomy
            .need(service.need.as_str())
            .ok_or("no need")?;
        let town = hoster.place.city.as_ref().map_or("", |town| town.as_str());
        let software = service.software.as_ref().map(|id| id.as_str());
        let words = [
            service.name.as_str(),
            hoster.name.as_str(),
            town,
            software.unwrap_or(""),
            need.name.fr.as_str(),
            need.name.en.as_str(),
        ];
        let words = words
            .join(" ")
            .to_lowercase()
            .replace(['\\', '\t', '\n'], " ");
        let at = hoster.place.coordinates;
        let languages: Vec<&str> = hoster.languages.iter().map(|code| code.as_str()).collect();
        let base = if service.registration.is_some() {
            0.8
        } else {
            0.56
        };
        writeln!(
            rows,
            "{}\t{}\t{}\t{}\t{}\t{{{}}}\t{}\t{}\t{base}\t{words}",
            service.need,
            software.map_or_else(nothing, str::to_owned),
            service
                .registration
                .map_or_else(nothing, |way| way.word().to_owned()),
            service
                .price
                .as_ref()
                .map_or_else(nothing, |price| price.kind.word().to_owned()),
            hoster
                .place
                .country
                .map_or_else(nothing, |code| code.as_str().to_owned()),
            languages.join(","),
            at.map_or_else(nothing, |at| at.latitude().to_string()),
            at.map_or_else(nothing, |at| at.longitude().to_string()),
        )?;
    }
    Ok(rows)
}

/// How long PostgreSQL takes for hits and counts.
async fn select(connection: &mut PgConnection, condition: &str) -> Any<Duration> {
    let hits = format!(
        "select need, words, {SCORE} as score from services where {condition} order by score desc limit 12"
    );
    let counts = format!(
        "select need, software, registration, price, country, count(*) from services where {condition}
         group by grouping sets ((need), (software), (registration), (price), (country), ())"
    );
    let began = Instant::now();
    let mut read = 0;
    for statement in [hits, counts] {
        let rows = sqlx::query(AssertSqlSafe(statement))
            .fetch_all(&mut *connection)
            .await?;
        read += rows.iter().map(Row::len).sum::<usize>();
    }
    black_box(read);
    Ok(began.elapsed())
}

/// How long the index takes from the query string to hits, counts and reasons.
fn ask(edition: &Edition, question: &str) -> Duration {
    let began = Instant::now();
    let query = Query::from_query_string(black_box(question)).expect("it is well formed");
    let answer = edition.ask(&query, Language::French);
    let (_, results) = answer.expect("all it names is known");
    let reasons = results.hits.iter().map(|hit| {
        let (service, hoster) = (&edition.services[hit.service], &edition.hosters[hit.hoster]);
        hit.reasons(service, hoster, edition.taxonomy()).len()
    });
    black_box(reasons.sum::<usize>() + results.facets.country.len());
    began.elapsed()
}

fn edition(grown: Grown, vocabulary: &Arc<Vocabulary>) -> Edition {
    let directory = Directory::of(grown.hosters, grown.services);
    let now = "2026-11-23T00:00:00Z".parse().expect("it is a moment");
    Edition::build(Arc::clone(vocabulary), directory, Standing::Unknown, now)
}
