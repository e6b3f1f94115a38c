//! What programs ask for and post: ActivityPub documents and the inbox, WebFinger, NodeInfo.
//!
//! Documents for programs and pages for people stand at the same addresses; `Accept` decides
//! (ActivityPub §3.2). What they say comes from `federation`; here it only gets its headers.

use std::time::Duration;

use actix_web::guard::GuardContext;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, Accept, CONTENT_TYPE, Header, HttpDate, LAST_MODIFIED, LOCATION,
    RETRY_AFTER, VARY,
};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::federation::{self, Document, Federation, MAX_BODY_BYTES, Refused};
use crate::formats::activitypub::context;
use crate::formats::activitypub::vocabulary::MEDIA_TYPE;
use crate::formats::nodeinfo::Version;
use crate::formats::webfinger::JRD;

use super::error::accepted;
use super::etag;
use super::health::{Condition, Database};

/// How long a post may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// When to come again, in seconds, after a post that could not be taken now.
const COME_AGAIN: u64 = 60;

/// A node that was founded, or not.
pub(super) type Node = Option<Data<Federation>>;

/// The page of a collection.
#[derive(Deserialize)]
pub struct Paging {
    page: Option<u64>,
}

/// What WebFinger is asked.
#[derive(Deserialize)]
pub struct Question {
    resource: String,
}

/// Whether a program asks, not a person: one that wants ActivityPub more than a page.
pub fn is_program(context: &GuardContext) -> bool {
    context
        .header::<Accept>()
        .is_some_and(|accept| wants_document(&accept))
}

fn wants_document(accept: &Accept) -> bool {
    let quality = |matches: &dyn Fn(&str) -> bool| {
        let items = accept
            .iter()
            .filter(|item| matches(item.item.essence_str()));
        items.map(|item| item.quality).max()
    };
    let document = quality(&|kind| kind == MEDIA_TYPE || kind == "application/ld+json");
    let page = quality(&|kind| matches!(kind, "text/html" | "application/xhtml+xml"));
    document.is_some() && document >= page
}

/// `/ap/…`: a document; people are led to the page about it.
pub async fn document(request: HttpRequest, paging: Query<Paging>, node: Node) -> HttpResponse {
    let Some(node) = node else { return not_found() };
    let found = node.document(request.path(), paging.page).await;
    let wants_page = Accept::parse(&request).is_ok_and(|accept| {
        let kinds = accept.iter().map(|item| item.item.essence_str().to_owned());
        kinds.clone().any(|kind| kind == "text/html") && !wants_document(&accept)
    });
    match (&found, wants_page) {
        (Ok(Some(document)), true) if !document.is_tombstone => to_page(&request, &document.body),
        _ => send(&request, found),
    }
}

/// `/ap/actor/hosters`: the hosters of the directory, by their addresses.
pub async fn hosters(
    request: HttpRequest,
    paging: Query<Paging>,
    catalogue: Data<Catalogue>,
    node: Node,
) -> HttpResponse {
    match node {
        Some(node) => send(
            &request,
            Ok(node.hosters(&catalogue.current(), paging.page)),
        ),
        None => not_found(),
    }
}

/// The document about the service on a page, where it is ours.
pub async fn service(
    request: HttpRequest,
    path: Path<(String, String)>,
    node: Node,
) -> HttpResponse {
    match node {
        Some(node) => send(&request, node.service_document(&path.1).await),
        None => not_found(),
    }
}

/// The document about the hoster on a page, where it is ours.
pub async fn hoster(
    request: HttpRequest,
    path: Path<(String, String)>,
    node: Node,
) -> HttpResponse {
    match node {
        Some(node) => send(&request, node.hoster_document(&path.1).await),
        None => not_found(),
    }
}

/// The actor whose home page this is.
pub async fn home(request: HttpRequest, node: Node) -> HttpResponse {
    match node {
        Some(node) => send(&request, node.home_document().await),
        None => not_found(),
    }
}

/// `/ns`: what our words mean (JSON-LD).
pub async fn namespace(request: HttpRequest) -> HttpResponse {
    json_document(&request, "application/ld+json", &context::namespace())
}

/// `/.well-known/webfinger` (RFC 7033).
pub async fn webfinger(
    request: HttpRequest,
    asked: Option<Query<Question>>,
    node: Node,
) -> HttpResponse {
    let Some(asked) = asked else {
        return problem(
            StatusCode::BAD_REQUEST,
            "name a resource, as in ?resource=acct:name@host",
        );
    };
    match node.and_then(|node| node.webfinger(&asked.resource)) {
        Some(answer) => json_document(&request, JRD, &answer),
        None => not_found(),
    }
}

/// `/.well-known/nodeinfo`.
pub async fn nodeinfo_links(request: HttpRequest, node: Node) -> HttpResponse {
    match node {
        Some(node) => json_document(&request, "application/json", &node.nodeinfo_links()),
        None => not_found(),
    }
}

