//! The only place that makes a request: one guarded client for all that goes out.
//!
//! What others write makes us fetch, so each request is judged twice: its address by what it says
//! (`address`), and what its name leads to at the moment of connecting (`guard`, `lookup`). Whom the
//! operator blocks is asked nothing (`refusals`), whatever led there. Nothing here
//! knows signatures or formats: callers hand in headers and read what comes back. There is no cookie, no
//! proxy, no compression, and no retry.

mod address;
mod answer;
mod download;
mod error;
mod guard;
mod look;
mod lookup;
mod refusals;

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::config::Network;
use error::shown;
use lookup::Guarded;

pub use address::Refused;
pub use answer::{Answer, MAX_DOCUMENT_BYTES, MAX_REMARK_BYTES, MAX_RETRY_AFTER};
pub use download::Most;
pub use error::Error;
pub use look::Looked;
pub use lookup::{Lookup, MAX_LOOKUPS};
pub use refusals::Refusals;
pub use reqwest::{StatusCode, header};

/// The longest that a request may take, with its redirect and the last byte of the answer: a host that
/// drips may not hold us longer than one that is silent.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// The longest that connecting to one host may take, all its addresses together: half of the deadline, so
/// that a host with one dead address can still answer on the next.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How many redirects of one request are followed.
const MAX_REDIRECTS: usize = 1;
/// How long a connection is kept for the next request to the same host.
const IDLE_FOR: Duration = Duration::from_secs(15);
/// How long it is kept by one who asks thousands of hosts, each with pauses of a second, and must not have
/// a file open for each: the client looks for such connections as often, so some last twice as long.
const IDLE_BRIEFLY: Duration = Duration::from_millis(1_500);
/// How many such connections are kept for each host.
const IDLE_PER_HOST: usize = 2;

/// Makes requests, by the rules of one network. A clone shares connections with the original.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    network: Network,
    refusals: Refusals,
    deadline: Duration,
}

/// What was heard of an address that was asked once.
#[derive(Debug, Clone)]
pub enum Heard {
    /// It answered.
    Answer(Answer),
    /// It says that what we ask for is elsewhere. Nobody asked there yet.
    Elsewhere {
        /// The status it said so with.
        status: StatusCode,
        /// Where, without fragment.
        to: Url,
    },
}

/// How much of a successful answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it; more than [`MAX_DOCUMENT_BYTES`] is an error.
    Whole,
    /// Its first bytes, so many: what comes after them does not matter.
    Beginning(usize),
}

