//! nginx in front of replicas, by the configuration that is shipped as an example.

use std::fs;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::fediverse::eventually;

/// What operators are given.
const EXAMPLE: &str = include_str!("../../../docs/examples/nginx-replicas.conf");

/// A running nginx, ended with the test.
pub struct Balancer {
    process: Child,
    _home: TempDir,
}

impl Balancer {
    /// Starts one that listens at an address and hands requests on to three replicas.
    pub async fn start(listen: SocketAddr, replicas: [SocketAddr; 3]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().display().to_string();
        let mut site = EXAMPLE.to_owned();
        for (number, replica) in (1..).zip(replicas) {
            let named = format!("10.0.0.1{number}:8080");
            assert!(site.contains(&named), "{named}");
            site = site.replace(&named, &replica.to_string());
        }
        // Without TLS, which would need a certificate, and at the test's port.
        let secure = ["listen ", "ssl_certificate"];
        let lines = site.lines().filter(|line| {
            !secure
                .iter()
                .any(|word| line.trim_start().starts_with(word))
        });
        let site = lines.collect::<Vec<_>>().join("\n").replace(
            "server_name directory.example;",
            &format!("listen {listen};"),
        );
        let whole = format!(
            "daemon off;\nworker_processes 1;\nerror_log {path}/error.log;\npid {path}/pid;\n\
             events {{ worker_connections 256; }}\n\
             http {{\naccess_log off;\nclient_body_temp_path {path}/body;\nproxy_temp_path {path}/proxy;\n\
             fastcgi_temp_path {path}/fastcgi;\nuwsgi_temp_path {path}/uwsgi;\nscgi_temp_path {path}/scgi;\n\
             {site}\n}}\n"
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
        Self {
            process,
            _home: home,
        }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Debian has it where only root looks.
fn program() -> &'static str {
    match fs::exists("/usr/sbin/nginx") {
        Ok(true) => "/usr/sbin/nginx",
        _ => "nginx",
    }
}
