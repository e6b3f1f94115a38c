//! Entity tags (RFC 9110 §8.8.3): whoever has an answer already is only told that it is still good.

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IfNoneMatch};

use crate::domain::fingerprint::fingerprint;

/// The tag of some content. Weak, since the same content is sent compressed and plain.
pub fn of(content: &[u8]) -> EntityTag {
    EntityTag::new_weak(format!("{:016x}", fingerprint(content)))
}

/// Whether the reader says that it has this very content.
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Ok(IfNoneMatch::Any) => true,
        Err(_) => false,
    }
}
