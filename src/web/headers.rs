//! The headers of every answer: nothing from elsewhere, no frame, no referrer, no type guessing.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, PERMISSIONS_POLICY, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The policy of a page that any site may frame; it runs nothing.
pub const FRAMABLE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors *",
);
/// The policy of a page that frames one of ours.
pub const FRAMING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// What an answer has that does not say otherwise.
const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        PERMISSIONS_POLICY,
        HeaderValue::from_static(
            "geolocation=(self), camera=(), microphone=(), interest-cohort=()",
        ),
    ),
];

/// Gives every answer its headers.
pub fn headers<S, B>(
    request: ServiceRequest,
    next: &S,
) -> impl Future<Output = Result<ServiceResponse<B>, actix_web::Error>> + use<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let answer = next.call(request);
    async move {
        let mut answer = answer.await?;
        let headers = answer.headers_mut();
        if headers.get(CONTENT_SECURITY_POLICY) != Some(&FRAMABLE) {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        }
        for (name, value) in DEFAULTS {
            if !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
        Ok(answer)
    }
}
