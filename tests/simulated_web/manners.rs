//! Judges a crawler by the record of those it visited.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Web;
use super::log::Asked;

/// The most that one answer may give, in bytes: what is read at most, and what the buffers of both sides
/// hold of an answer that nobody reads to its end.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// What was not as it should be in one run; nothing, if all was. `gap` is the least time from the end of a
/// request to the beginning of the next to the same host, both as the host sees it.
pub fn faults(web: &Web, log: &[Asked], gap: Duration) -> Vec<String> {
    let mut by_host: BTreeMap<usize, Vec<&Asked>> = BTreeMap::new();
    for asked in log {
        by_host.entry(asked.host).or_default().push(asked);
    }
    let mut faults = Vec::new();
    for (host, mut asked) in by_host {
        asked.sort_by_key(|asked| asked.begun);
        let mut fault = |what: String| faults.push(format!("{}: {what}", web.name(host)));
        if asked[0].path != "/robots.txt" {
            fault(format!("{} was asked for before robots.txt", asked[0].path));
        }
        for pair in asked.windows(2) {
            let (one, next) = (pair[0], pair[1]);
            if next.begun < one.ended {
                fault(format!("{} and {} at once", one.path, next.path));
            } else if next.begun - one.ended < gap {
                let after = next.begun - one.ended;
                fault(format!("{} {after:?} after {}", next.path, one.path));
            }
        }
        let mut paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
        paths.sort_unstable();
        for pair in paths.windows(2).filter(|pair| pair[0] == pair[1]) {
            fault(format!("{} was asked for twice", pair[0]));
        }
        for asked in asked {
            if web.forbids(host, &asked.path) {
                fault(format!("{} is forbidden", asked.path));
            }
            if !asked.agent.starts_with("archipelago/") {
                fault(format!("was asked by {:?}", asked.agent));
            }
            if asked.bytes > MAX_BYTES {
                fault(format!("{} gave {} bytes", asked.path, asked.bytes));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const GAP: Duration = Duration::from_secs(1);

    fn web() -> Web {
        Web::of(1, 200)
    }

    /// Requests of a host: a path, when it was asked for and when that ended, in milliseconds.
    fn log(host: usize, asked: &[(&str, u64, u64)]) -> Vec<Asked> {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        asked
            .iter()
            .map(|(path, begun, ended)| Asked {
                host,
                path: (*path).to_owned(),
                agent: "archipelago/0.1.0".to_owned(),
                is_conditional: false,
                status: 200,
                begun: at(*begun),
                ended: at(*ended),
                bytes: 100,
            })
            .collect()
    }

    fn found(asked: &[(&str, u64, u64)]) -> String {
        let web = web();
        let host = web
            .hosts(|_| true)
            .find(|host| web.forbids(*host, "/private/x") && !web.forbids(*host, "/"));
        faults(&web, &log(host.unwrap(), asked), GAP).join("; ")
    }

    #[test]
    fn who_asks_politely_has_no_fault() {
        assert_eq!(
            found(&[
                ("/robots.txt", 0, 10),
                ("/a", 1_010, 1_500),
                ("/b", 2_500, 2_501)
            ]),
            ""
        );
    }

    #[test]
    fn each_breach_of_manners_is_named() {
        for (asked, fault) in [
            (vec![("/a", 0, 1)], "/a was asked for before robots.txt"),
            (
                vec![("/robots.txt", 0, 1_200), ("/a", 1_100, 1_300)],
                "at once",
            ),
            (
                vec![("/robots.txt", 0, 200), ("/a", 1_100, 1_300)],
                "/a 900ms after /robots.txt",
            ),
            (
                vec![
                    ("/robots.txt", 0, 1),
                    ("/a", 1_100, 1_101),
                    ("/a", 3_000, 3_001),
                ],
                "/a was asked for twice",
            ),
            (
                vec![("/robots.txt", 0, 1), ("/private/x", 1_100, 1_101)],
                "/private/x is forbidden",
            ),
        ] {
            assert!(found(&asked).contains(fault), "{fault}: {}", found(&asked));
        }
        let mut log = log(3, &[("/robots.txt", 0, 1)]);
        log[0].agent = "curl".to_owned();
        log[0].bytes = MAX_BYTES + 1;
        assert_eq!(faults(&web(), &log, GAP).len(), 2);
    }
}
