//! When an address is asked again: pure functions of what came of it, so that the manners can be read here.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::fingerprint::fingerprint;

/// How long after it was read a document is read again: within a day, however late in its round it comes.
pub const READ_EVERY: TimeDelta = TimeDelta::hours(22);
/// How often it is seen whether a service is up.
pub const PROBE_EVERY: TimeDelta = TimeDelta::hours(1);
/// How often one is looked at that was down for [`DOWN_FOR_LONG`].
pub const PROBE_SELDOM: TimeDelta = TimeDelta::hours(12);
/// After how many looks in vain, one after the other, a service counts as down for long: a day.
pub const DOWN_FOR_LONG: u32 = 24;
/// How long after it was not there a well-known place is asked again: most hosts will never have it.
pub const ABSENT_FOR: TimeDelta = TimeDelta::days(28);
/// How long after its first failure an address is asked again; twice as long after each further one.
pub const FIRST_WAIT: TimeDelta = TimeDelta::days(1);
/// The longest wait after a failure, so that who comes back is found within a week.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::days(7);
/// How long a host is left alone that says "too many requests" without saying how long.
pub const PUT_OFF_FOR: TimeDelta = TimeDelta::hours(1);
/// A wait differs by up to this part of it from address to address and from time to time, so that what came
/// together does not come together again.
const JITTER_PARTS: u64 = 10;

/// When a document that was read, or is unchanged, is read again.
pub fn after_reading(name: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    now + shortened(READ_EVERY, name, now)
}

/// When it is seen again whether a service is up that was found down `fails` times in a row.
pub fn after_probing(fails: u32, name: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let every = match fails < DOWN_FOR_LONG {
        true => PROBE_EVERY,
        false => PROBE_SELDOM,
    };
    now + shortened(every, name, now)
}

/// When a well-known place that was not there is asked again.
pub fn after_absence(name: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    now + shortened(ABSENT_FOR, name, now)
}

/// When an address is asked again that was asked in vain `fails` times in a row.
pub fn after_failure(fails: u32, name: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = fails.saturating_sub(1).min(8);
    let wait = (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT);
    now + shortened(wait, name, now)
}

/// A wait without up to a tenth of it: never longer than it says.
fn shortened(wait: TimeDelta, name: &str, now: DateTime<Utc>) -> TimeDelta {
    let seed = format!("{} {name}", now.timestamp_millis());
    let most = u64::try_from(wait.num_milliseconds()).unwrap_or(0) / JITTER_PARTS;
    let less = fingerprint(seed.as_bytes()) % (most + 1);
    wait - TimeDelta::milliseconds(i64::try_from(less).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(number: u32) -> String {
        format!("https://{number}.example/")
    }

    fn now() -> DateTime<Utc> {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_dead_are_asked_ever_more_seldom_and_at_least_weekly() {
        let days = [1, 2, 4, 7, 7, 7];
        for (fails, days) in (1..).zip(days) {
            for number in 0..100 {
                let wait = after_failure(fails, &url(number), now()) - now();
                let longest = TimeDelta::days(days);
                assert!(
                    wait <= longest && wait >= longest * 9 / 10,
                    "{fails}: {wait}"
                );
            }
        }
        assert!(after_failure(u32::MAX, &url(0), now()) - now() <= LONGEST_WAIT);
    }

    #[test]
    fn a_service_is_looked_at_each_hour_and_twice_a_day_once_it_is_down_for_long() {
        let wait = |fails| after_probing(fails, &url(1), now()) - now();
        for fails in [0, 1, DOWN_FOR_LONG - 1] {
            assert!(wait(fails) <= TimeDelta::hours(1) && wait(fails) >= TimeDelta::minutes(54));
        }
        for fails in [DOWN_FOR_LONG, u32::MAX] {
            assert!(wait(fails) <= TimeDelta::hours(12) && wait(fails) >= TimeDelta::hours(10));
        }
    }

    #[test]
    fn a_document_is_read_again_within_a_day_and_never_at_once() {
        for number in 0..100 {
            let wait = after_reading(&url(number), now()) - now();
            assert!(
                wait <= TimeDelta::hours(24) && wait >= TimeDelta::hours(19),
                "{wait}"
            );
        }
    }

    #[test]
    fn what_came_together_does_not_come_together_again() {
        let mut times: Vec<_> = (0..100)
            .map(|number| after_reading(&url(number), now()))
            .collect();
        times.sort();
        let spread = times[99] - times[0];
        assert!(spread > TimeDelta::hours(2), "{spread}");
        assert!(after_absence(&url(1), now()) - now() > TimeDelta::days(25));
    }
}
