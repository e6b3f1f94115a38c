//! The one server of all hosts: HTTP/1.1 with connections that are kept, each request's host by its header.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Web;
use super::documents::{Answer, Manner};
use super::log::{Asked, Log};

/// The most that an endless answer gives, so that a reader who takes it all fails and does not hang.
const ENDLESS_BYTES: usize = 64 * 1024 * 1024;

/// A running server, which ends with its runtime.
pub struct Server {
    web: Arc<Web>,
    log: Log,
    port: u16,
}

impl Server {
    /// Listens on a free port of loopback.
    pub async fn start(web: Web) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let server = Self {
            web: Arc::new(web),
            log: Log::default(),
            port: listener.local_addr()?.port(),
        };
        let (web, log, port) = (Arc::clone(&server.web), server.log.clone(), server.port);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (web, log) = (Arc::clone(&web), log.clone());
                tokio::spawn(async move {
                    // Whoever goes away while being answered has been answered.
                    let _ = serve(stream, &web, &log, port).await;
                });
            }
        });
        Ok(server)
    }

    /// The hosts.
    pub fn web(&self) -> &Web {
        &self.web
    }

    /// What was asked.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The port of all hosts that live.
    pub fn port(&self) -> u16 {
        self.port
    }
}

struct Request {
    host: String,
    path: String,
    agent: String,
    if_none_match: Option<String>,
}

async fn serve(stream: TcpStream, web: &Web, log: &Log, port: u16) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let begun = Instant::now();
        let Some(host) = web.number(&request.host) else {
            return Ok(());
        };
        let mut answer = web.answer(host, &request.path, port);
        let is_known = request.if_none_match.is_some() && request.if_none_match == answer.etag;
        if is_known {
            answer.status = 304;
            answer.body.clear();
        }
        let Written { done, bytes, ended } = write(&mut stream, &answer).await;
        log.add(Asked {
            host,
            path: request.path,
            agent: request.agent,
            is_conditional: request.if_none_match.is_some(),
            status: answer.status,
            begun,
            ended,
            bytes,
        });
        done?;
    }
    Ok(())
}

/// The next request, or none if there will be none.
async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut request = Request {
        host: String::new(),
        path: line.split(' ').nth(1).unwrap_or_default().to_owned(),
        agent: String::new(),
        if_none_match: None,
    };
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            return Ok(Some(request));
        };
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = value.split(':').next().unwrap_or_default().to_owned(),
            "user-agent" => request.agent = value.to_owned(),
            "if-none-match" => request.if_none_match = Some(value.to_owned()),
            _ => {}
        }
    }
}

/// An answer, as far as it was taken.
struct Written {
    done: std::io::Result<()>,
    bytes: usize,
    /// When the last of it was handed over: just before, since whoever takes it may be quicker than we are
    /// in looking at the clock.
    ended: Instant,
}

/// Writes an answer in its host's manner.
async fn write(stream: &mut BufReader<TcpStream>, answer: &Answer) -> Written {
    if answer.manner == Manner::Slow {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let is_endless = answer.manner == Manner::Endless;
    let mut written = Written {
        done: Ok(()),
        bytes: 0,
        ended: Instant::now(),
    };
    if answer.manner == Manner::Silent {
        // It hears that the other has gone, and then goes too.
        written.done = stream.fill_buf().await.map(drop);
        written.ended = Instant::now();
    } else {
        let text = head(answer) + &answer.body;
        written.done = stream.write_all(text.as_bytes()).await;
        written.bytes = text.len();
    }
    let more = " ".repeat(64 * 1024);
    while is_endless && written.done.is_ok() && written.bytes < ENDLESS_BYTES {
        written.ended = Instant::now();
        written.done = stream.write_all(more.as_bytes()).await;
        written.bytes += more.len();
    }
    if answer.manner != Manner::Plain && answer.manner != Manner::Slow {
        written.done = Err(std::io::ErrorKind::ConnectionAborted.into());
    }
    written
}

fn head(answer: &Answer) -> String {
    let mut head = format!("HTTP/1.1 {} As told\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if let Some(etag) = &answer.etag {
        head += &format!("etag: {etag}\r\n");
    }
    if answer.manner != Manner::Endless {
        head += &format!("content-length: {}\r\n", answer.body.len());
    }
    head + "\r\n"
}
