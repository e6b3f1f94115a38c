//! From a host name to the addresses that are connected to: looked up once, and judged there.
//!
//! Nothing is looked up in order to check it and then again in order to connect to it, so a name that
//! changes its mind in between (DNS rebinding) gains nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, LazyLock};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::address::{Refused, is_localhost};
use super::guard;
use crate::config::Network;

/// Looks host names up: as the system does, or as a test tells. `localhost` and the names under it
/// are never looked up: they are 127.0.0.1 (RFC 6761 §6.3).
#[derive(Clone)]
pub struct Lookup {
    source: Source,
    places: Arc<Semaphore>,
}

#[derive(Clone)]
enum Source {
    System,
    Told(Arc<Tell>),
}

/// How many names are looked up at once. The system does not let a lookup be given up: where name servers
/// are silent, each holds a thread for half a minute, of which a process has 512 for all that blocks.
pub const MAX_LOOKUPS: usize = 128;
/// All that look names up as the system does share its threads.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MAX_LOOKUPS)));

type Tell = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

impl Lookup {
    /// The system's lookup.
    pub fn system() -> Self {
        Self {
            source: Source::System,
            places: Arc::clone(&PLACES),
        }
    }

    /// A lookup that answers with what `tell` says of a name, asked anew each time.
    pub fn told(tell: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self {
            source: Source::Told(Arc::new(tell)),
            places: Arc::new(Semaphore::new(MAX_LOOKUPS)),
        }
    }

    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        if is_localhost(name) {
            return Ok(vec![Ipv4Addr::LOCALHOST.into()]);
        }
        let leave = Arc::clone(&self.places).acquire_owned().await;
        let (source, name) = (self.source.clone(), name.to_owned());
        // The system goes on looking after nobody waits for it any more, and its place is taken until then.
        let looking = spawn_blocking(move || {
            let found = source.addresses(&name);
            drop(leave);
            found
        });
        looking.await.map_err(io::Error::other)?
    }
}

impl Source {
    /// Takes as long as it takes.
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => {
                let found = (name, 0).to_socket_addrs()?;
                Ok(found.map(|address| address.ip()).collect())
            }
            Self::Told(tell) => tell(name),
        }
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::System => "Lookup::system",
            Source::Told(_) => "Lookup::told",
        })
    }
}

/// A lookup behind the guard: what the client connects to.
#[derive(Clone)]
pub(super) struct Guarded {
    pub(super) lookup: Lookup,
    pub(super) network: Network,
}

impl Guarded {
    /// The addresses of a name. One that may not be connected to spoils all of them: no honest name
    /// has any, and the client would try one after the other.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, BoxError> {
        let found = self.lookup.addresses(name).await?;
        let admitted = |address: &IpAddr| guard::admits(&self.network, *address);
        if !found.iter().all(admitted) {
            return Err(Refused::Network.into());
        }
        Ok(found)
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guarded = self.clone();
        Box::pin(async move {
            let found = guarded.addresses(name.as_str()).await?;
            // Port 0 stands for the port of the URL, which the client knows.
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Answers the first lookup with the first list, and so on; then with nothing.
    fn guarded(answers: &[&[&str]], allow: &[&str]) -> Guarded {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let answers: Vec<Vec<IpAddr>> = answers.iter().map(parse).collect();
        let answers = Mutex::new(answers.into_iter());
        Guarded {
            lookup: Lookup::told(move |_| Ok(answers.lock().unwrap().next().unwrap_or_default())),
            network: Network {
                allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
            },
        }
    }

    async fn resolve(guarded: &Guarded, name: &str) -> Result<Vec<String>, String> {
        let found = guarded.resolve(name.parse().unwrap()).await;
        found
            .map(|found| found.map(|address| address.to_string()).collect())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_name_that_turns_to_this_machine_is_refused_when_it_does() {
        let guarded = guarded(
            &[&["93.184.216.34"], &["127.0.0.1"], &["93.184.216.34"]],
            &[],
        );
        let public = Ok(vec!["93.184.216.34:0".to_owned()]);
        assert_eq!(resolve(&guarded, "rebind.example").await, public);
        assert_eq!(
            resolve(&guarded, "rebind.example").await,
            Err(Refused::Network.to_string())
        );
        assert_eq!(resolve(&guarded, "rebind.example").await, public);
    }

    #[tokio::test]
    async fn one_private_address_among_public_ones_spoils_them_all() {
        for mixed in [
            ["93.184.216.34", "10.0.0.1"],
            ["::ffff:10.0.0.1", "93.184.216.34"],
            ["2606:2800:220:1::1", "fe80::1"],
        ] {
            let guarded = guarded(&[&mixed], &["127.0.0.0/8"]);
            assert_eq!(
                resolve(&guarded, "mixed.example").await,
                Err(Refused::Network.to_string()),
                "{mixed:?}"
            );
        }
        let both_allowed = guarded(&[&["93.184.216.34", "10.0.0.1"]], &["10.0.0.0/8"]);
        assert_eq!(resolve(&both_allowed, "a.example").await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn localhost_and_names_under_it_are_not_looked_up() {
        let allowed = guarded(&[&["93.184.216.34"]], &["127.0.0.0/8"]);
        for name in ["localhost", "a.localhost", "a.b.localhost"] {
            assert_eq!(
                resolve(&allowed, name).await,
                Ok(vec!["127.0.0.1:0".to_owned()])
            );
            let public = guarded(&[&["93.184.216.34"]], &[]);
            assert_eq!(
                resolve(&public, name).await,
                Err(Refused::Network.to_string())
            );
        }
        assert_eq!(
            resolve(&allowed, "notlocalhost").await,
            Ok(vec!["93.184.216.34:0".to_owned()])
        );
    }
}
