//! The code that is copied into other sites, of each kind.

use askama::Template;
use chrono::NaiveDate;

use crate::web::chart::Escaped;
use crate::web::locale::Locale;
use crate::web::page::address;
use crate::web::script::{CURRENT, RELEASE};

/// How high a frame is: its form and its foot, and each result, in pixels.
const FRAME_HEIGHT: (usize, usize) = (360, 340);

/// What the code is to show.
pub struct Wanted<'a> {
    /// The origin of this node.
    pub origin: &'a str,
    /// A need's identifier or a departure's.
    pub slug: &'a str,
    /// Whether it is a departure's.
    pub is_departure: bool,
    pub near: Option<&'a str>,
    /// The last day of what closes, where its owner says it.
    pub on: Option<NaiveDate>,
    /// Whose language is spoken to the visitors of the other site.
    pub spoken: &'a Locale,
    pub limit: usize,
    pub theme: Option<&'static str>,
    /// Whether the script is to be this very one, proved by its hash.
    pub pinned: bool,
}

/// A link that leads to a hoster.
#[derive(Template)]
#[template(path = "embed_link.html")]
struct Link<'a> {
    href: String,
    words: &'a str,
}

/// A form that asks where somebody lives and then does.
#[derive(Template)]
#[template(path = "embed_form.html")]
struct Form<'a> {
    action: String,
    code: &'a str,
    label: &'a str,
    near: &'a str,
    words: &'a str,
}

/// One of the elements, with what is there without script.
#[derive(Template)]
#[template(path = "embed_element.html")]
struct Element<'a> {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    fallback: String,
    words: &'a str,
}

/// The script that brings the elements.
#[derive(Template)]
#[template(path = "embed_script.html")]
struct Script<'a> {
    src: String,
    integrity: Option<&'a str>,
}

/// A page of ours in a frame.
#[derive(Template)]
#[template(path = "embed_frame.html")]
struct Frame<'a> {
    src: String,
    title: &'a str,
    height: usize,
}

impl Wanted<'_> {
    /// `<a>`
    pub fn link(&self) -> String {
        rendered(&Link {
            href: self.go(),
            words: self.spoken.t("widget.words"),
        })
    }

    /// `<form>`
    pub fn form(&self) -> String {
        rendered(&Form {
            action: format!("{}/go/{}", self.origin, self.slug),
            code: self.spoken.code(),
            label: self.spoken.t("widget.near"),
            near: self.near.unwrap_or_default(),
            words: self.spoken.t("widget.words"),
        })
    }

    /// `<find-a-hoster>`, without its script.
    pub fn element(&self) -> String {
        let what = if self.is_departure { "leave" } else { "need" };
        let attributes = [
            (what, Some(self.slug.to_owned())),
            ("near", self.near.map(str::to_owned)),
            ("lang", Some(self.spoken.code().to_owned())),
            ("limit", Some(self.limit.to_string())),
            ("theme", self.theme.map(str::to_owned)),
        ];
        rendered(&Element {
            name: "find-a-hoster",
            attributes: given(attributes),
            fallback: self.go(),
            words: self.spoken.t("widget.words"),
        })
    }

    /// `<service-closing>`, without its script; nothing for a need, which does not close.
    pub fn banner(&self) -> Option<String> {
        let guide = format!("{}/{}/leave/{}", self.origin, self.spoken.code(), self.slug);
        let attributes = [
            ("departure", Some(self.slug.to_owned())),
            ("on", self.on.map(|day| day.to_string())),
            ("near", self.near.map(str::to_owned)),
            ("lang", Some(self.spoken.code().to_owned())),
            ("theme", self.theme.map(str::to_owned)),
        ];
        let banner = Element {
            name: "service-closing",
            attributes: given(attributes),
            fallback: address(&guide, &[("near", self.near)]),
            words: self.spoken.t("embed.guide"),
        };
        self.is_departure.then(|| rendered(&banner))
    }

    /// The script of the elements.
    pub fn script(&self) -> String {
        let release = &*RELEASE;
        let (path, integrity) = match self.pinned {
            true => (release.pinned.as_str(), Some(release.integrity.as_str())),
            false => (CURRENT, None),
        };
        rendered(&Script {
            src: format!("{}{path}", self.origin),
            integrity,
        })
    }

    /// `<iframe>`, of a page at an origin: none for a preview on a page of ours.
    pub fn frame(&self, origin: &str) -> String {
        let what = if self.is_departure { "leave" } else { "need" };
        let limit = self.limit.to_string();
        let values = [
            (what, Some(self.slug)),
            ("near", self.near),
            ("lang", Some(self.spoken.code())),
            ("limit", Some(limit.as_str())),
            ("theme", self.theme),
        ];
        let (rest, each) = FRAME_HEIGHT;
        rendered(&Frame {
            src: address(&format!("{origin}/embed"), &values),
            title: self.spoken.t("widget.words"),
            height: rest + each * self.limit,
        })
    }

    fn go(&self) -> String {
        let values = [("near", self.near), ("lang", Some(self.spoken.code()))];
        address(&format!("{}/go/{}", self.origin, self.slug), &values)
    }
}

fn given<const N: usize>(
    attributes: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    let given = attributes.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "what is to be embedded could not be rendered");
        String::new()
    })
}
