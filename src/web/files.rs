//! Files about our hoster in other directories' formats, at the places where those look for them.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, RETRY_AFTER};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::etag;
use super::wire::{COME_AGAIN, not_found, problem};
use crate::federation::Federation;

/// What files of ChatonsInfos are sent as.
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// `/.well-known/chatonsinfos/…`, or with an underscore, as the YunoHost package has it: our hoster and its services as ChatonsInfos has them.
pub async fn chatonsinfos(
    request: HttpRequest,
    path: Path<(String, String)>,
    node: Option<Data<Federation>>,
) -> HttpResponse {
    let Some(node) = node else { return not_found() };
    match node.chatonsinfos_file(&path.1).await {
        Ok(Some(text)) => {
            let begin = |status| {
                let mut response = HttpResponse::build(status);
                // A directory may be a page that reads what hosters say.
                response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
                response
            };
            etag::send(
                &request,
                begin,
                &etag::of(text.as_bytes()),
                PLAIN_TEXT,
                text,
            )
        }
        Ok(None) => not_found(),
        Err(error) => {
            let error = anyhow::Error::from(error);
            tracing::error!("a file of ChatonsInfos cannot be written: {error:#}");
            let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "please come again");
            response
                .headers_mut()
                .insert(RETRY_AFTER, COME_AGAIN.into());
            response
        }
    }
}
