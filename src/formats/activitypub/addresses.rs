//! Every address a node mints, and which of its actors one of them names.
//!
//! Nobody else glues a path together: what is minted once must be answered for ever.

use url::Url;

use crate::domain::localized::Language;
use crate::domain::word::worded;
use crate::formats::chatonsinfos::FOLDER;

/// The addresses of the node at one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    origin: Url,
}

/// An actor of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Local {
    /// The node itself (`Application`): it follows, fetches and answers.
    Node,
    /// The hoster whose node it is (`Organization`).
    Hoster,
    /// The collective whose node it is (`Group`).
    Collective,
}

worded!(Local {
    Node = "node",
    Hoster = "hoster",
    Collective = "collective",
});

impl Local {
    /// The path of its id.
    pub fn path(self) -> &'static str {
        match self {
            Local::Node => "/ap/actor",
            Local::Hoster => "/ap/org",
            Local::Collective => "/ap/group",
        }
    }
}

/// Where every service's object lies, with its slug behind.
pub(super) const SERVICES: &str = "/ap/services/";
/// Where every vouch of ours lies, with its number behind.
const VOUCHES: &str = "/ap/vouches/";

impl Addresses {
    /// The addresses at the origin of an http or https address: its scheme, host and port; whatever else
    /// it holds is passed over.
    pub fn of(mut origin: Url) -> Self {
        // Fails only where there is no host to log in to, and so nothing to remove.
        let _ = origin.set_username("");
        let _ = origin.set_password(None);
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Self { origin }
    }

    /// The node's home page.
    pub fn home(&self) -> Url {
        self.origin.clone()
    }

    /// The origin's host, with its port if that is not the scheme's: what stands behind the @ of an
    /// `acct:` address (RFC 7565).
    pub fn authority(&self) -> &str {
        &self.origin[url::Position::BeforeHost..url::Position::AfterPort]
    }

    /// An actor's id.
    pub fn actor(&self, actor: Local) -> Url {
        self.at(actor.path())
    }

    /// Where an actor takes activities.
    pub fn inbox(&self, actor: Local) -> Url {
        self.below(actor, "inbox")
    }

    /// Where activities for any of the node's actors are taken.
    pub fn shared_inbox(&self) -> Url {
        self.at("/ap/inbox")
    }

    /// What an actor has published.
    pub fn outbox(&self, actor: Local) -> Url {
        self.below(actor, "outbox")
    }

    /// Who follows an actor.
    pub fn followers(&self, actor: Local) -> Url {
        self.below(actor, "followers")
    }

    /// Whom an actor follows.
    pub fn following(&self, actor: Local) -> Url {
        self.below(actor, "following")
    }

    /// What an actor puts first on its profile.
    pub fn featured(&self, actor: Local) -> Url {
        self.below(actor, "featured")
    }

    /// The services a hoster offers.
    pub fn services(&self, actor: Local) -> Url {
        self.below(actor, "services")
    }

    /// The members of a collective.
    pub fn members(&self, actor: Local) -> Url {
        self.below(actor, "members")
    }

    /// The vouches for an actor that it acknowledges.
    pub fn vouches(&self, actor: Local) -> Url {
        self.below(actor, "vouches")
    }

    /// The nodes a directory knows.
    pub fn peers(&self, actor: Local) -> Url {
        self.below(actor, "peers")
    }

    /// The hosters in a directory.
    pub fn hosters(&self, actor: Local) -> Url {
        self.below(actor, "hosters")
    }

    /// The page `number` of a collection, from 1.
    pub fn page(&self, collection: &Url, number: u64) -> Url {
        let mut page = collection.clone();
        page.set_query(Some(&format!("page={number}")));
        page
    }

    /// The object of a service, by its identifier.
    pub fn service(&self, slug: &str) -> Url {
        self.at(&format!("{SERVICES}{slug}"))
    }

    /// Whether an address is that of the object of a service here.
    pub fn is_service(&self, address: &Url) -> bool {
        self.is_ours(address) && address.path().starts_with(SERVICES)
    }

    /// An activity of an actor, by its number in the outbox.
    pub fn activity(&self, actor: Local, seq: u64) -> Url {
        self.below(actor, &format!("activities/{seq}"))
    }

    /// A vouch that one of ours gives, by its number.
    pub fn vouch(&self, number: u64) -> Url {
        self.at(&format!("{VOUCHES}{number}"))
    }

    /// The key of an actor that signs vouches, by its number from 1.
    pub fn assertion_key(&self, actor: Local, number: u32) -> Url {
        let mut key = self.actor(actor);
        match number {
            0 | 1 => key.set_fragment(Some("ed25519-key")),
            number => key.set_fragment(Some(&format!("ed25519-key-{number}"))),
        }
        key
    }

    /// The text of a version of our collective's charter.
    pub fn charter(&self, version: &str) -> Url {
        let mut charter = self.at("/charter/");
        if let Ok(mut path) = charter.path_segments_mut() {
            path.pop_if_empty().push(version);
        }
        charter
    }

    /// A note for people, by the number of the activity that brought it.
    pub fn note(&self, actor: Local, seq: u64) -> Url {
        self.below(actor, &format!("notes/{seq}"))
    }

