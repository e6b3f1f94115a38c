//! How long it takes to say who can be trusted: 20,000 hosters, and 100,000 fakes that vouch for each other.
//!
//! `cargo bench --bench trust`. Figures and what they are held against stand in BENCHMARKS.md.
//! Each of three hundred collectives has one or two of ten anchors; each hoster is member of one to three
//! collectives and vouches for two other members and one stranger; every fake vouches for ten more and for
//! an honest hoster; twenty hosters were fooled, and vouch for ten fakes each. One pass that adds up the ends and the age
//! of every vouch is what reading them costs at the least, and is measured beside.

use std::time::{Duration, Instant};

use archipelago::domain::policy::Rules;
use archipelago::trust::{Actor, Edge, Graph, Kind, Policy, assess};
use divan::{Bencher, black_box};

const ANCHORS: u32 = 10;
const COLLECTIVES: u32 = 300;
const HOSTERS: u32 = 20_000;
const FAKES: u32 = 100_000;
const FOOLED: u32 = 20;

const FIRST_COLLECTIVE: u32 = ANCHORS;
const FIRST_HOSTER: u32 = FIRST_COLLECTIVE + COLLECTIVES;
const FIRST_FAKE: u32 = FIRST_HOSTER + HOSTERS;
const ALL: u32 = FIRST_FAKE + FAKES;

fn main() {
    tell();
    divan::main();
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(end)) as u32
    }
}

fn actors() -> Vec<Actor> {
    let kind = |actor: u32| match actor {
        0..FIRST_HOSTER => Kind::Collective,
        // Fakes call themselves what gets them most.
        FIRST_FAKE.. if actor.is_multiple_of(2) => Kind::Collective,
        _ => Kind::Hoster,
    };
    (0..ALL)
        .map(|actor| Actor {
            kind: kind(actor),
            is_anchor: actor < ANCHORS,
            is_blocked: false,
        })
        .collect()
}

/// In no order, as a store may hand them out.
fn edges() -> Vec<Edge> {
    let mut chance = Chance(5);
    let mut ends = Vec::new();
    for collective in 0..COLLECTIVES {
        for anchor in [collective, collective / 30] {
            ends.push((anchor % ANCHORS, FIRST_COLLECTIVE + collective));
        }
    }
    for hoster in 0..HOSTERS {
        for membership in 0..1 + hoster % 3 {
            let collective = (hoster + 37 * membership * (1 + hoster % 5)) % COLLECTIVES;
            ends.push((FIRST_COLLECTIVE + collective, FIRST_HOSTER + hoster));
        }
        for number in 0..3 {
            let peer = match number {
                0 => hoster + 1 + chance.below(200),
                _ => hoster + COLLECTIVES * (1 + chance.below(20)),
            } % HOSTERS;
            ends.push((FIRST_HOSTER + hoster, FIRST_HOSTER + peer));
        }
    }
    for fake in 0..FAKES {
        for _ in 0..10 {
            ends.push((FIRST_FAKE + fake, FIRST_FAKE + chance.below(FAKES)));
        }
        ends.push((FIRST_FAKE + fake, FIRST_HOSTER + chance.below(HOSTERS)));
    }
    for fooled in 0..FOOLED {
        for _ in 0..10 {
            let hoster = FIRST_HOSTER + fooled * (HOSTERS / FOOLED);
            ends.push((hoster, FIRST_FAKE + chance.below(FAKES)));
        }
    }
    for position in (1..ends.len()).rev() {
        ends.swap(position, chance.below(position as u32 + 1) as usize);
    }
    let edge = |(from, to)| Edge {
        from,
        to,
        since: 1_700_000_000_000 + i64::from(chance.below(u32::MAX)),
    };
    ends.into_iter().map(edge).collect()
}

/// What everybody has to do at the least who reads all vouches.
fn pass(edges: &[Edge]) -> i64 {
    edges
        .iter()
        .map(|edge| i64::from(edge.from ^ edge.to) ^ edge.since)
        .fold(0, i64::wrapping_add)
}

/// What comes of it, and medians of the parts measured in turn, so that they compare.
fn tell() {
    let (actors, edges, policy) = (actors(), edges(), Policy::of(&Rules::default()));
    let graph = Graph::new(actors.clone(), edges.iter().copied());
    let assessment = assess(&graph, &policy);
    let count = |range: std::ops::Range<u32>, least: u8| {
        let reached = range.filter_map(|actor| assessment.reached(actor));
        reached
            .filter(|reached| reached.corroboration >= least)
            .count()
    };
    let honest = FIRST_HOSTER..FIRST_FAKE;
    let counted = (0..edges.len() as u32).filter(|edge| assessment.verdict(*edge).is_ok());
    println!(
        "{} vouches, {} count; of {HOSTERS} hosters {} are reached, {} on two paths or more, {} on three; of {FAKES} fakes {}, and may be {}",
        edges.len(),
        counted.count(),
        count(honest.clone(), 1),
        count(honest.clone(), 2),
        count(honest, 3),
        count(FIRST_FAKE..ALL, 1),
        FOOLED * policy.quota(Kind::Hoster),
    );
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..31 {
        let clock = Instant::now();
        black_box(pass(black_box(&edges)));
        times[0].push(clock.elapsed());
        let clock = Instant::now();
        black_box(Graph::new(
            actors.clone(),
            black_box(&edges).iter().copied(),
        ));
        times[1].push(clock.elapsed());
        let clock = Instant::now();
        black_box(assess(black_box(&graph), &policy));
        times[2].push(clock.elapsed());
    }
    let [pass, graph, assess] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1_000.0
    });
    println!(
        "medians: a pass {pass:.2} ms, the graph {graph:.1} ms, assessing {assess:.1} ms; together {:.1} passes",
        (graph + assess) / pass,
    );
}

/// One pass over all vouches.
#[divan::bench]
fn reading(bencher: Bencher) {
    let edges = edges();
    bencher.bench_local(|| pass(black_box(&edges)));
}

/// From vouches in no order to those of each actor.
#[divan::bench]
fn laying_out(bencher: Bencher) {
    let (actors, edges) = (actors(), edges());
    bencher.bench_local(|| Graph::new(actors.clone(), black_box(&edges).iter().copied()));
}

/// From the graph to who is reached, on how many paths, and which vouches count.
#[divan::bench]
fn assessing(bencher: Bencher) {
    let graph = Graph::new(actors(), edges());
    let policy = Policy::of(&Rules::default());
    bencher.bench_local(|| assess(black_box(&graph), &policy));
}
