//! A node of its own for each test: the real server on a free port, the demo's data, a clock that stands still.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use archipelago::clock::Clock;
use archipelago::config::{Blocks, Config, Directory, Limits, Log, Network, Server, Trust};
use archipelago::node::{self, Node};
use archipelago::store::Store;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::Value;
use tokio::sync::oneshot;
use url::Url;

use super::database::Database;
use super::records::some_day;

/// A running node, stopped and gone after the test.
pub struct TestNode {
    address: SocketAddr,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _database: Database,
}

impl TestNode {
    /// Starts a node over a new SQLite file with the demo's data.
    pub async fn start() -> Self {
        Self::over(Database::sqlite().await)
    }

    /// Starts a node over an empty database, which it fills with the demo's data.
    pub fn over(database: Database) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = config(&database, listen, None);
        Self::running(database, config, Clock::fixed(some_day()), true)
    }

    /// Starts a node of a configuration, with the demo's data or nothing.
    pub fn running(database: Database, config: Config, clock: Clock, demo: bool) -> Self {
        // As main does; the first test to come here does it for all.
        drop(rustls::crypto::ring::default_provider().install_default());
        let (stop, stopped) = oneshot::channel();
        let (listening, address) = mpsc::channel();
        // A runtime and a thread of its own, as in the program: the test's own may wait for it.
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let store = Store::open(&config.database_url).await.unwrap();
                if demo {
                    node::fill_with_demo(&store, &clock).await.unwrap();
                }
                let node = Node::start(&config, store, clock).await.unwrap();
                listening.send(node.address()).unwrap();
                node.run(async { drop(stopped.await) }).await.unwrap();
            });
        });
        Self {
            address: address.recv().unwrap(),
            // A connection that is kept alive would be waited for at the end.
            client: Client::builder()
                .pool_max_idle_per_host(0)
                .redirect(Policy::none())
                .build()
                .unwrap(),
            stop: Some(stop),
            thread: Some(thread),
            _database: database,
        }
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks for a path with a method and headers.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self
            .client
            .request(method, self.url(path))
            .header("connection", "close");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, &[]).await
    }

    /// Gets a path that must be answered with JSON and status 200.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "application/json",
            "{path}"
        );
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// Sends bytes as they are and returns all that comes back: for what no client would send.
    pub fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // The server may have heard enough before the end.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// The settings of a node over a database; one that is founded lives in a closed network.
pub fn config(database: &Database, listen: SocketAddr, domain: Option<Url>) -> Config {
    let allow = match domain {
        Some(_) => vec!["127.0.0.0/8".parse().unwrap()],
        None => Vec::new(),
    };
    Config {
        database_url: database.url().to_owned(),
        listen,
        domain,
        directory: Directory {
            least_standing: None,
        },
        trust: Trust::default(),
        blocks: Blocks::default(),
        network: Network { allow },
        limits: Limits::default(),
        server: Server::default(),
        log: Log::default(),
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().unwrap();
        }
    }
}
