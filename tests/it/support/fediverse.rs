//! Nodes that were founded, each at a name of its own below `localhost`, and run until the test ends.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::config::Config;
use archipelago::domain::collective::Standing;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::domain::text::Name;
use archipelago::federation::{Federation, Founder, Kind, Token};
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::store::Store;
use serde_json::json;
use url::Url;

use super::database::Database;
use super::node::{TestNode, config};

/// How long something may take that happens by itself: far more than it should, for slow machines.
const PATIENCE: Duration = Duration::from_secs(30);

/// A node that was founded, and the same hold on it that a command has.
pub struct Founded {
    /// The running node.
    pub node: TestNode,
    /// What a command would publish with.
    pub federation: Federation,
    /// Its database.
    pub store: Store,
    /// Its settings.
    pub config: Config,
    /// Its token.
    pub token: Token,
}

impl Founded {
    /// Founds and starts a node over an empty database. Its clock is the system's: the federation
    /// library asks that one.
    pub async fn start(name: &str, kind: Kind, database: Database) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        // Its ids hold the port, so that has to be known before it listens.
        let listen = free_port();
        let origin = format!("http://{name}.localhost:{}/", listen.port());
        let addresses = Addresses::of(origin.parse().unwrap());
        let config = config(&database, listen, Some(addresses.home()));
        let store = database.store().await;
        store.keep_least_standing(Standing::Claimed).await.unwrap();
        let clock = Clock::system();
        let founder = founder(name, kind, addresses);
        let token = founder.found(&store, clock.now()).await.unwrap().unwrap();
        let federation = Federation::open(store.clone(), &config, clock.clone()).await;
        Self {
            federation: federation.unwrap().unwrap(),
            node: TestNode::running(database, config.clone(), clock, false),
            store,
            config,
            token,
        }
    }

    /// Its subject's id, or the node's own where it has none.
    pub fn id(&self, role: Local) -> Url {
        self.federation.addresses().actor(role)
    }
}

fn founder(name: &str, kind: Kind, addresses: Addresses) -> Founder {
    let actor = addresses.actor(Local::Hoster);
    let hoster: Hoster = serde_json::from_value(json!({
        "id": hoster_id(&actor).unwrap(), "name": format!("Hoster {name}"), "actor": actor,
        "place": { "country": "FR", "city": "Nantes", "coordinates": [47.2184, -1.5536] },
        "languages": ["fr"], "source": { "kind": "own-node", "by": actor, "seen": "2026-11-23" },
    }))
    .unwrap();
    Founder {
        addresses,
        kind,
        username: name.to_owned(),
        name: Name::parse(&format!("Hoster {name}")).unwrap(),
        hoster: (kind == Kind::Hoster).then_some(hoster),
    }
}

/// A service as somebody would add it.
pub fn offer(slug: &str, name: &str) -> Service {
    serde_json::from_value(json!({
        "id": slug, "hoster": "x", "name": name, "need": "pads", "url": format!("https://{slug}.example.org/"),
        "registration": "none", "price": { "kind": "free" },
        "source": { "kind": "own-node", "by": "x" },
    }))
    .unwrap()
}

/// A port that nobody listens on.
pub fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Waits until something that happens by itself has happened.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
