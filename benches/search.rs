//! How fast a directory is built and asked, at the demo's size and from 1,000 to 1,000,000 services.
//!
//! `cargo bench --bench search [-- SIZE… 'SORT'…]`. Figures and what they are held against stand in BENCHMARKS.md;
//! `support/grown.rs` says how directories are grown from the demo's. One question is all of it: reading the
//! query string, looking up need and place, searching, ordering, counts, and the reasons of twelve hits.
//!
//! Each size is asked a mix of questions of every sort, each with another place, need or word, so that few
//! repeat; every question is timed by itself. Beside it, in the same run, one pass over what a filter and a
//! score need of every service at least: the floor for browsing.

#[path = "support/grown.rs"]
mod grown;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::localized::Language;
use archipelago::search::query::Query;
use archipelago::search::{Contents, Index};
use archipelago::store::Directory;
use chrono::{NaiveDate, NaiveTime};
use grown::{Draw, Grown, demo, grown};
use mimalloc::MiMalloc;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many questions of each sort are asked.
const QUESTIONS: usize = 400;
/// How often the index is built and the columns are read.
const REPEATS: usize = 5;

const SORTS: [&str; 10] = [
    "leave near",
    "need and filters",
    "need near, within",
    "words",
    "a hoster's name",
    "a beginning",
    "a misspelling",
    "browse",
    "browse near",
    "browse, filtered",
];
const TOWNS: [&str; 12] = [
    "Lyon",
    "Paris",
    "69007",
    "Bruxelles",
    "Nantes",
    "Genève",
    "Brest",
    "Toulouse",
    "Berlin",
    "Lille",
    "45.2,5.7",
    "Gap",
];
const NEEDS: [&str; 10] = [
    "pads",
    "polls",
    "video-calls",
    "file-storage",
    "email",
    "forms",
    "calendars",
    "kanban",
    "team-chat",
    "mailing-lists",
];
const LEFT: [&str; 8] = [
    "framadate",
    "framapad",
    "google-docs",
    "doodle",
    "framaforms",
    "zoom",
    "dropbox",
    "framateam",
];
const WORDS: [&str; 8] = [
    "sondage libre association",
    "visio nextcloud",
    "etherpad",
    "hébergement mail associatif",
    "cloud fichiers",
    "jitsi meet",
    "liste de diffusion",
    "cryptpad",
];
const BEGINNINGS: [&str; 6] = ["visio conf", "nextc", "ba", "fra", "mattermo", "li"];
const MISSPELT: [&str; 6] = [
    "etherpda",
    "nextclud",
    "framdate",
    "mattermots",
    "jisti",
    "peertueb",
];
const LANGUAGES: [&str; 4] = ["fr", "de", "en", "nl"];
const WAYS_IN: [&str; 5] = ["none", "free", "none,free", "request", "closed"];

fn main() {
    let asked: Vec<String> = std::env::args().collect();
    let sizes: Vec<usize> = asked.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = match sizes.is_empty() {
        true => vec![0, 1_000, 10_000, 100_000, 1_000_000],
        false => sizes,
    };
    let sorts = SORTS.into_iter();
    let sorts: Vec<&str> = (sorts.filter(|sort| asked.iter().any(|asked| asked == sort))).collect();
    let sorts = match sorts.is_empty() {
        true => &SORTS,
        false => &sorts[..],
    };
    let vocabulary = Arc::new(Vocabulary::embedded());
    for size in sizes {
        measure(size, sorts, &vocabulary);
    }
}

fn measure(size: usize, sorts: &[&str], vocabulary: &Arc<Vocabulary>) {
    let content = match size {
        0 => demo(),
        size => grown(size, vocabulary),
    };
    println!(
        "\n{} services of {} hosters",
        content.services.len(),
        content.hosters.len()
    );
    let (building, index) = times(REPEATS, || index(&content, vocabulary));
    let bytes = index.heap_bytes();
    println!(
        "  build {}, index {:.1} MB, {} B a service",
        written(building[REPEATS / 2]),
        bytes as f64 / 1e6,
        bytes / index.len().max(1)
    );
    drop(index);
    let (scans, _) = times(REPEATS * 20, scan_of(&content));
    let scan = scans[scans.len() / 2];
    println!("  one pass over the columns {}", written(scan));
    let names: Vec<String> = (content.hosters.iter().take(1_000))
        .map(|hoster| hoster.name.as_str().to_owned())
        .collect();
    let edition = edition(content, vocabulary);
    let mut all = Vec::new();
    for sort in sorts {
        let mut draw = Draw(sort.len() as u64);
        let mut took: Vec<Duration> = (0..QUESTIONS)
            .map(|_| {
                let question = question(sort, &names, &mut draw);
                let began = Instant::now();
                black_box(ask(&edition, black_box(&question)));
                began.elapsed()
            })
            .collect();
        took.sort_unstable();
        println!(
            "  {sort:20} p50 {:>9}  p99 {:>9}  most {:>9}  {:.1} passes",
            written(took[QUESTIONS / 2]),
            written(took[QUESTIONS * 99 / 100]),
            written(took[QUESTIONS - 1]),
            took[QUESTIONS / 2].as_secs_f64() / scan.as_secs_f64()
        );
        all.extend(took);
    }
    all.sort_unstable();
    println!(
        "  all of them          p50 {:>9}  p99 {:>9}",
        written(all[all.len() / 2]),
        written(all[all.len() * 99 / 100])
    );
}