/// No client can be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot prepare to fetch: are the usual root certificates (ca-certificates) installed?")]
pub struct NoClient(#[from] reqwest::Error);

impl Fetcher {
    /// A fetcher for a network, which names `home`, where this node has an address, to those it asks.
    ///
    /// The process must have a default TLS provider by then: `main` installs it.
    pub fn new(network: Network, home: Option<&Url>) -> Result<Self, NoClient> {
        Self::with(network, home, Lookup::system(), DEADLINE)
    }

    /// As [`new`](Self::new), with another lookup of names and another deadline than [`DEADLINE`].
    pub fn with(
        network: Network,
        home: Option<&Url>,
        lookup: Lookup,
        deadline: Duration,
    ) -> Result<Self, NoClient> {
        Self::keeping(network, home, lookup, deadline, IDLE_FOR)
    }

    /// As [`new`](Self::new), for one who asks many hosts for little each: connections are kept only from
    /// one request to the next.
    pub fn for_many_hosts(network: Network, home: Option<&Url>) -> Result<Self, NoClient> {
        Self::keeping(network, home, Lookup::system(), DEADLINE, IDLE_BRIEFLY)
    }

    fn keeping(
        network: Network,
        home: Option<&Url>,
        lookup: Lookup,
        deadline: Duration,
        idle: Duration,
    ) -> Result<Self, NoClient> {
        let program = concat!("archipelago/", env!("CARGO_PKG_VERSION"));
        let user_agent = match home {
            Some(home) => format!("{program} (+{home})"),
            None => program.to_owned(),
        };
        let guarded = Guarded {
            lookup,
            network: network.clone(),
        };
        let client = Client::builder()
            .user_agent(user_agent)
            .dns_resolver(guarded)
            // A proxy would look names up itself, behind the guard's back.
            .no_proxy()
            .redirect(Policy::none())
            // So that a look can tell when a certificate ends.
            .tls_info(true)
            .connect_timeout(CONNECT_WITHIN)
            .pool_idle_timeout(idle)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .build()?;
        Ok(Self {
            client,
            network,
            refusals: Refusals::default(),
            deadline,
        })
    }

    /// The same, and whom these refuse is asked nothing from then on.
    pub fn refusing(self, refusals: Refusals) -> Self {
        Self { refusals, ..self }
    }

    /// Whether an address may be fetched, and so may be an identifier of others. Nothing is looked up;
    /// a fragment is allowed.
    pub fn check(&self, url: &Url) -> Result<(), Refused> {
        address::check(url, &self.network)?;
        match self.refusals.refuse(url) {
            true => Err(Refused::Blocked),
            false => Ok(()),
        }
    }

    /// Gets a document, following at most one redirect, which is judged as the first address is.
    ///
    /// `sign` gives the further headers for each address that is asked, which has no fragment; it must not
    /// give `Host`, which is always the address's own. Every status is an answer.
    ///
    /// # Panics
    ///
    /// If `accept` is no value of a header.
    pub async fn get(
        &self,
        url: &Url,
        accept: &'static str,
        sign: impl Fn(&Url) -> HeaderMap,
    ) -> Result<Answer, Error> {
        let accept = HeaderValue::from_static(accept);
        let end = Instant::now() + self.deadline;
        let mut url = without_fragment(url.clone());
        for _ in 0..=MAX_REDIRECTS {
            self.admit(&url)?;
            let request = self.client.get(url.clone());
            let request = request.header(ACCEPT, &accept).headers(sign(&url));
            let answer = send(&url, request, end).await?;
            match target(&url, &answer)? {
                Some(next) => url = next,
                None => return Answer::document(url, answer, end).await,
            }
        }
        Err(Error::redirects_again(&url))
    }

    /// Gets a document with one request: a redirect is told and not followed, so that whoever asks can be
    /// as polite to the next host as to this one. The headers must not hold `Host`. Every status is an answer.
    pub async fn ask(&self, url: &Url, headers: HeaderMap, wanted: Wanted) -> Result<Heard, Error> {
        let end = Instant::now() + self.deadline;
        let url = without_fragment(url.clone());
        self.admit(&url)?;
        let request = self.client.get(url.clone()).headers(headers);
        let answer = send(&url, request, end).await?;
        if let Some(to) = target(&url, &answer)? {
            let status = answer.status();
            return Ok(Heard::Elsewhere { status, to });
        }
        let answer = match wanted {
            Wanted::Whole => Answer::document(url, answer, end).await?,
            Wanted::Beginning(most) => Answer::beginning(url, answer, end, most).await?,
        };
        Ok(Heard::Answer(answer))
    }

    /// Posts a body with its headers, its content type among them. A redirect is an answer as any other,
    /// and of each answer only the beginning of the body is read: once there is a status, there is no error.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Answer, Error> {
        let end = Instant::now() + self.deadline;
        let url = without_fragment(url.clone());
        self.admit(&url)?;
        let request = self.client.post(url.clone()).headers(headers).body(body);
        let answer = send(&url, request, end).await?;
        Ok(Answer::remark(url, answer, end).await)
    }

    fn admit(&self, url: &Url) -> Result<(), Error> {
        self.check(url).map_err(|why| Error::Refused {
            address: shown(url),
            why,
        })
    }
}

async fn send(url: &Url, request: RequestBuilder, end: Instant) -> Result<Response, Error> {
    let answer = timeout_at(end, request.send()).await;
    answer
        .map_err(|_| Error::timed_out(url))?
        .map_err(|error| Error::of_client(url, error))
}

/// Where an answer redirects to, if it does: RFC 9110 §15.4, without 300 and 304, which do not.
fn target(url: &Url, answer: &Response) -> Result<Option<Url>, Error> {
    let redirects = matches!(
        answer.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let Some(location) = answer.headers().get(LOCATION).filter(|_| redirects) else {
        return Ok(None);
    };
    let target = location.to_str().ok();
    match target.and_then(|target| url.join(target).ok()) {
        Some(target) => Ok(Some(without_fragment(target))),
        None => Err(Error::Redirects {
            address: shown(url),
            whither: "to something that is no address",
        }),
    }
}

/// A fragment is never sent (RFC 9110 §7.1): `…/actor#main-key` is to be found at `…/actor`.
fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}