/// `/nodeinfo/{version}`.
pub async fn nodeinfo(request: HttpRequest, version: Path<String>, node: Node) -> HttpResponse {
    match (node, Version::from_word(&version)) {
        (Some(node), Some(version)) => {
            json_document(&request, &version.media_type(), &node.nodeinfo(version))
        }
        _ => not_found(),
    }
}

/// `POST` to an inbox of ours, or to the one they share: 202 once it is on disk.
pub async fn inbox(
    request: HttpRequest,
    payload: Payload,
    condition: Data<Condition>,
    node: Node,
) -> HttpResponse {
    let Some(node) = node else { return not_found() };
    if condition.database() != Database::Answers {
        // It could not be kept, and its sender need not wait to hear that.
        return come_again("the database does not answer: please come again");
    }
    let read = tokio::time::timeout(PATIENCE, payload.to_bytes_limited(MAX_BODY_BYTES)).await;
    let body = match read {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(error))) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
        Ok(Err(_)) => {
            let detail = format!("an activity has at most {MAX_BODY_BYTES} bytes");
            return problem(StatusCode::PAYLOAD_TOO_LARGE, &detail);
        }
        Err(_) => {
            return problem(
                StatusCode::REQUEST_TIMEOUT,
                "the body took too long to come",
            );
        }
    };
    match node.receive(request, body).await {
        Ok(()) => HttpResponse::Accepted().finish(),
        Err(refused) => refusal(&refused),
    }
}

/// Every method an inbox or a document does not know.
pub async fn other_method() -> HttpResponse {
    problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address is read with GET; only an inbox takes POST",
    )
}

fn refusal(refused: &Refused) -> HttpResponse {
    let status = match refused {
        // 401 and nothing else: whoever signed the one way then tries the other.
        Refused::Unsigned(_) | Refused::WrongKey | Refused::UnknownActor => {
            StatusCode::UNAUTHORIZED
        }
        Refused::Blocked => StatusCode::FORBIDDEN,
        Refused::NotAnActivity(_) => StatusCode::BAD_REQUEST,
        Refused::Overloaded | Refused::Failed => StatusCode::SERVICE_UNAVAILABLE,
    };
    match status {
        StatusCode::SERVICE_UNAVAILABLE => come_again(&refused.to_string()),
        status => problem(status, &refused.to_string()),
    }
}

fn send(request: &HttpRequest, found: Result<Option<Document>, federation::Error>) -> HttpResponse {
    let document = match found {
        Ok(Some(document)) => document,
        Ok(None) => return not_found(),
        Err(error) => return unavailable(error),
    };
    let body = document.body.to_string();
    let begin = |status| {
        let status = if document.is_tombstone {
            StatusCode::GONE
        } else {
            status
        };
        let mut response = HttpResponse::build(status);
        response.insert_header((VARY, "Accept"));
        if let Some(updated) = document.updated {
            response.insert_header((
                LAST_MODIFIED,
                HttpDate::from(std::time::SystemTime::from(updated)),
            ));
        }
        response
    };
    etag::send(request, begin, &etag::of(body.as_bytes()), MEDIA_TYPE, body)
}

/// That a document cannot be written now, and when to come again; the log says why.
pub(super) fn unavailable(error: federation::Error) -> HttpResponse {
    tracing::error!(
        "a document cannot be written: {:#}",
        anyhow::Error::from(error)
    );
    come_again("please come again")
}

fn come_again(detail: &str) -> HttpResponse {
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, detail);
    response
        .headers_mut()
        .insert(RETRY_AFTER, COME_AGAIN.into());
    response
}

/// Sends a document that any site may ask for.
pub(super) fn json_document(
    request: &HttpRequest,
    media_type: &str,
    document: &Value,
) -> HttpResponse {
    let body = document.to_string();
    let begin = |status| {
        let mut response = HttpResponse::build(status);
        // Any site may ask from its visitors' browsers (RFC 7033 §5).
        response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        response
    };
    etag::send(request, begin, &etag::of(body.as_bytes()), media_type, body)
}

/// Leads a person from a document to the page about the same thing.
fn to_page(request: &HttpRequest, document: &Value) -> HttpResponse {
    let own = document.get("url").and_then(Value::as_str);
    let home = format!("/{}/", accepted(request).code());
    HttpResponse::SeeOther()
        .insert_header((LOCATION, own.unwrap_or(&home)))
        .insert_header((VARY, "Accept"))
        .finish()
}

/// Nothing at this address, for programs.
pub(super) fn not_found() -> HttpResponse {
    problem(StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// What is wrong, for programs (RFC 9457).
fn problem(status: StatusCode, detail: &str) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "application/problem+json"))
        .body(body.to_string())
}
