//! robots.txt, read from a site and again from what was kept of it.

use archipelago::crawler::{MAX_CRAWL_DELAY, Robots};
use chrono::DateTime;
use url::Url;

use super::{Target, chosen};

/// The first line is a path that is asked for, the rest the file.
pub const TARGET: Target = Target {
    name: "robots",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "/a/b?c=d\nUser-agent: *\nDisallow: /\nAllow: /a/*$\nCrawl-delay: 3.5\n",
        "/.well-known/nodeinfo\nUser-agent: archipelago\nDisallow: /\n\nUser-agent: *\nDisallow:\n",
        "/%7euser/\nuser-agent: Archipelago/1.0\nuser-agent: other\ncrawl-delay: 1e9\ndisallow: /~user # us\nallow: *?*&$\nsitemap: https://a.example/x\n",
        "/\n\u{feff}User-agent:*\r\nDisallow:/x\r\n",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn check(input: &[u8]) {
    let (path, file) = chosen(input);
    let site: Url = "https://a.example/".parse().expect("it is an address");
    let robots = Robots::parse(file);
    let kept = Robots::of(&robots.to_rules(DateTime::UNIX_EPOCH));
    assert_eq!(kept.asks_to_be_left_out(), robots.asks_to_be_left_out());
    assert_eq!(kept.crawl_delay(), robots.crawl_delay());
    assert!(
        robots
            .crawl_delay()
            .is_none_or(|delay| delay <= MAX_CRAWL_DELAY)
    );
    let asked = [path, "/", "/a", "/.well-known/nodeinfo", "/a%20b?c=d&e"];
    for url in asked.iter().filter_map(|path| site.join(path).ok()) {
        assert_eq!(kept.allows(&url), robots.allows(&url), "{url}");
    }
    if robots.asks_to_be_left_out() {
        assert!(!robots.allows(&site));
    }
}
