//! nginx with the settings that are handed out, before the real program: TLS, and HTTP of both versions.

use std::fs;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use archipelago::formats::activitypub::addresses::{Addresses, Local};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Version};
use tempfile::TempDir;
use url::Url;

use super::{adapted, text};
use crate::support::desk::{Desk, Served, stderr};
use crate::support::far_actor::Far;
use crate::support::far_post::Post;
use crate::support::far_web::Request;
use crate::support::fediverse::{eventually, free_port};

const HOST: &str = "ours.localhost";
/// What a visitor's question, program and way here are called: nothing of it may be kept.
const TELLTALE: &str = "telltale";
/// The largest post of ours has 256 KiB.
const TOO_MUCH: usize = 600_000;

/// A server in front of a node.
struct Nginx {
    child: Child,
    home: TempDir,
    https: SocketAddr,
    http: SocketAddr,
}

impl Nginx {
    /// Starts one at an address, before a node at another.
    async fn start(https: SocketAddr, node: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let http = free_port();
        write(home.path(), https, http, node);
        let settings = home.path().join("nginx.conf");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(home.path()).arg("-c").arg(settings);
        let child = command.args(["-e", "stderr"]).stdin(Stdio::null()).spawn();
        let child = child.expect("nginx is needed for this test (apt-get install nginx-light)");
        let nginx = Self {
            child,
            home,
            https,
            http,
        };
        eventually("nginx listens", async || TcpStream::connect(https).ok()).await;
        nginx
    }

    fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}{path}", self.https.port())
    }

    /// Somebody at an address of this machine, whom it knows by no other name.
    fn visitor(&self, address: [u8; 4]) -> ClientBuilder {
        drop(rustls::crypto::ring::default_provider().install_default());
        Client::builder()
            .tls_danger_accept_invalid_certs(true)
            .redirect(Policy::none())
            .resolve(HOST, self.https)
            .local_address(IpAddr::from(address))
    }

    /// All that it has written down, of whatever kind.
    fn logs(&self) -> String {
        let logs = ["archipelago.log", "archipelago.error.log"];
        let logs = logs.map(|log| fs::read_to_string(self.home.path().join(log)).unwrap());
        logs.concat()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes the shipped settings, with the addresses and folders of this test.
fn write(home: &Path, https: SocketAddr, http: SocketAddr, node: &str) {
    let key = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
    fs::write(home.join("fullchain.pem"), key.cert.pem()).unwrap();
    fs::write(home.join("privkey.pem"), key.signing_key.serialize_pem()).unwrap();
    let site = adapted(
        &text("packaging/nginx/archipelago.conf"),
        &[
            ("listen 80;", &format!("listen {http};")),
            ("listen 443 ssl", &format!("listen {https} ssl")),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("/etc/letsencrypt/live/hoster.example/", ""),
            ("hoster.example", HOST),
            ("/var/log/nginx/", ""),
            ("/var/cache/nginx/archipelago", "cache"),
        ],
    );
    let upstream = adapted(
        &text("packaging/nginx/archipelago-upstream.conf"),
        &[("127.0.0.1:8080", node)],
    );
    fs::write(home.join("site.conf"), site).unwrap();
    fs::write(home.join("upstream.conf"), upstream).unwrap();
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|kind| format!("    {kind}_temp_path {kind};\n"));
    // One process, so that nothing is left behind when it is killed.
    let all = format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nevents {{}}\nhttp {{\n{}\
         include site.conf;\ninclude upstream.conf;\n}}\n",
        folders.concat()
    );
    fs::write(home.join("nginx.conf"), all).unwrap();
}

/// A hoster's node whose public address is that of nginx, with limits that are soon reached.
fn founded(desk: &Desk, https: SocketAddr) -> (Served, Addresses) {
    let origin = format!("https://{HOST}:{}", https.port());
    let node = free_port().to_string();
    let init = [
        &["init", "--domain", &origin, "--listen", &node][..],
        &["--kind", "hoster", "--name", "Ours", "--place", "Nantes"],
        &["--language", "fr", "--allow-net", "127.0.0.0/8"],
    ];
    let made = desk.run_of(&init.concat());
    assert!(made.status.success(), "{}", stderr(&made));
    let settings = desk.read("archipelago.toml");
    let limits = "[limits]\nper_minute = 1\nburst = 3\ntrusted_proxies = [\"127.0.0.1/32\"]\n";
    desk.write("archipelago.toml", &format!("{settings}\n{limits}"));
    let served = desk.serve_as_set("");
    (served, Addresses::of(origin.parse().unwrap()))
}

fn listens_at(node: &Served) -> &str {
    node.url.strip_prefix("http://").unwrap()
}

