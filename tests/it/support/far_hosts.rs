//! Many hosts on one small web server, which remembers who was asked for what and when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use url::Url;

use super::far_web::{FarWeb, Reply, Request};

/// A server for as many names below `localhost` as a test likes.
pub struct FarHosts {
    web: FarWeb,
    log: Arc<Mutex<Vec<Asked>>>,
}

/// A request, as its host saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The host's name, without `.localhost` and its port.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// When it came.
    pub at: Instant,
    /// All of it.
    pub request: Request,
}

impl FarHosts {
    /// Starts a server that answers as it is told for a host's name and a path.
    pub async fn start(
        answer: impl Fn(&str, &str, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let log: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let written = log.clone();
        let web = FarWeb::start(move |request| {
            let host = request.header("host").unwrap_or_default();
            let host = host
                .split(".localhost")
                .next()
                .unwrap_or_default()
                .to_owned();
            let reply = answer(&host, &request.target, request);
            written.lock().unwrap().push(Asked {
                host,
                target: request.target.clone(),
                at: Instant::now(),
                request: request.clone(),
            });
            reply
        });
        Self {
            web: web.await,
            log,
        }
    }

    /// The address of a path of a host.
    pub fn url(&self, host: &str, path: &str) -> Url {
        self.web.url(&format!("{host}.localhost"), path)
    }

    /// What a host was asked for, in order.
    pub fn asked(&self, host: &str) -> Vec<String> {
        let log = self.log.lock().unwrap();
        let asked = log.iter().filter(|asked| asked.host == host);
        asked.map(|asked| asked.target.clone()).collect()
    }

    /// All requests, in order.
    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        self.log.lock().unwrap().clear();
    }

    /// The shortest time between the beginnings of two requests to one host.
    pub fn shortest_gap(&self) -> Option<Duration> {
        let mut by_host: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
        for asked in self.log() {
            by_host.entry(asked.host).or_default().push(asked.at);
        }
        let gaps = by_host
            .values()
            .flat_map(|times| times.windows(2).map(|pair| pair[1] - pair[0]));
        gaps.min()
    }
}
