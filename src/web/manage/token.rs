//! A token is taken back, once somebody who manages the node has said so twice.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::access::name_of;
use super::login::add_cookies;
use super::owner::{Owner, no_cookies};
use super::posted::Posted;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path, see};
use crate::federation::{KnownToken, TokenTakenBack};
use crate::web::page::{Page, address, language_of, send};

#[derive(Template)]
#[template(path = "manage_token_remove.html")]
struct TakeBack {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
    back: String,
    lead: String,
    /// Whether it is the one that was shown with this request.
    is_own: bool,
}

/// `GET /{lang}/manage/access/{id}/remove`: is that meant?
pub(super) async fn sure(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
) -> HttpResponse {
    let l = language_of(&request);
    let token = match named(&owner, &names.1).await {
        Ok(token) => token,
        Err(sorry) => return sorry.answer(&request),
    };
    let name = name_of(&token, l);
    let title = l.t("manage.access.remove.title").to_owned();
    let Desk { page, tabs } = Desk::new(&request, l, title, Tab::Access);
    let take_back = TakeBack {
        page,
        tabs,
        action: path(l, &format!("/access/{}/remove", token.id())),
        back: path(l, "/access"),
        lead: l.with("manage.access.remove.lead", "name", &name),
        is_own: token.hash == owner.token_hash,
    };
    send(StatusCode::OK, &take_back)
}

/// `POST /{lang}/manage/access/{id}/remove`: whoever takes back their own is out.
pub(super) async fn take_back(
    request: HttpRequest,
    names: Path<(String, String)>,
    _: Posted,
    owner: Owner,
) -> HttpResponse {
    let l = language_of(&request);
    let token = match named(&owner, &names.1).await {
        Ok(token) => token,
        Err(sorry) => return sorry.answer(&request),
    };
    match owner.node.take_back_token(&token).await {
        Ok(TokenTakenBack::Done) if token.hash == owner.token_hash => {
            let mut response = see(&path(l, ""));
            add_cookies(&mut response, no_cookies(&owner.node));
            response
        }
        Ok(TokenTakenBack::Done) => {
            see(&address(&path(l, "/access"), &[("done", Some("removed"))]))
        }
        Ok(TokenTakenBack::Unknown) => Sorry::NoToken.answer(&request),
        Ok(TokenTakenBack::Last) => Sorry::LastToken.answer(&request),
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// The token that an address names, if it is not the only one.
async fn named(owner: &Owner, id: &str) -> Result<KnownToken, Sorry> {
    let tokens = owner.node.tokens().await.map_err(Sorry::for_failure)?;
    let is_last = tokens.len() == 1;
    let named = tokens.into_iter().find(|token| token.id() == id);
    match named {
        None => Err(Sorry::NoToken),
        Some(_) if is_last => Err(Sorry::LastToken),
        Some(token) => Ok(token),
    }
}
