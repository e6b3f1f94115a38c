//! A list of sites as people keep one: a site on each line, and behind commas, if they like, since when it
//! is a member (`2026-11-28`) and what it is called.
//!
//! ```text
//! # The members of our collective
//! hoster.example, 2019-04-01, A hoster
//! https://other.example/
//! ```

use std::collections::HashMap;

use chrono::NaiveDate;
use url::{Host, Url};

use super::complaint::printable;
use super::csv::Records;
use super::{Complaints, NotOfFormat, foreign};
use crate::domain::text::{Link, Name};

/// The largest list that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// What the first line may call its first column.
const HEADINGS: [&str; 4] = ["site", "website", "url", "domain"];

/// A site in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its address: a host, and nothing behind it.
    pub site: Url,
    /// Since when it stands in the list, as the list says.
    pub since: Option<NaiveDate>,
    /// What the list calls it.
    pub name: Option<Name>,
}

/// What a list says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SiteList {
    /// The sites, each once, in their order.
    pub sites: Vec<Listed>,
    /// What was left out, and why.
    pub complaints: Complaints,
}

/// Why what somebody wrote is no site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASite {
    /// It is something else, or an address with a user in it.
    #[error("is no address of a site, such as https://hoster.example/")]
    Address,
    /// A number of the network may be anybody's tomorrow.
    #[error("is no name: a site is known by its name, not by a number")]
    Number,
}

/// Reads a list. A day after `today` is one on which it is no member yet.
pub fn read(bytes: &[u8], today: NaiveDate) -> Result<SiteList, NotOfFormat> {
    let text = foreign::text(bytes, MAX_BYTES)?;
    let mut list = SiteList::default();
    let mut lines_of: HashMap<Url, usize> = HashMap::new();
    let mut records = Records::of(text);
    let mut is_first = true;
    while let Some((line, record)) = records.next() {
        let first = record.first().map_or("", |cell| cell.trim());
        let is_heading = is_first && HEADINGS.iter().any(|name| first.eq_ignore_ascii_case(name));
        if first.starts_with('#') || is_heading {
            continue;
        }
        is_first = false;
        let listed = listed(&record, line, today, &mut list.complaints);
        let left_out = match listed {
            Err(why) => why,
            Ok(listed) => match lines_of.get(&listed.site) {
                Some(above) => format!("{} stands on line {above} already", listed.site),
                None => {
                    lines_of.insert(listed.site.clone(), line);
                    list.sites.push(listed);
                    continue;
                }
            },
        };
        let problem = format!("is left out: {left_out}");
        list.complaints.add(Some(line), &printable(first), &problem);
    }
    // A page that says "not found" is a list of faults alone.
    match list.sites.is_empty() {
        true => Err(NotOfFormat::OtherShape(
            "the document is no list of sites: on no line does one stand",
        )),
        false => Ok(list),
    }
}

fn listed(
    record: &[String],
    line: usize,
    today: NaiveDate,
    complaints: &mut Complaints,
) -> Result<Listed, String> {
    let mut cells = record.iter().map(|cell| cell.trim());
    let site = site(cells.next().unwrap_or_default()).map_err(|why| format!("it {why}"))?;
    let (mut since, mut name) = (None, None);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        let mut ignored = |why: String| {
            let problem = format!("is ignored: {why}");
            complaints.add(Some(line), &printable(cell), &problem);
        };
        match (day(cell), Name::parse(cell)) {
            (Some(Some(day)), _) if day > today => {
                return Err(format!("it is a member from {day} on: list it then"));
            }
            (Some(Some(day)), _) if since.is_none() => since = Some(day),
            (Some(None), _) => ignored("it is no day: write 2026-11-28".to_owned()),
            (None, Ok(called)) if name.is_none() => name = Some(called),
            (None, Err(error)) => ignored(format!("it {error}")),
            _ => ignored("a site, a day and a name are read of a line".to_owned()),
        }
    }
    Ok(Listed { site, since, name })
}

/// The day that a cell says, if it looks like one.
fn day(cell: &str) -> Option<Option<NaiveDate>> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let looks_like_one = cell.split('-').count() == 3 && cell.split('-').all(is_number);
    looks_like_one.then(|| cell.parse().ok())
}

