//! Which addresses a visit leads to: pure functions of what was found.
//!
//! A site is asked for what it may publish at its [places]. A host that some document merely mentions is
//! asked for that document alone.

mod places;

use url::Url;

pub use places::{every_place, is_place, next_allowed, site};

use crate::formats::{Findings, Format, Lead};
use crate::store::frontier::{Priority, Purpose, Sown, Target};

/// Over how many documents we go from what the operator named: enough for a directory's peer's member.
pub const MAX_DEPTH: u32 = 12;
/// How many pages of one collection are read (federation.md S18).
pub const MAX_PAGES: u32 = 40;
/// How many addresses one document leads to: a page of an index names a thousand.
pub const MAX_LEADS: usize = 2_000;

/// What was found at a target.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// A document that says this.
    Findings(&'a Findings),
    /// Nothing, by its host's own word.
    Nothing,
}

/// A service, to be looked at whether it is up.
pub fn service(url: &Url) -> Sown {
    Sown {
        url: without_fragment(url),
        purpose: Purpose::Probe,
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    }
}

/// What is to be visited next, given what was found at a target of a host of this priority.
pub fn next(target: &Target, priority: Priority, found: Found<'_>) -> Vec<Sown> {
    let mut sown: Vec<Sown> = places::next_place(target, priority, found)
        .into_iter()
        .collect();
    let Found::Findings(findings) = found else {
        return sown;
    };
    if target.depth >= MAX_DEPTH {
        return sown;
    }
    let leads = findings.leads.iter().take(MAX_LEADS);
    sown.extend(leads.filter_map(|lead| follow(target, lead)));
    let of_hosters = findings.hosters.iter();
    let of_hosters = of_hosters.filter_map(|hoster| Some(hoster.website.as_ref()?.as_url()));
    let sites = of_hosters.chain(&findings.sites).take(MAX_LEADS);
    sown.extend(sites.filter_map(|site| {
        let led_by = Some(&target.url);
        self::site(site, Priority::Listed, led_by, target.depth + 1)
    }));
    sown
}

/// The document a redirect leads to, at another host: it is followed once.
pub fn elsewhere(target: &Target, to: Url) -> Option<Sown> {
    (!target.redirected).then(|| Sown {
        url: to,
        purpose: target.purpose,
        priority: Priority::Heard,
        led_by: Some(target.url.clone()),
        of: target.of.clone(),
        depth: target.depth,
        page: target.page,
        redirected: true,
    })
}

