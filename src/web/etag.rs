//! Entity tags (RFC 9110 §8.8.3): whoever has an answer already is only told that it is still good.

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::domain::fingerprint::checksum;

/// The tag of some content. Weak, since the same content is sent compressed and plain.
pub fn of(content: &[u8]) -> EntityTag {
    with(checksum(content))
}

/// The tag of content with a checksum.
pub fn with(checksum: u64) -> EntityTag {
    EntityTag::new_weak(format!("{checksum:016x}"))
}

/// Sends some content, or only says that the reader's copy of it is still good; `begin` begins either
/// answer. A copy may be kept, but is asked about each time: a directory changes without notice.
pub fn send(
    request: &HttpRequest,
    begin: impl FnOnce(StatusCode) -> HttpResponseBuilder,
    tag: &EntityTag,
    media_type: &str,
    content: impl MessageBody + 'static,
) -> HttpResponse {
    let unchanged = is_known(request, tag);
    let mut response = begin(if unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    response
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if unchanged {
        response.finish()
    } else {
        response.content_type(media_type).body(content)
    }
}

/// Renders a document for programs and sends it.
pub fn send_rendered(
    request: &HttpRequest,
    media_type: &str,
    template: &impl Template,
) -> HttpResponse {
    match template.render() {
        Ok(text) => {
            let tag = of(text.as_bytes());
            send(request, HttpResponse::build, &tag, media_type, text)
        }
        Err(error) => {
            tracing::error!(%error, "a document could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Whether the reader says that it has this very content.
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Ok(IfNoneMatch::Any) => true,
        Err(_) => false,
    }
}
