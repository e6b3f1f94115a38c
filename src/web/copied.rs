//! What a mirror says of itself on every page, and what only its origin can answer.

use actix_web::guard::GuardContext;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::locale::Locale;
use crate::mirror::Held;

/// What every page of a mirror says.
pub struct Copied {
    /// The origin of the directory's own addresses, without a slash.
    pub origin: String,
    /// Its host, as people name it.
    pub host: String,
    /// As of when, in words.
    pub as_of: String,
    /// As of when, for machines (RFC 3339).
    pub at: String,
}

impl Copied {
    /// What pages say here, if this is a mirror.
    pub fn of(request: &HttpRequest, l: &Locale) -> Option<Self> {
        let held = request.app_data::<Data<Held>>()?;
        let host = held.origin.host_str().unwrap_or_default().to_owned();
        let (as_of, at) = match held.as_of() {
            Some(at) => {
                let time = at.format("%H:%M");
                let words = l.with2(
                    "copy.as_of",
                    ("day", &l.day(at.date_naive())),
                    ("time", &time),
                );
                (words, at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
            }
            None => (l.t("copy.not_yet").to_owned(), String::new()),
        };
        Some(Self {
            origin: held.origin.origin().ascii_serialization(),
            host,
            as_of,
            at,
        })
    }
}

/// Whether this is a mirror.
pub fn is_mirror(context: &GuardContext<'_>) -> bool {
    context.app_data::<Data<Held>>().is_some()
}

/// What a mirror cannot do for its origin: how to be listed, what was seen of a site, reports, managing. It
/// leads to the same page there.
pub async fn at_origin(request: HttpRequest, held: Data<Held>) -> HttpResponse {
    let mut there = held.origin.clone();
    there.set_path(request.path());
    there.set_query(Some(request.query_string()).filter(|query| !query.is_empty()));
    HttpResponse::SeeOther()
        .insert_header((LOCATION, there.as_str()))
        .finish()
}
