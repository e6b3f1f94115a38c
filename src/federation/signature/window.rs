//! The time within which a signature counts.

use chrono::{DateTime, Utc};

use super::Refused;

/// How long ago a request may have been signed, in seconds: an hour, as the federation library has it.
pub const MAX_AGE_SECONDS: i64 = 60 * 60;
/// How far ahead of ours the sender's clock may be, in seconds.
pub const MAX_AHEAD_SECONDS: i64 = 5 * 60;

/// Checks a Date header (RFC 9110 §5.6.7).
pub(super) fn check_date(date: &str, now: DateTime<Utc>) -> Result<(), Refused> {
    const WHAT: &str = "the header date";
    let date = httpdate::parse_http_date(date).map_err(|_| Refused::NoTime(WHAT))?;
    check_signed_at(WHAT, DateTime::<Utc>::from(date).timestamp(), now)
}

/// Checks when a signature was made, in Unix seconds; `what` names the place for the refusal.
pub(super) fn check_signed_at(
    what: &'static str,
    signed_at: i64,
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    let age = now.timestamp().saturating_sub(signed_at);
    if age > MAX_AGE_SECONDS {
        Err(Refused::TooOld(what))
    } else if age < -MAX_AHEAD_SECONDS {
        Err(Refused::TooEarly(what))
    } else {
        Ok(())
    }
}

/// Checks until when a signature was to count, in Unix seconds.
pub(super) fn check_expires(expires: i64, now: DateTime<Utc>) -> Result<(), Refused> {
    if expires < now.timestamp() {
        Err(Refused::Expired)
    } else {
        Ok(())
    }
}

/// The Date header that says `now`.
pub(super) fn date(now: DateTime<Utc>) -> String {
    now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_date_counts_for_an_hour_and_for_five_minutes_ahead() {
        let now = "2026-11-23T12:00:00.9Z".parse::<DateTime<Utc>>().unwrap();
        let at = |seconds| check_date(&date(now + TimeDelta::seconds(seconds)), now);
        const WHAT: &str = "the header date";
        for (seconds, expected) in [
            (0, Ok(())),
            (-MAX_AGE_SECONDS, Ok(())),
            (-MAX_AGE_SECONDS - 1, Err(Refused::TooOld(WHAT))),
            (-2 * 60 * 60, Err(Refused::TooOld(WHAT))),
            (MAX_AHEAD_SECONDS, Ok(())),
            (MAX_AHEAD_SECONDS + 1, Err(Refused::TooEarly(WHAT))),
            (2 * 60 * 60, Err(Refused::TooEarly(WHAT))),
        ] {
            assert_eq!(at(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        for date in [
            "",
            "yesterday",
            "2026-11-23T12:00:00Z",
            "Mon, 23 Nov 2026 12:00:00 CET",
            "Mon, 31 Nov 2026 99:99:99 GMT",
        ] {
            let refused = Err(Refused::NoTime("the header date"));
            assert_eq!(check_date(date, now), refused, "{date}");
        }
    }

    #[test]
    fn extreme_times_are_only_refused() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        assert!(check_signed_at("x", i64::MIN, now).is_err());
        assert!(check_signed_at("x", i64::MAX, now).is_err());
        assert_eq!(check_expires(i64::MIN, now), Err(Refused::Expired));
        assert_eq!(check_expires(i64::MAX, now), Ok(()));
    }

    #[test]
    fn our_dates_are_those_of_http() {
        // The example of RFC 9110 §5.6.7.
        let at = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
