//! What a host's robots.txt says to us (RFC 9309): whether an address may be asked for, how slowly, and
//! whether its owner wants to be left out of the directory.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::visit::Why;
use crate::fetch::header::{ACCEPT, HeaderMap, HeaderValue};
use crate::fetch::{Fetcher, Heard, StatusCode, Wanted};
use crate::store::frontier::Rules;

/// The name that our rules are given under (RFC 9309 §2.2.1).
pub const AGENT: &str = "archipelago";
/// The most of such a file that is fetched, in bytes: what RFC 9309 §2.5 asks for, and one more, by which the
/// parser sees that a line was cut.
pub const MAX_BYTES: usize = robotxt::BYTE_LIMIT + 1;
/// How many redirects of one host lead to its file (RFC 9309 §2.3.1.2); after more there is none.
pub const MAX_REDIRECTS: u32 = 5;
/// How long rules are kept. RFC 9309 §2.4 allows a day; with less, each daily round reads them anew, so
/// that whoever asks to be left out is heard within a day.
pub const FRESH_FOR: TimeDelta = TimeDelta::hours(6);
/// The longest pause between two requests that we keep for a host that asks for more (`Crawl-delay` is in
/// no standard): with so many seconds a round of a few documents still ends.
pub const MAX_CRAWL_DELAY: TimeDelta = TimeDelta::seconds(30);

/// What a host said when it was asked for its file.
#[derive(Debug)]
pub enum Said {
    /// These are its rules.
    Rules(Robots),
    /// It is at another address.
    Elsewhere(Url),
    /// Come again, after so long if it said.
    PutOff(Option<TimeDelta>),
    /// Nothing, or nothing of use: then nothing is allowed.
    Nothing {
        /// Why.
        why: Why,
        /// In a sentence.
        error: String,
    },
    /// It could not be asked any more.
    TooLate,
}

/// Where the file of a site is.
pub fn address(site: &Url) -> Url {
    site.join("/robots.txt").expect("a path joins any site")
}