/// Posts through nginx what somebody signed.
async fn send(client: &Client, to: &Url, post: Post) -> (u16, Version) {
    let mut request = client.post(to.clone()).body(post.body);
    for (name, value) in &post.headers {
        // The client writes the Host, or what HTTP/2 has instead, by itself.
        if name != "host" {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.version())
}

#[tokio::test]
async fn behind_nginx_what_is_signed_is_taken_and_answered() {
    let https = free_port();
    let desk = Desk::new();
    let (node, ours) = founded(&desk, https);
    let nginx = Nginx::start(https, listens_at(&node)).await;
    let old = nginx.visitor([127, 0, 0, 1]).http1_only().build().unwrap();
    let new = nginx.visitor([127, 0, 0, 1]).build().unwrap();
    let far = Far::start().await;
    let inbox = ours.shared_inbox();
    for (name, client, version) in [
        ("old", &old, Version::HTTP_11),
        ("new", &new, Version::HTTP_2),
    ] {
        for is_cavage in [true, false] {
            let reader = far.person(&format!("{name}-{is_cavage}"));
            let follow = reader.activity("Follow", ours.actor(Local::Hoster).as_str());
            let post = match is_cavage {
                true => reader.post(&inbox, &follow),
                false => reader.post_by_rfc9421(&inbox, &follow),
            };
            let spoilt = post.clone().carrying("{}");
            assert_eq!(send(client, &inbox, spoilt).await, (401, version));
            assert_eq!(send(client, &inbox, post).await, (202, version));
            eventually("the follower is accepted", async || {
                let posted = far.posted_to(&reader.inbox());
                let accepts =
                    |post: &Request| String::from_utf8_lossy(&post.body).contains("\"Accept\"");
                posted.iter().any(accepts).then_some(())
            })
            .await;
        }
    }
}

#[tokio::test]
async fn behind_nginx_each_visitor_has_limits_of_their_own_and_nothing_of_them_is_written_down() {
    let https = free_port();
    let desk = Desk::new();
    let (node, _) = founded(&desk, https);
    let nginx = Nginx::start(https, listens_at(&node)).await;
    let visitor = |number| {
        let visitor = nginx.visitor([127, 0, 0, number]).user_agent(TELLTALE);
        visitor.build().unwrap()
    };
    let ask = async |client: &Client, forged: u8| {
        let asked = client.get(nginx.url(&format!("/api/v1/search?q={TELLTALE}")));
        let asked = asked.header("x-forwarded-for", format!("203.0.113.{forged}"));
        let asked = asked.header("referer", format!("https://{TELLTALE}.example/"));
        asked.send().await.unwrap().status().as_u16()
    };
    let (eager, other) = (visitor(77), visitor(78));
    let mut answers = Vec::new();
    for forged in 1..=4 {
        answers.push(ask(&eager, forged).await);
    }
    assert_eq!(answers, [200, 200, 200, 429]);
    assert_eq!(ask(&other, 1).await, 200);

    // Who finds nobody there is no less private.
    node.stop("-TERM");
    let gone = other.get(nginx.url(&format!("/fr/leave?what={TELLTALE}")));
    assert_eq!(gone.send().await.unwrap().status(), 502);
    // A line is written once its request is answered.
    let logs = eventually("all requests are written down", async || {
        let logs = nginx.logs();
        (logs.lines().count() == 6).then_some(logs)
    })
    .await;
    let lines: Vec<&str> = logs.lines().collect();
    assert!(lines[0].contains(" GET /api/v1/search 200 "), "{logs}");
    assert!(lines[5].contains(" GET /fr/leave 502 "), "{logs}");
    for personal in [TELLTALE, "127.0.0.", "203.0.113."] {
        assert!(!logs.contains(personal), "{personal}: {logs}");
    }
}

#[tokio::test]
async fn behind_nginx_addresses_are_those_that_visitors_asked_for_and_what_never_changes_is_kept() {
    let desk = Desk::with_directory();
    let node = desk.serve("");
    let nginx = Nginx::start(free_port(), listens_at(&node)).await;
    let visitor = nginx.visitor([127, 0, 0, 1]).build().unwrap();
    let get = async |path: &str| {
        let asked = visitor.get(nginx.url(path));
        let asked = asked.header("forwarded", "host=evil.example;proto=http");
        let asked = asked.header("x-forwarded-host", "evil.example");
        asked.send().await.unwrap()
    };
    let robots = get("/robots.txt").await.text().await.unwrap();
    assert!(robots.contains(&nginx.url("/sitemap.xml")), "{robots}");
    assert!(!robots.contains("evil"), "{robots}");

    let builder = get("/en/widget?kind=element&pinned=1").await;
    let builder = builder.text().await.unwrap();
    let begin = nginx.url("/widget-");
    let (_, pinned) = builder.split_once(&begin).expect("a pinned address");
    let pinned = format!("/widget-{}", pinned.split(".js").next().unwrap());
    let pinned = format!("{pinned}.js");
    for kept in ["MISS", "HIT"] {
        let answer = get(&pinned).await;
        assert_eq!(answer.status(), 200, "{pinned}");
        assert_eq!(answer.headers()["x-cache"], kept);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    }

    let too_much = visitor
        .post(nginx.url("/ap/inbox"))
        .body(vec![b' '; TOO_MUCH]);
    assert_eq!(too_much.send().await.unwrap().status(), 413);
    assert_eq!(get("/metrics").await.status(), 200);
    let plain = visitor.get(format!("http://{}/fr/?a=b", nginx.http));
    let plain = plain.send().await.unwrap();
    assert_eq!(plain.status(), 301);
    assert_eq!(
        plain.headers()["location"],
        format!("https://{HOST}/fr/?a=b")
    );
}
