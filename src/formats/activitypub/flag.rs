//! A question about an entry, and its answer: a `Flag` as Mastodon and GoToSocial send one (the reported
//! actor first, then what is meant of its), and a note in reply that is for whoever asked, and for nobody
//! else.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::context;
use super::document::{named, time};
use super::prose;
use super::vocabulary::{property, types};
use crate::domain::report::words_of_others;
use crate::domain::text::Prose;

/// The most things that one question may be about; the rest is passed over.
pub const MAX_ABOUT: usize = 20;
/// The media type of words as they were typed.
const PLAIN: &str = "text/plain";

/// What a Flag says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// What it is about: actors and what is theirs, at most [`MAX_ABOUT`].
    pub about: Vec<Url>,
    /// What is asked, as far as it can be shown.
    pub words: Option<Prose>,
}

/// A note that answers something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The note's id.
    pub id: Url,
    /// Who wrote it, as it says.
    pub by: Url,
    /// What it answers.
    pub to: Url,
    /// The answer, as far as it can be shown.
    pub words: Prose,
}

/// `actor` asks `hoster`, an actor, about itself, or about `object`, which is its.
pub fn write_flag(
    id: &Url,
    actor: &Url,
    hoster: &Url,
    object: Option<&Url>,
    words: &Prose,
) -> Value {
    let about: Vec<&Url> = [Some(hoster), object].into_iter().flatten().collect();
    json!({
        (property::CONTEXT): context::plain(),
        (property::ID): id,
        (property::TYPE): types::FLAG,
        (property::ACTOR): actor,
        (property::OBJECT): about,
        (property::CONTENT): words,
        (property::TO): [hoster],
    })
}

/// `actor` answers the question `flag` of `asker`, by the note `note`.
pub fn write_reply(
    id: &Url,
    note: &Url,
    actor: &Url,
    (flag, asker): (&Url, &Url),
    words: &Prose,
    now: DateTime<Utc>,
) -> Value {
    json!({
        (property::CONTEXT): context::plain(),
        (property::ID): id,
        (property::TYPE): types::CREATE,
        (property::ACTOR): actor,
        (property::TO): [asker],
        (property::PUBLISHED): time(now),
        (property::OBJECT): {
            (property::ID): note,
            (property::TYPE): types::NOTE,
            (property::ATTRIBUTED_TO): actor,
            (property::IN_REPLY_TO): flag,
            (property::TO): [asker],
            (property::CONTENT): prose::paragraphs(words.as_str()),
            (property::SOURCE): {
                (property::CONTENT): words,
                (property::MEDIA_TYPE): PLAIN,
            },
            (property::PUBLISHED): time(now),
        },
    })
}

/// Reads a Flag.
pub fn read_flag(activity: &Value) -> Flag {
    let about = match activity.get(property::OBJECT) {
        Some(Value::Array(items)) => items.iter().take(MAX_ABOUT).filter_map(named).collect(),
        Some(one) => named(one).into_iter().collect(),
        None => Vec::new(),
    };
    let words = activity.get(property::CONTENT).and_then(Value::as_str);
    Flag {
        about,
        words: words.and_then(words_of_others),
    }
}

/// Reads a note that answers something; `None` for what is none, or says nothing.
pub fn read_reply(note: &Value) -> Option<Reply> {
    let is_note = note.get(property::TYPE).and_then(Value::as_str) == Some(types::NOTE);
    let source = note
        .get(property::SOURCE)
        .filter(|source| source.get(property::MEDIA_TYPE).and_then(Value::as_str) == Some(PLAIN));
    let typed = source.and_then(|source| source.get(property::CONTENT)?.as_str());
    let words = match typed {
        Some(typed) => words_of_others(typed),
        None => words_of_others(&text_of(note.get(property::CONTENT)?.as_str()?)),
    };
    Some(Reply {
        id: note.get(property::ID).and_then(named)?,
        by: note.get(property::ATTRIBUTED_TO).and_then(named)?,
        to: note.get(property::IN_REPLY_TO).and_then(named)?,
        words: words?,
    })
    .filter(|_| is_note)
}

