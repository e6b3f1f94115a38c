//! What people wrote on an activity: of an application, of an answer to one.

use serde_json::Value;

use crate::domain::text::{Name, printable};
use crate::domain::vouch::CharterVersion;
use crate::formats::activitypub::vocabulary::{archi, property};

/// The longest words of an application, and the longest reason for an answer, in characters; what is
/// longer is cut.
pub const MAX_WORDS_CHARS: usize = 4_000;

/// The words that somebody wrote on an activity, as they are read: plain text.
pub fn words(activity: &Value) -> Option<String> {
    let said = activity
        .get(property::CONTENT)
        .or_else(|| activity.get(property::SUMMARY))?
        .as_str()?;
    let said: String = said.trim().chars().take(MAX_WORDS_CHARS).collect();
    let lines: Vec<String> = said
        .lines()
        .map(|line| printable(line, usize::MAX))
        .collect();
    Some(lines.join("\n")).filter(|words| !words.is_empty())
}

/// The version of the charter that an application (`Join`) is made under, as far as it names one.
pub fn charter_named(join: &Value) -> Option<CharterVersion> {
    let version = join.get(archi::CHARTER_VERSION)?.as_str()?;
    let sha256 = join.get(archi::CHARTER_SHA256).and_then(Value::as_str);
    Some(CharterVersion {
        version: Name::parse(version).ok()?,
        sha256: sha256.map(|hash| printable(hash, 64)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::activity::join;
    use serde_json::json;
    use url::Url;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_application_is_read_as_it_was_written() {
        let charter = CharterVersion {
            version: Name::parse("3").unwrap(),
            sha256: Some("9f".repeat(32)),
        };
        let (id, hoster) = (url("https://h.example/1"), url("https://h.example/ap/org"));
        let collective = url("https://c.example/ap/group");
        let written = join(
            &id,
            &hoster,
            &collective,
            "We have\nread it.",
            Some(&charter),
        );
        assert_eq!(words(&written).as_deref(), Some("We have\nread it."));
        assert_eq!(charter_named(&written), Some(charter));
        let silent = join(&id, &hoster, &collective, "", None);
        assert_eq!((words(&silent), charter_named(&silent)), (None, None));
    }

    #[test]
    fn what_strangers_write_is_cut_short_and_harms_no_terminal() {
        let long = json!({ "content": "é".repeat(MAX_WORDS_CHARS + 1) });
        assert_eq!(words(&long).unwrap().chars().count(), MAX_WORDS_CHARS);
        let wild = json!({ "summary": "a\u{1b}[31m\r\nb\u{202e}c" });
        assert_eq!(words(&wild).as_deref(), Some("a\u{fffd}[31m\nb\u{fffd}c"));
        for none in [
            json!({ "content": 3 }),
            json!({ "content": " \n " }),
            json!({}),
        ] {
            assert_eq!(words(&none), None, "{none}");
        }
        let wrong = json!({ "archi:charterVersion": "3\u{7}" });
        assert_eq!(charter_named(&wrong), None);
    }
}
