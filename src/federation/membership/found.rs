//! Whom a person means, and why something is not done.

use url::Url;

use crate::domain::text::printable;
use crate::federation::Error;
use crate::formats::activitypub::activity::MAX_WORDS_CHARS;
use crate::formats::activitypub::addresses::Local;
use crate::store;

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Something below.
    #[error(transparent)]
    Failed(#[from] Error),
    /// This node stands for nobody who could vouch.
    #[error(
        "this is a directory's node: membership is for a collective's or a hoster's, which `archipelago init` makes"
    )]
    Directory,
    /// The other side of membership.
    #[error("this is no {}'s node", .0.word())]
    NotOurs(Local),
    /// Nobody to become a member of.
    #[error("{0} is no collective: its actor is no Group")]
    NoCollective(Url),
    /// Nobody to vouch for.
    #[error("{0} is no hoster: its actor is no Organization")]
    NoHoster(Url),
    /// What a person read is not in force.
    #[error("the charter in force is version {in_force}: read it, then apply under that")]
    OtherCharter {
        /// The version in force.
        in_force: String,
    },
    /// Nobody of that name is among them.
    #[error("{named:?} names {}{}", .whom.nobody(), among(.known))]
    NotAmongThem {
        /// What was typed.
        named: String,
        /// Among whom it was looked for.
        whom: Among,
        /// Who is among them, a few of them.
        known: Vec<String>,
    },
    /// Several live at that host.
    #[error("{0:?} names several: name one by its whole address")]
    Several(String),
    /// What was offered cannot be read.
    #[error("the offer holds no vouch that can be read")]
    NothingOffered,
    /// It vouches for that one now.
    #[error(
        "this node vouches for {0} already: `archipelago member renew` says it for another term"
    )]
    VouchedAlready(Url),
    /// What was granted is taken back, not refused.
    #[error("{0} is a member already: `archipelago member remove` takes that back")]
    MemberAlready(Url),
    /// It holds what harms terminals and pages.
    #[error("the text holds a control character: leave it out")]
    NotText,
    /// Nobody reads as much.
    #[error("the text has {0} characters, and at most {MAX_WORDS_CHARS} are taken")]
    TooLong(usize),
}

/// How many are named to somebody who named none of them.
const MAX_NAMED: usize = 5;

/// Whom a person may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Who asks something of this node.
    Asking,
    /// For whom this node vouches.
    Vouched,
    /// Whom this node asked, and who vouches for it.
    Vouching,
}

impl Among {
    fn nobody(self) -> &'static str {
        match self {
            Self::Asking => "nobody who asks something of this node",
            Self::Vouched => "nobody for whom this node vouches",
            Self::Vouching => "nobody whom this node applied to, or who vouches for it",
        }
    }
}

/// How much of what was typed is told again, in characters.
const MAX_SHOWN_CHARS: usize = 200;

fn among(known: &[String]) -> String {
    match known.is_empty() {
        true => "; there is nobody yet".to_owned(),
        false => format!("; there is {}", known.join(", ")),
    }
}

impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The one that a person names: by its whole address, its host, or `@name@host`.
pub(super) fn the_one<T>(
    named: &str,
    among: Vec<T>,
    whom: Among,
    address: impl Fn(&T) -> &Url,
) -> Result<T, NotDone> {
    let named = named.trim();
    let fits = |url: &Url| url.as_str() == named || url.as_str().trim_end_matches('/') == named;
    let shown = printable(named, MAX_SHOWN_CHARS);
    let exact = among.iter().position(|one| fits(address(one)));
    let host = host_in(named);
    let mut at_host = among.iter().enumerate().filter(|(_, one)| {
        let url = address(one);
        let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
        Some(authority) == host.as_deref()
    });
    let position = match (exact, at_host.next(), at_host.next()) {
        (Some(position), ..) | (None, Some((position, _)), None) => position,
        (None, Some(_), Some(_)) => return Err(NotDone::Several(shown)),
        (None, None, _) => {
            let known = among.iter().take(MAX_NAMED);
            return Err(NotDone::NotAmongThem {
                named: shown,
                whom,
                known: known.map(|one| address(one).to_string()).collect(),
            });
        }
    };
    among
        .into_iter()
        .nth(position)
        .ok_or(NotDone::NothingOffered)
}

/// The host, and port if there is one, in what a person types.
fn host_in(named: &str) -> Option<String> {
    let rest = named.split_once("://").map_or(named, |(_, rest)| rest);
    let rest = rest.rsplit('@').next()?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(urls: &[&str]) -> Vec<Url> {
        urls.iter().map(|url| url.parse().unwrap()).collect()
    }

    #[test]
    fn somebody_is_named_by_address_host_or_handle() {
        let all = ["https://a.example/ap/org", "http://b.localhost:4001/ap/org"];
        for (named, found) in [
            ("https://a.example/ap/org", all[0]),
            ("a.example", all[0]),
            ("https://a.example", all[0]),
            ("A.example", all[0]),
            ("@a@a.example", all[0]),
            ("b.localhost:4001", all[1]),
            ("http://b.localhost:4001/", all[1]),
        ] {
            let url = the_one(named, urls(&all), Among::Asking, |url| url).unwrap();
            assert_eq!(url.as_str(), found, "{named}");
        }
    }

    #[test]
    fn who_is_not_among_them_or_not_alone_is_said_so() {
        let all = ["https://a.example/ap/org", "https://a.example/other"];
        let refused = |named: &str| {
            the_one(named, urls(&all), Among::Asking, |url| url)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused("a.example"),
            "\"a.example\" names several: name one by its whole address"
        );
        assert!(refused("c.example").contains("https://a.example/other"));
        let none = the_one("x", Vec::<Url>::new(), Among::Vouched, |url| url).unwrap_err();
        assert_eq!(
            none.to_string(),
            "\"x\" names nobody for whom this node vouches; there is nobody yet"
        );
    }
}
