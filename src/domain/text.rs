//! Texts that other people wrote: bounded, without controls that break or disguise, never HTML.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat};

use super::described::{described, text};

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
    /// A code point that Unicode keeps for no character (U+FFFE): XML, and so a feed, must not hold it.
    #[error("holds a code point that is no character")]
    Noncharacter,
    /// A control that turns the direction of writing around (U+202E): a name could look like another.
    #[error("holds a control of the direction of writing")]
    Direction,
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
    /// Trims and checks: 1 to [`MAX_NAME_CHARS`] characters, each of them [plain](is_plain).
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, MAX_NAME_CHARS)?;
        text.chars().try_for_each(check)?;
        Ok(Self(text.to_owned()))
    }

    /// The name as a plain text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// Trims and checks: 1 to [`MAX_PROSE_CHARS`] characters, each of them [plain](is_plain) or a
    /// tab or a new line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, MAX_PROSE_CHARS)?;
        text.chars()
            .filter(|c| !matches!(c, '\n' | '\r' | '\t'))
            .try_for_each(check)?;
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
        // Once more as it is kept: percent-encoding makes an é six bytes long.
        if url.as_str().len() > MAX_LINK_BYTES {
            return Err(TextError::TooLong(MAX_LINK_BYTES));
        }
        let fit_for_a_link = matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none();
        fit_for_a_link.then_some(Self(url)).ok_or(TextError::Link)
    }

    /// The address that was typed or pasted, its scheme perhaps left out; "framadate.org." names the same
    /// host as "framadate.org".
    pub fn typed(text: &str) -> Option<Self> {
        let text = text.trim();
        let link = match Self::parse(text) {
            Ok(link) => link,
            Err(_) if text.contains('.') && !text.contains(char::is_whitespace) => {
                Self::parse(&format!("https://{text}")).ok()?
            }
            Err(_) => return None,
        };
        if !link.host().ends_with('.') {
            return Some(link);
        }
        let mut url = link.0.clone();
        url.set_host(Some(link.host().trim_end_matches('.'))).ok()?;
        Some(Self(url))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address, parsed.
    pub fn as_url(&self) -> &url::Url {
        &self.0
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

/// Whether a character may stand in a name: no control, no noncharacter, and none that turns the
/// direction of what follows. Marks of direction (U+200E, U+200F) are plain: they turn only themselves.
pub fn is_plain(c: char) -> bool {
    check(c).is_ok()
}

/// Any text, cut short and without what would harm a terminal or a log: whatever is not
/// [plain](is_plain) becomes U+FFFD.
pub fn printable(text: &str, max_chars: usize) -> String {
    let mut shown: String = text
        .chars()
        .take(max_chars)
        .map(|c| if is_plain(c) { c } else { '\u{fffd}' })
        .collect();
    if text.chars().nth(max_chars).is_some() {
        shown.push('…');
    }
    shown
}

/// Prose that others wrote, as far as it can be shown: cut after so many characters, and without those that
/// no prose holds; `None` where nothing is left.
pub fn readable(text: &str, max_chars: usize) -> Option<Prose> {
    let lines = text
        .lines()
        .map(|line| line.chars().filter(|c| is_plain(*c)).collect::<String>());
    let plain = lines.collect::<Vec<_>>().join("\n");
    let cut: String = plain.trim().chars().take(max_chars).collect();
    Prose::parse(&cut).ok()
}

fn check(c: char) -> Result<(), TextError> {
    match c {
        // Overrides, embeddings and isolates of the bidirectional algorithm (UAX #9).
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Err(TextError::Direction),
        // Unicode 23.7: these, and the last two code points of each plane.
        '\u{fdd0}'..='\u{fdef}' => Err(TextError::Noncharacter),
        c if u32::from(c) & 0xfffe == 0xfffe => Err(TextError::Noncharacter),
        c if c.is_control() => Err(TextError::Control),
        _ => Ok(()),
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

described!(Name: text().min_length(Some(1)).max_length(Some(MAX_NAME_CHARS)));
described!(Prose: text().min_length(Some(1)).max_length(Some(MAX_PROSE_CHARS)));
described!(Link: link());

/// How an address is described.
fn link() -> ObjectBuilder {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uri)))
        .max_length(Some(MAX_LINK_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_others_wrote_as_much_is_read_as_can_be_shown() {
        let read = |text: &str| readable(text, 10).map(String::from);
        assert_eq!(read("a\u{202e}b\r\n\u{0}c").as_deref(), Some("ab\nc"));
        assert_eq!(read(" \u{0} \n"), None);
        assert_eq!(read(&"é".repeat(50)), Some("é".repeat(10)));
        assert_eq!(
            readable(&"x".repeat(9_000), usize::MAX),
            None,
            "prose has its own limit"
        );
    }

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
    fn a_text_that_breaks_a_feed_or_spoofs_a_name_is_refused() {
        for code in [0xfffe, 0xffff, 0xfdd0, 0xfdef, 0x1_fffe, 0x10_ffff] {
            let text = format!("a{}b", char::from_u32(code).unwrap());
            assert_eq!(Name::parse(&text), Err(TextError::Noncharacter), "{code:x}");
            assert_eq!(
                Prose::parse(&text),
                Err(TextError::Noncharacter),
                "{code:x}"
            );
        }
        for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            let text = format!("a{c}b");
            assert_eq!(Name::parse(&text), Err(TextError::Direction), "{c:?}");
            assert_eq!(Prose::parse(&text), Err(TextError::Direction), "{c:?}");
        }
    }

    #[test]
    fn names_from_right_to_left_and_emoji_are_names() {
        for text in [
            "הקהילה",
            "خدمة\u{200f} (Framasoft)\u{200e}",
            "👩\u{200d}🌾",
            "\u{fffd}",
            "\u{fdcf}\u{fdf0}",
        ] {
            assert_eq!(Name::parse(text).unwrap().as_str(), text);
            assert_eq!(Prose::parse(text).unwrap().as_str(), text);
        }
    }

    /// Pieces that others may glue together to a text.
    const PIECES: &[&str] = &[
        "https://",
        "HTTP:\\\\",
        "http:",
        "//",
        "a",
        "Bücher.Example",
        "xn--bcher-kva",
        "ß",
        "٢",
        "１２７.1",
        "[::1]",
        "0x7f.1",
        ".",
        "..",
        ":80",
        ":443",
        "@",
        "é",
        "%",
        "%2e",
        "%zz",
        "?",
        "#",
        "\\",
        "\t",
        "\n",
        "\r",
        " ",
        "\u{a0}",
        "\u{feff}",
        "\u{ad}",
        "\u{200d}",
        "\u{202e}",
        "\u{ffff}",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "e\u{301}",
        "\"",
        "'",
        "<b>",
        "|",
        "^",
        "A",
        "-",
        "_",
        "0",
    ];

    fn is_read_back<T>(text: &str)
    where
        T: TryFrom<String> + Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        if let Ok(value) = T::try_from(text.to_owned()) {
            let written = serde_json::to_string(&value).unwrap();
            let read = serde_json::from_str::<T>(&written);
            assert!(read.is_ok_and(|read| read == value), "{text:.60}");
        }
    }

    fn every_type_is_read_back(text: &str) {
        is_read_back::<Name>(text);
        is_read_back::<Prose>(text);
        is_read_back::<Link>(text);
        is_read_back::<crate::domain::hoster::HosterId>(text);
    }

    #[test]
    fn whatever_is_accepted_is_read_back_as_itself() {
        for a in PIECES {
            for b in PIECES {
                every_type_is_read_back(&format!("{a}{b}"));
                is_read_back::<Link>(&format!("https://a/{a}{b}"));
                for c in PIECES {
                    is_read_back::<Link>(&format!("https://{a}{b}{c}"));
                }
            }
        }
        for piece in PIECES {
            for times in [
                199, 200, 201, 299, 300, 301, 980, 1_990, 2_000, 4_999, 5_000,
            ] {
                let long = piece.repeat(times);
                every_type_is_read_back(&long);
                is_read_back::<Link>(&format!("https://a/{long}"));
                is_read_back::<Link>(&format!("https://{long}/"));
            }
        }
    }

    #[test]
    fn a_link_is_measured_as_it_is_kept() {
        let long = format!("https://a/{}", "é".repeat(980));
        assert!(long.len() < MAX_LINK_BYTES);
        assert_eq!(Link::parse(&long), Err(TextError::TooLong(MAX_LINK_BYTES)));
        let fits = format!("https://a/{}", "é".repeat((MAX_LINK_BYTES - 10) / 6));
        assert!(Link::parse(&fits).is_ok());
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

    #[test]
    fn an_address_is_understood_as_people_type_it() {
        for (typed, address) in [
            ("https://framadate.org/abc", "https://framadate.org/abc"),
            (" framadate.org/abc ", "https://framadate.org/abc"),
            ("framadate.org.", "https://framadate.org/"),
            (
                "http://www.framadate.org./x?y=1",
                "http://framadate.org/x?y=1",
            ),
            ("framadate.org:443/x", "https://framadate.org/x"),
        ] {
            let link = Link::typed(typed).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!(link.as_str(), address);
        }
        for words in [
            "framadate",
            "un sondage. vite",
            "mailto:a@b.org",
            ".",
            "..",
            "",
        ] {
            assert_eq!(Link::typed(words), None, "{words}");
        }
    }
}
