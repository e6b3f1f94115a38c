//! `/{lang}/check?url=`: a hoster sees what this directory saw of its site, and may have it looked at again.
//! No account: whoever can read the site may know what was read there.

mod facts;
mod visits;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use url::{Url, form_urlencoded};

use crate::catalogue::{Catalogue, Observations, Report, Wish};
use crate::crawler;
use crate::domain::block::Block;
use crate::domain::host::Host;
use crate::domain::text::MAX_LINK_BYTES;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, language_of, parameter, parameters, send};
use crate::web::posted::PATIENCE;
use facts::SubjectView;
use visits::{HostView, ToMend};

/// The largest form, in bytes: an address, each byte of it written in three.
const MAX_FORM_BYTES: usize = 3 * MAX_LINK_BYTES + 100;
/// When to come again, in seconds, while the database does not answer.
const COME_AGAIN: u16 = 60;

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    page: Page,
    /// What was typed, to be mended.
    typed: String,
    error: Option<String>,
    notice: Option<String>,
    seen: Option<View>,
}

/// A report, in words.
struct View {
    host: String,
    /// The address as the form posts it.
    address: String,
    is_known: bool,
    looks: bool,
    is_suspended: bool,
    warnings: Vec<Warning>,
    to_mend: Vec<ToMend>,
    hosts: Vec<HostView>,
    more_hosts: Option<String>,
    subjects: Vec<SubjectView>,
    more_services: Option<String>,
}

/// What is wrong with the site as a whole.
struct Warning {
    text: String,
    /// What was said, in English.
    said: Option<String>,
}

/// The path of what was seen of a site.
pub fn path(url: &Url, l: &Locale) -> String {
    address(
        &format!("/{}/check", l.code()),
        &[("url", Some(url.as_str()))],
    )
}

/// The page.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
) -> HttpResponse {
    let l = language_of(&request);
    let given = parameters(&request);
    let Some(typed) = parameter(&given, "url") else {
        return answer(StatusCode::OK, &blank(&request, l));
    };
    let Some(url) = site(typed) else {
        return wrong(&request, l, typed);
    };
    let report = match observations.check(&url).await {
        Ok(Some(report)) => report,
        Ok(None) => return wrong(&request, l, typed),
        Err(error) => return away(&request, l, typed, &error),
    };
    let wish = parameter(&given, "asked").and_then(Asked::from_word);
    let status = match report.is_empty() && wish.is_none() {
        true => StatusCode::NOT_FOUND,
        false => StatusCode::OK,
    };
    let edition = catalogue.current();
    let block = edition.blocked.of_url(&url);
    let is_suspended = edition.blocked.suspends(&url);
    let check = CheckPage {
        typed: typed.to_owned(),
        notice: wish.map(|wish| l.t(&format!("check.asked.{}", wish.word())).to_owned()),
        seen: Some(View {
            host: report.host.clone(),
            address: url.to_string(),
            is_known: !report.is_empty(),
            looks: observations.looks() && !is_suspended,
            is_suspended,
            warnings: blocked(block, l)
                .into_iter()
                .chain(warnings(&report, l))
                .collect(),
            to_mend: visits::to_mend(&report, l),
            hosts: visits::hosts(&report, l),
            more_hosts: more(report.more_hosts, |n| l.count("check.hosts.more", n)),
            subjects: facts::subjects(&report, &edition, l),
            more_services: more(report.more_services, |n| l.count("check.services.more", n)),
        }),
        ..blank(&request, l)
    };
    answer(status, &check)
}

/// Has the site looked at again, and leads back to the page, which says what will happen.
pub async fn again(
    request: HttpRequest,
    payload: Payload,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
) -> HttpResponse {
    let l = language_of(&request);
    let read = tokio::time::timeout(PATIENCE, payload.to_bytes_limited(MAX_FORM_BYTES)).await;
    let body = match read {
        Ok(Ok(Ok(body))) => body,
        _ => return wrong(&request, l, ""),
    };
    let fields: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    let typed = parameter(&fields, "url").unwrap_or_default();
    let Some((url, host)) = site(typed).and_then(|url| Some((url.clone(), Host::of(&url)?))) else {
        return wrong(&request, l, typed);
    };
    // The page says why nobody looks there.
    let wish = match catalogue.current().blocked.suspends(&url) {
        true => None,
        false => match (observations.look_again(&host, &crawler::every_place(&url))).await {
            Ok(wish) => Some(Asked(wish)),
            Err(error) => return away(&request, l, typed, &error),
        },
    };
    let path = format!("/{}/check", l.code());
    let asked = wish.as_ref().map(Asked::word);
    let back = [("url", Some(url.as_str())), ("asked", asked)];
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address(&path, &back)))
        .finish()
}

/// That the operator will have nothing to do with a site, if so, and why.
fn blocked(block: Option<&Block>, l: &Locale) -> Option<Warning> {
    let block = block?;
    let lead = l.with("blocked.lead", "domain", &block.domain);
    let reason = block.reason.as_ref();
    let reason = reason.map(|reason| l.with("blocked.reason", "reason", reason));
    Some(Warning {
        text: format!("{lead} {}", reason.unwrap_or_default()),
        said: None,
    })
}

