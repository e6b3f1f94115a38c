//! What each host publishes, in the shapes of the real ones.

use std::sync::LazyLock;

use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::federation::signature::PrivateKey;
use archipelago::formats::activitypub::actor::{self, About, Profile, Subject};
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::{collection, note};
use archipelago::formats::nodeinfo::{self, Node, Role, Version};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{Hostility, Kind, Robots, Web};

const ACTIVITY: &str = "application/activity+json";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Real needs, with software for each.
const OFFERS: [(&str, &str, &str); 4] = [
    ("pads", "etherpad", "Etherpad"),
    ("polls", "framadate", "Framadate"),
    ("video-hosting", "peertube", "PeerTube"),
    ("events", "mobilizon", "Mobilizon"),
];

/// All nodes have the same key: making one takes long, and nobody here signs.
static KEY: LazyLock<String> = LazyLock::new(|| PrivateKey::generate().1);

/// What a host answers.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) etag: Option<String>,
    pub(super) body: String,
    pub(super) manner: Manner,
}

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Plain,
    Slow,
    Silent,
    Endless,
}

impl Answer {
    fn absent() -> Self {
        Self {
            status: 404,
            headers: Vec::new(),
            etag: None,
            body: "Nothing is here.".to_owned(),
            manner: Manner::Plain,
        }
    }

    fn document(media_type: &str, body: String) -> Self {
        let print = archipelago::domain::fingerprint::fingerprint(body.as_bytes());
        Self {
            status: 200,
            headers: vec![("content-type", media_type.to_owned())],
            etag: Some(format!("\"{print:x}\"")),
            body,
            ..Self::absent()
        }
    }

    fn redirect(to: &str) -> Self {
        Self {
            status: 302,
            headers: vec![("location", to.to_owned())],
            ..Self::absent()
        }
    }
}

impl Web {
    /// What a host answers to a request for a path.
    pub(super) fn answer(&self, host: usize, path: &str, port: u16) -> Answer {
        let kind = self.kind(host);
        if path == "/robots.txt" {
            let mut answer = robots(self.robots(host));
            if kind == Kind::Slow {
                answer.manner = Manner::Slow;
            }
            return answer;
        }
        let site = self.url(host, port);
        let answer = self.published(kind, host, path, &site);
        match answer.status {
            404 if is_page_of_service(path) && kind != Kind::Plain => self.page_of_service(host),
            _ => answer,
        }
    }

    fn published(&self, kind: Kind, host: usize, path: &str, site: &Url) -> Answer {
        match kind {
            Kind::Plain | Kind::Dead => Answer::absent(),
            Kind::Slow => Answer {
                manner: Manner::Slow,
                ..software(host, path, site)
            },
            Kind::Software => software(host, path, site),
            Kind::Node => node(host, path, site),
            Kind::ChatonsInfos => chatonsinfos(host, path, site),
            Kind::LibreHost => librehost(host, path, site),
            Kind::Xmpp => xmpp(path, site),
            Kind::Hostile(hostility) => self.hostile(hostility, host, path, site),
        }
    }

    /// What people get who go to a host's services: one in twenty is in trouble.
    fn page_of_service(&self, host: usize) -> Answer {
        Answer {
            status: if self.is_in_trouble(host) { 503 } else { 200 },
            ..Answer::absent()
        }
    }

    fn hostile(&self, hostility: Hostility, host: usize, path: &str, site: &Url) -> Answer {
        let plain = node(host, path, site);
        match hostility {
            Hostility::Endless => Answer {
                manner: Manner::Endless,
                etag: None,
                ..Answer::document(JSON, "{\"a\":\"".to_owned())
            },
            Hostility::Packed => Answer {
                headers: vec![
                    ("content-type", JSON.to_owned()),
                    ("content-encoding", "gzip".to_owned()),
                ],
                ..plain
            },
            Hostility::Inward => Answer::redirect("http://169.254.169.254/latest/meta-data/"),
            Hostility::Circle => Answer::redirect(path),
            Hostility::Deep => Answer::document(JSON, "[".repeat(500_000)),
            Hostility::Years => Answer {
                status: 429,
                headers: vec![("retry-after", "99999999999".to_owned())],
                ..Answer::absent()
            },
            Hostility::Silent => Answer {
                manner: Manner::Silent,
                ..plain
            },
            Hostility::Forged => {
                let victim = format!("{}:{}", self.name(0), site.port().unwrap_or_default());
                let own = format!("{}:{}", self.name(host), site.port().unwrap_or_default());
                Answer {
                    body: plain.body.replace(&own, &victim),
                    ..plain
                }
            }
        }
    }
}

