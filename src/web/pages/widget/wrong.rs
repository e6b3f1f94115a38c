//! What is wrong with what somebody typed, field by field, as the form shows it again.

use actix_web::HttpRequest;

use crate::catalogue::Edition;
use crate::search::query::{FieldError, MAX_PARAMETER_CHARS, Problem};
use crate::search::question::MAX_SIMILAR;
use crate::web::error::{Similar, similar};
use crate::web::locale::Locale;
use crate::web::page::parameter;
use crate::web::sentences;

/// What stands beside a field that has to be looked at again.
pub struct Wrong {
    /// What is wrong, and what to do.
    pub sentence: String,
    /// The same page with a near match in the field.
    pub similar: Vec<Similar>,
    /// Whether it is the first on the page.
    pub is_first: bool,
}

/// What nobody knows, or is longer than any name.
pub fn errors(edition: &Edition, given: &[(String, String)], l: &Locale) -> Vec<FieldError> {
    let what = parameter(given, "what").filter(|slug| edition.aim(slug).is_none());
    let what = what.map(|slug| error("what", slug, |slug| edition.similar_aims(slug, MAX_SIMILAR)));
    let near = parameter(given, "near").map(|near| edition.place(near, l.language));
    let near = near.and_then(Result::err).unwrap_or_default();
    let hoster = parameter(given, "hoster").filter(|id| edition.hoster_position(id).is_none());
    let hoster =
        hoster.map(|id| error("hoster", id, |id| edition.similar_hosters(id, MAX_SIMILAR)));
    what.into_iter().chain(near).chain(hoster).collect()
}

fn error(field: &'static str, typed: &str, similar: impl Fn(&str) -> Vec<String>) -> FieldError {
    let problem = if typed.chars().count() > MAX_PARAMETER_CHARS {
        Problem::TooLong
    } else {
        Problem::Unknown {
            similar: similar(typed),
        }
    };
    FieldError { field, problem }
}

impl Wrong {
    /// What is wrong with a field, if something is.
    pub fn with(
        field: &str,
        errors: &[FieldError],
        request: &HttpRequest,
        edition: &Edition,
        l: &Locale,
    ) -> Option<Self> {
        let place = errors.iter().position(|error| error.field == field)?;
        let error = &errors[place];
        Some(Self {
            sentence: sentences::problem(error, l),
            similar: similar(request, edition, error, l),
            is_first: place == 0,
        })
    }
}
