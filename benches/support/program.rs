//! A server in a process of its own, which says where it listens.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use super::support::Any;

/// A server in a process of its own.
pub struct Server {
    pub process: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub fn start(command: &mut Command) -> Any<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(process.stdout.as_mut().ok_or("no output")?);
        for line in said.lines() {
            if let Some((_, address)) = line?.split_once("http://") {
                let address = address
                    .trim_end_matches('/')
                    .split('/')
                    .next()
                    .unwrap_or_default();
                let address = address.parse()?;
                return Ok(Self { process, address });
            }
        }
        Err("the server did not say where it listens".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