/// Whether people go to a path, and no program.
fn is_page_of_service(path: &str) -> bool {
    let name = path.trim_matches('/');
    let mut offered = OFFERS.iter().map(|(need, ..)| *need);
    name.is_empty() || offered.any(|need| need == name)
}

fn robots(robots: Robots) -> Answer {
    let text = match robots {
        Robots::None => return Answer::absent(),
        Robots::Some => "User-agent: *\nDisallow: /private/\nDisallow: /librehost.json\n",
        Robots::Slowly => "User-agent: *\nCrawl-delay: 2\n",
        Robots::OptedOut => "User-agent: *\nDisallow:\n\nUser-agent: Archipelago\nDisallow: /\n",
    };
    Answer::document(TEXT, text.to_owned())
}

fn node(host: usize, path: &str, site: &Url) -> Answer {
    let ours = Addresses::of(site.clone());
    let actor = ours.actor(Local::Hoster);
    let hoster = hoster(host, site);
    let json =
        |media_type: &str, document: Value| Answer::document(media_type, document.to_string());
    if path == "/.well-known/nodeinfo" {
        return json(JSON, nodeinfo::write_links(&ours));
    }
    if path == ours.nodeinfo("2.1").path() {
        let node = Node {
            version: "1.0.0",
            name: hoster.name.as_str(),
            description: "",
            roles: &[Role::Hoster],
            actors: &[Local::Hoster],
        };
        return json(JSON, nodeinfo::write(Version::V2_1, &node, &ours));
    }
    let profile = |subject| Profile {
        subject,
        username: "hoster",
        key: 1,
        public_key_pem: &KEY,
        assertion_keys: &[],
        published: some_day(),
        updated: some_day(),
    };
    if path == actor.path() {
        return json(
            ACTIVITY,
            actor::write(&profile(Subject::Hoster(&hoster)), &ours),
        );
    }
    if path == ours.actor(Local::Node).path() {
        let about = About {
            name: &hoster.name,
            description: None,
        };
        return json(
            ACTIVITY,
            actor::write(&profile(Subject::Node(about)), &ours),
        );
    }
    let collection = ours.services(Local::Hoster);
    if path == collection.path() {
        let services = services(host, &hoster);
        let notes = services
            .iter()
            .map(|service| note::write_service(service, None, &ours, some_day(), some_day()));
        return json(
            ACTIVITY,
            collection::write_whole(&collection, &actor, notes.collect()),
        );
    }
    Answer::absent()
}

fn software(host: usize, path: &str, site: &Url) -> Answer {
    let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    let document = match path {
        "/.well-known/nodeinfo" => {
            let href = format!("{site}nodeinfo/2.0.json");
            json!({ "links": [{ "rel": schema, "href": href }] })
        }
        "/nodeinfo/2.0.json" => {
            let name = ["peertube", "mobilizon", "nextcloud", "somethingelse"][host % 4];
            json!({
                "version": "2.0", "software": { "name": name, "version": "7.1.0" },
                "protocols": ["activitypub"], "services": { "inbound": [], "outbound": [] },
                "openRegistrations": host.is_multiple_of(2), "usage": { "users": { "total": host } },
                "metadata": { "nodeName": format!("Site {host}") },
            })
        }
        _ => return Answer::absent(),
    };
    Answer::document(JSON, document.to_string())
}

