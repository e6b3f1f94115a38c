//! Wrong parameters, on their way to whoever gave them.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem};
use crate::web::locale::Locale;
use crate::web::sentences;

use super::answer::DEFAULT_LANGUAGE;
use super::problem;

/// Everything that is wrong with a request's parameters, in words.
#[derive(Debug)]
pub struct Refused {
    faults: Vec<Fault>,
    language: Language,
}

/// What is wrong with one parameter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fault {
    pub field: &'static str,
    pub detail: String,
    /// What may have been meant, as it can be given instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// Whether it is well formed and names nothing.
    #[serde(skip)]
    is_unknown: bool,
}

/// Both parts of a request, or everything that is wrong with either.
pub fn both<T>(
    read: Result<T, Vec<FieldError>>,
    language: Result<Language, FieldError>,
) -> Result<(T, Language), Refused> {
    match (read, language) {
        (Ok(read), Ok(language)) => Ok((read, language)),
        (read, language) => {
            let speaks = *language.as_ref().unwrap_or(&DEFAULT_LANGUAGE);
            let errors = read.err().unwrap_or_default();
            let errors: Vec<_> = errors.into_iter().chain(language.err()).collect();
            Err(Refused::new(&errors, speaks))
        }
    }
}

impl Refused {
    /// Wrong parameters, said in `language`.
    pub fn new(errors: &[FieldError], language: Language) -> Self {
        let l = Locale::of(language);
        let fault = |error: &FieldError| Fault {
            field: error.field,
            detail: sentences::field_error(error, l),
            similar: match &error.problem {
                Problem::Unknown { similar } => similar.clone(),
                _ => Vec::new(),
            },
            is_unknown: error.is_unknown(),
        };
        Self {
            faults: errors.iter().map(fault).collect(),
            language,
        }
    }

    /// A parameter without which there is no answer.
    pub fn missing(field: &'static str, language: Language) -> Self {
        let fault = Fault {
            field,
            detail: Locale::of(language).t("api.field.missing").to_owned(),
            similar: Vec::new(),
            is_unknown: false,
        };
        Self {
            faults: vec![fault],
            language,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} wrong parameters", self.faults.len())
    }
}

impl ResponseError for Refused {
    /// 404 where all parameters are well formed and name nothing, else 400.
    fn status_code(&self) -> StatusCode {
        if self.faults.iter().all(|fault| fault.is_unknown) {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::BAD_REQUEST
        }
    }

    fn error_response(&self) -> HttpResponse {
        problem::wrong_parameters(self.status_code(), &self.faults, Locale::of(self.language))
    }
}
