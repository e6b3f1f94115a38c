//! One request for a document, and what came of it.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::domain::hoster::HosterId;
use crate::domain::taxonomy::Taxonomy;
use crate::fetch::header::{
    ACCEPT, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use crate::fetch::{Answer, Error, Fetcher, Heard, StatusCode, Wanted};
use crate::formats::activitypub::document::is_activity;
use crate::formats::activitypub::vocabulary::ACCEPTED;
use crate::formats::{self, Document, Format};
use crate::ingest::Read;
use crate::store::frontier::Target;

/// The longest validator that is kept, in bytes: longer ones are none we send back.
const MAX_VALIDATOR_BYTES: usize = 1_000;

/// What came of asking for a document.
#[derive(Debug)]
pub enum Came {
    /// It is there, and was read.
    Document(Box<Arrived>),
    /// It is as it was.
    Unchanged,
    /// It is elsewhere.
    Moved(Url),
    /// It is not there (404).
    Absent,
    /// It was taken away for good (410).
    Gone,
    /// Its host asks us to wait.
    PutOff {
        /// What it answered.
        status: u16,
        /// How long, if it says so.
        wait: Option<TimeDelta>,
    },
    /// It could not be read.
    Failed {
        /// Why.
        why: Why,
        /// What its host answered, if it did.
        status: Option<u16>,
        /// In a sentence.
        error: String,
    },
}

/// A document that is there.
#[derive(Debug)]
pub struct Arrived {
    /// Where it is and what it says.
    pub read: Read,
    /// How long it is, in bytes.
    pub bytes: usize,
    /// Its tag.
    pub etag: Option<String>,
    /// When it changed, as its server writes it.
    pub last_modified: Option<String>,
}

/// Why a visit failed, as failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The address may not be fetched.
    Address,
    /// Nobody knows the host by its name.
    UnknownName,
    /// No connection.
    Unreachable,
    /// It shows a certificate that nobody may trust.
    Certificate,
    /// Not in time.
    TimedOut,
    /// Larger than we read.
    TooLarge,
    /// Compressed.
    Compressed,
    /// Redirected a second time, or to nothing.
    Redirects,
    /// Of a media type that no such document has.
    MediaType,
    /// Not what was expected there.
    Unreadable,
    /// The host refuses it (4xx).
    Refused,
    /// The host has trouble (5xx), or answers what HTTP does not know.
    Broken,
}

impl Why {
    /// Every reason, in the order of declaration.
    pub const ALL: [Self; 12] = [
        Self::Address,
        Self::UnknownName,
        Self::Unreachable,
        Self::Certificate,
        Self::TimedOut,
        Self::TooLarge,
        Self::Compressed,
        Self::Redirects,
        Self::MediaType,
        Self::Unreadable,
        Self::Refused,
        Self::Broken,
    ];

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::UnknownName => "unknown_name",
            Self::Unreachable => "unreachable",
            Self::Certificate => "certificate",
            Self::TimedOut => "timed_out",
            Self::TooLarge => "too_large",
            Self::Compressed => "compressed",
            Self::Redirects => "redirects",
            Self::MediaType => "media_type",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
            Self::Broken => "broken",
        }
    }

    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Address => "an address we do not fetch",
            Self::UnknownName => "a name that nobody knows",
            Self::Unreachable => "out of reach",
            Self::Certificate => "a certificate that is not valid",
            Self::TimedOut => "no answer in time",
            Self::TooLarge => "too large",
            Self::Compressed => "compressed unasked",
            Self::Redirects => "redirected too often",
            Self::MediaType => "not the media type of ActivityPub",
            Self::Unreadable => "not what was expected there",
            Self::Refused => "refused (4xx)",
            Self::Broken => "broken (5xx)",
        }
    }

    /// Whether it is the host that is out of reach, and not only this address.
    pub fn is_of_host(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::UnknownName
                | Self::Unreachable
                | Self::Certificate
                | Self::TimedOut
        )
    }

    /// What an error comes to.
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Refused { .. } => Self::Address,
            Error::TooLarge { .. } => Self::TooLarge,
            Error::Encoded { .. } => Self::Compressed,
            Error::Redirects { .. } => Self::Redirects,
            Error::TimedOut { .. } => Self::TimedOut,
            Error::Certificate { .. } => Self::Certificate,
            Error::Unreachable { .. } if error.is_unknown_name() => Self::UnknownName,
            Error::Unreachable { .. } | Error::NotKept { .. } => Self::Unreachable,
        }
    }
}

