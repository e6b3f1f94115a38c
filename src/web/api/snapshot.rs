//! `/api/v1/snapshot` and `/api/v1/changes`: the whole directory, signed, and what changes in it, for whoever
//! keeps a copy.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ContentEncoding, ETAG, EntityTag,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::task::spawn_blocking;

use crate::formats::snapshot::Changes;
use crate::mirror::{self, Held, Kept, MAX_WAIT, Publisher, Told};
use crate::search::query::{FieldError, Problem};
use crate::web::etag::is_known;
use crate::web::locale::Locale;
use crate::web::page::{parameter, parameters};

use super::answer::{language, open};
use super::parameters::{Since, Spoken};
use super::problem;
use super::refused::{self, Refused};

/// The highest revision that can be asked about: the highest number that every reader of JSON has exactly
/// (RFC 8259 §6).
pub const MAX_REVISION: u64 = (1 << 53) - 1;
/// How a snapshot is packed; it is sent as it is, and its one text is what is inside.
const GZIP: &str = "application/gzip";
/// What it is called where it is saved.
const DISPOSITION: &str = "attachment; filename=\"archipelago.json.gz\"";

/// `GET /api/v1/snapshot`: everything the directory shows to everybody, as one document of JSON in its
/// canonical text, packed by gzip and signed by the node's own actor. It is at most a minute older than the
/// directory, or, where writing it takes long, ten times as old as that takes; `changes` has the rest. A
/// mirror hands on what its origin signed. 404 where nobody signs: the node was never founded. 503 while
/// nothing is published yet.
#[utoipa::path(
    get,
    path = "/snapshot",
    operation_id = "snapshot",
    params(Spoken),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/gzip"),
        (status = 404),
        (status = 503),
    ),
)]
pub async fn whole(
    request: HttpRequest,
    publisher: Option<Data<Publisher>>,
    held: Option<Data<Held>>,
) -> Result<HttpResponse, Refused> {
    let l = asked(&request)?;
    let kept = match (publisher, held) {
        (Some(publisher), _) => publisher.snapshot().await,
        (None, Some(held)) => held.snapshot().await,
        (None, None) => return Ok(problem::unsigned(l)),
    };
    Ok(match kept {
        Ok(Some(kept)) => packed(&request, kept),
        Ok(None) => problem::not_yet(l),
        Err(error) => {
            let error: anyhow::Error = mirror::Error::into(error);
            tracing::error!("the snapshot cannot be written: {error:#}");
            problem::away(l)
        }
    })
}

/// `GET /api/v1/changes?since=REVISION[&wait=SECONDS]`: the records that changed after a revision, as they
/// are now, the ids of those that are gone, and the signed state that they lead to. Where nothing changed,
/// the answer waits for the next change, up to `wait` seconds (0 to 30). 410 where nobody knows any more what
/// changed: then the snapshot has all.
#[utoipa::path(
    get,
    path = "/changes",
    operation_id = "changes",
    params(Since),
    responses((status = 200, body = Changes), (status = 404), (status = 410), (status = 503)),
)]
pub async fn changes(
    request: HttpRequest,
    publisher: Option<Data<Publisher>>,
    held: Option<Data<Held>>,
) -> Result<HttpResponse, Refused> {
    let given = parameters(&request);
    let ((), language) = refused::both(Ok(()), language(&given))?;
    if parameter(&given, "since").is_none() {
        return Err(Refused::missing("since", language));
    }
    let ask = Ask::read(&given).map_err(|errors| Refused::new(&errors, language))?;
    let l = Locale::of(language);
    let Some(publisher) = publisher else {
        return Ok(match held {
            Some(held) => problem::of_a_mirror(&held.origin, l),
            None => problem::unsigned(l),
        });
    };
    Ok(match publisher.changes(ask.since, ask.wait).await {
        Told::Changes(changes) => open(StatusCode::OK)
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("application/json")
            .body(changes),
        Told::Forgotten => problem::forgotten(ask.since, l),
        Told::NotYet => problem::not_yet(l),
    })
}

/// What is asked for.
struct Ask {
    since: u64,
    wait: Duration,
}

impl Ask {
    fn read(parameters: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut number = |field: &'static str, max: u64, default: Option<u64>| {
            let given = parameter(parameters, field);
            let number = match given {
                Some(text) => text.parse().ok().filter(|number| *number <= max),
                None => default,
            };
            number.unwrap_or_else(|| {
                let max = usize::try_from(max).unwrap_or(usize::MAX);
                let problem = Problem::Number { min: 0, max };
                errors.push(FieldError { field, problem });
                0
            })
        };
        let since = number("since", MAX_REVISION, None);
        let wait = Duration::from_secs(number("wait", MAX_WAIT.as_secs(), Some(0)));
        match errors.is_empty() {
            true => Ok(Self { since, wait }),
            false => Err(errors),
        }
    }
}

/// The language asked for.
fn asked(request: &HttpRequest) -> Result<&'static Locale, Refused> {
    let (_, language) = refused::both(Ok(()), language(&parameters(request)))?;
    Ok(Locale::of(language))
}

/// Sends a packed file, or only says that the reader's copy of it is still good.
fn packed(request: &HttpRequest, kept: Arc<Kept>) -> HttpResponse {
    let tag = EntityTag::new_strong(kept.tag.clone());
    let is_known = is_known(request, &tag);
    let mut response = open(match is_known {
        true => StatusCode::NOT_MODIFIED,
        false => StatusCode::OK,
    });
    response
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if is_known {
        return response.finish();
    }
    response
        .insert_header((CONTENT_TYPE, GZIP))
        .insert_header((CONTENT_DISPOSITION, DISPOSITION))
        // It is packed as it is.
        .insert_header(ContentEncoding::Identity)
        .body(SizedStream::new(kept.bytes, pieces(kept)))
}

/// A file in pieces, each read as the one before was taken.
fn pieces(kept: Arc<Kept>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((kept, 0), |(kept, at)| async move {
        let reading = Arc::clone(&kept);
        let piece = spawn_blocking(move || reading.piece(at)).await;
        match piece.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into())) {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => {
                let next = at + piece.len() as u64;
                Some((Ok(piece), (kept, next)))
            }
            Err(error) => Some((Err(error), (kept, u64::MAX))),
        }
    })
}
