//! Nodes that were founded, each at a name of its own below `localhost`, and run until the test ends.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
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
use sqlx::{AnyPool, Row};
use url::Url;

use super::database::{self, Database};
use super::node::{TestNode, config};

/// How long something may take that happens by itself: far more than it should, for slow machines, and longer than
/// the program waits before it tries again what failed once, as under load it may: half a minute and a quarter of
/// that for a delivery, a minute for a visit. Where all is well nothing waits for it.
const PATIENCE: Duration = Duration::from_secs(120);

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

/// A site that was founded over a database, and the hold on it that a command has. Nothing serves it yet.
pub struct Site {
    /// What a command would publish with.
    pub federation: Federation,
    /// Its database.
    pub store: Store,
    /// The settings of a node at its address.
    pub config: Config,
    /// Its token.
    pub token: Token,
}

impl Site {
    /// Founds a site over an empty database, at a name below `localhost` and a port, by the system's clock.
    pub async fn found(name: &str, kind: Kind, database: &Database, listen: SocketAddr) -> Self {
        Self::found_by(Clock::system(), name, kind, database, listen).await
    }

    /// The same by another clock.
    async fn found_by(
        clock: Clock,
        name: &str,
        kind: Kind,
        database: &Database,
        listen: SocketAddr,
    ) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let origin = format!("http://{name}.localhost:{}/", listen.port());
        let addresses = Addresses::of(origin.parse().unwrap());
        let config = config(database, listen, Some(addresses.home()));
        let store = database.store().await;
        let least = store.keep_least_standing(Standing::Claimed, clock.now());
        least.await.unwrap();
        let founder = founder(name, kind, addresses);
        let token = founder.found(&store, clock.now()).await.unwrap().unwrap();
        let federation = Federation::open(store.clone(), &config, clock).await;
        Self {
            federation: federation.unwrap().unwrap(),
            store,
            config,
            token,
        }
    }

    /// The settings of one of several nodes over its database, on a port of its own.
    pub fn replica(&self) -> Config {
        Config {
            listen: free_port(),
            ..self.config.clone()
        }
    }
}

impl Founded {
    /// Founds a site over an empty database, and starts a node of it.
    pub async fn start(name: &str, kind: Kind, database: Database) -> Self {
        Self::start_by(Clock::system(), name, kind, database).await
    }

    /// The same by another clock than the system's.
    pub async fn start_by(clock: Clock, name: &str, kind: Kind, database: Database) -> Self {
        // Its ids hold the port, so that has to be known before it listens.
        let site = Site::found_by(clock.clone(), name, kind, &database, free_port()).await;
        let config = site.config.clone();
        Self {
            node: TestNode::running(database, config, clock, false),
            federation: site.federation,
            store: site.store,
            config: site.config,
            token: site.token,
        }
    }

    /// Where it listens.
    pub fn listens_at(&self) -> SocketAddr {
        self.config.listen
    }

    /// Waits until all that it took is applied, and all that this led to is read or put off.
    pub async fn settled(&self) {
        eventually("everything is applied", async || {
            (self.store.waiting().await.unwrap() == 0).then_some(())
        })
        .await;
        let pool = self.rows().await;
        eventually("everything is read", async || {
            let due = "select count(*) from visits where attempts = 0";
            let due: i64 = sqlx::query_scalar(due).fetch_one(&pool).await.unwrap();
            (due == 0).then_some(())
        })
        .await;
        pool.close().await;
    }

    /// Its database, to be looked at beside the store.
    pub async fn rows(&self) -> AnyPool {
        database::pool(&self.config.database_url).await
    }

    /// Every row of its database (SQLite), for a comparison.
    pub async fn dump(&self) -> Vec<String> {
        let pool = self.rows().await;
        // The node counts what it lists by itself, some time after its start.
        let tables = "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' \
                      and name <> 'tallies'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&pool).await.unwrap();
        let mut dump = Vec::new();
        for table in tables {
            let all = format!("select * from {table} order by 1, 2");
            let rows = sqlx::query(sqlx::AssertSqlSafe(all));
            for row in rows.fetch_all(&pool).await.unwrap() {
                let mut shown = table.clone();
                for column in 0..row.len() {
                    let text = row.try_get::<String, _>(column);
                    let number = || row.try_get::<i64, _>(column).map(|n| n.to_string());
                    shown = format!(
                        "{shown} | {}",
                        text.or_else(|_| number()).unwrap_or_default()
                    );
                }
                dump.push(shown);
            }
        }
        pool.close().await;
        dump
    }

    /// Its subject's id, or the node's own where it has none.
    pub fn id(&self, role: Local) -> Url {
        self.federation.addresses().actor(role)
    }
}

/// Who founds a node of a name at its addresses.
pub fn founder(name: &str, kind: Kind, addresses: Addresses) -> Founder {
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

/// A port that nobody listens on, and that no connection of ours is given meanwhile: those come from above.
pub fn free_port() -> SocketAddr {
    const FIRST: u16 = 10_000;
    const COUNT: u32 = 20_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Test runs side by side begin at different places.
    let start = std::process::id().wrapping_mul(97);
    loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = FIRST + u16::try_from(next).unwrap();
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().unwrap();
        }
    }
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