fn chatonsinfos(host: usize, path: &str, site: &Url) -> Answer {
    const PLACE: &str = "/.well-known/chatonsinfos/";
    let name = path.strip_prefix(PLACE);
    let text = match name.and_then(|name| name.strip_suffix(".properties")) {
        Some("organization") => format!(
            "# Made by hand\nfile.class = organization\nfile.protocol = ChatonsInfos-0.5\n\
             file.datetime = 2026-11-01T10:00:00\norganization.name = Asso {host}\n\
             organization.website = {site}\norganization.type = ASSOCIATION\n\
             organization.country.code = FR\norganization.geolocation.latitude = 47,2184\n\
             organization.geolocation.longitude = -1,5536\n[Subs]\n\
             subs.pads = '{site}.well-known/chatonsinfos/pads.properties'\n\
             subs.polls = {site}.well-known/chatonsinfos/polls.properties\n"
        ),
        Some(slug @ ("pads" | "polls")) => {
            let software = if slug == "pads" {
                "Etherpad"
            } else {
                "Framadate"
            };
            format!(
                "file.class = Service\nservice.name = {software} {host}\n\
                 service.website = {site}{slug}/\nservice.registration = None\n\
                 service.registration.load = OPEN\nservice.startdate = 01/03/2020\n\
                 service.status.level = OK\nsoftware.name = {software}\n"
            )
        }
        _ => return Answer::absent(),
    };
    Answer::document(TEXT, text)
}

fn librehost(host: usize, path: &str, site: &Url) -> Answer {
    if path != "/librehost.json" {
        return Answer::absent();
    }
    let document = json!({
        "@context": "http://schema.org", "@type": "Organization", "version": "0.0.1",
        "organizationType": "Informal collective", "name": format!("Libre {host}"),
        "tagLine": "We host", "description": "We host for friends.", "homeUrl": site,
        "logo": "", "contactUrl": site, "privacyPolicyUrl": site, "termsOfServiceUrl": site,
        "communicationLanguages": ["fr", "en"], "isServiceProvider": true,
        "foundingDate": "2015", "dateCreated": "2020-01-01T00:00:00Z",
        "dateModified": "2026-10-01T00:00:00Z",
    });
    Answer::document(JSON, document.to_string())
}

fn xmpp(path: &str, site: &Url) -> Answer {
    if path != "/.well-known/xmpp-provider-v2.json" {
        return Answer::absent();
    }
    let document = json!({
        "website": { "en": site }, "alternativeJids": [], "busFactor": 2,
        "organization": "non-governmental", "passwordReset": {}, "serverTesting": true,
        "maximumHttpFileUploadTotalSize": 0, "maximumHttpFileUploadStorageTime": 0,
        "maximumMessageArchiveManagementStorageTime": 0, "professionalHosting": true,
        "freeOfCharge": true, "legalNotice": { "en": site }, "serverLocations": ["fr"],
        "since": "2019-05-01",
    });
    Answer::document(JSON, document.to_string())
}

fn hoster(host: usize, site: &Url) -> Hoster {
    let record = json!({
        "id": "hoster", "name": format!("Hoster {host}"), "website": site,
        "place": { "country": "FR", "city": "Nantes", "coordinates": [47.2184, -1.5536] },
        "languages": ["fr"], "source": { "kind": "own-node", "by": site },
    });
    serde_json::from_value(record).expect("it is a hoster")
}

/// One or two services of a hoster.
fn services(host: usize, hoster: &Hoster) -> Vec<Service> {
    (0..=host % 2)
        .map(|number| {
            let (need, software, name) = OFFERS[(host + number) % OFFERS.len()];
            let record = json!({
                "id": need, "hoster": hoster.id, "name": format!("{name} {host}"), "need": need,
                "software": software, "registration": "free", "price": { "kind": "free" },
                "url": format!("{}{need}", hoster.website.as_ref().expect("it has one")),
                "source": hoster.source,
            });
            serde_json::from_value(record).expect("it is a service")
        })
        .collect()
}

fn some_day() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().expect("it is a time")
}