/// From the query string to hits, counts and reasons.
fn ask(edition: &Edition, query: &str) -> usize {
    let query = Query::from_query_string(query).expect("it is well formed");
    let answer = edition.ask(&query, Language::French);
    let (_, results) = answer.expect("all it names is known");
    let reasons = results.hits.iter().map(|hit| {
        let (service, hoster) = (&edition.services[hit.service], &edition.hosters[hit.hoster]);
        hit.reasons(service, hoster, edition.taxonomy()).len()
    });
    reasons.sum::<usize>() + results.total + results.facets.country.len()
}

fn question(sort: &str, names: &[String], draw: &mut Draw) -> String {
    let town = |draw: &mut Draw| match draw.below(2) {
        0 => (*draw.one(&TOWNS)).to_owned(),
        _ => format!(
            "{:.1},{:.1}",
            43.0 + draw.below(70) as f64 / 10.0,
            draw.below(80) as f64 / 10.0
        ),
    };
    match sort {
        "leave near" => format!("leave={}&near={}", draw.one(&LEFT), town(draw)),
        "need and filters" => format!(
            "need={}&registration={}&language={}",
            draw.one(&NEEDS),
            draw.one(&WAYS_IN),
            draw.one(&LANGUAGES)
        ),
        "need near, within" => format!(
            "need={}&near={}&within={}",
            draw.one(&NEEDS),
            town(draw),
            draw.one(&[50, 100, 200, 500])
        ),
        "words" => format!("q={}", draw.one(&WORDS)),
        "a hoster's name" => format!("q={}", draw.one(names)),
        "a beginning" => format!("q={}", draw.one(&BEGINNINGS)),
        "a misspelling" => format!("q={}", draw.one(&MISSPELT)),
        "browse" => format!("offset={}", 12 * draw.below(20)),
        "browse near" => format!("near={}", town(draw)),
        _ => format!(
            "registration={}&language={}",
            draw.one(&WAYS_IN),
            draw.one(&LANGUAGES)
        ),
    }
}

/// Reads of every service, in order, two filters and a score: five bytes of which the compiler takes many at
/// a time.
fn scan_of(content: &Grown) -> impl FnMut() -> (u32, u32) + use<> {
    let mut draw = Draw(1);
    let mut column = || -> Vec<u32> {
        let services = content.services.iter();
        services.map(|_| (draw.next() >> 40) as u32).collect()
    };
    let scores = column();
    let filters: Vec<u8> = column().into_iter().map(|bits| bits as u8).collect();
    move || {
        let passing = filters.iter().zip(&scores);
        passing.fold((0, 0), |(count, most), (filter, score)| {
            let passes = u32::from(filter & 1);
            (count + passes, most.max(score * passes))
        })
    }
}

fn index(content: &Grown, vocabulary: &Vocabulary) -> Index {
    let contents = Contents {
        hosters: &content.hosters,
        standings: &content.standings,
        services: &content.services,
        availability: vec![None; content.services.len()],
    };
    Index::build(&vocabulary.taxonomy, contents, today())
}

fn edition(content: Grown, vocabulary: &Arc<Vocabulary>) -> Edition {
    let directory = Directory::of(content.hosters, content.services);
    let now = today().and_time(NaiveTime::MIN).and_utc();
    Edition::build(Arc::clone(vocabulary), directory, Standing::Unknown, now)
}

fn today() -> NaiveDate {
    "2026-11-23".parse().expect("it is a date")
}

/// How long something takes each time, sorted, and what came of it last.
fn times<T>(repeats: usize, mut run: impl FnMut() -> T) -> (Vec<Duration>, T) {
    let mut timed = || {
        let began = Instant::now();
        let result = black_box(run());
        (began.elapsed(), result)
    };
    let mut took: Vec<Duration> = (1..repeats).map(|_| timed().0).collect();
    let (last, result) = timed();
    took.push(last);
    took.sort_unstable();
    (took, result)
}

fn written(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        0.0..10.0 => format!("{micros:.1} µs"),
        10.0..1_000.0 => format!("{micros:.0} µs"),
        1_000.0..1_000_000.0 => format!("{:.2} ms", micros / 1e3),
        _ => format!("{:.2} s", micros / 1e6),
    }
}
