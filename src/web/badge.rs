//! `/badge/{hoster}.svg`: what this directory says of a hoster today, as a picture for other sites.
//!
//! It loads nothing, runs nothing and needs no stylesheet. A copy is good for some minutes, so that what
//! is taken back here is soon gone there, too.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::chart::{Escaped, shortened, width};
use super::locale::Locale;
use super::page::{address, parameter, parameters};
use super::{etag, island, party};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::collective::Standing;
use crate::domain::hoster::HosterStatus;
use crate::domain::localized::Language;

/// For how long a badge is shown without being asked for again, in seconds.
const KEPT_FOR: &str = "public, max-age=300";
/// How much of a name is written.
const LONGEST_NAME: usize = 32;
/// How high a badge is.
const HEIGHT: i32 = 32;
/// How large its letters are, and for how large the place for them is reckoned.
const LETTERS: (i32, i32) = (13, 14);
const MEDIA_TYPE: &str = "image/svg+xml";

/// A badge as other sites show it.
pub struct Embed {
    /// Its path here.
    pub path: String,
    /// What it says.
    pub alt: String,
    /// The HTML to copy.
    pub html: String,
}

/// `/badge/{id}.svg`; with `lang` in that language.
pub async fn badge(
    request: HttpRequest,
    id: Path<String>,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    let given = parameters(&request);
    let language = parameter(&given, "lang").and_then(Language::from_code);
    let l = Locale::of(language.unwrap_or(Language::French));
    let edition = catalogue.current();
    let begin = |status: StatusCode| {
        let mut response = HttpResponse::build(status);
        // Other sites are to show it.
        response.insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
        response
    };
    let mut response = match edition.hoster_position(&id) {
        Some(position) => {
            let svg = draw(&edition, position, l);
            let tag = etag::of(svg.as_bytes());
            etag::send(&request, begin, &tag, MEDIA_TYPE, svg)
        }
        None => begin(StatusCode::NOT_FOUND)
            .content_type(MEDIA_TYPE)
            .body(drawn("", "", l.t("badge.unlisted"))),
    };
    let kept = HeaderValue::from_static(KEPT_FOR);
    response.headers_mut().insert(CACHE_CONTROL, kept);
    response
}

/// How others show the badge of a hoster, by its position: a link to the vouches on its page here.
pub fn embed(origin: &str, edition: &Edition, position: usize, l: &Locale) -> Embed {
    let hoster = &edition.hosters[position];
    let badge = format!("/badge/{}.svg", hoster.id);
    let path = address(&badge, &[("lang", Some(l.code()))]);
    let alt = format!("{}: {}", hoster.name, statement(edition, position, l));
    let html = format!(
        r#"<a href="{origin}/{}/hosters/{}#vouches"><img src="{origin}{path}" alt="{}" height="{HEIGHT}"></a>"#,
        l.code(),
        hoster.id,
        Escaped(hoster.name.as_str())
    );
    Embed { path, alt, html }
}

/// What this directory says of a hoster today.
fn statement(edition: &Edition, position: usize, l: &Locale) -> String {
    if edition.hosters[position].status == HosterStatus::Closed {
        return l.t("badge.closed").to_owned();
    }
    if !edition.is_listed(position) {
        return l.t("badge.unlisted").to_owned();
    }
    let standing = edition.standings[position];
    let path = edition.trust.path(position);
    match path.last().filter(|_| standing == Standing::Confirmed) {
        Some(said) => {
            let vouch = said.vouch();
            let by = shortened(&party::name(said.issuer), LONGEST_NAME);
            let until = l.day(vouch.until.date_naive());
            l.with2(
                &format!("badge.{}", vouch.basis.word()),
                ("name", &by),
                ("date", &until),
            )
        }
        None => l
            .t(&format!("badge.standing.{}", standing.word()))
            .to_owned(),
    }
}

fn draw(edition: &Edition, position: usize, l: &Locale) -> String {
    let hoster = &edition.hosters[position];
    let name = shortened(hoster.name.as_str(), LONGEST_NAME);
    drawn(hoster.id.as_str(), &name, &statement(edition, position, l))
}

/// An island, a name and a statement in a frame.
fn drawn(id: &str, name: &str, statement: &str) -> String {
    let (size, reckoned) = LETTERS;
    let (named, stated) = (width(name, reckoned), width(statement, reckoned));
    let name_at = HEIGHT + 6;
    let statement_at = name_at + named + if name.is_empty() { 0 } else { 10 };
    let (name, statement) = (Escaped(name), Escaped(statement));
    let wide = statement_at + stated + 10;
    let written = |x: i32, length: i32, weight: i32, text: &Escaped<'_>| match length {
        0 => String::new(),
        length => format!(
            r##"<text x="{x}" y="21" textLength="{length}" lengthAdjust="spacingAndGlyphs" font-weight="{weight}">{text}</text>"##
        ),
    };
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{HEIGHT}" viewBox="0 0 {wide} {HEIGHT}" role="img"><title>{name} {statement}</title><rect x=".5" y=".5" width="{}" height="{}" rx="4" fill="#fbf7ef" stroke="#14303f"/><g transform="translate(3 2)scale(.14)">{}</g><g fill="#14303f" font-family="system-ui, sans-serif" font-size="{size}">{}{}</g></svg>"##,
        wide - 1,
        HEIGHT - 1,
        island::painted(id),
        written(name_at, named, 600, &name),
        written(statement_at, stated, 400, &statement),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_badge_is_markup_but_its_own() {
        let svg = drawn("a", "<script>\"x\"", "member of <b> & 'us'");
        assert!(!svg.contains("<script") && !svg.contains("<b>"));
        assert!(svg.contains("&lt;script&gt;&quot;x&quot;") && svg.contains("&amp; &#39;us&#39;"));
        assert!(svg.starts_with("<svg xmlns") && !svg.contains("style"));
    }

    #[test]
    fn a_badge_is_as_wide_as_what_it_says() {
        let wide = |svg: &str| -> i32 {
            let rest = svg.split_once("width=\"").unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let short = wide(&drawn("a", "A", "says so itself"));
        let long = wide(&drawn("a", "A", "member of a collective until 4 May 2027"));
        assert!(short < long && long < 600);
    }
}
