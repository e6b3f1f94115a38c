//! Where the time of a run goes, by the servers' own record.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::simulated_web::log::Asked;

/// How much of a run a line tells of.
const STEP: Duration = Duration::from_secs(5);

/// What happened in one step.
#[derive(Default)]
struct Step {
    requests: usize,
    /// Hosts that were asked for the first and for the last time.
    first: usize,
    last: usize,
    /// The time that hosts were between their first and last request, in seconds.
    under_way: f64,
}

/// For each step how many requests there were, and how many hosts were begun and not done on average; then
/// how long hosts waited between two requests beyond their pause, be it for their next turn. In lines.
pub fn of(log: &[Asked], begun: Instant, gap: Duration) -> Vec<String> {
    let mut hosts: BTreeMap<usize, Vec<&Asked>> = BTreeMap::new();
    for asked in log {
        hosts.entry(asked.host).or_default().push(asked);
    }
    let mut steps: Vec<Step> = Vec::new();
    let at = |time: Instant| (time - begun).as_secs_f64() / STEP.as_secs_f64();
    let end = log.iter().map(|asked| at(asked.ended)).fold(0.0, f64::max);
    steps.resize_with(end as usize + 1, Step::default);
    let mut waits = Vec::new();
    for asked in hosts.values_mut() {
        asked.sort_by_key(|asked| asked.begun);
        for asked in asked.iter() {
            steps[at(asked.begun) as usize].requests += 1;
        }
        waits.extend(asked.windows(2).map(|pair| {
            let wait = pair[1].begun.saturating_duration_since(pair[0].ended);
            wait.saturating_sub(gap)
        }));
        let (from, to) = (at(asked[0].begun), at(asked[asked.len() - 1].ended));
        steps[from as usize].first += 1;
        steps[to as usize].last += 1;
        for (number, step) in steps.iter_mut().enumerate() {
            let begins = number as f64;
            let share = to.min(begins + 1.0) - from.max(begins);
            step.under_way += share.max(0.0) * STEP.as_secs_f64();
        }
    }
    let mut lines: Vec<_> = steps
        .iter()
        .enumerate()
        .map(|(step, told)| {
            format!(
                "{:>4} s: {:>5} requests, {:>4.0} hosts under way, {:>5} first and {:>5} last asked",
                step * STEP.as_secs() as usize,
                told.requests,
                told.under_way / STEP.as_secs_f64(),
                told.first,
                told.last
            )
        })
        .collect();
    waits.sort_unstable();
    let share = |percent: usize| {
        let place = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
        waits.get(place).copied().unwrap_or_default()
    };
    lines.push(format!(
        "waited beyond the pause: {:.0?} (median), {:.0?} (p90), {:.0?} (p99), {:.0?} (most), {:.0?} in all",
        share(50),
        share(90),
        share(99),
        share(100),
        waits.iter().sum::<Duration>()
    ));
    lines
}
