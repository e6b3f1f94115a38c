//! A line between a node and its server that can be cut without either being told: nothing is closed, and
//! nothing goes through.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The line. It has a thread of its own, so that it goes on whatever the test does.
pub struct Relay {
    address: SocketAddr,
    cut: watch::Sender<bool>,
}

impl Relay {
    /// A line to a server.
    pub fn to(server: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, is_cut) = watch::channel(false);
        std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                // The line is there until the test drops its end.
                let mut ended = is_cut.clone();
                tokio::select! {
                    never = accept_all(listener, server, is_cut) => never,
                    _ = ended.wait_for(|_| false) => {}
                }
            });
        });
        Self { address, cut }
    }

    /// Where the node connects to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on nothing goes through, either way.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// What was held back goes on its way, and whatever comes.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }
}

async fn accept_all(listener: TcpListener, server: SocketAddr, cut: watch::Receiver<bool>) {
    loop {
        let Ok((near, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let mut cut = cut.clone();
        tokio::spawn(async move {
            cut.wait_for(|cut| !cut).await.ok()?;
            let (near_in, near_out) = near.into_split();
            let (far_in, far_out) = TcpStream::connect(server).await.ok()?.into_split();
            tokio::spawn(forward(near_in, far_out, cut.clone()));
            tokio::spawn(forward(far_in, near_out, cut));
            Some(())
        });
    }
}

async fn forward(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut cut: watch::Receiver<bool>,
) -> Option<()> {
    let mut some = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut some).await.ok()?;
        // What was read is held back, and so is the end.
        cut.wait_for(|cut| !cut).await.ok()?;
        if length == 0 {
            return to.shutdown().await.ok();
        }
        to.write_all(&some[..length]).await.ok()?;
    }
}
