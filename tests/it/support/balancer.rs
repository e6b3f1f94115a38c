//! nginx in front of replicas, by the configuration that is shipped as an example.

use std::fs;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::fediverse::eventually;

/// What operators are given.
const SITE: &str = include_str!("../../../packaging/nginx/archipelago.conf");
const UPSTREAM: &str = include_str!("../../../packaging/nginx/archipelago-upstream.conf");
/// The line that each replica has.
const REPLICA: &str = "server 127.0.0.1:8080 max_fails=3 fail_timeout=2s;";

/// A running nginx, ended with the test.
pub struct Balancer {
    process: Child,
    home: TempDir,
}

impl Balancer {
    /// Starts one that listens at an address and hands requests on to three replicas.
    pub async fn start(listen: SocketAddr, replicas: [SocketAddr; 3]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().display().to_string();
        let replicas =
            replicas.map(|replica| REPLICA.replace("127.0.0.1:8080", &replica.to_string()));
        assert!(UPSTREAM.contains(REPLICA));
        let upstream = UPSTREAM.replace(REPLICA, &replicas.join("\n"));
        // Without TLS, which would need a certificate, and at the test's port.
        let (before, servers) = SITE.split_once("server {").unwrap();
        let (_, secure) = servers.split_once("\nserver {").unwrap();
        let tls = ["listen ", "ssl_", "add_header Strict"];
        let lines = secure.lines().filter(|line| {
            let line = line.trim_start();
            !tls.iter().any(|word| line.starts_with(word))
        });
        let lines = lines.collect::<Vec<_>>().join("\n");
        let site = lines.replace("server_name hoster.example;", &format!("listen {listen};"));
        let site =
            format!("{before}server {{{site}").replace("/var/cache/nginx/archipelago", "cache");
        // Nobody visits but the test, which is told why when something was not answered.
        let site = site
            .replace("/var/log/nginx/", "")
            .replace(" emerg;", " info;");
        // One process, so that nothing is left behind when it is killed.
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {path}/pid;\nevents {{ worker_connections 256; }}\n\
             http {{\nclient_body_temp_path {path}/body;\nproxy_temp_path {path}/proxy;\n\
             fastcgi_temp_path {path}/fastcgi;\nuwsgi_temp_path {path}/uwsgi;\nscgi_temp_path {path}/scgi;\n\
             {upstream}\n{site}\n}}\n"
        );
        let file = home.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let process = Command::new(program())
            .args(["-p", &path, "-e", &format!("{path}/error.log"), "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is needed for this test: apt-get install nginx");
        eventually("nginx listens", async || {
            TcpStream::connect(listen).await.ok()
        })
        .await;
        Self { process, home }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() {
            let said = fs::read_to_string(self.home.path().join("archipelago.error.log"));
            eprintln!("── nginx said:\n{}", said.unwrap_or_default());
        }
    }
}

/// Debian has it where only root looks.
fn program() -> &'static str {
    match fs::exists("/usr/sbin/nginx") {
        Ok(true) => "/usr/sbin/nginx",
        _ => "nginx",
    }
}
