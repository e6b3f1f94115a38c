//! What the lists share: `limit`, `offset`, `q` and `lang`, and the shape of their answer.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::query::Query;
use crate::web::locale::Locale;

use super::answer::{language, send};
use super::refused::{self, Refused};
use crate::web::page::{pairs, parameters};

/// What of a list is asked for.
pub struct Ask {
    /// The sentences of the language asked for.
    pub l: &'static Locale,
    /// How many to skip.
    pub offset: usize,
    /// The most to show, if somebody said.
    pub limit: Option<usize>,
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// How many there are in all.
    pub total: usize,
    /// How many were skipped.
    pub offset: usize,
    /// The most that are shown.
    pub limit: usize,
    /// Those that are.
    pub results: Vec<T>,
}

impl Ask {
    /// Reads the parameters, or says what is wrong with them.
    pub fn read(request: &HttpRequest) -> Result<Self, Refused> {
        let (ask, _) = Self::with_words(request)?;
        Ok(ask)
    }

    /// The same for a list that is asked for by words: `q` must be there, but may be empty, as it is
    /// before somebody types.
    pub fn by_words(request: &HttpRequest) -> Result<(Self, String), Refused> {
        let (ask, words) = Self::with_words(request)?;
        let missing = || Refused::missing("q", ask.l.language);
        let words = words.ok_or_else(missing)?;
        Ok((ask, words))
    }

    fn with_words(request: &HttpRequest) -> Result<(Self, Option<String>), Refused> {
        let parameters = parameters(request);
        // The same three parameters as a search's: they are read, and refused, alike.
        let shared =
            pairs(&parameters).filter(|(name, _)| matches!(*name, "q" | "limit" | "offset"));
        let (query, language) = refused::both(Query::from_pairs(shared), language(&parameters))?;
        let ask = Self {
            l: Locale::of(language),
            offset: query.offset,
            limit: query.limit,
        };
        let is_there = parameters.iter().any(|(name, _)| name == "q");
        Ok((ask, is_there.then(|| query.q.unwrap_or_default())))
    }

    /// Sends the part of `items` that is asked for; `default` of them where nobody said how many.
    pub fn send<'a, T, R: Serialize>(
        &self,
        request: &HttpRequest,
        items: &'a [T],
        default: usize,
        told: impl Fn(&'a T) -> R,
    ) -> HttpResponse {
        send(request, &self.part(items, default, told))
    }

    /// The part of `items` that is asked for; `default` of them where nobody said how many.
    pub fn part<'a, T, R>(
        &self,
        items: &'a [T],
        default: usize,
        told: impl Fn(&'a T) -> R,
    ) -> List<R> {
        let limit = self.limit.unwrap_or(default);
        let shown = items.iter().skip(self.offset).take(limit);
        List {
            total: items.len(),
            offset: self.offset,
            limit,
            results: shown.map(told).collect(),
        }
    }
}

/// The part of the path that names one thing. As it stands, since identifiers need no decoding.
pub fn id(request: &HttpRequest) -> &str {
    request.match_info().get("id").unwrap_or_default()
}
