//! `/widget.js`: the elements for other sites, as a script that any page may load.
//!
//! `/widget.js` is the newest there is, `/widget-1.js` the newest that works on pages made for version 1. Both
//! move, so no integrity hash can be given for them; the pinned address never changes its content, and is served
//! as long as this release is.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderName, HeaderValue,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA384, digest};
use serde::Deserialize;

use super::assets;

/// Where the newest stands.
pub const CURRENT: &str = "/widget.js";
/// The widget among the assets.
const FILE: &str = "widget.js";
/// For how long a copy of what may change is good, in seconds: an hour until a mend is everywhere.
const KEPT_FOR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// For how long one of what never changes: a year, as long as caches keep anything.
const KEPT_FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// How many letters of the hash stand in the pinned address.
const HASH_LETTERS: usize = 12;

/// The widget that this node serves.
pub struct Release {
    /// The newest that works on the same pages.
    pub stable: String,
    /// The very same bytes, or nothing.
    pub pinned: String,
    /// What `integrity` has to say for [`pinned`](Self::pinned) (Subresource Integrity).
    pub integrity: String,
}

/// The widget that this node serves.
pub static RELEASE: LazyLock<Release> = LazyLock::new(|| {
    /// The package for npm, which has the version.
    #[derive(Deserialize)]
    struct Package {
        version: String,
    }
    let package = include_str!("../../frontend/widget/package.json");
    let Package { version } = serde_json::from_str(package).expect("a test reads the release");
    let major = version.split('.').next().unwrap_or_default();
    let hash = digest(
        &SHA384,
        assets::bytes(FILE).expect("it is among the assets"),
    );
    let letters: String = hash
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Release {
        stable: format!("/widget-{major}.js"),
        pinned: format!("/widget-{version}-{}.js", &letters[..HASH_LETTERS]),
        integrity: format!("sha384-{}", STANDARD.encode(hash)),
    }
});

/// `/widget.js`
pub async fn current(request: HttpRequest) -> HttpResponse {
    send(&request, KEPT_FOR)
}

/// `/widget-{version}.js`
pub async fn versioned(request: HttpRequest, _: Path<String>) -> HttpResponse {
    let release = &*RELEASE;
    match request.path() {
        path if path == release.stable => send(&request, KEPT_FOR),
        path if path == release.pinned => send(&request, KEPT_FOR_GOOD),
        _ => open(HttpResponse::new(StatusCode::NOT_FOUND)),
    }
}

fn send(request: &HttpRequest, kept: HeaderValue) -> HttpResponse {
    let mut response = open(assets::named(request, FILE));
    response.headers_mut().insert(CACHE_CONTROL, kept);
    response
}

/// Pages of any site may run it, and read it, which an integrity hash needs.
fn open(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}
