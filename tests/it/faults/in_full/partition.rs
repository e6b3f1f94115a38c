//! PostgreSQL and two replicas in network namespaces of their own, and the line of one is cut.

use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use archipelago::config::Config;

use crate::faults::{ALONE, ANSWERED_WITHIN, Scene};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, offer};
use crate::support::postgres::Server;
use crate::support::process::{self, Process};

/// For how long the line is cut: long enough for TCP to wait for most of a minute between two tries.
const CUT_FOR: Duration = Duration::from_secs(60);
/// The longest until a replica that was cut off shows what was changed meanwhile.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);
/// Where each listens in its namespace.
const PORT: u16 = 8_080;

/// Namespaces that are joined by a bridge in one more; all of them go with the test.
struct Networks {
    prefix: String,
    names: Vec<&'static str>,
}

impl Networks {
    fn make(names: &[&'static str]) -> Self {
        let prefix = format!("archi{}", std::process::id());
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

    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Runs `ip` in a namespace.
    fn ip(&self, name: &str, arguments: &str) {
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
        }
    }
}

fn ip(arguments: &str) {
    let done = Command::new("ip")
        .args(arguments.split(' '))
        .status()
        .unwrap();
    assert!(done.success(), "ip {arguments}");
}

/// A replica in a namespace, which answers on its loopback.
struct Replica<'a> {
    networks: &'a Networks,
    name: &'static str,
    process: Process,
}

impl<'a> Replica<'a> {
    async fn start(networks: &'a Networks, name: &'static str, config: &Config) -> Self {
        let command = networks.within(name, &process::serve(config, ALONE));
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

    fn gets(&self, path: &str) -> (u16, Duration, String) {
        self.asks(&[&format!("http://127.0.0.1:{PORT}{path}")])
    }

    /// Reports the pads, by a form.
    fn reports(&self, words: &str) -> (u16, Duration) {
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

    async fn shows(&self, words: &str) {
        eventually(&format!("{} shows {words}", self.name), async || {
            let (_, _, page) = self.gets("/en/services/pads");
            page.contains(words).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "make partition"]
async fn a_partition_between_a_replica_and_the_database_ends_as_if_it_had_not_been() {
    if !super::is_root() {
        return;
    }
    if Command::new("ip").arg("-V").output().is_err() {
        println!("skipped: ip is missing (apt-get install iproute2)");
        return;
    }
    let networks = Networks::make(&["db", "a", "b"]);
    let at = SocketAddr::from(([10, 213, 7, 1], 5_432));
    let server = Server::start_in(&networks.name("db"), at);
    let scene = Scene::over(Database::at(&server.url_by_socket())).await;
    let config = Config {
        database_url: server.url(),
        listen: SocketAddr::from(([127, 0, 0, 1], PORT)),
        ..scene.site.config.clone()
    };
    let a = Replica::start(&networks, "a", &config).await;
    let b = Replica::start(&networks, "b", &config).await;

    networks.ip("hub", "link set to-a down");
    let cut = Instant::now();
    a.process.logs("the database is away").await;
    println!("noticed after {:.1?}", cut.elapsed());
    let mut written = 0;
    while cut.elapsed() < CUT_FOR {
        let (status, after, _) = a.gets("/en/services/pads");
        assert_eq!(status, 200);
        assert!(after < Duration::from_secs(2), "{after:?}");
        let (status, after) = a.reports("cut+off");
        assert_eq!(status, 503);
        assert!(after < ANSWERED_WITHIN, "{after:?}");
        let (status, after) = b.reports(&format!("number+{written}"));
        // An entry is reported so often a day.
        assert!(matches!(status, 303 | 429), "{status}");
        assert!(after < ANSWERED_WITHIN, "{after:?}");
        written += usize::from(status == 303);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let update = offer("pads", "Told meanwhile");
    scene.site.federation.update_service(update).await.unwrap();
    b.shows("Told meanwhile").await;
    networks.ip("hub", "link set to-a up");
    let mended = Instant::now();
    a.shows("Told meanwhile").await;
    println!(
        "up to date {:.1?} after the end of {CUT_FOR:?}",
        mended.elapsed()
    );
    assert!(mended.elapsed() < SHOWN_WITHIN, "{:?}", mended.elapsed());
    let reports = "select cast(count(*) as text) from reports";
    assert_eq!(
        scene.count(reports).await,
        written,
        "nothing lost, nothing doubled"
    );
    let sessions = "select cast(count(*) as text) from pg_stat_activity
                    where state = 'idle in transaction' and now() - state_change > interval '15 seconds'";
    assert_eq!(
        scene.count(sessions).await,
        0,
        "no session holds what it held when it was cut off"
    );
}
