//! What each hour cost, and whether the day was a good one.

use std::fmt;
use std::time::{Duration, Instant};

use super::support::{Any, cpu, held};
use super::tally::Asked;

/// The hours whose memory and files are compared: the node has settled before the first of them.
const EARLY: std::ops::RangeInclusive<u32> = 7..=12;
const LATE: std::ops::RangeInclusive<u32> = 19..=24;
/// How much more the late hours may hold.
const GROWTH: f64 = 1.05;

/// Looks at what the node holds.
pub struct Meter {
    process: String,
    begun: Instant,
    spent: Duration,
    memory: Vec<f64>,
    files: Vec<f64>,
}

/// What an hour cost.
pub struct Cost {
    /// The median of what was held, in megabytes.
    memory: f64,
    /// The fewest open files: what is kept for ever shows there, and what the crawler has open just then does not.
    files: f64,
    /// Of one processor.
    busy: f64,
}

impl Meter {
    pub fn of(process: u32) -> Self {
        Self {
            process: process.to_string(),
            begun: Instant::now(),
            spent: Duration::ZERO,
            memory: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Looks once.
    pub fn look(&mut self) -> Any<()> {
        self.memory.push(held(&self.process)?);
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.process))?;
        self.files.push(files.count() as f64);
        Ok(())
    }

    /// What was seen since this was last asked.
    pub fn take(&mut self) -> Any<Cost> {
        let spent = cpu(&self.process)?;
        let cost = Cost {
            memory: median(std::mem::take(&mut self.memory)),
            files: std::mem::take(&mut self.files)
                .into_iter()
                .fold(f64::INFINITY, f64::min),
            busy: (spent - self.spent).as_secs_f64() / self.begun.elapsed().as_secs_f64(),
        };
        (self.spent, self.begun) = (spent, Instant::now());
        Ok(cost)
    }
}

/// What happened in an hour.
pub struct Hour {
    pub number: u32,
    /// How many requests the directory made.
    pub visited: usize,
    pub asked: Asked,
    pub cost: Cost,
}

impl Hour {
    pub const HEAD: &str = "| hour | asked | p50 | p99 | wrong | refused | visits | memory | files | of a processor |\n\
                            |---|---|---|---|---|---|---|---|---|---|";
}

impl fmt::Display for Hour {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let mut took = self.asked.took.clone();
        took.sort_unstable();
        let millis = |share: usize| {
            let place = took.len() * share / 100;
            took.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        write!(
            to,
            "| {} | {} | {:.1} ms | {:.1} ms | {} | {} | {} | {:.0} MB | {:.0} | {:.0} % |",
            self.number,
            took.len(),
            millis(50),
            millis(99),
            self.asked.wrong.values().sum::<usize>(),
            self.asked.refused,
            self.visited,
            self.cost.memory,
            self.cost.files,
            100.0 * self.cost.busy
        )
    }
}

/// Fails where something was wrong.
pub fn judge(hours: &[Hour]) -> Any<()> {
    for hour in hours {
        for (what, times) in &hour.asked.wrong {
            println!("hour {}: {times} times {what}", hour.number);
        }
    }
    let wrong = hours
        .iter()
        .map(|hour| hour.asked.wrong.values().sum::<usize>());
    let grown = |of: fn(&Cost) -> f64| {
        let within = |range: std::ops::RangeInclusive<u32>| {
            let hours = hours.iter().filter(|hour| range.contains(&hour.number));
            median(hours.map(|hour| of(&hour.cost)).collect())
        };
        within(LATE) / within(EARLY)
    };
    let (memory, files) = (grown(|cost| cost.memory), grown(|cost| cost.files));
    println!(
        "The last quarter holds {memory:.3} times the memory and {files:.3} times the fewest files of the second."
    );
    match wrong.sum::<usize>() {
        0 if memory <= GROWTH && files <= GROWTH => Ok(()),
        0 => Err("what the node holds grows".into()),
        wrong => Err(format!("{wrong} answers were not what they should be").into()),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
