//! A collective's charter: `/{lang}/charter` for people, `/charter/{version}` as the text that was hashed.

use actix_web::http::StatusCode;
use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::Catalogue;
use crate::federation::{self, Charter, Federation};
use crate::web::error::{Refused, not_found as no_page};
use crate::web::etag;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, send};
use crate::web::wire::{Node, not_found, unavailable};

/// What the text is sent as.
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

#[derive(Template)]
#[template(path = "charter.html")]
struct CharterPage {
    page: Page,
    lead: &'static str,
    since: String,
    /// Where the text is.
    text: String,
    paragraphs: Vec<String>,
    sha256: String,
    /// The command that checks the text.
    check: String,
    /// The command that applies.
    apply: String,
    earlier: Vec<Earlier>,
}

/// A version that is no longer in force.
struct Earlier {
    label: String,
    text: String,
    sha256: String,
}

/// `/{lang}/charter`, on a collective's node that has one.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
    node: Node,
) -> Result<HttpResponse, Refused> {
    let Some(node) = node else {
        return no_page(request, catalogue).await;
    };
    let charters = match node.charters().await {
        Ok(charters) => charters,
        Err(error) => return Ok(unavailable(error)),
    };
    match charters.split_first() {
        Some((in_force, earlier)) => {
            let page = charter_page(&request, &node, in_force, earlier);
            Ok(send(StatusCode::OK, &page))
        }
        None => no_page(request, catalogue).await,
    }
}

/// `/charter/{version}`: the text, byte by byte as it was set.
pub async fn text(request: HttpRequest, version: Path<String>, node: Node) -> HttpResponse {
    let Some(node) = node else { return not_found() };
    match named(&node, &version).await {
        Ok(Some(charter)) => {
            let begin = |status| {
                let mut response = HttpResponse::build(status);
                // Any site may ask from its visitors' browsers, to check the hash.
                response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
                response
            };
            let tag = etag::of(charter.text.as_bytes());
            etag::send(&request, begin, &tag, PLAIN_TEXT, charter.text)
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(error),
    }
}

async fn named(node: &Federation, version: &str) -> Result<Option<Charter>, federation::Error> {
    let charters = node.charters().await?.into_iter();
    Ok(charters
        .into_iter()
        .find(|known| known.version.as_str() == version))
}

fn charter_page(
    request: &HttpRequest,
    node: &Federation,
    in_force: &Charter,
    earlier: &[Charter],
) -> CharterPage {
    let l = language_of(request);
    let address = |charter: &Charter| node.addresses().charter(charter.version.as_str());
    let ours = node.own_actors().into_iter().next();
    let name = ours.map(|ours| ours.name.to_string()).unwrap_or_default();
    let title = l.with2(
        "charter.title",
        ("name", &name),
        ("version", &in_force.version),
    );
    let text = address(in_force);
    CharterPage {
        page: Page::new(request, l, title, Section::Elsewhere),
        lead: l.t("charter.lead"),
        since: in_words(in_force, l),
        check: format!("curl -s {text} | sha256sum"),
        apply: format!("archipelago member apply {}", node.addresses().home()),
        text: text.into(),
        paragraphs: paragraphs(&in_force.text),
        sha256: in_force.sha256.clone(),
        earlier: earlier
            .iter()
            .map(|charter| Earlier {
                label: in_words(charter, l),
                text: address(charter).into(),
                sha256: charter.sha256.clone(),
            })
            .collect(),
    }
}

fn in_words(charter: &Charter, l: &Locale) -> String {
    let day = l.day(charter.since.date_naive());
    l.with2(
        "charter.version",
        ("version", &charter.version),
        ("day", &day),
    )
}

/// The paragraphs of a text: what stands between empty lines.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.trim_start_matches('\u{feff}').lines() {
        match (line.trim().is_empty(), paragraphs.last_mut()) {
            (false, Some(paragraph)) if !paragraph.is_empty() => {
                paragraph.push('\n');
                paragraph.push_str(line);
            }
            (false, Some(paragraph)) => paragraph.push_str(line),
            (true, Some(paragraph)) if !paragraph.is_empty() => paragraphs.push(String::new()),
            _ => {}
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_part_paragraphs_and_others_stay_lines() {
        let text = "\u{feff}Charte\n\n\n1. Un\r\n2. Deux\n \nFin\n";
        assert_eq!(paragraphs(text), ["Charte", "1. Un\n2. Deux", "Fin"]);
        assert!(paragraphs("\n").is_empty());
    }
}
