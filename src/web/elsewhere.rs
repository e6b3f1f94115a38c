//! The files that hosters publish at their own domain for other directories, written from what our own
//! hoster is: nobody has to write them by hand.

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::federation::Error;

use super::etag;
use super::wire::{Node, json_document, not_found, unavailable};

/// What files of ChatonsInfos are sent as.
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// `/librehost.json`, on a hoster's node.
pub async fn librehost(request: HttpRequest, node: Node) -> HttpResponse {
    match node {
        Some(node) => send(&request, node.librehost().await),
        None => not_found(),
    }
}

/// `/.well-known/xmpp-provider-v2.json`, on the node of a hoster that offers such a service.
pub async fn xmpp_provider(request: HttpRequest, node: Node) -> HttpResponse {
    match node {
        Some(node) => send(&request, node.xmpp_provider().await),
        None => not_found(),
    }
}

/// `/.well-known/chatonsinfos/…`, or with an underscore, as the YunoHost package has it: our hoster and its
/// services as ChatonsInfos has them.
pub async fn chatonsinfos(
    request: HttpRequest,
    path: Path<(String, String)>,
    node: Node,
) -> HttpResponse {
    let Some(node) = node else { return not_found() };
    match node.chatonsinfos(&path.1).await {
        Ok(Some(text)) => {
            let begin = |status| {
                let mut response = HttpResponse::build(status);
                // As the other files: any site may ask from its visitors' browsers.
                response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
                response
            };
            let tag = etag::of(text.as_bytes());
            etag::send(&request, begin, &tag, PLAIN_TEXT, text)
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(error),
    }
}

fn send(request: &HttpRequest, file: Result<Option<Value>, Error>) -> HttpResponse {
    match file {
        Ok(Some(file)) => json_document(request, "application/json", &file),
        Ok(None) => not_found(),
        Err(error) => unavailable(error),
    }
}
