//! In with the token, and out again.

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::owner::{cookies, founded, no_cookies, too_many_tries};
use super::posted::Posted;
use super::sorry::Sorry;
use super::{Desk, path, see};
use crate::domain::localized::Language;
use crate::federation::{Admission, Token};
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, parameter, send};

#[derive(Template)]
#[template(path = "manage_login.html")]
struct Login {
    page: Page,
    tabs: Vec<super::TabLink>,
    action: String,
    /// Where to go on from here.
    then: Option<String>,
    notice: Option<String>,
    error: Option<String>,
}

/// The page with the field for the token.
pub(super) fn login_page(
    request: &HttpRequest,
    status: StatusCode,
    notice: Option<String>,
    error: Option<String>,
) -> HttpResponse {
    let asked = request.path();
    page(request, status, going_on(asked), notice, error)
}

fn page(
    request: &HttpRequest,
    status: StatusCode,
    then: Option<&str>,
    notice: Option<String>,
    error: Option<String>,
) -> HttpResponse {
    let l = language_of(request);
    let Desk { page, tabs } = Desk::outside(request, l, l.t("manage.title").to_owned());
    let login = Login {
        page,
        tabs,
        action: path(l, ""),
        then: then.map(str::to_owned),
        notice,
        error,
    };
    send(status, &login)
}

/// `POST /{lang}/manage`: in.
pub(super) async fn log_in(request: HttpRequest, Posted(given): Posted) -> HttpResponse {
    let l = language_of(&request);
    let node = match founded(&request) {
        Ok(node) => node,
        Err(sorry) => return sorry.answer(&request),
    };
    let then = parameter(&given, "then").and_then(going_on);
    let refuse = |status, sentence: String| page(&request, status, then, None, Some(sentence));
    let Some(token) = parameter(&given, "token").map(Token::said) else {
        let sentence = l.t("manage.login.empty").to_owned();
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, sentence);
    };
    match node.admit(&token).await {
        Ok(Admission::Granted) => {
            let mut response = see(then.unwrap_or(&path(l, "")));
            add_cookies(&mut response, cookies(&token, &node));
            response
        }
        Ok(Admission::Refused) => {
            refuse(StatusCode::FORBIDDEN, l.t("manage.login.wrong").to_owned())
        }
        Ok(Admission::Later(seconds)) => {
            let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, too_many_tries(seconds, l));
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
            response
        }
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// `POST /{lang}/manage/logout`: out.
pub(super) async fn log_out(request: HttpRequest, _: Posted) -> HttpResponse {
    let mut response = see(&path(language_of(&request), ""));
    if let Ok(node) = founded(&request) {
        add_cookies(&mut response, no_cookies(&node));
    }
    response
}

/// Whoever asks for an address that is only posted to.
pub(super) async fn begin(request: HttpRequest) -> HttpResponse {
    see(&path(language_of(&request), ""))
}

/// Sets cookies of [`cookies`] or [`no_cookies`].
pub(super) fn add_cookies(response: &mut HttpResponse, cookies: Vec<String>) {
    for cookie in cookies {
        let value = cookie
            .parse()
            .expect("a token that was right is hexadecimal, and the rest is ours");
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// An address to go on to after logging in: below these pages, or none, whatever somebody wrote there.
fn going_on(address: &str) -> Option<&str> {
    let is_ours = Language::ALL
        .into_iter()
        .any(|language| address.starts_with(&path(Locale::of(language), "/")));
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    (is_ours && is_plain).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_the_owners_pages_and_nowhere_else() {
        let ours = "/fr/manage/services/cloud/close";
        assert_eq!(going_on(ours), Some(ours));
        for elsewhere in [
            "https://evil.example/fr/manage/",
            "//evil.example/fr/manage/",
            "/fr/manage",
            "/fr/manageable/x",
            "/fr/manage/a\r\nSet-Cookie: x",
            "/fr/manage/é",
            "",
        ] {
            assert_eq!(going_on(elsewhere), None, "{elsewhere}");
        }
    }
}
