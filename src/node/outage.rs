//! Notices when most requests of the crawler meet nobody: then it is seldom they who are away.

use std::convert::Infallible;
use std::sync::OnceLock;
use std::time::Duration;

use crate::crawler::{Crawler, Summary};

/// How often to look.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How few requests tell nothing.
const TOO_FEW: u64 = 20;

/// What the crawler met between two looks.
#[derive(Debug, PartialEq, Eq)]
struct Met {
    requests: u64,
    failed: u64,
    /// The reason of most failures.
    mostly: &'static str,
}

impl Met {
    /// What was met from one look to another; `None` where that is too little to tell.
    fn between(before: &Summary, after: &Summary) -> Option<Self> {
        let requests = after.requests - before.requests;
        let failed = after.unmet().zip(before.unmet());
        let failed: Vec<_> = failed
            .map(|((why, now), (_, then))| (now - then, why))
            .collect();
        let (_, mostly) = failed.iter().max().copied().unwrap_or_default();
        (requests >= TOO_FEW).then(|| Self {
            requests,
            failed: failed.iter().map(|(failed, _)| failed).sum(),
            mostly,
        })
    }

    fn is_outage(&self) -> bool {
        self.failed * 2 > self.requests
    }
}

/// Logs when most requests begin to meet nobody, and when they no longer do.
pub(super) async fn watch(crawler: &OnceLock<Crawler>) -> Infallible {
    let Some(crawler) = crawler.get() else {
        return std::future::pending().await;
    };
    let mut before = crawler.summary();
    let mut is_out = false;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let after = crawler.summary();
        if let Some(met) = Met::between(&before, &after) {
            let Met {
                requests,
                failed,
                mostly,
            } = met;
            match (is_out, met.is_outage()) {
                (false, true) => tracing::warn!(
                    requests,
                    failed,
                    mostly,
                    "most visits meet nobody: is this machine's network well?"
                ),
                (true, false) => {
                    tracing::info!(requests, failed, "no longer: most visits meet nobody")
                }
                _ => {}
            }
            is_out = met.is_outage();
            before = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: &str = "a name that nobody knows";
    const LATE: &str = "no answer in time";

    /// Most are refused as well, which is an answer.
    fn summary(requests: u64, unknown: u64, late: u64) -> Summary {
        Summary {
            requests,
            failed: [
                (UNKNOWN, unknown),
                (LATE, late),
                ("refused (4xx)", requests),
            ]
            .into(),
            ..Summary::default()
        }
    }

    #[test]
    fn most_visits_meet_nobody_where_more_than_half_do_since_the_last_look() {
        let met = |after| Met::between(&summary(100, 90, 5), &after);
        assert_eq!(met(summary(119, 109, 5)), None, "too few");
        let all = met(summary(120, 109, 6)).unwrap();
        assert_eq!((all.failed, all.mostly), (20, UNKNOWN));
        assert!(all.is_outage());
        let half = met(summary(120, 90, 15)).unwrap();
        assert_eq!((half.failed, half.mostly), (10, LATE));
        assert!(!half.is_outage());
        assert!(!met(summary(140, 90, 5)).unwrap().is_outage());
    }
}
