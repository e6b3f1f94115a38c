//! Who follows this node, and whom it follows.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::owner::Owner;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path};
use crate::federation::{self, ACTORS_ON_A_PAGE, Acquaintance, Acquaintances, Federation, Ours};
use crate::formats::activitypub::addresses::Local;
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_followers.html")]
struct Followers {
    page: Page,
    tabs: Vec<TabLink>,
    lists: Vec<List>,
}

/// A list of actors.
struct List {
    heading: String,
    /// What people type to follow, where it is a list of followers.
    handle: Option<String>,
    count: String,
    actors: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

/// An actor elsewhere.
struct Line {
    name: String,
    handle: String,
    href: String,
}

/// The page: every list from its beginning, or with `list` and `page` a part of one.
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    let l = language_of(&request);
    let given = parameters(&request);
    let number = parameter(&given, "page").and_then(|page| page.parse().ok());
    let number: u64 = number.unwrap_or(1).max(1);
    let only = parameter(&given, "list").filter(|_| number > 1);
    let lists = match lists(&owner.node, only, number, l).await {
        Ok(lists) => lists,
        Err(error) => return Sorry::for_failure(error).answer(&request),
    };
    let title = l.t("manage.nav.followers").to_owned();
    let Desk { page, tabs } = Desk::new(&request, l, title, Tab::Followers);
    send(StatusCode::OK, &Followers { page, tabs, lists })
}

async fn lists(
    node: &Federation,
    only: Option<&str>,
    page: u64,
    l: &'static Locale,
) -> Result<Vec<List>, federation::Error> {
    let is_wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut lists = Vec::new();
    for ours in node.own_actors() {
        let name = ours.role.word();
        if is_wanted(name) {
            let followers = node.followers(ours.role, page).await?;
            lists.push(List {
                heading: heading(&ours, l),
                handle: Some(ours.handle),
                ..list(name, followers, page, l)
            });
        }
    }
    let name = "following";
    if is_wanted(name) {
        let following = node.following(Local::Node, page).await?;
        lists.push(List {
            heading: l.t("manage.following").to_owned(),
            ..list(name, following, page, l)
        });
    }
    Ok(lists)
}

/// The node is told apart from its hoster or collective, which often has the same name.
fn heading(ours: &Ours, l: &Locale) -> String {
    match ours.role {
        Local::Node => l.t("manage.followers.node").to_owned(),
        Local::Hoster | Local::Collective => l.with("manage.followers.of", "name", &ours.name),
    }
}

fn list(name: &str, of: Acquaintances, page: u64, l: &'static Locale) -> List {
    let link = |page: u64| {
        let page = page.to_string();
        let values = [("list", Some(name)), ("page", Some(page.as_str()))];
        address(&path(l, "/followers"), &values)
    };
    let total = usize::try_from(of.total).unwrap_or(usize::MAX);
    List {
        heading: String::new(),
        handle: None,
        count: match total {
            0 => l.t("manage.nobody").to_owned(),
            total => l.count("manage.actors", total),
        },
        actors: of.actors.into_iter().map(line).collect(),
        previous: (page > 1).then(|| link(page - 1)),
        next: (page * u64::from(ACTORS_ON_A_PAGE) < of.total).then(|| link(page + 1)),
    }
}

fn line(actor: Acquaintance) -> Line {
    let id = actor.id.to_string();
    Line {
        handle: actor.handle.unwrap_or_else(|| id.clone()),
        name: actor.name.map_or_else(|| id.clone(), String::from),
        href: actor.page.map_or(id, |page| page.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn a_long_list_is_read_page_by_page() {
        let of = |total| Acquaintances {
            actors: Vec::new(),
            total,
        };
        let links = |total, page| {
            let list = list("node", of(total), page, Locale::of(Language::French));
            (list.previous, list.next)
        };
        let at = |page| Some(format!("/fr/manage/followers?list=node&page={page}"));
        assert_eq!(links(50, 1), (None, None));
        assert_eq!(links(51, 1), (None, at(2)));
        assert_eq!(links(120, 2), (at(1), at(3)));
        assert_eq!(links(120, 3), (at(2), None));
    }
}