/// What came of the wish that a site is looked at again; nothing where nobody here looks.
struct Asked(Option<Wish>);

impl Asked {
    const NOBODY: &'static str = "nobody";

    fn word(&self) -> &'static str {
        self.0.map_or(Self::NOBODY, Wish::word)
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            Self::NOBODY => Some(Self(None)),
            word => Wish::from_word(word).map(|wish| Self(Some(wish))),
        }
    }
}

/// The site that somebody means: `https://` may be left out, and an address of http is looked up as one of
/// https, as the crawler does. `None` if that is no name of a host.
pub fn site(typed: &str) -> Option<Url> {
    if typed.len() > MAX_LINK_BYTES {
        return None;
    }
    let whole = match typed.contains("://") {
        true => typed.to_owned(),
        false => format!("https://{typed}"),
    };
    let mut url = Url::parse(&whole).ok()?;
    if url.scheme() == "http" && url.port().is_none() {
        url.set_scheme("https").ok()?;
    }
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_name = url.domain().is_some_and(|name| name.contains('.'));
    url.set_fragment(None);
    (is_plain && is_name && Host::of(&url).is_some()).then_some(url)
}

fn blank(request: &HttpRequest, l: &'static Locale) -> CheckPage {
    CheckPage {
        page: Page::new(request, l, l.t("check.title").to_owned(), Section::About),
        typed: String::new(),
        error: None,
        notice: None,
        seen: None,
    }
}

/// The page for what is no address.
fn wrong(request: &HttpRequest, l: &'static Locale, typed: &str) -> HttpResponse {
    let page = CheckPage {
        typed: typed.to_owned(),
        error: Some(l.t("check.wrong").to_owned()),
        ..blank(request, l)
    };
    answer(StatusCode::BAD_REQUEST, &page)
}

fn away(
    request: &HttpRequest,
    l: &'static Locale,
    typed: &str,
    error: &crate::store::Error,
) -> HttpResponse {
    tracing::warn!(%error, "what was seen of a site cannot be read");
    let page = CheckPage {
        typed: typed.to_owned(),
        notice: Some(l.t("check.away").to_owned()),
        ..blank(request, l)
    };
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, &page);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(COME_AGAIN));
    response
}

/// Sends it. Search engines need not ask about every site there is.
fn answer(status: StatusCode, page: &CheckPage) -> HttpResponse {
    let mut response = send(status, page);
    if page.seen.is_some() {
        response.headers_mut().insert(
            actix_web::http::header::HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        );
    }
    response
}

fn warnings(report: &Report, l: &Locale) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |text, said| warnings.push(Warning { text, said });
    if let Some(left_out) = &report.left_out {
        let at = moment(left_out.at, l);
        let text = l.with2(
            "check.left_out",
            ("when", &at),
            ("document", &left_out.document),
        );
        warn(text, None);
    }
    for host in &report.hosts {
        if host.opted_out_at.is_some() && report.left_out.is_none() {
            warn(l.with("check.opted_out", "host", &host.host), None);
        }
        if let Some(error) = &host.error {
            warn(
                l.with("check.out_of_reach", "host", &host.host),
                Some(error.clone()),
            );
        }
    }
    warnings
}

/// How many more there are than are shown.
fn more(number: u64, told: impl Fn(usize) -> String) -> Option<String> {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    (number > 0).then(|| told(number))
}

/// A moment, exactly (UTC).
fn moment(at: DateTime<Utc>, l: &Locale) -> String {
    let day = l.day(at.date_naive());
    l.with2(
        "manage.moment",
        ("day", &day),
        ("time", &at.format("%H:%M")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_meant_however_it_is_written() {
        for (typed, meant) in [
            ("a.example", Some("https://a.example/")),
            ("http://a.example/x", Some("https://a.example/x")),
            ("https://A.example/#top", Some("https://a.example/")),
            ("http://a.localhost:8080", Some("http://a.localhost:8080/")),
            ("localhost", None),
            ("https://127.0.0.1/", None),
            ("https://u:p@a.example/", None),
            ("mailto:me@a.example", None),
            ("ftp://a.example/", None),
            ("a b", None),
            ("", None),
        ] {
            assert_eq!(site(typed).as_ref().map(Url::as_str), meant, "{typed}");
        }
        let long = format!("a.example/{}", "x".repeat(MAX_LINK_BYTES));
        assert_eq!(site(&long), None);
    }

    #[test]
    fn what_came_of_a_wish_travels_as_a_word() {
        let wishes = Wish::ALL.iter().copied().map(Some).chain([None]);
        for wish in wishes {
            let word = Asked(wish).word();
            assert_eq!(Asked::from_word(word).unwrap().0, wish);
        }
        assert!(Asked::from_word("<script>").is_none());
    }
}
