//! What a form of ours posted: from a page of this node only, bounded in size and time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{AsHeaderName, HOST, HeaderMap, ORIGIN, REFERER};
use actix_web::web::{Data, Payload};
use url::{Url, form_urlencoded};

use crate::federation::Federation;

/// How long a form may take to arrive.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Why a form is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It comes from a page elsewhere, or does not say from where.
    Foreign,
    /// It is larger than any form of ours.
    TooLarge,
    /// It did not come whole.
    Broken,
}

/// The fields of a form of at most `max_bytes`, decoded, in their order.
pub(super) async fn read(
    request: &HttpRequest,
    payload: Payload,
    max_bytes: usize,
) -> Result<Vec<(String, String)>, NotTaken> {
    let node = request.app_data::<Data<Federation>>();
    let home = node.map(|node| node.addresses().home());
    if !is_from_here(request.headers(), home.as_ref()) {
        return Err(NotTaken::Foreign);
    }
    let body = tokio::time::timeout(PATIENCE, payload.to_bytes_limited(max_bytes)).await;
    match body {
        Ok(Ok(Ok(body))) => Ok(form_urlencoded::parse(&body).into_owned().collect()),
        Ok(Err(_)) => Err(NotTaken::TooLarge),
        Ok(Ok(Err(_))) | Err(_) => Err(NotTaken::Broken),
    }
}

/// Whether a page of this node posted that: its origin is the node's own, or that of the host which was
/// asked, since a node may be reached by another name as well. A browser says it in `Origin`, some old
/// ones in `Referer` alone; whoever says neither is not believed.
fn is_from_here(headers: &HeaderMap, home: Option<&Url>) -> bool {
    fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
        headers.get(name)?.to_str().ok()
    }
    let said = text(headers, ORIGIN).or_else(|| text(headers, REFERER));
    let Some(from) = said.and_then(|said| Url::parse(said).ok()) else {
        return false;
    };
    // TLS may end before us, so the host is asked by the scheme the browser used.
    let asked = text(headers, HOST)
        .and_then(|host| Url::parse(&format!("{}://{host}", from.scheme())).ok());
    let is_web = matches!(from.scheme(), "http" | "https");
    let is = |here: Option<&Url>| here.is_some_and(|here| here.origin() == from.origin());
    is_web && (is(home) || is(asked.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn is_from_here_with(headers: &[(&str, &str)]) -> bool {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let home = Url::parse("https://hoster.example/").unwrap();
        is_from_here(request.to_http_request().headers(), Some(&home))
    }

    #[test]
    fn a_form_of_this_node_is_taken_by_whatever_name_it_was_asked() {
        let local = ("host", "127.0.0.1:8080");
        for headers in [
            [("origin", "https://hoster.example"), local],
            [("origin", "http://127.0.0.1:8080"), local],
            [("referer", "https://hoster.example/fr/manage"), local],
            [
                ("origin", "https://Hoster.example"),
                ("host", "hoster.example"),
            ],
            [
                ("origin", "https://alias.example"),
                ("host", "alias.example:443"),
            ],
        ] {
            assert!(is_from_here_with(&headers), "{headers:?}");
        }
    }

    #[test]
    fn a_form_from_elsewhere_or_from_nowhere_is_refused() {
        let host = ("host", "hoster.example");
        for headers in [
            [("origin", "https://evil.example"), host],
            [("origin", "null"), host],
            [("origin", "http://hoster.example:81"), host],
            [("origin", "https://hoster.example.evil.example"), host],
            [("referer", "https://evil.example/hoster.example"), host],
            [("origin", "file:///"), ("host", "")],
            [("x-origin", "https://hoster.example"), host],
        ] {
            assert!(!is_from_here_with(&headers), "{headers:?}");
        }
        assert!(!is_from_here_with(&[
            ("origin", "null"),
            ("referer", "https://hoster.example/"),
            host
        ]));
    }
}