/// The site that somebody wrote: its name, or an address there. What stands behind the host is left away.
pub fn site(text: &str) -> Result<Url, NotASite> {
    let link = match text.contains("://") {
        true => Link::parse(text),
        false => Link::parse(&format!("https://{text}")),
    };
    of_page(&link.map_err(|_| NotASite::Address)?)
}

/// The site that a page belongs to.
pub fn of_page(page: &Link) -> Result<Url, NotASite> {
    match page.as_url().host() {
        Some(Host::Domain(name)) if is_name(name) => {
            page.as_url().join("/").map_err(|_| NotASite::Address)
        }
        Some(Host::Domain(_)) | None => Err(NotASite::Address),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(NotASite::Number),
    }
}

/// Whether a host can have this name. The URL standard lets quotes and commas into hosts, which stand in no name
/// that anybody can register.
fn is_name(host: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    host.trim_end_matches('.').contains('.') && host.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::anything;

    fn day_of_test() -> NaiveDate {
        "2026-11-28".parse().unwrap()
    }

    fn said(text: &str) -> (Vec<String>, Vec<String>) {
        let list = read(text.as_bytes(), day_of_test()).unwrap();
        let sites = list.sites.iter().map(|listed| {
            let since = listed.since.map(|day| day.to_string()).unwrap_or_default();
            let name = listed.name.as_ref().map_or("", Name::as_str);
            format!("{}|{since}|{name}", listed.site)
        });
        let complaints = list.complaints.iter().map(ToString::to_string);
        (sites.collect(), complaints.collect())
    }

    #[test]
    fn a_list_is_sites_with_days_and_names_and_says_what_it_cannot_read() {
        let (sites, complaints) = said(
            "\u{feff}Site,since,name\r\n# our members\r\n\r\nhoster.example, 2019-04-01, \"A, hoster\"\n\
             https://www.other.example/fr/accueil?x=1\n  Third.Example ,Third\n\
             nonsense\njeanne@hoster.example\n192.0.2.1\nhttps://hoster.example/again\n\
             soon.example,2027-01-01\nfourth.example,2020-13-01,Fourth,Again\n",
        );
        assert_eq!(
            sites,
            [
                "https://hoster.example/|2019-04-01|A, hoster",
                "https://www.other.example/||",
                "https://third.example/||Third",
                "https://fourth.example/||Fourth",
            ]
        );
        assert_eq!(
            complaints,
            [
                "line 7, nonsense: is left out: it is no address of a site, such as https://hoster.example/",
                "line 8, jeanne@hoster.example: is left out: it is no address of a site, such as https://hoster.example/",
                "line 9, 192.0.2.1: is left out: it is no name: a site is known by its name, not by a number",
                "line 10, https://hoster.example/again: is left out: https://hoster.example/ stands on line 4 already",
                "line 11, soon.example: is left out: it is a member from 2027-01-01 on: list it then",
                "line 12, 2020-13-01: is ignored: it is no day: write 2026-11-28",
                "line 12, Again: is ignored: a site, a day and a name are read of a line",
            ]
        );
    }

    #[test]
    fn what_is_no_list_is_refused_in_a_sentence() {
        for (bytes, refused) in [
            (&b" \n"[..], "the document is empty"),
            (b"a.example\n\xff", "line 2: the document is not UTF-8"),
            (
                b"<html>\nNot found",
                "the document is no list of sites: on no line does one stand",
            ),
            (
                b"# nobody yet",
                "the document is no list of sites: on no line does one stand",
            ),
        ] {
            let error = read(bytes, day_of_test()).unwrap_err();
            assert_eq!(error.to_string(), refused);
        }
        let large = vec![b'#'; MAX_BYTES + 1];
        let refused = read(&large, day_of_test());
        assert_eq!(refused, Err(NotOfFormat::TooLarge(MAX_BYTES)));
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_does_harm(bytes in anything::bytes(), text in anything::text()) {
            drop(read(&bytes, day_of_test()));
            drop(read(text.as_bytes(), day_of_test()));
            drop(site(&text));
        }
    }
}
