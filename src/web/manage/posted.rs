//! What a form of these pages posted.

use std::pin::Pin;

use actix_web::dev::Payload as Stream;
use actix_web::error::InternalError;
use actix_web::web::Payload;
use actix_web::{Error, FromRequest, HttpRequest};

use super::sorry::Sorry;
use crate::web::posted::{NotTaken, read};

/// The largest form, in bytes: four texts of the greatest length, each letter of it four bytes long and
/// written in twelve.
pub(super) const MAX_FORM_BYTES: usize = 256 * 1024;

/// The fields of a form, decoded, in their order.
pub(super) struct Posted(pub(super) Vec<(String, String)>);

impl FromRequest for Posted {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, stream: &mut Stream) -> Self::Future {
        let request = request.clone();
        let payload = Payload::from_request(&request, stream);
        Box::pin(async move {
            match read(&request, payload.await?, MAX_FORM_BYTES).await {
                Ok(fields) => Ok(Self(fields)),
                Err(not_taken) => {
                    let answer = Sorry::from(not_taken).answer(&request);
                    Err(InternalError::from_response("a post was refused", answer).into())
                }
            }
        })
    }
}

impl From<NotTaken> for Sorry {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::Foreign => Sorry::Foreign,
            NotTaken::TooLarge => Sorry::TooLarge,
            NotTaken::Broken => Sorry::Broken,
        }
    }
}