    /// A key of an actor, by its number from 1: `#main-key`, as most software names its only one, then
    /// `#key-2`, `#key-3` …
    pub fn key(&self, actor: Local, number: u32) -> Url {
        let mut key = self.actor(actor);
        match number {
            0 | 1 => key.set_fragment(Some("main-key")),
            number => key.set_fragment(Some(&format!("key-{number}"))),
        }
        key
    }

    /// The document that explains our words (JSON-LD context).
    pub fn namespace(&self) -> Url {
        self.at("/ns")
    }

    /// The NodeInfo document of a version such as `2.1`.
    pub fn nodeinfo(&self, version: &str) -> Url {
        self.at(&format!("/nodeinfo/{version}"))
    }

    /// The folder of the files that tell ChatonsInfos of this node's hoster.
    pub fn chatonsinfos(&self) -> Url {
        self.at(FOLDER)
    }

    /// The page for people about a service of this node.
    pub fn service_page(&self, language: Language, slug: &str) -> Url {
        self.at(&format!("/{}/services/{slug}", language.code()))
    }

    /// The page that lists services by what one parameter of the search says.
    pub fn services_page(&self, language: Language, parameter: &str, value: &str) -> Url {
        let mut page = self.at(&format!("/{}/services", language.code()));
        page.query_pairs_mut().append_pair(parameter, value);
        page
    }

    /// The actor of this node whose id that is, exactly: a query or fragment names no actor.
    pub fn local_of(&self, id: &Url) -> Option<Local> {
        let mut all = Local::ALL.iter().copied();
        all.find(|actor| self.actor(*actor) == *id)
    }

    /// Whether an address lies at this node's origin.
    pub fn is_ours(&self, address: &Url) -> bool {
        address.origin() == self.origin.origin()
    }

    fn below(&self, actor: Local, name: &str) -> Url {
        self.at(&format!("{}/{name}", actor.path()))
    }

    fn at(&self, path: &str) -> Url {
        let mut address = self.origin.clone();
        address.set_path(path);
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn ours() -> Addresses {
        Addresses::of(url("http://u:p@a.localhost:4001/fr/?x#y"))
    }

    #[test]
    fn addresses_are_those_of_the_contract() {
        let ours = ours();
        let minted = [
            (ours.home(), ""),
            (ours.actor(Local::Node), "ap/actor"),
            (ours.inbox(Local::Hoster), "ap/org/inbox"),
            (ours.shared_inbox(), "ap/inbox"),
            (ours.members(Local::Collective), "ap/group/members"),
            (
                ours.page(&ours.services(Local::Hoster), 2),
                "ap/org/services?page=2",
            ),
            (ours.service("cloud"), "ap/services/cloud"),
            (ours.activity(Local::Hoster, 7), "ap/org/activities/7"),
            (ours.note(Local::Hoster, 7), "ap/org/notes/7"),
            (ours.key(Local::Node, 1), "ap/actor#main-key"),
            (ours.key(Local::Node, 2), "ap/actor#key-2"),
            (ours.vouch(42), "ap/vouches/42"),
            (
                ours.assertion_key(Local::Collective, 1),
                "ap/group#ed25519-key",
            ),
            (
                ours.assertion_key(Local::Collective, 2),
                "ap/group#ed25519-key-2",
            ),
            (ours.charter("3/a"), "charter/3%2Fa"),
            (ours.namespace(), "ns"),
            (ours.nodeinfo("2.1"), "nodeinfo/2.1"),
            (
                ours.service_page(Language::French, "cloud"),
                "fr/services/cloud",
            ),
            (
                ours.services_page(Language::English, "need", "a&b"),
                "en/services?need=a%26b",
            ),
        ];
        for (address, path) in minted {
            assert_eq!(address.as_str(), format!("http://a.localhost:4001/{path}"));
        }
        assert_eq!(ours.authority(), "a.localhost:4001");
        let on_443 = Addresses::of(url("https://hosteur.example:443"));
        assert_eq!(on_443.authority(), "hosteur.example");
    }

    #[test]
    fn only_the_exact_id_is_an_actors() {
        let ours = ours();
        for actor in Local::ALL.iter().copied() {
            assert_eq!(ours.local_of(&ours.actor(actor)), Some(actor));
        }
        for other in [
            "http://a.localhost:4001/ap/org?x",
            "http://a.localhost:4001/ap/org#main-key",
            "http://a.localhost:4001/ap/ORG",
            "http://a.localhost:4001/ap/org/",
            "http://a.localhost:4002/ap/org",
            "https://a.localhost:4001/ap/org",
            "http://b.localhost:4001/ap/org",
        ] {
            assert_eq!(ours.local_of(&url(other)), None, "{other}");
        }
    }

    #[test]
    fn an_address_is_ours_by_scheme_host_and_port() {
        let ours = ours();
        assert!(ours.is_ours(&url("http://A.localhost:4001/x?y#z")));
        assert!(!ours.is_ours(&url("https://a.localhost:4001/x")));
        assert!(!ours.is_ours(&url("http://a.localhost/x")));
        assert!(!ours.is_ours(&url("http://x.a.localhost:4001/x")));
    }
}
