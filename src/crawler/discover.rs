//! Which addresses a visit leads to: pure functions of what was found.
//!
//! A site is asked for what it may publish in this order, one place after the other and only as far as is
//! needed: NodeInfo, which leads to a node's own actor; else a file of ChatonsInfos, else `librehost.json`,
//! else an XMPP provider file. A host that some document merely mentions is asked for that document alone.

use url::Url;

use crate::formats::{Findings, Format, Lead};
use crate::store::frontier::{Priority, Purpose, Sown, Target};

/// Over how many documents we go from what the operator named: enough for a directory's peer's member.
pub const MAX_DEPTH: u32 = 12;
/// How many pages of one collection are read (federation.md S18).
pub const MAX_PAGES: u32 = 40;
/// How many addresses one document leads to: a page of an index names a thousand.
pub const MAX_LEADS: usize = 2_000;

/// Where a site may say what it offers.
struct Place {
    path: &'static str,
    format: Format,
}

/// The places in the order in which they are asked. The second spelling of ChatonsInfos' is that of an
/// application for YunoHost, which many hosters use.
const PLACES: [Place; 5] = [
    Place {
        path: "/.well-known/nodeinfo",
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
        path: "/.well-known/xmpp-provider-v2.json",
        format: Format::XmppProvider,
    },
];

/// What was found at a target.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// A document that says this.
    Findings(&'a Findings),
    /// Nothing, by its host's own word.
    Nothing,
}

/// The first place of a site, whichever page of it is named.
pub fn site(url: &Url, priority: Priority, led_by: Option<&Url>, depth: u32) -> Option<Sown> {
    Some(Sown {
        url: place(url, &PLACES[0])?,
        purpose: Purpose::Read(PLACES[0].format),
        priority,
        led_by: led_by.cloned(),
        depth,
        page: 0,
        redirected: false,
    })
}

/// Whether an address is one of the places above: what is not there is asked for seldom.
pub fn is_place(url: &Url) -> bool {
    number(url).is_some()
}

/// What is to be visited next, given what was found at a target of a host of this priority.
pub fn next(target: &Target, priority: Priority, found: Found<'_>) -> Vec<Sown> {
    let mut sown: Vec<Sown> = next_place(target, priority, found).into_iter().collect();
    let Found::Findings(findings) = found else {
        return sown;
    };
    if target.depth >= MAX_DEPTH {
        return sown;
    }
    let leads = findings.leads.iter().take(MAX_LEADS);
    sown.extend(leads.filter_map(|lead| follow(target, lead)));
    let sites = findings.hosters.iter().take(MAX_LEADS);
    let sites = sites.filter_map(|hoster| hoster.website.as_ref());
    sown.extend(sites.filter_map(|site| {
        let led_by = Some(&target.url);
        self::site(site.as_url(), Priority::Listed, led_by, target.depth + 1)
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
        depth,
        page,
        redirected: false,
    })
}

/// The place of a site that is asked after this one, if the site is worth it and says too little so far.
fn next_place(target: &Target, priority: Priority, found: Found<'_>) -> Option<Sown> {
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
    Some(Sown {
        url: place(&target.url, next)?,
        purpose: Purpose::Read(next.format),
        priority,
        led_by: Some(target.url.clone()),
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

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn is_paged(format: Format) -> bool {
    matches!(format, Format::Services | Format::Members | Format::Peers)
}

/// How many things a document says, for the bound on what is read of one host.
pub fn items(findings: &Findings) -> u32 {
    let items = findings.hosters.len() + findings.services.len() + findings.leads.len();
    u32::try_from(items).unwrap_or(u32::MAX)
}

/// Whether a document of this kind is somebody's own word, so that the word is taken back if it is gone.
pub fn is_own_word(format: Format) -> bool {
    matches!(
        format,
        Format::Actor | Format::ChatonsInfos | Format::LibreHost | Format::XmppProvider
    )
}
