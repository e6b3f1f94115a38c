//! `/api/v1/suggest`: what somebody may mean while typing.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::catalogue::{Catalogue, Edition};
use crate::search::suggest::{MAX_SUGGESTIONS, Suggestion, SuggestionKind};
use crate::web::locale::Locale;

use super::list::Ask;
use super::refused::Refused;

/// How many suggestions are shown where nobody asks for more or fewer: as many as one takes in.
const DEFAULT_LIMIT: usize = 8;

#[derive(Serialize)]
struct SuggestionFacts<'a> {
    kind: SuggestionKind,
    id: &'a str,
    label: &'a str,
    /// What it is, in a few words.
    detail: String,
    /// What the input field gets.
    value: &'a str,
}

/// `/suggest?q=`
pub async fn begun(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (ask, words) = Ask::by_words(&request)?;
    let edition = catalogue.current();
    let near = edition.suggest(&words, ask.l.language, MAX_SUGGESTIONS);
    Ok(ask.send(&request, &near, DEFAULT_LIMIT, |suggestion| {
        let label = suggestion.label.get(ask.l.language);
        SuggestionFacts {
            kind: suggestion.kind,
            id: &suggestion.id,
            label,
            detail: detail(&edition, suggestion, ask.l),
            value: label,
        }
    }))
}

fn detail(edition: &Edition, suggestion: &Suggestion, l: &Locale) -> String {
    let kind = match suggestion.kind {
        SuggestionKind::Departure => l.t("suggest.kind.departure"),
        SuggestionKind::Need => l.t("suggest.kind.need"),
        SuggestionKind::Software => l.t("suggest.kind.software"),
        SuggestionKind::Hoster => {
            let hoster = edition
                .hoster_position(&suggestion.id)
                .map(|position| &edition.hosters[position]);
            match hoster.and_then(|hoster| hoster.place.city.as_ref()) {
                Some(town) => return l.with("api.suggest.hoster", "place", town),
                None => l.t("suggest.kind.hoster"),
            }
        }
    };
    kind.to_owned()
}
