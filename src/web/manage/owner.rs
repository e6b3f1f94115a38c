//! Whoever owns this node: a cookie with the token, on these pages and no other (RFC 6265).

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{COOKIE, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};

use super::login::login_page;
use super::path;
use super::sorry::Sorry;
use crate::domain::localized::Language;
use crate::federation::{Admission, Federation, Token};
use crate::web::locale::Locale;
use crate::web::page::language_of;

/// The name of the cookie.
const COOKIE_NAME: &str = "manage";
/// How long a browser keeps it, in seconds: a working day.
pub(super) const SESSION_SECONDS: u64 = 8 * 3600;

/// Whoever has shown the token.
pub(super) struct Owner {
    /// The node.
    pub(super) node: Data<Federation>,
    /// The hash of the token they showed.
    pub(super) token_hash: String,
}

/// Whoever has not, and what they are answered.
pub(super) struct Stranger {
    /// Whether a token would help, or another one.
    pub(super) may_log_in: bool,
    answer: HttpResponse,
}

impl From<Stranger> for Error {
    fn from(stranger: Stranger) -> Self {
        InternalError::from_response("not the owner", stranger.answer).into()
    }
}

impl FromRequest for Owner {
    type Error = Stranger;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stranger>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { recognise(&request).await })
    }
}

async fn recognise(request: &HttpRequest) -> Result<Owner, Stranger> {
    let l = language_of(request);
    let node = founded(request).map_err(|sorry| Stranger {
        may_log_in: false,
        answer: sorry.answer(request),
    })?;
    let begins_here = request.path() == path(l, "");
    let login = |status, notice| Stranger {
        may_log_in: true,
        answer: login_page(request, status, notice, None),
    };
    let status = match begins_here {
        true => StatusCode::OK,
        false => StatusCode::FORBIDDEN,
    };
    let Some(token) = token_in(request) else {
        return Err(login(status, None));
    };
    match node.admit(&token).await {
        Ok(Admission::Granted) => Ok(Owner {
            node,
            token_hash: token.hash(),
        }),
        Ok(Admission::Refused) => Err(login(status, Some(l.t("manage.login.ended").to_owned()))),
        Ok(Admission::Later(seconds)) => {
            let notice = too_many_tries(seconds, l);
            let mut stranger = login(StatusCode::TOO_MANY_REQUESTS, Some(notice));
            let headers = stranger.answer.headers_mut();
            headers.insert(RETRY_AFTER, seconds.into());
            Err(stranger)
        }
        Err(error) => Err(Stranger {
            may_log_in: false,
            answer: Sorry::for_failure(error).answer(request),
        }),
    }
}

/// The node, if it was founded.
pub(super) fn founded(request: &HttpRequest) -> Result<Data<Federation>, Sorry> {
    let node = request.app_data::<Data<Federation>>();
    node.cloned().ok_or(Sorry::NotFounded)
}

/// That one has to wait.
pub(super) fn too_many_tries(seconds: u64, l: &Locale) -> String {
    l.count(
        "manage.login.later",
        usize::try_from(seconds).unwrap_or(usize::MAX),
    )
}

/// The token a browser was given.
fn token_in(request: &HttpRequest) -> Option<Token> {
    let cookies = request.headers().get_all(COOKIE);
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == COOKIE_NAME)?;
    Some(Token::said(token))
}

/// The cookies that keep a token for [`SESSION_SECONDS`]: one for each language, since the pages of the
/// two have no path in common that visitors' pages have not as well.
pub(super) fn cookies(token: &Token, node: &Federation) -> Vec<String> {
    with_value(token.expose(), SESSION_SECONDS, node)
}

/// The cookies that make a browser forget.
pub(super) fn no_cookies(node: &Federation) -> Vec<String> {
    with_value("", 0, node)
}

fn with_value(value: &str, seconds: u64, node: &Federation) -> Vec<String> {
    let secure = match node.addresses().home().scheme() {
        "https" => "; Secure",
        _ => "",
    };
    let cookies = Language::ALL.into_iter().map(|language| {
        let path = path(Locale::of(language), "");
        format!(
            "{COOKIE_NAME}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        )
    });
    cookies.collect()
}
