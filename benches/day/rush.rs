//! Everybody at once: as many questions as are answered while the crawl goes on, then ten times as many at a
//! time, and whether all is as before once they have gone.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::scene::Scene;
use super::support::{Any, cpu, held};
use super::visitors::{MIX, Visitors, ask};

/// How many connections ask as much as is answered.
const MANY: usize = 64;
/// How many are too many.
const TOO_MANY: usize = 4_000;
const ROUND: Duration = Duration::from_secs(30);
/// How often an hour passes and the hoster edits its service, meanwhile.
const HOUR: Duration = Duration::from_secs(10);
/// Answers to those who are too many.
const SHED: u16 = 503;

/// Asks, and tells how it went.
pub async fn rush(scene: &Scene) -> Any<()> {
    let visitors = Visitors::of(scene).await?;
    let alone = round(scene, &visitors, 1, Duration::from_secs(5)).await?;
    println!("\nOne connection:");
    alone.tell();
    println!("\n{MANY} connections:");
    let many = round(scene, &visitors, MANY, ROUND).await?;
    many.tell();
    println!("\n{TOO_MANY} connections:");
    let most = round(scene, &visitors, TOO_MANY, ROUND).await?;
    most.tell();
    let after = round(scene, &visitors, 1, Duration::from_secs(5)).await?;
    println!("\nOne connection, once they have gone:");
    after.tell();
    let process = scene.directory.process.id().to_string();
    println!("\nThe node holds {:.0} MB.", held(&process)?);
    let failed = [&alone, &many, &most, &after].map(Round::failed);
    // As many as are answered are not too many.
    let shed = [&alone, &many, &after].map(Round::shed);
    match (failed, shed) {
        ([0, 0, 0, 0], [0, 0, 0]) if most.shed() > 0 => scene.ends_whole().await,
        _ => {
            let shed_of_most = most.shed();
            Err(
                format!("failed: {failed:?}; shed: {shed:?}, and {shed_of_most} of too many")
                    .into(),
            )
        }
    }
}

/// Questions of one kind.
#[derive(Default)]
struct Answers {
    took: Vec<Duration>,
    shed: usize,
    failed: usize,
}

struct Round {
    kinds: Vec<Answers>,
    elapsed: Duration,
    /// Of processors, that the node took.
    busy: f64,
}

async fn round(
    scene: &Scene,
    visitors: &Visitors,
    connections: usize,
    time: Duration,
) -> Any<Round> {
    let process = scene.directory.process.id().to_string();
    let (begun, spent) = (Instant::now(), cpu(&process)?);
    let mut people = JoinSet::new();
    for line in 0..connections {
        let visitors = visitors.clone();
        people.spawn(async move {
            let mut kinds: Vec<_> = MIX.iter().map(|_| Answers::default()).collect();
            let mut connection = None;
            for number in (line as u64..).step_by(connections) {
                let visit = visitors.visit(number);
                let asked = Instant::now();
                if asked - begun > time {
                    break;
                }
                let answers = &mut kinds[visit.kind];
                match ask(visitors.address, &mut connection, &visit).await {
                    Ok(status) if status == visit.status => answers.took.push(asked.elapsed()),
                    Ok(SHED) => answers.shed += 1,
                    _ => answers.failed += 1,
                }
            }
            kinds
        });
    }
    let mut edits = 0;
    while begun.elapsed() + HOUR <= time {
        edits += 1;
        scene.an_hour_passes().await?;
        scene.edit(edits).await?;
        tokio::time::sleep(HOUR).await;
    }
    let mut kinds: Vec<_> = MIX.iter().map(|_| Answers::default()).collect();
    while let Some(asked) = people.join_next().await {
        for (all, more) in kinds.iter_mut().zip(asked?) {
            all.took.extend(more.took);
            all.shed += more.shed;
            all.failed += more.failed;
        }
    }
    let elapsed = begun.elapsed();
    Ok(Round {
        kinds,
        elapsed,
        busy: (cpu(&process)? - spent).as_secs_f64() / elapsed.as_secs_f64(),
    })
}

impl Round {
    fn shed(&self) -> usize {
        self.kinds.iter().map(|answers| answers.shed).sum()
    }

    fn failed(&self) -> usize {
        self.kinds.iter().map(|answers| answers.failed).sum()
    }

    fn tell(&self) {
        println!(
            "| | answered/s | p50 | p99 | p99.9 | shed/s | failed |\n|---|---|---|---|---|---|---|"
        );
        let named = MIX.iter().map(|(name, _)| *name);
        for (name, answers) in named.zip(&self.kinds) {
            let mut took = answers.took.clone();
            took.sort_unstable();
            let millis = |thousandths: usize| {
                let place = took.len() * thousandths / 1_000;
                took.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
            };
            let each = |count: usize| count as f64 / self.elapsed.as_secs_f64();
            println!(
                "| {name} | {:.0} | {:.1} ms | {:.1} ms | {:.1} ms | {:.0} | {} |",
                each(took.len()),
                millis(500),
                millis(990),
                millis(999),
                each(answers.shed),
                answers.failed
            );
        }
        println!("The node takes {:.2} processors.", self.busy);
    }
}