/// Asks for a document at `url`, where the target or a redirect of its own host has it, unless it is as the
/// target knows it.
pub async fn ask(
    fetcher: &Fetcher,
    taxonomy: &Taxonomy,
    target: &Target,
    url: &Url,
    format: Format,
    now: DateTime<Utc>,
) -> Came {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept(format)));
    for (name, value) in [
        (IF_NONE_MATCH, &target.etag),
        (IF_MODIFIED_SINCE, &target.last_modified),
    ] {
        if let Some(value) = value.as_ref().and_then(|value| value.parse().ok()) {
            headers.insert(name, value);
        }
    }
    match fetcher.ask(url, headers, Wanted::Whole).await {
        Ok(Heard::Elsewhere { to, .. }) => Came::Moved(to),
        Ok(Heard::Answer(answer)) => answered(&answer, format, target.of.as_ref(), taxonomy, now),
        Err(error) => Came::Failed {
            why: Why::of(&error),
            status: None,
            error: error.to_string(),
        },
    }
}

/// What comes of a redirect after the one that is followed.
pub fn too_many_redirects() -> Came {
    Came::Failed {
        why: Why::Redirects,
        status: None,
        error: "it redirects a second time".to_owned(),
    }
}

fn answered(
    answer: &Answer,
    format: Format,
    of: Option<&HosterId>,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Came {
    let status = answer.status;
    match status {
        StatusCode::NOT_MODIFIED => Came::Unchanged,
        StatusCode::NOT_FOUND => Came::Absent,
        StatusCode::GONE => Came::Gone,
        StatusCode::TOO_MANY_REQUESTS => put_off(answer, now),
        StatusCode::SERVICE_UNAVAILABLE if answer.retry_after(now).is_some() => {
            put_off(answer, now)
        }
        _ if status.is_success() => read(answer, format, of, taxonomy, now),
        _ => {
            let why = match status.is_client_error() {
                true => Why::Refused,
                false => Why::Broken,
            };
            not_read(answer, why, format!("answered {}", status.as_u16()))
        }
    }
}

fn not_read(answer: &Answer, why: Why, error: String) -> Came {
    Came::Failed {
        why,
        status: Some(answer.status.as_u16()),
        error,
    }
}

fn put_off(answer: &Answer, now: DateTime<Utc>) -> Came {
    Came::PutOff {
        status: answer.status.as_u16(),
        wait: answer.retry_after(now),
    }
}

fn read(
    answer: &Answer,
    format: Format,
    of: Option<&HosterId>,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Came {
    // What is served as something else is what somebody uploaded there (CVE-2024-25623 in Mastodon).
    if is_activitypub(format) && !answer.media_type().is_some_and(|mime| is_activity(&mime)) {
        let error = "is no ActivityPub document by its media type".to_owned();
        return not_read(answer, Why::MediaType, error);
    }
    let document = Document {
        format,
        url: &answer.url,
        bytes: &answer.body,
        seen: now.date_naive(),
        of,
    };
    let findings = match formats::read(&document, taxonomy) {
        Ok(findings) => findings,
        Err(error) => return not_read(answer, Why::Unreadable, error.to_string()),
    };
    let header = |name| {
        let value = answer.headers.get(name)?.to_str().ok()?;
        (value.len() <= MAX_VALIDATOR_BYTES).then(|| value.to_owned())
    };
    Came::Document(Box::new(Arrived {
        read: Read {
            document: answer.url.clone(),
            findings,
        },
        bytes: answer.body.len(),
        etag: header(ETAG),
        last_modified: header(LAST_MODIFIED),
    }))
}

fn is_activitypub(format: Format) -> bool {
    matches!(
        format,
        Format::Actor | Format::Services | Format::Members | Format::Peers | Format::Hosters
    )
}

/// What is asked for. Nobody is refused for answering with another type: what counts is what can be read.
fn accept(format: Format) -> &'static str {
    match format {
        format if is_activitypub(format) => ACCEPTED,
        Format::ChatonsInfos => "text/plain, */*;q=0.1",
        _ => "application/json, */*;q=0.1",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_reason_stands_in_its_own_place_and_is_counted_apart() {
        for (place, why) in Why::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, place);
        }
        let words: BTreeSet<_> = Why::ALL.map(Why::words).into();
        assert_eq!(words.len(), Why::ALL.len());
    }
}