/// Where a lead leads. The further pages of a collection belong to it and are counted for themselves.
fn follow(target: &Target, lead: &Lead) -> Option<Sown> {
    let is_further_page = is_paged(lead.format)
        && target.purpose == Purpose::Read(lead.format)
        && lead.url.origin() == target.url.origin();
    let (depth, page) = match is_further_page {
        true => (target.depth, target.page + 1),
        false => (target.depth + 1, 0),
    };
    (page < MAX_PAGES).then(|| Sown {
        url: without_fragment(&lead.url),
        purpose: Purpose::Read(lead.format),
        priority: Priority::Heard,
        led_by: Some(target.url.clone()),
        of: lead.of.clone(),
        depth,
        page,
        redirected: false,
    })
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn is_paged(format: Format) -> bool {
    matches!(
        format,
        Format::Services | Format::Members | Format::Peers | Format::Hosters
    )
}

/// How many things a document says, for the bound on what is read of one host.
pub fn items(findings: &Findings) -> u32 {
    let named = findings.leads.len() + findings.sites.len();
    let items = findings.hosters.len() + findings.services.len() + named;
    u32::try_from(items).unwrap_or(u32::MAX)
}

/// Whether a document of this kind is somebody's own word, so that the word is taken back if it is gone.
pub fn is_own_word(format: Format) -> bool {
    matches!(
        format,
        Format::Actor | Format::ChatonsInfos | Format::LibreHost | Format::XmppProvider
    )
}

#[cfg(test)]
mod tests {
    use super::places::PLACES;
    use super::*;
    use crate::domain::hoster::Hoster;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn target(address: &str, format: Format, depth: u32, page: u32) -> Target {
        Target {
            url: url(address),
            purpose: Purpose::Read(format),
            of: None,
            depth,
            page,
            redirected: false,
            etag: None,
            last_modified: None,
            fails: 0,
            log: Vec::new(),
        }
    }

    fn leading(leads: &[(&str, Format)]) -> Findings {
        let lead = |(address, format): &(&str, Format)| Lead {
            url: url(address),
            format: *format,
            of: None,
        };
        Findings {
            leads: leads.iter().map(lead).collect(),
            ..Findings::default()
        }
    }

    fn a_hoster(website: &str) -> Findings {
        let hoster: Hoster = serde_json::from_value(serde_json::json!({
            "id": "one", "name": "One", "website": website,
            "source": { "kind": "own-file", "by": "a test" },
        }))
        .unwrap();
        Findings {
            hosters: vec![hoster],
            ..Findings::default()
        }
    }

    fn paths(sown: &[Sown]) -> Vec<&str> {
        sown.iter().map(|sown| sown.url.path()).collect()
    }

    #[test]
    fn a_site_is_asked_one_place_after_the_other() {
        let first = site(&url("https://a.example/about?x#y"), Priority::Seed, None, 0).unwrap();
        let mut asked = vec![first.url.path().to_owned()];
        let mut next = vec![first];
        while let Some(sown) = next.pop() {
            assert!(is_place(&sown.url));
            let Purpose::Read(format) = sown.purpose else {
                panic!("a place is read")
            };
            let target = target(sown.url.as_str(), format, 0, 0);
            next = super::next(&target, Priority::Seed, Found::Nothing);
            asked.extend(next.iter().map(|sown| sown.url.path().to_owned()));
        }
        assert_eq!(asked, PLACES.map(|place| place.path));
        assert!(!is_place(&url("https://a.example/librehost.json?x")));
    }

    #[test]
    fn who_says_enough_is_asked_for_no_more() {
        let nodeinfo = target(
            "https://a.example/.well-known/nodeinfo",
            Format::NodeInfoLinks,
            0,
            0,
        );
        let file = target(
            "https://a.example/.well-known/chatonsinfos/organization.properties",
            Format::ChatonsInfos,
            0,
            0,
        );
        let node = leading(&[("https://a.example/ap/actor", Format::Actor)]);
        let sown = next(&nodeinfo, Priority::Listed, Found::Findings(&node));
        assert_eq!(paths(&sown), ["/ap/actor"]);
        let other = leading(&[("https://a.example/nodeinfo/2.0", Format::NodeInfo)]);
        let sown = next(&nodeinfo, Priority::Listed, Found::Findings(&other));
        assert_eq!(paths(&sown), [PLACES[1].path, "/nodeinfo/2.0"]);
        let hoster = a_hoster("https://a.example/");
        let sown = next(&file, Priority::Listed, Found::Findings(&hoster));
        assert_eq!(paths(&sown), [PLACES[0].path], "its site, which is known");
        let sown = next(
            &file,
            Priority::Listed,
            Found::Findings(&Findings::default()),
        );
        assert_eq!(paths(&sown), [PLACES[2].path], "a file that says nothing");
        assert_eq!(next(&file, Priority::Heard, Found::Nothing), []);
    }

    #[test]
    fn a_hosters_site_is_worth_a_visit_and_other_hosts_are_merely_heard_of() {
        let list = target("https://list.example/x", Format::LibreHosters, 3, 0);
        let mut findings = a_hoster("https://www.one.example/about");
        findings.leads =
            leading(&[("https://two.example/librehost.json#x", Format::LibreHost)]).leads;
        let sown = next(&list, Priority::Heard, Found::Findings(&findings));
        let told: Vec<_> = sown
            .iter()
            .map(|sown| (sown.url.as_str(), sown.priority, sown.depth))
            .collect();
        assert_eq!(
            told,
            [
                ("https://two.example/librehost.json", Priority::Heard, 4),
                (
                    "https://www.one.example/.well-known/nodeinfo",
                    Priority::Listed,
                    4
                ),
            ]
        );
        assert!(
            sown.iter()
                .all(|sown| sown.led_by.as_ref() == Some(&list.url))
        );
    }

    #[test]
    fn the_way_ends_after_so_many_documents_and_a_collection_after_so_many_pages() {
        let leads = leading(&[
            ("https://a.example/peers?page=2", Format::Peers),
            ("https://b.example/peers?page=2", Format::Peers),
            ("https://a.example/ap/actor", Format::Actor),
        ]);
        let at = |depth, page| {
            let target = target("https://a.example/peers?page=1", Format::Peers, depth, page);
            let sown = next(&target, Priority::Heard, Found::Findings(&leads));
            sown.iter()
                .map(|sown| (sown.depth, sown.page))
                .collect::<Vec<_>>()
        };
        assert_eq!(at(2, 0), [(2, 1), (3, 0), (3, 0)]);
        assert_eq!(at(2, MAX_PAGES - 1), [(3, 0), (3, 0)]);
        assert_eq!(at(MAX_DEPTH, 0), []);
    }

    #[test]
    fn one_document_leads_to_so_many_others() {
        let many: Vec<String> = (0..=MAX_LEADS)
            .map(|n| format!("https://h{n}.example/"))
            .collect();
        let many: Vec<_> = many
            .iter()
            .map(|address| (address.as_str(), Format::NodeInfoLinks))
            .collect();
        let index = target("https://a.example/index", Format::PeerTubeIndex, 0, 0);
        let findings = leading(&many);
        let sown = next(&index, Priority::Seed, Found::Findings(&findings));
        assert_eq!(sown.len(), MAX_LEADS);
        assert_eq!(items(&findings), u32::try_from(MAX_LEADS).unwrap() + 1);
    }

    #[test]
    fn a_redirect_to_another_host_is_followed_once() {
        let first = target("https://a.example/x", Format::Actor, 2, 0);
        let sown = elsewhere(&first, url("https://b.example/y")).unwrap();
        assert_eq!(
            (sown.depth, sown.redirected, sown.purpose),
            (2, true, first.purpose)
        );
        let again = Target {
            redirected: true,
            ..first
        };
        assert_eq!(elsewhere(&again, url("https://c.example/z")), None);
    }
}
