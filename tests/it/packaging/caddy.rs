//! Caddy with the settings that are handed out, where it is installed.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{adapted, path, run_if_any, text};
use crate::support::desk::{Desk, stderr};
use crate::support::fediverse::{eventually, free_port};

const CADDYFILE: &str = "packaging/caddy/Caddyfile";
/// What a visitor's question, program and way here are called: nothing of it may be kept.
const TELLTALE: &str = "telltale";

/// A Caddy that runs; killed with the test.
struct Caddy(Child);

impl Caddy {
    fn start(home: &Path, site: &str, node: &str) -> Self {
        let settings = adapted(
            &text(CADDYFILE),
            &[
                // As in production but for TLS, for which it would ask an authority.
                (
                    "{\n\tlog default",
                    "{\n\tadmin off\n\tauto_https off\n\tlog default",
                ),
                (
                    "\nhoster.example {",
                    &format!("\nhttp://{site} {{\n\tbind 127.0.0.1"),
                ),
                ("/var/log/caddy", home.to_str().unwrap()),
                ("127.0.0.1:8080", node),
            ],
        );
        fs::write(home.join("Caddyfile"), settings).unwrap();
        let said = fs::File::create(home.join("said.log")).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]);
        command.current_dir(home).env("XDG_DATA_HOME", home);
        command.env("XDG_CONFIG_HOME", home).stdin(Stdio::null());
        Self(command.stderr(said).spawn().unwrap())
    }
}

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn caddy_takes_its_settings() {
    let file = path(CADDYFILE);
    let arguments = ["validate", "--adapter", "caddyfile", "--config"];
    let arguments = [&arguments[..], &[file.to_str().unwrap()]].concat();
    if let Some(validated) = run_if_any("caddy", &arguments) {
        assert!(validated.status.success(), "{}", stderr(&validated));
    }
}

#[tokio::test]
async fn behind_caddy_addresses_are_those_that_visitors_asked_for_and_nothing_of_them_is_written_down()
 {
    if run_if_any("caddy", &["version"]).is_none() {
        return;
    }
    let desk = Desk::with_directory();
    let node = desk.serve("");
    let listen = free_port();
    let site = format!("ours.localhost:{}", listen.port());
    let home = tempfile::tempdir().unwrap();
    let before = node.url.strip_prefix("http://").unwrap();
    let _caddy = Caddy::start(home.path(), &site, before);
    eventually("Caddy listens", async || TcpStream::connect(listen).ok()).await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let visitor = reqwest::Client::builder()
        .resolve("ours.localhost", listen)
        .local_address(std::net::IpAddr::from([127, 0, 0, 77]))
        .user_agent(TELLTALE)
        .build()
        .unwrap();
    let get = async |target: &str| {
        let asked = visitor.get(format!("http://{site}{target}"));
        let asked = asked.header("forwarded", "host=evil.example");
        let asked = asked.header("x-forwarded-host", "evil.example");
        let asked = asked.header("referer", format!("https://{TELLTALE}.example/"));
        asked.send().await.unwrap()
    };
    let robots = get(&format!("/robots.txt?q={TELLTALE}")).await;
    let robots = robots.text().await.unwrap();
    let map = format!("Sitemap: http://{site}/sitemap.xml");
    assert!(robots.contains(&map), "{robots}");

    node.stop("-TERM");
    assert_eq!(get(&format!("/fr/?q={TELLTALE}")).await.status(), 502);
    let logs = ["archipelago.log", "said.log"].map(|log| home.path().join(log));
    let logs = eventually("both requests are written down", async || {
        let logs = logs
            .each_ref()
            .map(|log| fs::read_to_string(log).unwrap_or_default());
        let logs = logs.concat();
        (logs.matches("handled request").count() == 2).then_some(logs)
    })
    .await;
    for told in [
        "\"uri\":\"/robots.txt\"",
        "\"uri\":\"/fr/\"",
        "\"status\":502",
    ] {
        assert!(logs.contains(told), "{told}: {logs}");
    }
    for personal in [TELLTALE, "127.0.0.77"] {
        assert!(!logs.contains(personal), "{personal}: {logs}");
    }
}
