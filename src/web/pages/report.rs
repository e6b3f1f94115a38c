//! `/{lang}/hosters/{id}/report` and `/{lang}/services/{id}/report`: anybody says what is wrong with an
//! entry. No account, and nothing is kept of who says it.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::report::{self, Entry, MAX_REPORT_CHARS, Reason};
use crate::domain::text::{Link, TextError};
use crate::federation::Federation;
use crate::store::{Filed, NewReport};
use crate::web::error::{Refused, unknown_name};
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, language_of, parameter, parameters, send};
use crate::web::pages::check;
use crate::web::posted::{self, NotTaken};
use crate::web::sentences::text_error;

/// The largest form, in bytes: words twice as long as they may be, each letter of them four bytes long
/// and written in twelve, so that what is too long comes back to be shortened.
const MAX_FORM_BYTES: usize = 24 * MAX_REPORT_CHARS + 1_000;
/// When to come again, in seconds, while the database does not answer.
const AFTER_TROUBLE: u16 = 60;
/// When to come again, in seconds, after there were enough reports.
const AFTER_ENOUGH: u16 = 3_600;

/// The parameters of the path: the language, what kind of entry, and its id.
type Names = Path<(String, String, String)>;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    page: Page,
    /// The page of the entry.
    back: String,
    /// Where the form is posted.
    action: String,
    /// Whether anybody reads reports here.
    is_read: bool,
    /// What became of the report that was just sent.
    sent: Option<String>,
    /// Why it was not taken.
    notice: Option<String>,
    reasons: Vec<Choice>,
    reason_error: Option<String>,
    words: String,
    words_error: Option<String>,
    /// The hoster's own site, for whoever would rather write there.
    site: Option<Link>,
    /// Where the hoster sees what was seen of it.
    check: Option<String>,
}

/// A reason to choose.
struct Choice {
    word: &'static str,
    label: String,
    is_chosen: bool,
}

/// An entry, as far as its form needs it.
struct Reported {
    entry: Entry,
    name: String,
    site: Option<Link>,
    check: Option<String>,
}

/// The form; or what became of the report that was just sent.
pub async fn page(
    request: HttpRequest,
    names: Names,
    catalogue: Data<Catalogue>,
    node: Option<Data<Federation>>,
) -> Result<HttpResponse, Refused> {
    let reported = reported(&request, &names, &catalogue.current())?;
    let l = language_of(&request);
    let given = parameters(&request);
    let sent = match parameter(&given, "sent").and_then(Filed::from_word) {
        Some(Filed::Kept) => Some(l.t("report.sent.kept").to_owned()),
        Some(Filed::Known) => Some(l.t("report.sent.known").to_owned()),
        _ => None,
    };
    let form = ReportPage {
        sent,
        ..blank(&request, &names, reported, node.is_some())
    };
    Ok(answer(StatusCode::OK, &form))
}

