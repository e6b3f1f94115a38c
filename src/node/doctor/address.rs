//! What a node's own address shows to others.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use crate::clock::Clock;
use crate::fetch::header::{ACCEPT, DATE, HeaderMap, HeaderValue};
use crate::fetch::{self, Answer, Fetcher, Heard, Wanted};
use crate::formats::activitypub::addresses::Addresses;
use crate::formats::activitypub::vocabulary::MEDIA_TYPE;
use crate::formats::webfinger::{JRD, read_account};
use crate::store::LocalActor;
use crate::web::Health;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// An answer.
    Answered {
        /// Its status.
        status: u16,
        /// When the certificate of the connection ends; `None` without TLS.
        certificate_until: Option<DateTime<Utc>>,
    },
    /// The name leads to an address that is private or reserved.
    Private,
    /// The name leads nowhere.
    Unknown(String),
    /// The certificate is not valid, for this reason.
    Certificate(String),
    /// Anything else, in words.
    Failed(String),
}

/// A document for other servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The status.
    pub status: u16,
    /// The media type, without parameters.
    pub media_type: String,
    /// The actor that it names.
    pub names: Option<Url>,
}

/// What others find of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The actor.
    pub actor: Url,
    /// What WebFinger says; why it does not.
    pub webfinger: Result<Document, String>,
    /// What stands at its own address; why nothing does.
    pub own: Result<Document, String>,
}

/// What a node's own address shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// The address.
    pub home: Url,
    /// What came of asking for `/healthz`.
    pub reached: Reached,
    /// What it said, if that was a node's word.
    pub health: Option<Health>,
    /// How far the clock of whoever answered is before ours.
    pub ahead: Option<TimeDelta>,
    /// What others find of its actor, if it was founded.
    pub found: Option<Found>,
}

impl There {
    /// When the certificate ends, if one was shown.
    pub fn certificate_until(&self) -> Option<DateTime<Utc>> {
        match self.reached {
            Reached::Answered {
                certificate_until, ..
            } => certificate_until,
            _ => None,
        }
    }
}

/// Asks a node's own address what others ask it.
pub async fn look_at_address(
    fetcher: &Fetcher,
    home: &Url,
    actor: Option<&LocalActor>,
    clock: &Clock,
) -> There {
    let mut there = There {
        at: clock.now(),
        home: home.clone(),
        reached: Reached::Failed(String::new()),
        health: None,
        ahead: None,
        found: None,
    };
    let healthz = join(home, "/healthz");
    match fetcher.look(&healthz).await {
        Ok(looked) => {
            there.reached = Reached::Answered {
                status: looked.status.as_u16(),
                certificate_until: looked.certificate_until,
            }
        }
        Err(error) => {
            there.reached = reached(error);
            return there;
        }
    }
    if let Ok(answer) = ask(fetcher, &healthz, "application/json").await {
        there.ahead = ahead(&answer, clock.now());
        there.health = serde_json::from_slice(&answer.body).ok();
    }
    if let Some(actor) = actor {
        let authority = Addresses::of(home.clone()).authority().to_owned();
        let resource = format!("acct:{}@{authority}", actor.username);
        let mut webfinger = join(home, "/.well-known/webfinger");
        webfinger
            .query_pairs_mut()
            .append_pair("resource", &resource);
        let webfinger = document(fetcher, &webfinger, JRD, read_account).await;
        let id = |json: &Value| json.get("id")?.as_str()?.parse().ok();
        let own = document(fetcher, &actor.id, MEDIA_TYPE, id).await;
        there.found = Some(Found {
            actor: actor.id.clone(),
            webfinger,
            own,
        });
    }
    there
}

/// How far the clock of whoever gave an answer is before ours.
pub(super) fn ahead(answer: &Answer, now: DateTime<Utc>) -> Option<TimeDelta> {
    let date = answer.headers.get(DATE)?.to_str().ok()?;
    let date = DateTime::<Utc>::from(httpdate::parse_http_date(date).ok()?);
    Some(date - now)
}

pub(super) async fn ask(
    fetcher: &Fetcher,
    url: &Url,
    accept: &'static str,
) -> Result<Answer, String> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
    match fetcher.ask(url, headers, Wanted::Whole).await {
        Ok(Heard::Answer(answer)) => Ok(answer),
        Ok(Heard::Elsewhere { to, .. }) => Err(format!("it redirects to {to}")),
        Err(error) => Err(error.to_string()),
    }
}

async fn document(
    fetcher: &Fetcher,
    url: &Url,
    accept: &'static str,
    names: impl Fn(&Value) -> Option<Url>,
) -> Result<Document, String> {
    let answer = ask(fetcher, url, accept).await?;
    let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    Ok(Document {
        status: answer.status.as_u16(),
        media_type: answer
            .media_type()
            .map(|kind| kind.essence_str().to_owned())
            .unwrap_or_default(),
        names: names(&json),
    })
}

fn reached(error: fetch::Error) -> Reached {
    match error {
        fetch::Error::Refused {
            why: fetch::Refused::Network,
            ..
        } => Reached::Private,
        fetch::Error::Certificate { problem, .. } => Reached::Certificate(problem),
        error if error.is_unknown_name() => Reached::Unknown(error.to_string()),
        error => Reached::Failed(format!("{:#}", anyhow::Error::from(error))),
    }
}

fn join(home: &Url, path: &str) -> Url {
    let mut url = home.clone();
    url.set_path(path);
    url
}
