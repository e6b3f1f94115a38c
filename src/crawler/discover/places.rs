//! The places where a site may say what it offers.
//!
//! They are asked in this order, one after the other and only as far as is needed: NodeInfo, which leads to
//! a node's own actor; else a file of ChatonsInfos, else `librehost.json`, else an XMPP provider file.

use url::Url;

use super::Found;
use crate::formats::{Format, nodeinfo, xmpp_provider};
use crate::store::frontier::{Priority, Purpose, Sown, Target};

/// Where a site may say what it offers.
pub(super) struct Place {
    pub(super) path: &'static str,
    pub(super) format: Format,
}

/// The places in the order in which they are asked. The second spelling of ChatonsInfos' is that of an
/// application for YunoHost, which many hosters use.
pub(super) const PLACES: [Place; 5] = [
    Place {
        path: nodeinfo::LINKS_PATH,
        format: Format::NodeInfoLinks,
    },
    Place {
        path: "/.well-known/chatonsinfos/organization.properties",
        format: Format::ChatonsInfos,
    },
    Place {
        path: "/.well_known/chatonsinfos/organization.properties",
        format: Format::ChatonsInfos,
    },
    Place {
        path: "/librehost.json",
        format: Format::LibreHost,
    },
    Place {
        path: xmpp_provider::PATH,
        format: Format::XmppProvider,
    },
];

/// The first place of a site, whichever page of it is named.
pub fn site(url: &Url, priority: Priority, led_by: Option<&Url>, depth: u32) -> Option<Sown> {
    let site = Sown::site(url, priority)?;
    Some(Sown {
        led_by: led_by.cloned(),
        depth,
        ..site
    })
}

/// Every place of a site that a stranger names: its host is asked for these, and for what they lead to.
pub fn every_place(site: &Url) -> Vec<Sown> {
    let first = self::site(site, Priority::Heard, None, 0);
    let all = first.into_iter().flat_map(|first| {
        PLACES.iter().filter_map(move |at| {
            Some(Sown {
                url: place(&first.url, at)?,
                purpose: Purpose::Read(at.format),
                ..first.clone()
            })
        })
    });
    all.collect()
}

/// Whether an address is one of the places above: what is not there is asked for seldom.
pub fn is_place(url: &Url) -> bool {
    number(url).is_some()
}

/// The place of a site that is asked after this one, if the site is worth it and says too little so far.
pub(super) fn next_place(target: &Target, priority: Priority, found: Found<'_>) -> Option<Sown> {
    let here = number(&target.url).filter(|_| priority != Priority::Heard)?;
    let says_enough = match (found, PLACES[here].format) {
        (Found::Nothing, _) => false,
        // Any server may have NodeInfo; one of ours names its actor there and says all the rest itself.
        (Found::Findings(findings), Format::NodeInfoLinks) => findings
            .leads
            .iter()
            .any(|lead| lead.format == Format::Actor),
        (Found::Findings(findings), _) => !findings.hosters.is_empty(),
    };
    let next = PLACES.get(here + 1).filter(|_| !says_enough)?;
    at_place(target, priority, next)
}

/// The place of a site that is asked after one that its robots.txt forbids: the next that it allows.
pub fn next_allowed(
    target: &Target,
    priority: Priority,
    allows: impl Fn(&Url) -> bool,
) -> Option<Sown> {
    let here = number(&target.url).filter(|_| priority != Priority::Heard)?;
    let later = PLACES[here + 1..].iter();
    let mut later = later.filter_map(|place| at_place(target, priority, place));
    later.find(|sown| allows(&sown.url))
}

fn at_place(target: &Target, priority: Priority, at: &Place) -> Option<Sown> {
    Some(Sown {
        url: place(&target.url, at)?,
        purpose: Purpose::Read(at.format),
        priority,
        led_by: Some(target.url.clone()),
        of: None,
        depth: target.depth,
        page: 0,
        redirected: false,
    })
}

fn number(url: &Url) -> Option<usize> {
    let is_plain = url.query().is_none();
    PLACES
        .iter()
        .position(|place| is_plain && place.path == url.path())
}

fn place(site: &Url, place: &Place) -> Option<Url> {
    site.join(place.path).ok()
}
