//! A web of thousands of hosts on loopback, to crawl in tests and benchmarks.
//!
//! Each host has a name of its own below `localhost`, which the program's own lookup leads to loopback,
//! and all share one server, which remembers what was asked of whom, when and how ([`log`]); [`manners`]
//! judges that. What a host is follows from a seed and its number alone, so a run can be repeated: most
//! publish something a directory reads (`documents`), some nothing, one in twenty is dead, one in fifty
//! slow and one in a hundred hostile. `cargo bench --bench crawl -- serve` runs it by itself.

mod documents;
pub mod log;
pub mod manners;
mod server;

use std::collections::HashMap;

use archipelago::domain::fingerprint::fingerprint;
use url::Url;

pub use server::Server;

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A hoster's node on ActivityPub.
    Node,
    /// Software with NodeInfo and nothing else: PeerTube, Mobilizon, Nextcloud or something unknown.
    Software,
    /// A hoster with files of ChatonsInfos.
    ChatonsInfos,
    /// A hoster with `librehost.json`.
    LibreHost,
    /// A hoster with an XMPP provider file.
    Xmpp,
    /// A site that publishes nothing of this.
    Plain,
    /// Nobody listens there.
    Dead,
    /// It takes seconds for each answer.
    Slow,
    /// It means us harm.
    Hostile(Hostility),
}

/// How a hostile host harms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hostility {
    /// Its answers never end.
    Endless,
    /// It packs its answers though nobody asked for that.
    Packed,
    /// It redirects to an address of its neighbours' inner network.
    Inward,
    /// It redirects to itself.
    Circle,
    /// Its documents are lists within lists.
    Deep,
    /// It asks to wait for years.
    Years,
    /// It never answers.
    Silent,
    /// Its documents say that they are another host's.
    Forged,
}

const HOSTILITIES: [Hostility; 8] = [
    Hostility::Endless,
    Hostility::Packed,
    Hostility::Inward,
    Hostility::Circle,
    Hostility::Deep,
    Hostility::Years,
    Hostility::Silent,
    Hostility::Forged,
];

/// Of a thousand hosts, how many are of each kind; the rest publishes nothing.
const SHARES: [(u64, Kind); 7] = [
    (50, Kind::Dead),
    (20, Kind::Slow),
    (400, Kind::Node),
    (250, Kind::Software),
    (100, Kind::ChatonsInfos),
    (70, Kind::LibreHost),
    (30, Kind::Xmpp),
];

/// The hosts, and what each is.
#[derive(Debug, Clone)]
pub struct Web {
    hosts: Vec<(String, Kind)>,
    numbers: HashMap<String, usize>,
    seed: u64,
}

impl Web {
    /// A web of so many hosts, always the same for a seed.
    pub fn of(seed: u64, hosts: usize) -> Self {
        let hosts: Vec<_> = (0..hosts)
            .map(|number| {
                // Some hosts share what somebody registered.
                let name = match number % 40 {
                    0 => format!("a{number}.shared{}.localhost", number / 400),
                    _ => format!("h{number}.localhost"),
                };
                (name, kind(seed, number))
            })
            .collect();
        let names = hosts.iter().enumerate();
        Self {
            numbers: names.map(|(n, (name, _))| (name.clone(), n)).collect(),
            hosts,
            seed,
        }
    }

    /// The hosts of a kind, by their numbers.
    pub fn hosts(&self, is: impl Fn(Kind) -> bool) -> impl Iterator<Item = usize> {
        (0..self.hosts.len()).filter(move |number| is(self.hosts[*number].1))
    }

    /// A host's name.
    pub fn name(&self, number: usize) -> &str {
        &self.hosts[number].0
    }

    /// What a host is.
    pub fn kind(&self, number: usize) -> Kind {
        self.hosts[number].1
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// A host's address at a server of this port. The dead are where nobody listens.
    pub fn url(&self, number: usize, port: u16) -> Url {
        let port = match self.kind(number) {
            Kind::Dead => 1,
            _ => port,
        };
        let url = format!("http://{}:{port}/", self.name(number));
        url.parse().expect("it is an address")
    }

    /// Whether a host's robots.txt forbids us an address: the rules as `documents` writes them.
    pub fn forbids(&self, number: usize, path: &str) -> bool {
        match self.robots(number) {
            Robots::OptedOut => path != "/robots.txt",
            Robots::Some => path.starts_with("/librehost.json") || path.starts_with("/private/"),
            Robots::None | Robots::Slowly => false,
        }
    }

    /// Whether a host's services answer with 503.
    pub fn is_in_trouble(&self, number: usize) -> bool {
        self.chance(number, "trouble") < 50
    }

    fn robots(&self, number: usize) -> Robots {
        match self.chance(number, "robots") {
            0..20 => Robots::OptedOut,
            20..30 => Robots::Slowly,
            30..400 => Robots::Some,
            _ => Robots::None,
        }
    }

    /// A number below a thousand that is always the same for a host and a purpose.
    fn chance(&self, number: usize, purpose: &str) -> u64 {
        chance(self.seed, number, purpose)
    }
}

/// What a robots.txt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Robots {
    /// There is none.
    None,
    /// Two places are not for us.
    Some,
    /// We may ask for everything, every two seconds.
    Slowly,
    /// Nothing is for us.
    OptedOut,
}

fn kind(seed: u64, number: usize) -> Kind {
    // One in a hundred, so that a small web has each hostility too.
    if number % 100 == 7 {
        return Kind::Hostile(HOSTILITIES[number / 100 % HOSTILITIES.len()]);
    }
    let mut chance = chance(seed, number, "kind");
    for (share, kind) in SHARES {
        if chance < share {
            return kind;
        }
        chance -= share;
    }
    Kind::Plain
}

fn chance(seed: u64, number: usize, purpose: &str) -> u64 {
    let text = format!("{seed} {number} {purpose}");
    // The lowest bits of this fingerprint are its worst.
    (fingerprint(text.as_bytes()) >> 20) % 1_000
}
