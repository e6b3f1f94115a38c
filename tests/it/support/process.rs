//! Nodes as processes of their own: they are told to stop, or killed, and what they log is kept.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use archipelago::config::Config;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use url::form_urlencoded;

use super::fediverse::eventually;
use super::metrics;

/// A process that serves, ended with the test however that ends.
pub struct Process {
    child: Child,
    listen: SocketAddr,
    said: Arc<Mutex<String>>,
}

/// The program: that of this build, or another that is to be held against the same tests.
fn program() -> OsString {
    let named = std::env::var_os("ARCHIPELAGO_BIN");
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_archipelago").into())
}

/// The command that serves by some settings, with more arguments.
pub fn serve(config: &Config, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .arg("serve")
        .args(arguments)
        .args(["--allow-net", "127.0.0.0/8"])
        .args(["--listen", &config.listen.to_string()])
        .args(["--database-url", &config.database_url])
        .env("ARCHIPELAGO_LOG", "info")
        .env("NO_COLOR", "1")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    if let Some(domain) = &config.domain {
        command.env("ARCHIPELAGO_DOMAIN", domain.as_str());
    }
    command
}

impl Process {
    /// Starts a node by its settings, and waits until it answers.
    pub async fn serve(config: &Config, arguments: &[&str]) -> Self {
        Self::run(serve(config, arguments), config.listen).await
    }

    /// Runs a command that listens, and waits until it answers.
    pub async fn run(command: Command, listen: SocketAddr) -> Self {
        let process = Self::begin(command, listen);
        process.answers().await;
        process
    }

    /// Runs a command that will listen.
    pub fn begin(mut command: Command, listen: SocketAddr) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        keep(child.stderr.take().unwrap(), said.clone());
        Self {
            child,
            listen,
            said,
        }
    }

    /// Waits until it answers.
    pub async fn answers(&self) {
        eventually("the process answers", async || {
            reqwest::get(self.url("/api/v1/needs?limit=1")).await.ok()
        })
        .await;
    }

    /// Where it listens.
    pub fn listens_at(&self) -> SocketAddr {
        self.listen
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listen)
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> reqwest::Result<Response> {
        no_redirect().get(self.url(path)).send().await
    }

    /// Sends a form from a page of it.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Result<Response> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let post = no_redirect().post(self.url(path)).body(body);
        let post = post.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        post.header(ORIGIN, self.url("")).send().await
    }

    /// What it counts now, by the name and the labels of a metric.
    pub async fn counts(&self, metric: &str) -> u64 {
        metrics::count(&self.metrics().await.unwrap(), metric)
    }

    /// Waits until it counts more than it did.
    pub async fn counts_more(&self, metric: &str, than: u64) {
        eventually(&format!("{metric} is more than {than}"), async || {
            let text = self.metrics().await.ok()?;
            let count: u64 = metrics::find(&text, metric)?.parse().unwrap();
            (count > than).then_some(())
        })
        .await;
    }

    async fn metrics(&self) -> reqwest::Result<String> {
        self.get("/metrics").await?.text().await
    }

    /// Its number among the processes.
    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Asks it to stop.
    pub fn ask_to_stop(&self) {
        kill_process(self.id(), Signal::TERM).unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        eventually("the process ends", async || self.child.try_wait().unwrap()).await
    }

    /// Kills it, so that it can do nothing more.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// All that it logged.
    pub fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has logged some words.
    pub async fn logs(&self, words: &str) {
        eventually(&format!("it is logged: {words}"), async || {
            self.log().contains(words).then_some(())
        })
        .await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("── the node at {} said:\n{}", self.listen, self.log());
        }
    }
}

/// Whoever asks: what is answered is told as it is.
fn no_redirect() -> Client {
    let client = Client::builder().redirect(Policy::none());
    client.build().unwrap()
}

/// Keeps what somebody says, line by line, until they are silent.
fn keep(said: impl Read + Send + 'static, kept: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            *kept.lock().unwrap() += &format!("{line}\n");
        }
    });
}
