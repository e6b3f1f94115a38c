//! What this process takes, under the names that every Prometheus client library gives it; on Linux only.

use chrono::{DateTime, Utc};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Registry;

use super::figures::gauge;

/// Puts in what can be read. When it began is known here: a service manager may hide when the machine did.
#[cfg(target_os = "linux")]
pub fn register(registry: &mut Registry, began_at: DateTime<Utc>) {
    use procfs::process::{LimitValue, Process};

    gauge(
        registry,
        "process_start_time_seconds",
        "When the process began",
        began_at.timestamp_millis() as f64 / 1_000.0,
    );

    let Ok(process) = Process::myself() else {
        return;
    };
    if let Ok(stat) = process.stat() {
        let ticks = procfs::ticks_per_second() as f64;
        let resident = stat.rss.saturating_mul(procfs::page_size());
        let seconds = (stat.utime + stat.stime) as f64 / ticks;
        gauge(
            registry,
            "process_resident_memory_bytes",
            "Memory that the process holds",
            resident as f64,
        );
        registry.register(
            "process_cpu_seconds",
            "Time that processors spent on the process",
            ConstCounter::new(seconds),
        );
    }
    if let Ok(open) = process.fd_count() {
        gauge(
            registry,
            "process_open_fds",
            "Files that are open",
            open as f64,
        );
    }
    if let Ok(limits) = process.limits() {
        let most = match limits.max_open_files.soft_limit {
            LimitValue::Value(most) => most as f64,
            LimitValue::Unlimited => f64::INFINITY,
        };
        gauge(registry, "process_max_fds", "Files that may be open", most);
    }
}

/// Puts in nothing.
#[cfg(not(target_os = "linux"))]
pub fn register(_: &mut Registry, _: DateTime<Utc>) {}
