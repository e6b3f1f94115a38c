//! Network namespaces, and nodes in them.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use archipelago::config::Config;

use crate::support::fediverse::eventually;
use crate::support::metrics;
use crate::support::process::{self, Process};

/// Where each listens in its namespace.
const PORT: u16 = 8_080;
/// Where nobody is.
const NOBODY: &str = "10.213.7.250";

/// Namespaces that are joined by a bridge in one more; all of them go with the test.
pub struct Networks {
    prefix: String,
    names: Vec<&'static str>,
}

impl Networks {
    pub fn make(names: &[&'static str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        needs("ip", "iproute2");
        needs("curl", "curl");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("archi{}-{number}", std::process::id());
        let mut networks = Self {
            prefix,
            names: Vec::new(),
        };
        networks.add("hub");
        networks.ip("hub", "link add bridge type bridge");
        networks.ip("hub", "link set bridge up");
        for (number, name) in (1..).zip(names) {
            networks.add(name);
            let (hub, own) = (networks.name("hub"), networks.name(name));
            ip(&format!(
                "link add to-{name} netns {hub} type veth peer name eth0 netns {own}"
            ));
            networks.ip("hub", &format!("link set to-{name} master bridge"));
            networks.ip("hub", &format!("link set to-{name} up"));
            networks.ip(name, &format!("address add 10.213.7.{number}/24 dev eth0"));
            networks.ip(name, "link set eth0 up");
        }
        networks
    }

    fn add(&mut self, name: &'static str) {
        ip(&format!("netns add {}", self.name(name)));
        self.names.push(name);
        self.ip(name, "link set lo up");
    }

    pub fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Has names looked up in a namespace at a server that never answers: the bridge carries what is sent there
    /// to nobody.
    pub fn silence_name_server(&self, name: &str) {
        let neighbour = format!("{NOBODY} lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
        self.ip(name, &format!("neighbour add {neighbour}"));
        let settings = self.settings(name);
        fs::create_dir_all(&settings).unwrap();
        let servers = format!("nameserver {NOBODY}\n");
        fs::write(settings.join("resolv.conf"), servers).unwrap();
    }

    /// The files that stand in a namespace for those of `/etc`.
    fn settings(&self, name: &str) -> PathBuf {
        PathBuf::from("/etc/netns").join(self.name(name))
    }

    /// Runs `ip` in a namespace.
    pub fn ip(&self, name: &str, arguments: &str) {
        ip(&format!("-n {} {arguments}", self.name(name)));
    }

    /// A command in a namespace.
    fn within(&self, name: &str, command: &Command) -> Command {
        let mut within = Command::new("ip");
        within.args(["netns", "exec", &self.name(name)]);
        within.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                within.env(name, value);
            }
        }
        within.stdin(Stdio::null());
        within
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        for name in &self.names {
            let delete = Command::new("ip")
                .args(["netns", "del", &self.name(name)])
                .status();
            drop(delete);
            drop(fs::remove_dir_all(self.settings(name)));
        }
    }
}

/// Fails where a program is missing.
fn needs(program: &str, package: &str) {
    let found = Command::new(program).arg("-V").output();
    assert!(
        found.is_ok(),
        "{program} is missing: apt-get install {package}"
    );
}

fn ip(arguments: &str) {
    let done = Command::new("ip")
        .args(arguments.split(' '))
        .status()
        .unwrap();
    assert!(done.success(), "ip {arguments}");
}

/// A replica in a namespace, which answers on its loopback.
pub struct Replica<'a> {
    networks: &'a Networks,
    name: &'static str,
    pub process: Process,
}

impl<'a> Replica<'a> {
    pub async fn start(
        networks: &'a Networks,
        name: &'static str,
        config: &Config,
        arguments: &[&str],
    ) -> Self {
        let mut config = config.clone();
        config.listen = SocketAddr::from(([127, 0, 0, 1], PORT));
        let command = networks.within(name, &process::serve(&config, arguments));
        let replica = Self {
            networks,
            name,
            process: Process::begin(command, config.listen),
        };
        replica.shows("Pads").await;
        replica
    }

    /// What a request brings: the answer's status, and after how long.
    fn asks(&self, arguments: &[&str]) -> (u16, Duration, String) {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-m", "30", "-w", "\n%{http_code}"])
            .args(arguments);
        let asked = Instant::now();
        let output: Output = self.networks.within(self.name, &curl).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), asked.elapsed(), body.to_owned())
    }

    pub fn gets(&self, path: &str) -> (u16, Duration, String) {
        self.asks(&[&format!("http://127.0.0.1:{PORT}{path}")])
    }

    /// What it counts now, by the name and the labels of a metric.
    pub fn counts(&self, metric: &str) -> u64 {
        let (_, _, text) = self.gets("/metrics");
        metrics::count(&text, metric)
    }

    /// Reports the pads, by a form.
    pub fn reports(&self, words: &str) -> (u16, Duration) {
        let origin = format!("http://127.0.0.1:{PORT}");
        let (status, after, _) = self.asks(&[
            "-H",
            &format!("Origin: {origin}"),
            "-d",
            &format!("reason=broken&words={words}"),
            &format!("{origin}{}", crate::faults::REPORT),
        ]);
        (status, after)
    }

    pub async fn shows(&self, words: &str) {
        eventually(&format!("{} shows {words}", self.name), async || {
            let (_, _, page) = self.gets("/en/services/pads");
            page.contains(words).then_some(())
        })
        .await;
    }
}
