//! A service before it is published: as visitors would find it, and as followers would read it.

use crate::catalogue::Edition;
use crate::domain::localized::Language;
use crate::federation::{self, Ours};
use crate::formats::activitypub::addresses::Local;
use crate::search::query::Query;
use crate::web::entry::Entry;
use crate::web::island;
use crate::web::locale::Locale;

/// What a preview shows.
pub(super) struct Preview<'a> {
    /// The line among results; none where results would not show it.
    pub(super) entries: Vec<Entry<'a>>,
    /// Whose posts they are: its island, its name and its handle.
    pub(super) island: String,
    pub(super) name: String,
    pub(super) handle: String,
    /// The post in each of the hoster's languages.
    pub(super) posts: Vec<Post>,
}

/// What followers would read in one language.
pub(super) struct Post {
    /// The language's code.
    pub(super) language: &'static str,
    /// That it is in this language.
    pub(super) heading: String,
    /// Short HTML in which all that somebody wrote is escaped.
    pub(super) html: String,
}

impl<'a> Preview<'a> {
    /// What is shown of a service: `trial` holds it alone, `actors` are this node's.
    pub(super) fn new(
        trial: &'a Edition,
        preview: &federation::Preview,
        actors: &[Ours],
        l: &'static Locale,
    ) -> Self {
        let asked = Query {
            need: Some(preview.service.need.to_string()),
            ..Query::default()
        };
        let found = trial.ask(&asked, l.language);
        let hits = found.map(|(_, results)| results.hits).unwrap_or_default();
        let hoster = &preview.hoster;
        let actor = actors.iter().find(|actor| actor.role == Local::Hoster);
        let posts = preview.texts.iter().map(|(language, html)| Post {
            language: language.code(),
            heading: l.with("manage.preview.in", "language", name_of(*language, l)),
            html: unlinked(html),
        });
        Self {
            entries: (hits.iter().take(1))
                .map(|hit| Entry::preview(trial, hit, l))
                .collect(),
            island: island::land_only(hoster.id.as_str()),
            name: hoster.name.to_string(),
            handle: actor.map_or_else(String::new, |actor| actor.handle.clone()),
            posts: posts.collect(),
        }
    }
}

/// The same with links that lead nowhere, as those of the line above: whoever followed one would lose the
/// form. What somebody wrote is escaped, so all links are ours.
fn unlinked(html: &str) -> String {
    let mut parts = html.split("<a href=\"");
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |html, part| {
        let rest = part.split_once('"').map_or(part, |(_, rest)| rest);
        html + "<a" + rest
    })
}

fn name_of(language: Language, l: &'static Locale) -> &'static str {
    let key = format!("language.{}", language.code());
    l.find(&key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_nowhere_and_the_rest_stays_as_it_is() {
        let html = "<p>a &quot;</p><a href=\"https://a/\">b</a> <a href=\"c\" class=\"tag\">#<span>d</span></a>";
        assert_eq!(
            unlinked(html),
            "<p>a &quot;</p><a>b</a> <a class=\"tag\">#<span>d</span></a>"
        );
    }
}
