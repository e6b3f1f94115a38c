//! Asks over one connection that is kept, at less cost than what is measured.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::Any;

/// The longest answer that is read whole.
const LONGEST: usize = 1 << 20;

/// A connection that asks one thing after another.
pub struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
    /// Whether the last answer said that nothing more is answered here.
    pub has_ended: bool,
}

impl Connection {
    /// Connects to a server.
    pub async fn to(address: SocketAddr) -> Any<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            bytes: vec![0; LONGEST],
            has_ended: false,
        })
    }

    /// Gets a path, and says with which status it was answered, once the answer is whole.
    pub async fn get(&mut self, path: &str) -> Any<u16> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.ask(request.as_bytes()).await
    }

    /// Sends a request as it is, and says with which status it was answered, once the answer is whole.
    pub async fn ask(&mut self, request: &[u8]) -> Any<u16> {
        self.stream.write_all(request).await?;
        let mut read = 0;
        loop {
            let more = self.stream.read(&mut self.bytes[read..]).await?;
            read += more;
            if more == 0 {
                let line = request.split(|byte| *byte == b'\r').next();
                let line = String::from_utf8_lossy(line.unwrap_or_default());
                return Err(format!("{line}: the connection ended").into());
            }
            if let Some(answer) = Answer::begun(&self.bytes[..read])?
                && read >= answer.length
            {
                self.has_ended = answer.is_last;
                return Ok(answer.status);
            }
        }
    }
}

/// What the head of an answer says.
struct Answer {
    status: u16,
    /// Of head and body, in bytes.
    length: usize,
    /// Whether the connection ends with it.
    is_last: bool,
}

impl Answer {
    /// None as long as the head is not whole.
    fn begun(bytes: &[u8]) -> Any<Option<Self>> {
        let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..head])?.to_ascii_lowercase();
        let body = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        Ok(Some(Self {
            status: text.get(9..12).unwrap_or_default().parse()?,
            is_last: text.lines().any(|line| line == "connection: close"),
            length: head + 4 + body.map_or(Ok(0), |bytes| bytes.trim().parse())?,
        }))
    }
}
