//! Asks an origin for what it publishes. What comes is bounded and not yet believed.

use std::fs::File;
use std::io::{Seek, Write};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use url::Url;

use super::refusal::NotCopied;
use crate::domain::vouch::AssertionKey;
use crate::fetch::header::{ACCEPT, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use crate::fetch::{Answer, Fetcher, Most, StatusCode};
use crate::formats::activitypub::actor::read_actor;
use crate::formats::activitypub::document::{self, is_activity};
use crate::formats::activitypub::vocabulary::ACCEPTED;
use crate::formats::snapshot::{Changes, MAX_CHANGES_BYTES};

/// Where a node shows what it publishes.
pub const SNAPSHOT_PATH: &str = "/api/v1/snapshot";
/// Where it tells what changed.
pub const CHANGES_PATH: &str = "/api/v1/changes";
/// The largest packed snapshot that is taken, in bytes: some million services.
pub const MAX_PACKED_BYTES: u64 = 512 * 1024 * 1024;
/// How long taking it may last.
const SNAPSHOT_WITHIN: Duration = Duration::from_secs(600);
/// How long changes may take, beside the time that they may be waited for.
const CHANGES_WITHIN: Duration = Duration::from_secs(60);

/// Asks one origin.
pub(super) struct Asks {
    fetcher: Fetcher,
    home: Url,
}

/// What came of asking for changes.
pub(super) enum Answered {
    /// What changed.
    Changes(Box<Changes>),
    /// The origin knows no longer what changed.
    Forgotten,
    /// It does not tell changes at all.
    NotThere,
    /// It wants to be asked again after this time.
    Later(TimeDelta),
}

impl Asks {
    pub(super) fn new(fetcher: Fetcher, home: Url) -> Self {
        Self { fetcher, home }
    }

    /// The address of the directory.
    pub(super) fn home(&self) -> &Url {
        &self.home
    }

    /// What changed since a revision; waits for the next change where nothing did.
    pub(super) async fn changes(
        &self,
        since: u64,
        wait: Duration,
        now: DateTime<Utc>,
    ) -> Result<Answered, NotCopied> {
        let mut url = self.at(CHANGES_PATH);
        url.query_pairs_mut()
            .append_pair("since", &since.to_string())
            .append_pair("wait", &wait.as_secs().to_string());
        let most = Most {
            bytes: MAX_CHANGES_BYTES as u64,
            time: CHANGES_WITHIN + wait,
        };
        let mut body = Vec::new();
        let keep = |piece: &[u8]| body.write_all(piece);
        let headers = accepting("application/json");
        let answer = self.fetcher.download(&url, &headers, most, keep).await?;
        match answer.status {
            StatusCode::OK => Ok(Answered::Changes(Box::new(Changes::read(&body)?))),
            StatusCode::GONE => Ok(Answered::Forgotten),
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED => Ok(Answered::NotThere),
            _ => match answer.retry_after(now) {
                Some(later) => Ok(Answered::Later(later)),
                None => Err(answered(&answer)),
            },
        }
    }

    /// The snapshot as a file, and its tag; `None` if it is the one of a tag that is known.
    pub(super) async fn snapshot(
        &self,
        known: Option<&HeaderValue>,
    ) -> Result<Option<(File, Option<HeaderValue>)>, NotCopied> {
        let url = self.at(SNAPSHOT_PATH);
        let most = Most {
            bytes: MAX_PACKED_BYTES,
            time: SNAPSHOT_WITHIN,
        };
        let mut headers = accepting("application/gzip");
        if let Some(known) = known {
            headers.insert(IF_NONE_MATCH, known.clone());
        }
        let mut file = tempfile::tempfile()?;
        let keep = |piece: &[u8]| file.write_all(piece);
        let answer = self.fetcher.download(&url, &headers, most, keep).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(None),
            _ => return Err(answered(&answer)),
        }
        let media_type = answer.media_type();
        let media_type = media_type
            .as_ref()
            .map_or("nothing", mime::Mime::essence_str);
        if media_type != "application/gzip" {
            return Err(NotCopied::MediaType {
                url: answer.url.to_string(),
                found: media_type.to_owned(),
            });
        }
        file.rewind()?;
        Ok(Some((file, answer.headers.get(ETAG).cloned())))
    }

    /// The keys that an actor lists, by its own server's word.
    pub(super) async fn keys(
        &self,
        actor: &Url,
        today: NaiveDate,
    ) -> Result<Vec<AssertionKey>, NotCopied> {
        let no_keys = |problem: String| NotCopied::NoKeys {
            actor: actor.to_string(),
            problem,
        };
        let answer = self
            .fetcher
            .get(actor, ACCEPTED, |_| HeaderMap::new())
            .await?;
        if !answer.status.is_success() {
            return Err(no_keys(format!(
                "its server answers {}",
                answer.status.as_u16()
            )));
        }
        let is_its_own = answer.url.origin() == actor.origin()
            && answer.media_type().is_some_and(|mime| is_activity(&mime));
        if !is_its_own {
            return Err(no_keys(
                "what is there is no actor of that server".to_owned(),
            ));
        }
        let document = document::read(&answer.body).map_err(|error| no_keys(error.to_string()))?;
        let read = read_actor(&document, actor, today);
        let keys = read
            .map_err(|error| no_keys(error.to_string()))?
            .assertion_keys;
        match keys.is_empty() {
            true => Err(no_keys(
                "it lists no Ed25519 key in assertionMethod".to_owned(),
            )),
            false => Ok(keys),
        }
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.home.clone();
        url.set_path(path);
        url
    }
}

fn accepting(media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(media_type))])
}

fn answered(answer: &Answer) -> NotCopied {
    let mut url = answer.url.clone();
    url.set_query(None);
    NotCopied::Answered {
        url: url.to_string(),
        status: answer.status.as_u16(),
    }
}