/// Asks for the file. No file is one that allows everything; a host in trouble, or none, allows nothing
/// (RFC 9309 §2.3.1).
pub async fn ask(fetcher: &Fetcher, url: &Url, now: DateTime<Utc>) -> Said {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/plain, */*;q=0.1"));
    let answer = match fetcher
        .ask(url, headers, Wanted::Beginning(MAX_BYTES))
        .await
    {
        Ok(Heard::Elsewhere { to, .. }) => return Said::Elsewhere(to),
        Ok(Heard::Answer(answer)) => answer,
        Err(error) => {
            let why = Why::of(&error);
            let error = error.to_string();
            return Said::Nothing { why, error };
        }
    };
    let wait = answer.retry_after(now);
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => Said::PutOff(wait),
        StatusCode::SERVICE_UNAVAILABLE if wait.is_some() => Said::PutOff(wait),
        status if status.is_success() => Said::Rules(Robots::parse(&answer.body)),
        status if status.is_client_error() => Said::Rules(Robots::without_file()),
        status => Said::Nothing {
            why: Why::Broken,
            error: format!("robots.txt answered {}", status.as_u16()),
        },
    }
}

/// What a host allows.
#[derive(Debug, Clone)]
pub struct Robots(robotxt::Robots);

impl Robots {
    /// What the rules of a file mean for us. Any bytes are such a file.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(robotxt::Robots::parse(bytes, AGENT))
    }

    /// What a host without such a file allows: everything (RFC 9309 §2.3.1.3).
    pub fn without_file() -> Self {
        Self(robotxt::Robots::allow_all())
    }

    /// What was kept.
    pub fn of(rules: &Rules) -> Self {
        Self::parse(rules.text.as_bytes())
    }

    /// Whether an address may be asked for.
    pub fn allows(&self, url: &Url) -> bool {
        self.0.is_url_allowed(url)
    }

    /// Whether the owner names us and lets us see nothing: that is how to say that one wants to be left out.
    /// Rules for everybody do not mean that: many programs come with a file that hides all they serve.
    pub fn asks_to_be_left_out(&self) -> bool {
        self.0.user_agent() == AGENT && self.0.always() == Some(false)
    }

    /// How long the host wants us to wait between requests, at most [`MAX_CRAWL_DELAY`].
    pub fn crawl_delay(&self) -> Option<TimeDelta> {
        let delay = self.0.crawl_delay()?;
        let delay = TimeDelta::from_std(delay).unwrap_or(MAX_CRAWL_DELAY);
        Some(delay.min(MAX_CRAWL_DELAY))
    }

    /// What is to be kept: what is for us, in the order in which it counts.
    pub fn to_rules(&self, read_at: DateTime<Utc>) -> Rules {
        let mut lines = Vec::new();
        if let Some(delay) = self.0.crawl_delay() {
            lines.push(format!("crawl-delay: {}", delay.as_secs_f64()));
        }
        lines.extend(self.0.rules().iter().map(|rule| {
            let verb = if rule.is_allow() { "allow" } else { "disallow" };
            format!("{verb}: {}", rule.pattern())
        }));
        if !lines.is_empty() {
            lines.insert(0, format!("user-agent: {}", self.0.user_agent()));
        }
        let text = lines.join("\n");
        Rules { text, read_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(robots: &Robots, path: &str) -> bool {
        robots.allows(&Url::parse("https://a.example").unwrap().join(path).unwrap())
    }

    #[test]
    fn the_rules_for_us_count_and_without_any_those_for_everybody() {
        let named = "User-agent: *\nDisallow: /\n\nUser-agent: Archipelago\nDisallow: /private\nAllow: /private/open\n";
        let robots = Robots::parse(named.as_bytes());
        for (path, may) in [
            ("/", true),
            ("/private/x", false),
            ("/private/open/x", true),
            ("/x?private", true),
        ] {
            assert_eq!(allowed(&robots, path), may, "{path}");
        }
        assert!(!robots.asks_to_be_left_out());
        let everybody =
            Robots::parse(b"User-agent: other\nDisallow:\n\nUser-agent: *\nDisallow: /*.json$\n");
        assert!(!allowed(&everybody, "/librehost.json"));
        assert!(allowed(&everybody, "/librehost.json?x"));
    }

    #[test]
    fn only_who_names_us_and_hides_everything_asks_to_be_left_out() {
        for (file, left_out) in [
            ("User-agent: archipelago\nDisallow: /", true),
            ("user-agent: ARCHIPELAGO\ndisallow: *", true),
            (
                "User-agent: gptbot\nUser-agent: archipelago\nDisallow: /",
                true,
            ),
            ("User-agent: *\nDisallow: /", false),
            (
                "User-agent: archipelago\nDisallow: /\nAllow: /librehost.json",
                false,
            ),
            ("User-agent: archipelago\nDisallow:", false),
            ("User-agent: archipelago-like\nDisallow: /", false),
            ("<html>not found</html>", false),
            ("", false),
        ] {
            let robots = Robots::parse(file.as_bytes());
            assert_eq!(robots.asks_to_be_left_out(), left_out, "{file}");
        }
    }

    #[test]
    fn what_is_kept_means_the_same() {
        for file in [
            "User-agent: archipelago\nDisallow: /a b\nAllow: /é*$\nCrawl-delay: 2.5",
            "User-agent: *\nDisallow: /x#y\nDisallow: /%7Euser\nCrawl-delay: 100",
            "User-agent: archipelago\nDisallow: /",
            "User-agent: *\nCrawl-delay: 0.25",
            "",
        ] {
            let robots = Robots::parse(file.as_bytes());
            let now = "2026-11-28T12:00:00Z".parse().unwrap();
            let rules = robots.to_rules(now);
            let again = Robots::of(&rules);
            assert_eq!(again.0.rules(), robots.0.rules(), "{file}");
            assert_eq!(again.asks_to_be_left_out(), robots.asks_to_be_left_out());
            assert_eq!(again.crawl_delay(), robots.crawl_delay());
        }
    }

    #[test]
    fn a_crawl_delay_is_kept_up_to_a_bound() {
        let delay = |text: &str| {
            let file = format!("User-agent: *\nCrawl-delay: {text}\nDisallow: /x");
            Robots::parse(file.as_bytes()).crawl_delay()
        };
        assert_eq!(delay("2.5"), Some(TimeDelta::milliseconds(2_500)));
        assert_eq!(delay("31"), Some(MAX_CRAWL_DELAY));
        assert_eq!(delay("1e300"), None, "no time at all");
        assert_eq!(delay("-1"), None);
        assert_eq!(delay("soon"), None);
    }

    #[test]
    fn only_the_beginning_of_a_file_without_end_counts() {
        let mut file = "User-agent: *\nDisallow: /first\n".to_owned();
        while file.len() < MAX_BYTES {
            file += "# more and more\n";
        }
        file += "Disallow: /last\n";
        let robots = Robots::parse(file.as_bytes());
        assert!(!allowed(&robots, "/first") && allowed(&robots, "/last"));
    }
}
