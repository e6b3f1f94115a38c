//! What holds for everything below `/api`: whoever only asks whether a page of another origin may read is answered
//! at once, and nobody takes all.

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::web::limit::{Judged, Limit};

use super::answer;
use super::problem;

/// Lets a request through, or answers it. A preflight costs nothing; whatever else is asked costs the same,
/// whatever the answer.
pub async fn gate<B: MessageBody>(
    limit: Data<Limit>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if request.method() == Method::OPTIONS {
        let response = request.into_response(answer::preflight());
        return Ok(response.map_into_right_body());
    }
    let (mut response, told) = match limit.judge(&request) {
        Judged::Unlimited => return Ok(next.call(request).await?.map_into_left_body()),
        Judged::Within(told) => (next.call(request).await?.map_into_left_body(), told),
        Judged::Over(seconds, told) => {
            let refused = problem::too_many(request.request(), seconds);
            (request.into_response(refused).map_into_right_body(), told)
        }
    };
    for (name, value) in told {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
