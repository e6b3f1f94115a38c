//! `/api/v1/suggest`: what somebody may mean while typing.

use std::borrow::Cow;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;
use crate::domain::place::Place;
use crate::search::suggest::{MAX_SUGGESTIONS, SHOWN, Suggestion, SuggestionKind};
use crate::web::locale::Locale;

use super::answer::send_written;
use super::list::{Ask, List};
use super::parameters::Begun;
use super::refused::Refused;

#[derive(Serialize, ToSchema)]
struct SuggestionFacts<'a> {
    kind: SuggestionKind,
    id: Cow<'a, str>,
    label: Cow<'a, str>,
    /// What it is, in a few words.
    detail: Cow<'a, str>,
    /// What the input field gets.
    value: Cow<'a, str>,
    /// Of a place: what the input field gets where another one asks for the place, which gets the `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rest: Option<&'a str>,
}

/// `/suggest?q=`
#[utoipa::path(
    get,
    path = "/suggest",
    operation_id = "suggest",
    params(Begun),
    responses((status = 200, body = List<SuggestionFacts>)),
)]
pub async fn begun(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (ask, words) = Ask::by_words(&request)?;
    let edition = catalogue.current();
    // Many people begin alike.
    let (language, limit) = (ask.l.language, ask.limit.unwrap_or(SHOWN));
    let asked = format!("suggest {} {limit} {} {words}", language.code(), ask.offset);
    let answer = edition.answers.get_or_write(asked, || {
        let near = edition.suggest(&words, language, MAX_SUGGESTIONS);
        let told = |suggestion| SuggestionFacts::new(suggestion, ask.l);
        serde_json::to_vec(&ask.part(&near, SHOWN, told))
    });
    Ok(send_written(&request, answer))
}

impl<'a> SuggestionFacts<'a> {
    fn new(suggestion: &'a Suggestion<'a>, l: &'a Locale) -> Self {
        let label = suggestion.label(l.language);
        let (value, rest) = match suggestion {
            Suggestion::Place { before, .. } if before.is_empty() => (label.clone(), Some("")),
            Suggestion::Place { before, .. } => {
                (format!("{before} {label}").into(), Some(before.as_str()))
            }
            _ => (label.clone(), None),
        };
        Self {
            kind: suggestion.kind(),
            id: suggestion.id(),
            detail: detail(suggestion, l),
            label,
            value,
            rest,
        }
    }
}

fn detail<'a>(suggestion: &Suggestion, l: &'a Locale) -> Cow<'a, str> {
    let key = match suggestion {
        Suggestion::Departure(_) => "suggest.kind.departure",
        Suggestion::Need(_) => "suggest.kind.need",
        Suggestion::Software(_) => "suggest.kind.software",
        Suggestion::Hoster(hoster) => match &hoster.place.city {
            Some(town) => return l.with("api.suggest.hoster", "place", town).into(),
            None => "suggest.kind.hoster",
        },
        Suggestion::Place { place, .. } => {
            return l.with("api.suggest.place", "place", around(place)).into();
        }
    };
    l.t(key).into()
}

/// Where a place is: `Rhône, FR`.
fn around(place: &Place) -> Cow<'_, str> {
    match &place.admin {
        Some(region) => format!("{region}, {}", place.country).into(),
        None => place.country.as_str().into(),
    }
}
