//! `/{lang}/manage`: for whoever owns this node, and shows it with the token of `archipelago init`.
//!
//! Plain forms and pages, complete without script. The only cookie of the site lives here (`owner`), and
//! whatever is posted must come from a page of this node (`posted`). Each part is a [`Tab`] and a file;
//! what is published goes through `federation`, so nothing here speaks ActivityPub.

mod access;
mod backup;
mod checked;
mod closing;
mod closing_form;
mod deliveries;
mod followers;
mod form;
mod letter;
mod login;
mod member_lines;
mod member_step;
mod members;
mod moment;
mod owner;
mod posted;
mod preview;
mod proposals;
mod removal;
mod reports;
mod service;
mod service_form;
mod services;
mod sorry;
mod token;
mod trouble;
mod trust;
mod trust_form;

use actix_web::guard::{Any, Get, Head, Post};
use actix_web::http::header::{ALLOW, CACHE_CONTROL, LOCATION, REFERRER_POLICY, VARY};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{ServiceConfig, resource, scope, to};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route};

use super::error::{self, accepted, read_only};
use super::locale::Locale;
use super::page::{Page, Section};

/// The routes below a language.
pub fn configure(config: &mut ServiceConfig) {
    let headers = DefaultHeaders::new()
        .add((CACHE_CONTROL, "no-store"))
        .add(("x-robots-tag", "noindex, nofollow"))
        // With the site's own, `no-referrer`, browsers do not say where a form was posted from.
        .add((REFERRER_POLICY, "same-origin"));
    let routes = scope("/manage")
        .wrap(headers)
        .service(form("", services::page, login::log_in))
        .service(write("/", login::begin))
        .service(write("/logout", login::log_out))
        .service(form("/add", service::blank, service::add))
        .service(form("/services/{id}", service::filled, service::update))
        .service(form("/services/{id}/close", closing::page, closing::close))
        .service(form(
            "/services/{id}/remove",
            removal::sure,
            removal::remove,
        ))
        .service(read("/members", members::page))
        .service(write("/members/accept", members::accept))
        .service(write("/members/renew", members::renew))
        .service(form(
            "/members/{step:apply|offer|refuse|remove|leave|withdraw}",
            member_step::page,
            member_step::take,
        ))
        .service(read("/reports", reports::page))
        .service(form(
            "/reports/{what:close|ask|answer}",
            letter::page,
            letter::send_letter,
        ))
        .service(read("/deliveries", deliveries::page))
        .service(read("/followers", followers::page))
        .service(form("/trust", trust::page, trust::change))
        .service(form("/proposals", proposals::page, proposals::decide))
        .service(form("/backup", backup::page, backup::download))
        .service(form("/access", access::page, access::add))
        .service(form("/access/{id}/remove", token::sure, token::take_back))
        .default_service(to(error::not_found));
    config.service(routes);
}

/// `/manage` leads to the language the browser asks for.
pub async fn choose_language(request: HttpRequest) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path(Locale::of(accepted(&request)), "")))
        .insert_header((VARY, "Accept-Language"))
        .finish()
}

/// A part of these pages, as a link above each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// What the hoster offers.
    Services,
    /// Who is a member of whom, and who vouches for whom.
    Members,
    /// What people say is wrong.
    Reports,
    /// What has yet to arrive.
    Deliveries,
    /// Who follows whom.
    Followers,
    /// Whom the node trusts, and what it blocks.
    Trust,
    /// Who manages it.
    Access,
    /// Everything it holds, in one file.
    Backup,
}

/// A link to a part.
struct TabLink {
    label: &'static str,
    href: String,
    is_current: bool,
}

impl Tab {
    const ALL: [Tab; 8] = [
        Tab::Services,
        Tab::Members,
        Tab::Reports,
        Tab::Trust,
        Tab::Deliveries,
        Tab::Followers,
        Tab::Access,
        Tab::Backup,
    ];

    fn links(self, l: &'static Locale) -> Vec<TabLink> {
        let links = Self::ALL.into_iter().map(|tab| {
            let (label, rest) = match tab {
                Tab::Services => ("manage.nav.services", ""),
                Tab::Members => ("manage.nav.members", "/members"),
                Tab::Reports => ("manage.nav.reports", "/reports"),
                Tab::Deliveries => ("manage.nav.deliveries", "/deliveries"),
                Tab::Followers => ("manage.nav.followers", "/followers"),
                Tab::Trust => ("manage.nav.trust", "/trust"),
                Tab::Access => ("manage.nav.access", "/access"),
                Tab::Backup => ("manage.nav.backup", "/backup"),
            };
            TabLink {
                label: l.t(label),
                href: path(l, rest),
                is_current: tab == self,
            }
        });
        links.collect()
    }
}

/// What the frame around the owner's pages needs.
struct Desk {
    page: Page,
    /// The parts; none before one has logged in.
    tabs: Vec<TabLink>,
}

impl Desk {
    /// The frame of one of the owner's pages.
    fn new(request: &HttpRequest, l: &'static Locale, title: String, tab: Tab) -> Self {
        Self {
            tabs: tab.links(l),
            ..Self::outside(request, l, title)
        }
    }

    /// The frame of a page for whoever has not logged in.
    fn outside(request: &HttpRequest, l: &'static Locale, title: String) -> Self {
        Self {
            page: Page::new(request, l, title, Section::Elsewhere),
            tabs: Vec::new(),
        }
    }
}

/// An address of these pages.
fn path(l: &Locale, rest: &str) -> String {
    format!("/{}/manage{rest}", l.code())
}

/// Leads on to another page, which is then got.
fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address))
        .finish()
}

fn read<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    super::at(path, handler, to(read_only))
}

/// An address that is only posted to; whoever asks for it is led to the beginning.
fn write<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let post = Route::new().guard(Post()).to(handler);
    resource(path).route(post).default_service(to(login::begin))
}

/// A page with a form that is posted to its own address.
fn form<P, PageArgs, F, FormArgs>(path: &str, page: P, post: F) -> Resource
where
    P: Handler<PageArgs>,
    PageArgs: FromRequest + 'static,
    P::Output: Responder + 'static,
    F: Handler<FormArgs>,
    FormArgs: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path)
        .route(Route::new().guard(Any(Get()).or(Head())).to(page))
        .route(Route::new().guard(Post()).to(post))
        .default_service(to(other_method))
}

async fn other_method() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((ALLOW, "GET, HEAD, POST"))
        .finish()
}
