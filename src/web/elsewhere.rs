//! The files that hosters publish at their own domain for other directories, written from what our own
//! hoster is: nobody has to write them by hand.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::federation::Error;

use super::wire::{Node, json_document, not_found, unavailable};

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

fn send(request: &HttpRequest, file: Result<Option<Value>, Error>) -> HttpResponse {
    match file {
        Ok(Some(file)) => json_document(request, "application/json", &file),
        Ok(None) => not_found(),
        Err(error) => unavailable(error),
    }
}
