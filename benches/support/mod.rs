//! What a process costs, as Linux counts it (`/proc`).

use std::time::Duration;

/// A failure that ends a benchmark.
pub type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// The time that processors spent on a process, its threads and what the system did for them.
pub fn cpu(process: &str) -> Any<Duration> {
    /// Linux tells it in hundredths of a second (`USER_HZ`).
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("no stat")?;
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let ticks = fields[11].parse::<u32>()? + fields[12].parse::<u32>()?;
    Ok(TICK * ticks)
}

/// How much memory a process holds, in megabytes.
pub fn held(process: &str) -> Any<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_ascii_whitespace().next());
    Ok(kilobytes.ok_or("no VmRSS")?.parse::<f64>()? / 1_000.0)
}