/// Takes a report, and leads on to the page that says so.
pub async fn send_report(
    request: HttpRequest,
    names: Names,
    payload: Payload,
    catalogue: Data<Catalogue>,
    node: Option<Data<Federation>>,
) -> Result<HttpResponse, Refused> {
    let reported = reported(&request, &names, &catalogue.current())?;
    let l = language_of(&request);
    let entry = reported.entry.clone();
    let form = blank(&request, &names, reported, node.is_some());
    let Some(node) = node else {
        return Ok(answer(StatusCode::NOT_FOUND, &form));
    };
    let given = match posted::read(&request, payload, MAX_FORM_BYTES).await {
        Ok(given) => given,
        Err(not_taken) => return Ok(refuse(not_taken, form, l)),
    };
    let (form, new) = read(form, entry, &given, l);
    let Some(new) = new else {
        return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    match node.file_report(&new).await {
        Ok(filed @ (Filed::Kept | Filed::Known)) => {
            let sent = address(&form.action, &[("sent", Some(filed.word()))]);
            Ok(HttpResponse::SeeOther()
                .insert_header((LOCATION, sent))
                .finish())
        }
        Ok(Filed::TooManyOfEntry) => {
            let said = l.t("report.enough.entry").to_owned();
            Ok(later(
                StatusCode::TOO_MANY_REQUESTS,
                AFTER_ENOUGH,
                said,
                form,
            ))
        }
        Ok(Filed::TooMany) => {
            let said = l.t("report.enough").to_owned();
            Ok(later(
                StatusCode::TOO_MANY_REQUESTS,
                AFTER_ENOUGH,
                said,
                form,
            ))
        }
        Err(error) => {
            tracing::error!("a report cannot be kept: {:#}", anyhow::Error::from(error));
            let said = l.t("manage.error.failed").to_owned();
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Ok(later(status, AFTER_TROUBLE, said, form))
        }
    }
}

/// The entry that a path names.
fn reported(request: &HttpRequest, names: &Names, edition: &Edition) -> Result<Reported, Refused> {
    let (_, kind, id) = &**names;
    let l = language_of(request);
    let unknown = || unknown_name(request, edition, id);
    if kind == "services" {
        let service = edition.service(id).ok_or_else(unknown)?;
        let (_, hoster) = edition.hoster_of(service);
        return Ok(Reported {
            entry: Entry {
                hoster: hoster.id.clone(),
                service: Some(service.id.clone()),
            },
            name: service.name.to_string(),
            site: service.way_in(hoster).cloned(),
            check: service
                .way_in(hoster)
                .map(|url| check::path(url.as_url(), l)),
        });
    }
    let position = edition.hoster_position(id).ok_or_else(unknown)?;
    let hoster = &edition.hosters[position];
    let site = hoster.website.as_ref();
    Ok(Reported {
        entry: Entry {
            hoster: hoster.id.clone(),
            service: None,
        },
        name: hoster.name.to_string(),
        site: site.cloned(),
        check: site.map(|site| check::path(site.as_url(), l)),
    })
}

fn blank(request: &HttpRequest, names: &Names, of: Reported, is_read: bool) -> ReportPage {
    let l = language_of(request);
    let (_, kind, id) = &**names;
    let back = format!("/{}/{kind}/{id}", l.code());
    let title = l.with("report.title", "name", &of.name);
    ReportPage {
        page: Page::new(request, l, title, Section::Find),
        action: format!("{back}/report"),
        back,
        is_read,
        sent: None,
        notice: None,
        reasons: reasons(None, l),
        reason_error: None,
        words: String::new(),
        words_error: None,
        site: of.site,
        check: of.check,
    }
}

fn reasons(chosen: Option<Reason>, l: &Locale) -> Vec<Choice> {
    let choices = Reason::ALL.iter().map(|reason| Choice {
        word: reason.word(),
        label: l.t(&format!("report.reason.{}", reason.word())).to_owned(),
        is_chosen: chosen == Some(*reason),
    });
    choices.collect()
}

/// Fills a form with what was typed, and reads it; nothing where something is wrong, which it then says.
fn read(
    form: ReportPage,
    entry: Entry,
    given: &[(String, String)],
    l: &Locale,
) -> (ReportPage, Option<NewReport>) {
    let reason = parameter(given, "reason").and_then(Reason::from_word);
    let typed = parameter(given, "words").unwrap_or_default();
    let words = match report::words(typed) {
        Ok(words) => Ok(Some(words)),
        Err(TextError::Empty) if reason != Some(Reason::Other) => Ok(None),
        Err(TextError::Empty) => Err(l.t("report.words.needed").to_owned()),
        Err(error) => Err(text_error(&error, l)),
    };
    let form = ReportPage {
        reasons: reasons(reason, l),
        reason_error: reason
            .is_none()
            .then(|| l.t("report.reason.needed").to_owned()),
        words: typed.to_owned(),
        words_error: words.as_ref().err().cloned(),
        ..form
    };
    let new = reason.zip(words.ok()).map(|(reason, words)| NewReport {
        entry,
        reason,
        words,
    });
    (form, new)
}

fn refuse(not_taken: NotTaken, form: ReportPage, l: &Locale) -> HttpResponse {
    let (status, said) = match not_taken {
        NotTaken::Foreign => (StatusCode::FORBIDDEN, l.t("manage.foreign.lead").to_owned()),
        NotTaken::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            l.with("manage.large.lead", "n", MAX_FORM_BYTES / 1024),
        ),
        NotTaken::Broken => (
            StatusCode::BAD_REQUEST,
            l.t("manage.broken.lead").to_owned(),
        ),
    };
    let form = ReportPage {
        notice: Some(said),
        ..form
    };
    answer(status, &form)
}

/// The form as it was typed, to be sent again in so many seconds.
fn later(status: StatusCode, seconds: u16, said: String, form: ReportPage) -> HttpResponse {
    let form = ReportPage {
        notice: Some(said),
        ..form
    };
    let mut response = answer(status, &form);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn answer(status: StatusCode, page: &ReportPage) -> HttpResponse {
    let mut response = send(status, page);
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    // With the site's own, `no-referrer`, browsers do not say where a form was posted from.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn every_reason_has_words_of_its_own_in_both_languages() {
        for language in Language::ALL {
            let l = Locale::of(language);
            let mut labels: Vec<String> =
                reasons(None, l).into_iter().map(|one| one.label).collect();
            labels.sort_unstable();
            labels.dedup();
            assert_eq!(labels.len(), Reason::ALL.len());
        }
    }
}
