//! A form that is only checked while it is filled in: it is answered what is wrong with it, and nothing more
//! comes of it.

use std::collections::BTreeMap;

use actix_web::HttpResponse;

use super::form::Form;

/// The field by which a script says so.
const MARK: &str = "check";

impl Form {
    /// The answer to a form that was read and is only to be checked: fields and what is wrong with each, as
    /// JSON.
    pub(super) fn checked(&self) -> Option<HttpResponse> {
        let wrong = self.wrong().iter();
        let wrong: BTreeMap<&str, &str> = wrong
            .map(|wrong| (wrong.field, wrong.sentence.as_str()))
            .collect();
        (!self.value(MARK).is_empty()).then(|| HttpResponse::Ok().json(wrong))
    }
}
