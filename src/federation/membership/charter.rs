//! The charter of our collective: put in force version by version, and what an applicant agreed to.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::domain::text::{Name, is_plain};
use crate::domain::vouch::CharterVersion;
use crate::domain::word::worded;
use crate::federation::identity::hex;
use crate::federation::{Error, Federation, NotDone};
use crate::formats::activitypub::activity;
use crate::formats::activitypub::addresses::Local;
use crate::store::{self, Charter};

/// The longest text of a charter, in bytes.
pub const MAX_CHARTER_BYTES: usize = 128 * 1024;
/// The longest name of a version, in characters.
pub const MAX_VERSION_CHARS: usize = 40;

/// Why a version of a charter was not put in force.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// Something below, or this is no collective's node.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// It would not do in an address.
    #[error(
        "a version is called by letters, digits, dots and hyphens, a letter or digit first, at most \
         {MAX_VERSION_CHARS}: 3, or 2027-01"
    )]
    Version,
    /// Nothing to agree to.
    #[error("the charter is empty")]
    Empty,
    /// Nobody reads as much.
    #[error("the charter is longer than {MAX_CHARTER_BYTES} bytes")]
    TooLong,
    /// It is no text.
    #[error("the charter is no plain text in UTF-8: it holds what is no character of a text")]
    NotText,
    /// Members agreed to what it was.
    #[error(
        "version {0} was set already, with another text, and never changes: call this one otherwise"
    )]
    Taken(Name),
}

/// Under which charter somebody applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// It names none.
    Nothing,
    /// The one in force.
    InForce,
    /// One that was in force.
    Earlier,
    /// One that we do not know, or with another text than ours.
    Unknown,
}

worded!(Under {
    Nothing = "nothing",
    InForce = "in-force",
    Earlier = "earlier",
    Unknown = "unknown",
});

impl Federation {
    /// The versions of our charter, the one in force first.
    pub async fn charters(&self) -> Result<Vec<Charter>, Error> {
        Ok(self.0.store.charters().await?)
    }

    /// Puts a version of our charter in force. The text is kept as it is, to the byte. Setting the same
    /// text twice changes nothing.
    pub async fn set_charter(&self, version: &str, text: &[u8]) -> Result<Charter, NotSet> {
        self.is(Local::Collective)?;
        let charter = Charter {
            version: version_named(version).ok_or(NotSet::Version)?,
            text: checked(text)?.to_owned(),
            sha256: hex(digest(&SHA256, text).as_ref()),
            since: self.now(),
        };
        let store = &self.0.store;
        if store.keep_charter(&charter).await.map_err(NotDone::from)? {
            return Ok(charter);
        }
        let known = store.charters().await.map_err(NotDone::from)?;
        let known = known
            .into_iter()
            .find(|known| known.version == charter.version);
        known
            .filter(|known| known.text == charter.text)
            .ok_or(NotSet::Taken(charter.version))
    }

    /// The version of our charter in force.
    pub(in crate::federation) async fn charter_in_force(
        &self,
    ) -> Result<Option<CharterVersion>, store::Error> {
        let charters = self.0.store.charters().await?;
        Ok(charters.first().map(version_of))
    }

    /// What somebody agreed to by an application: a version of ours, if it names one with our text.
    pub(super) async fn agreed(
        &self,
        application: &Value,
    ) -> Result<Option<CharterVersion>, store::Error> {
        let charters = self.0.store.charters().await?;
        let named = activity::charter_named(application);
        let known = charters.iter().find(|known| is_of(named.as_ref(), known));
        Ok(known.map(version_of))
    }
}

/// Under which of these charters, the one in force first, an application is made.
pub(super) fn under(named: Option<&CharterVersion>, charters: &[Charter]) -> Under {
    let position = charters.iter().position(|known| is_of(named, known));
    match (named, position) {
        (None, _) => Under::Nothing,
        (Some(_), Some(0)) => Under::InForce,
        (Some(_), Some(_)) => Under::Earlier,
        (Some(_), None) => Under::Unknown,
    }
}

fn is_of(named: Option<&CharterVersion>, known: &Charter) -> bool {
    named.is_some_and(|named| {
        let hash = named.sha256.as_ref();
        named.version == known.version && hash.is_none_or(|hash| *hash == known.sha256)
    })
}

fn version_of(charter: &Charter) -> CharterVersion {
    CharterVersion {
        version: charter.version.clone(),
        sha256: Some(charter.sha256.clone()),
    }
}

/// A version by a name that stands in an address as it is.
fn version_named(text: &str) -> Option<Name> {
    let mut letters = text.chars();
    let begins_well = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric());
    let goes_on = letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let fits = begins_well && goes_on && text.len() <= MAX_VERSION_CHARS;
    fits.then(|| Name::parse(text).ok()).flatten()
}

fn checked(text: &[u8]) -> Result<&str, NotSet> {
    if text.len() > MAX_CHARTER_BYTES {
        return Err(NotSet::TooLong);
    }
    let text = std::str::from_utf8(text).map_err(|_| NotSet::NotText)?;
    let is_text = |c: char| is_plain(c) || matches!(c, '\n' | '\r' | '\t' | '\u{feff}');
    match text.chars().all(is_text) {
        false => Err(NotSet::NotText),
        true if text.trim().is_empty() => Err(NotSet::Empty),
        true => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_by_what_stands_in_an_address() {
        let longest = "1".repeat(MAX_VERSION_CHARS);
        for version in ["3", "2027-01", "v1.2", &longest] {
            assert!(version_named(version).is_some(), "{version}");
        }
        let long = "1".repeat(MAX_VERSION_CHARS + 1);
        for version in ["", "..", ".1", "-1", "a/b", "é", "a b", "1\n", &long] {
            assert!(version_named(version).is_none(), "{version:?}");
        }
    }

    #[test]
    fn a_charter_is_a_bounded_text() {
        let longest = "a".repeat(MAX_CHARTER_BYTES);
        for text in ["Un\r\n\tdeux\n", "\u{feff}Charte", &longest] {
            assert!(checked(text.as_bytes()).is_ok());
        }
        let long = "a".repeat(MAX_CHARTER_BYTES + 1);
        assert!(matches!(checked(long.as_bytes()), Err(NotSet::TooLong)));
        assert!(matches!(checked(b" \n"), Err(NotSet::Empty)));
        for text in [&b"\xff\xfe"[..], b"a\0b", b"\x1b[31m"] {
            assert!(matches!(checked(text), Err(NotSet::NotText)));
        }
    }

    #[test]
    fn an_application_is_under_the_text_it_names() {
        let charter = |version: &str, hash: &str| Charter {
            version: Name::parse(version).unwrap(),
            text: String::new(),
            sha256: hash.to_owned(),
            since: "2026-11-28T00:00:00Z".parse().unwrap(),
        };
        let known = [charter("2", "bb"), charter("1", "aa")];
        let named = |version: &str, hash: Option<&str>| CharterVersion {
            version: Name::parse(version).unwrap(),
            sha256: hash.map(str::to_owned),
        };
        for (version, hash, expected) in [
            ("2", Some("bb"), Under::InForce),
            ("2", None, Under::InForce),
            ("1", Some("aa"), Under::Earlier),
            ("2", Some("aa"), Under::Unknown),
            ("3", None, Under::Unknown),
        ] {
            assert_eq!(under(Some(&named(version, hash)), &known), expected);
        }
        assert_eq!(under(None, &known), Under::Nothing);
    }
}