/// The text of HTML, roughly: what other software writes in a note is a few paragraphs. What comes of it
/// is text, and shown as such.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    for (number, part) in html.split('<').enumerate() {
        let (tag, after) = match number {
            0 => ("", part),
            _ => part.split_once('>').unwrap_or((part, "")),
        };
        let tag = tag.trim_end_matches('/').trim();
        if tag.eq_ignore_ascii_case("br") {
            text.push('\n');
        } else if tag.eq_ignore_ascii_case("/p") {
            text.push_str("\n\n");
        }
        text.push_str(after);
    }
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        // Last, so that what was escaped twice is unescaped once.
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text, |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::{MAX_REPORT_CHARS, words};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_question_is_read_as_it_was_written() {
        let (node, hoster) = (
            url("https://d.example/ap/actor"),
            url("https://h.example/ap/org"),
        );
        let service = url("https://h.example/ap/services/pads");
        let asked = words("Does it answer?\n<b>502</b> here.").unwrap();
        let id = url("https://d.example/ap/actor/activities/1");
        for object in [None, Some(&service)] {
            let flag = read_flag(&write_flag(&id, &node, &hoster, object, &asked));
            let about = [Some(&hoster), object].into_iter().flatten().cloned();
            assert_eq!(flag.about, about.collect::<Vec<_>>());
            assert_eq!(flag.words.as_ref(), Some(&asked));
        }
    }

    #[test]
    fn a_flag_of_other_software_is_read() {
        let flag = read_flag(&json!({
            "type": "Flag", "actor": "https://social.example/actor", "content": "",
            "object": "https://h.example/ap/org",
        }));
        assert_eq!(flag.about, [url("https://h.example/ap/org")]);
        assert_eq!(flag.words, None);
        for object in [json!(null), json!(5), json!(["x", {}]), json!({ "id": 5 })] {
            let flag = read_flag(&json!({ "object": object, "content": ["x"] }));
            assert_eq!((flag.about, flag.words), (Vec::new(), None));
        }
        let many = vec![json!("https://h.example/1"); 10_000];
        let flag = read_flag(&json!({ "object": many, "content": "é".repeat(100_000) }));
        assert_eq!(flag.about.len(), MAX_ABOUT);
        let kept = flag.words.unwrap().as_str().chars().count();
        assert_eq!(kept, MAX_REPORT_CHARS);
    }

    #[test]
    fn an_answer_is_for_whoever_asked_and_read_as_it_was_written() {
        let (actor, asker) = (
            url("https://h.example/ap/org"),
            url("https://d.example/ap/actor"),
        );
        let flag = url("https://d.example/ap/actor/activities/1");
        let note = url("https://h.example/ap/org/notes/1");
        let id = url("https://h.example/ap/org/activities/1");
        let said = words("It is mended.\n\n<b>1 & 2</b>").unwrap();
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        let create = write_reply(&id, &note, &actor, (&flag, &asker), &said, now);
        assert!(!create.to_string().contains("Public"));
        assert!(!create.to_string().contains("followers"));
        for audience in [&create["to"], &create["object"]["to"]] {
            assert_eq!(audience, &json!([asker]));
        }
        let reply = read_reply(&create["object"]).unwrap();
        let expected = Reply {
            id: note,
            by: actor,
            to: flag,
            words: said.clone(),
        };
        assert_eq!(reply, expected);
        let mut without_source = create["object"].clone();
        without_source.as_object_mut().unwrap().remove("source");
        assert_eq!(read_reply(&without_source).unwrap().words, said);
    }

    #[test]
    fn what_answers_nothing_is_no_answer() {
        let whole = json!({
            "id": "https://h.example/1", "type": "Note", "attributedTo": "https://h.example/ap/org",
            "inReplyTo": "https://d.example/1", "content": "<p>Yes</p>",
        });
        assert!(read_reply(&whole).is_some());
        for (field, value) in [
            ("id", json!(null)),
            ("type", json!("Article")),
            ("attributedTo", json!(5)),
            ("inReplyTo", json!(null)),
            ("content", json!("<p> </p>")),
            ("content", json!(null)),
        ] {
            let mut note = whole.clone();
            note[field] = value;
            assert_eq!(read_reply(&note), None, "{field}");
        }
    }

    #[test]
    fn the_text_of_html_is_text() {
        for (html, text) in [
            (
                "<p>One<br/>two</p><p>three &amp;lt; four</p>",
                "One\ntwo\n\nthree &lt; four\n\n",
            ),
            ("a <a href=\"x\" title=\"y\">b</a> c", "a b c"),
            ("5 &lt; 6 <", "5 < 6 "),
            ("<script>x()</script", "x()"),
        ] {
            assert_eq!(text_of(html), text);
        }
    }
}
