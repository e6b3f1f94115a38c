//! A server with TLS in front of a node, set up well or badly.

use std::net::{Ipv4Addr, SocketAddr};

use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::far_tls::Authority;

/// How it passes a request on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// As it should: the host, for whom, and that TLS ends here.
    Whole,
    /// Under the node's own address, not the one that was asked for.
    WithoutHost,
    /// Without saying for whom, and by what scheme.
    WithoutForwarded,
    /// Pages alone: what lies below `/.well-known/` it answers itself.
    WithoutWellKnown,
    /// Nothing: it redirects to another name.
    Nothing,
}

/// Starts one for a name, with a certificate that ends on a day, in front of a node.
pub async fn start(
    authority: &Authority,
    name: &str,
    until: DateTime<Utc>,
    node: SocketAddr,
    passes: Passes,
) -> SocketAddr {
    let acceptor = authority.acceptor(name, until);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => return,
                    }
                }
                let head = String::from_utf8(head).unwrap();
                let answer = answer(&head, node, passes).await;
                drop(stream.write_all(&answer).await);
                drop(stream.shutdown().await);
            });
        }
    });
    address
}

async fn answer(head: &str, node: SocketAddr, passes: Passes) -> Vec<u8> {
    let is_well_known = head.starts_with("GET /.well-known/");
    match passes {
        Passes::Nothing => {
            return b"HTTP/1.1 301 Moved\r\nLocation: https://www.example.org/\r\n\
                     Content-Length: 0\r\nConnection: close\r\n\r\n"
                .to_vec();
        }
        Passes::WithoutWellKnown if is_well_known => {
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_vec();
        }
        _ => {}
    }
    let mut passed = String::new();
    for line in head.trim_end().lines() {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        match (name.as_str(), passes) {
            ("connection", _) => {}
            ("host", Passes::WithoutHost) => passed += &format!("Host: {node}\r\n"),
            _ => passed += &format!("{line}\r\n"),
        }
    }
    if passes != Passes::WithoutForwarded {
        passed += "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n";
    }
    passed += "Connection: close\r\n\r\n";
    let mut answer = Vec::new();
    match TcpStream::connect(node).await {
        Ok(mut stream) => {
            stream.write_all(passed.as_bytes()).await.unwrap();
            drop(stream.read_to_end(&mut answer).await);
        }
        Err(_) => answer
            .extend(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
    answer
}
