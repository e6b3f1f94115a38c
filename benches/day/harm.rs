//! Those who mean harm, each few seconds: what they send is refused, and they keep nobody else from anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::support::Any;
use super::tally::Tally;

/// How often they come.
const PAUSE: Duration = Duration::from_secs(2);
/// How many connections each time say half of something and then nothing.
const SILENT: usize = 10;
/// How long the node may let them wait for what they do not say.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than an inbox takes, in bytes.
const TOO_LONG: usize = 300_000;

/// Comes again and again.
pub async fn harm(directory: SocketAddr, tally: Arc<Tally>) {
    let mut silent = JoinSet::new();
    loop {
        for (what, request, expected) in requests() {
            let answered = answer_to(directory, &request).await;
            let status = answered.unwrap_or_else(|error| error.to_string());
            tally.note_harm(what, &status, expected);
        }
        for _ in 0..SILENT {
            let tally = Arc::clone(&tally);
            silent.spawn(async move {
                let half = b"POST /ap/inbox HTTP/1.1\r\nHost: directory.localhost\r\nContent-Le";
                let answered = answer_to(directory, half);
                let ended = match tokio::time::timeout(PATIENCE, answered).await {
                    Ok(_) => "ended",
                    Err(_) => "waited for",
                };
                tally.note_harm("silence", ended, "ended");
            });
        }
        while silent.try_join_next().is_some() {}
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is sent, and the status of the answer it deserves.
fn requests() -> [(&'static str, Vec<u8>, &'static str); 4] {
    let post = |length: usize| {
        format!(
            "POST /ap/inbox HTTP/1.1\r\nHost: directory.localhost\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let unsigned = post(2) + "{}";
    let long = post(TOO_LONG) + &"[".repeat(TOO_LONG);
    let climbing =
        "GET /assets/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let garbage = "\u{0}\u{1}\u{2} nothing of HTTP\r\n\r\n";
    [
        ("an unsigned activity", unsigned.into_bytes(), "401"),
        ("a body without end", long.into_bytes(), "413"),
        ("a path that climbs", climbing.into(), "404"),
        ("no HTTP", garbage.into(), "400"),
    ]
}

/// The status of the answer to what is sent as it is.
async fn answer_to(address: SocketAddr, request: &[u8]) -> Any<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The node may have heard enough before the end.
    let _ = stream.write_all(request).await;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    Ok(String::from_utf8_lossy(&head[9..]).into_owned())
}
