//! Texts that other people wrote: bounded, without control characters, never HTML.

use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// The longest description or note, in characters.
pub const MAX_PROSE_CHARS: usize = 5_000;
/// The longest web address, in bytes.
pub const MAX_LINK_BYTES: usize = 2_000;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// More characters than the named limit.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A control character, which no name and no prose needs.
    #[error("holds a control character")]
    Control,
    /// Not an address a visitor can be sent to.
    #[error("is not an http or https address with a host and without a password")]
    Link,
}

/// A name of one line, trimmed: of a hoster, a service, a town.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A text of one or more lines, trimmed: a description, a note.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prose(String);

/// The address of a page for people: http or https only, so that it is safe in a link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(url::Url);

impl Name {
    /// Trims and checks: 1 to [`MAX_NAME_CHARS`] characters, no control character.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, MAX_NAME_CHARS)?;
        if text.chars().any(char::is_control) {
            return Err(TextError::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as a plain text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// Trims and checks: 1 to [`MAX_PROSE_CHARS`] characters, no control character but tab and new line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, MAX_PROSE_CHARS)?;
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err(TextError::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The prose as a plain text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Link {
    /// Reads an absolute address; see [`TextError::Link`] for what is refused.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.len() > MAX_LINK_BYTES {
            return Err(TextError::TooLong(MAX_LINK_BYTES));
        }
        let url = url::Url::parse(text.trim()).map_err(|_| TextError::Link)?;
        let fit_for_a_link = matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none();
        fit_for_a_link.then_some(Self(url)).ok_or(TextError::Link)
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its host, in lower case, without `www.`: what people recognise.
    pub fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }

    /// Its path, which begins with a slash.
    pub fn path(&self) -> &str {
        self.0.path()
    }
}

fn bounded(text: &str, max_chars: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > max_chars {
        Err(TextError::TooLong(max_chars))
    } else {
        Ok(text)
    }
}

macro_rules! as_plain_string {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0.into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}
as_plain_string!(Name, Prose, Link);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(
            Name::parse("  Zaclys ").map(String::from).as_deref(),
            Ok("Zaclys")
        );
        assert_eq!(Name::parse(" "), Err(TextError::Empty));
        assert_eq!(Name::parse("a\u{0}b"), Err(TextError::Control));
        assert!(Name::parse(&"é".repeat(MAX_NAME_CHARS)).is_ok());
        assert_eq!(
            Name::parse(&"é".repeat(MAX_NAME_CHARS + 1)),
            Err(TextError::TooLong(MAX_NAME_CHARS))
        );
    }

    #[test]
    fn prose_keeps_its_lines() {
        assert!(Prose::parse("one\ntwo").is_ok());
        assert_eq!(Prose::parse("\u{1b}[31m"), Err(TextError::Control));
        assert_eq!(
            Prose::parse(&"a".repeat(MAX_PROSE_CHARS + 1)),
            Err(TextError::TooLong(MAX_PROSE_CHARS))
        );
    }

    #[test]
    fn only_pages_can_be_linked() {
        assert_eq!(
            Link::parse("https://www.Zaclys.com/x")
                .map(|l| l.host().to_owned())
                .as_deref(),
            Ok("zaclys.com")
        );
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a/",
            "/local",
            "https://",
            "https://a:b@c/",
        ] {
            assert_eq!(Link::parse(text), Err(TextError::Link), "{text}");
        }
        let long = format!("https://a/{}", "x".repeat(MAX_LINK_BYTES));
        assert_eq!(Link::parse(&long), Err(TextError::TooLong(MAX_LINK_BYTES)));
    }
}
