//! Whoever reads pages and asks the API while a test does something else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use super::fediverse::eventually;

/// The pause between two requests of one visitor: others want the machine, too.
const PAUSE: Duration = Duration::from_millis(10);

/// Visitors, each of whom makes one request after the other.
#[derive(Default)]
pub struct Visitors {
    answered: AtomicUsize,
    are_done: AtomicBool,
}

impl Visitors {
    /// Reads until they are done. Every request has to be answered, and well.
    pub async fn read(self: Arc<Self>, origin: String, paths: &'static [&'static str]) {
        let client = client();
        for path in paths.iter().cycle() {
            let url = format!("{origin}{path}");
            let answer = self.ask(&client, &url).await;
            answer.unwrap_or_else(|error| panic!("{url}: {error}"));
            if self.are_done() {
                return;
            }
        }
    }

    /// The same of a node that may die at any time: what it answers has to be well.
    pub async fn read_while_it_lives(
        self: Arc<Self>,
        origin: String,
        paths: &'static [&'static str],
    ) {
        let client = client();
        for path in paths.iter().cycle() {
            drop(self.ask(&client, &format!("{origin}{path}")).await);
            if self.are_done() {
                return;
            }
        }
    }

    async fn ask(&self, client: &Client, url: &str) -> reqwest::Result<()> {
        tokio::time::sleep(PAUSE).await;
        let answer = client.get(url).send().await?;
        assert!(answer.status().as_u16() < 400, "{url}: {}", answer.status());
        answer.bytes().await?;
        self.answered.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Waits until so many more were answered.
    pub async fn go_on(&self, more: usize) {
        let until = self.answered() + more;
        eventually("visitors are answered", async || {
            (self.answered() >= until).then_some(())
        })
        .await;
    }

    /// How many requests were answered.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Lets each make its last request.
    pub fn end(&self) {
        self.are_done.store(true, Ordering::Relaxed);
    }

    fn are_done(&self) -> bool {
        self.are_done.load(Ordering::Relaxed)
    }
}

fn client() -> Client {
    let client = Client::builder().redirect(Policy::none());
    client.build().unwrap()
}
