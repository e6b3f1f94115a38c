//! What every page shares: its language, its address in the other one, and how it is sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HOST};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::form_urlencoded;

use crate::domain::localized::Language;
use crate::federation::Federation;

use super::copied::Copied;
use super::limit::Limit;
use super::locale::Locale;

/// The part of the site a page belongs to, marked in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Leaving a service.
    Leave,
    /// Finding one.
    Find,
    /// About this directory.
    About,
    /// None of them.
    Elsewhere,
}

/// What the frame around every page needs.
pub struct Page {
    /// Its sentences.
    pub l: &'static Locale,
    /// Its title, without the site's name.
    pub title: String,
    /// A sentence for search engines and link previews.
    pub description: String,
    /// Its part of the site.
    pub section: Section,
    /// Its address in the other language.
    pub other_address: String,
    /// What it is about, as the rest of an address after the language: the path, and of the query string only
    /// what makes it another page. Search engines keep one address for it and not one for each order and part of a list.
    pub canonical: String,
    /// The origin of its addresses.
    pub origin: String,
    /// What a mirror says of itself, if this is one.
    pub copied: Option<Copied>,
}

impl Page {
    /// The frame of the page that was asked for.
    pub fn new(request: &HttpRequest, l: &'static Locale, title: String, section: Section) -> Self {
        let query = match request.query_string() {
            "" => String::new(),
            query => format!("?{query}"),
        };
        // An address outside a language has no other one: it leads home.
        let (rest, query) = match language_in(request.path()) {
            Some((_, rest)) => (rest, query),
            None => ("/", String::new()),
        };
        Self {
            description: l.t("site.tagline").to_owned(),
            title,
            section,
            other_address: format!("/{}{rest}{query}", other(l.language).code()),
            canonical: rest.to_owned(),
            origin: origin(request),
            copied: Copied::of(request, l),
            l,
        }
    }

    /// The page's one whole address in a language (RFC 6596): a mirror's pages are its origin's.
    pub fn canonical_in(&self, code: &str) -> String {
        let origin = match &self.copied {
            Some(copied) => &copied.origin,
            None => &self.origin,
        };
        format!("{origin}/{code}{}", self.canonical)
    }

    /// The whole address of something of this node.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Whether the navigation marks `section`.
    pub fn is_in(&self, section: &str) -> bool {
        matches!(
            (self.section, section),
            (Section::Leave, "leave") | (Section::Find, "find") | (Section::About, "about")
        )
    }

    /// The other language's code.
    pub fn other_code(&self) -> &'static str {
        other(self.l.language).code()
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::French => Language::English,
        Language::English => Language::French,
    }
}

/// The language in the first part of a page's path, French where there is none: the route table lets
/// pages through only with one.
pub fn language_of(request: &HttpRequest) -> &'static Locale {
    let language = language_in(request.path()).map(|(language, _)| language);
    Locale::of(language.unwrap_or(Language::French))
}

/// The language in the first part of a path, and what follows it: nothing, or more from a slash on.
pub fn language_in(path: &str) -> Option<(Language, &str)> {
    let path = path.strip_prefix('/')?;
    Language::ALL.iter().find_map(|language| {
        let rest = path.strip_prefix(language.code())?;
        (rest.is_empty() || rest.starts_with('/')).then_some((*language, rest))
    })
}

/// The origin of this node's addresses, without a slash: that of its own, else of the one that was asked. A proxy
/// may have asked under another name, but only a trusted one says so: what people copy leads there.
pub fn origin(request: &HttpRequest) -> String {
    if let Some(node) = request.app_data::<Data<Federation>>() {
        return node.addresses().home().origin().ascii_serialization();
    }
    let limit = request.app_data::<Data<Limit>>();
    if limit.is_some_and(|limit| limit.is_by_proxy(request)) {
        let asked = request.connection_info();
        return format!("{}://{}", asked.scheme(), asked.host());
    }
    let host = request.headers().get(HOST);
    let host = host
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    format!("http://{host}")
}

/// The parameters of a query string, decoded, in their order.
pub fn parameters(request: &HttpRequest) -> Vec<(String, String)> {
    form_urlencoded::parse(request.query_string().as_bytes())
        .into_owned()
        .collect()
}

/// The same as a search reads them.
pub fn pairs(parameters: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    (parameters.iter()).map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The last value of a parameter, trimmed; an empty one counts as not given, as in a form.
pub fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let (_, value) = parameters.iter().rev().find(|(known, _)| known == name)?;
    Some(value.trim()).filter(|value| !value.is_empty())
}

/// `path?name=value&…` of the values that are given.
pub fn address(path: &str, values: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in values {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Sends a page.
pub fn send(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type(ContentType::html())
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError()
                .content_type(ContentType::plaintext())
                .body("500")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_first_part_of_a_path_is_a_language() {
        assert_eq!(language_in("/en"), Some((Language::English, "")));
        assert_eq!(language_in("/fr/leave"), Some((Language::French, "/leave")));
        for path in ["/", "", "/enz-long-path/abc", "/de/", "/éa/", "fr/"] {
            assert_eq!(language_in(path), None, "{path}");
        }
    }
}
