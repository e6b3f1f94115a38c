//! FIRES 1.0 (<https://fires.fedimod.org/reference/protocol/>): what teams of moderators advise, as changes
//! of a dataset. Read is a collection of changes: a snapshot, which has the latest of each domain, or a page
//! of the feed of changes.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::block_list::{BlockList, Draft, MAX_ENTRIES};
use super::complaint::printable;
use super::lines::Lines;
use super::{NotOfFormat, foreign, lenient};
use crate::domain::block::Severity;

/// The most labels of a change that become part of its words.
const MAX_LABELS: usize = 10;

/// A collection, as it is written; or a dataset, which names one.
#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(borrow, rename = "orderedItems")]
    ordered_items: Option<&'a RawValue>,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
    first: Option<Value>,
    endpoints: Option<Value>,
}

/// What a change says of a domain.
struct Said {
    line: usize,
    key: String,
    advice: Advice,
    words: String,
}

/// What a change comes to.
enum Advice {
    Block(Severity),
    Retract,
    /// Nothing, for a reason.
    Nothing(String),
}

/// Reads a document. `drop` and `reject` propose to suspend, `filter` and an advisory, which recommends
/// nothing yet, to hide; `accept` proposes nothing. Of several changes of one domain the latest counts.
pub(super) fn read(text: &str) -> Result<BlockList, NotOfFormat> {
    const OTHER_SHAPE: &str = "the document is JSON, but no collection of FIRES";
    const DATASET: &str =
        "the document is a dataset of FIRES: give the address of its snapshot instead (endpoints)";
    const PAGED: &str = "the document only names the pages of a collection of FIRES: give the address of its first page";
    // Of a list, serde would read the fields in their order.
    if !text.trim_start().starts_with('{') {
        return Err(NotOfFormat::OtherShape(OTHER_SHAPE));
    }
    let collection: Collection =
        serde_json::from_str(text).map_err(|error| foreign::not_json(&error))?;
    let items = collection.ordered_items.or(collection.items);
    let Some(items) = items else {
        return Err(NotOfFormat::OtherShape(
            match (collection.endpoints, collection.first) {
                (Some(_), _) => DATASET,
                (None, Some(_)) => PAGED,
                (None, None) => OTHER_SHAPE,
            },
        ));
    };
    // One more, to know whether there are.
    let items =
        lenient::items(items, MAX_ENTRIES + 1).ok_or(NotOfFormat::OtherShape(OTHER_SHAPE))?;
    let lines = Lines::of(text);
    let mut draft = Draft::default();
    if let Some(item) = items.get(MAX_ENTRIES) {
        let why = format!("only the first {MAX_ENTRIES} changes are read");
        draft.leave_out(lines.line_of(item.get()), "the rest", &why);
    }
    for said in latest(&items, &lines, &mut draft) {
        match said.advice {
            Advice::Block(severity) => draft.propose(said.line, &said.key, severity, &said.words),
            Advice::Retract => draft.retract(said.line, &said.key),
            Advice::Nothing(why) => draft.leave_out(said.line, &printable(&said.key), &why),
        }
    }
    Ok(draft.list())
}

/// What is said of each domain last, by the date of the change, else by its place: in a feed the newest
/// stands last.
fn latest(items: &[&RawValue], lines: &Lines<'_>, draft: &mut Draft) -> Vec<Said> {
    let mut by_key: HashMap<String, (String, Said)> = HashMap::new();
    for (number, item) in items.iter().take(MAX_ENTRIES).enumerate() {
        let line = lines.line_of(item.get());
        let place = format!("items[{number}]");
        let change: Value = match serde_json::from_str(item.get()) {
            Ok(Value::Object(fields)) => Value::Object(fields),
            // An address alone would have to be read: nothing here makes requests.
            _ => {
                draft.leave_out(line, &place, "it is not written out");
                continue;
            }
        };
        match said(&change, line) {
            Ok(said) => {
                let published = text(&change, "published").to_owned();
                let known = by_key.get(&said.key);
                if known.is_none_or(|(before, _)| *before <= published) {
                    by_key.insert(said.key.clone(), (published, said));
                }
            }
            Err(why) => draft.leave_out(line, &place, &why),
        }
    }
    let mut said: Vec<Said> = by_key.into_values().map(|(_, said)| said).collect();
    said.sort_by_key(|said| said.line);
    said
}

fn said(change: &Value, line: usize) -> Result<Said, String> {
    let kind = text(change, "type");
    if kind == "Tombstone" {
        return Err("it says that something is gone, and not what".to_owned());
    }
    match text(change, "entityKind") {
        "domain" => {}
        other => {
            return Err(format!(
                "it is about {:?}, and only domains are blocked",
                printable(other)
            ));
        }
    }
    let advice = match (kind, text(change, "recommendedPolicy")) {
        ("Retraction", _) => Advice::Retract,
        ("Recommendation", "drop" | "reject") => Advice::Block(Severity::Suspend),
        ("Recommendation", "filter") | ("Advisory", _) => Advice::Block(Severity::Hide),
        ("Recommendation", "accept") => Advice::Nothing("it recommends to accept it".to_owned()),
        ("Recommendation", other) => {
            Advice::Nothing(format!("it recommends {:?}", printable(other)))
        }
        (other, _) => return Err(format!("its type is {:?}", printable(other))),
    };
    Ok(Said {
        line,
        key: text(change, "entityKey").to_lowercase(),
        advice,
        words: words(change),
    })
}

/// The change's comment, else its labels, by their names or by the ends of their addresses.
fn words(change: &Value) -> String {
    let comment = text(change, "comment");
    if !comment.is_empty() {
        return comment.to_owned();
    }
    let labels = change.get("labels").and_then(Value::as_array);
    let names = labels.into_iter().flatten().take(MAX_LABELS).map(|label| {
        let name = label.get("name").and_then(Value::as_str);
        name.unwrap_or_else(|| {
            let address = label.as_str().unwrap_or_default().trim_end_matches('/');
            address.rsplit(['/', '#']).next().unwrap_or_default()
        })
    });
    names
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn text<'a>(change: &'a Value, field: &str) -> &'a str {
    change
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(items: Value) -> BlockList {
        let document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://fires.fedimod.org/context/fires.jsonld"],
            "type": "OrderedCollection", "totalItems": 9, "orderedItems": items,
        });
        read(&serde_json::to_string_pretty(&document).unwrap()).unwrap()
    }

    fn recommends(policy: &str, key: &str) -> Value {
        json!({ "type": "Recommendation", "entityKind": "domain", "entityKey": key,
                "recommendedPolicy": policy, "published": "2026-04-01T00:00:00Z" })
    }

    fn shown(list: &BlockList) -> Vec<String> {
        let proposals = list.proposals.iter();
        proposals
            .map(|proposal| format!("{} {}", proposal.domain, proposal.severity.word()))
            .collect()
    }

    #[test]
    fn policies_become_severities() {
        let list = list(json!([
            recommends("drop", "a.example"),
            recommends("reject", "b.example"),
            recommends("filter", "c.example"),
            recommends("accept", "d.example"),
            recommends("tickle", "e.example"),
            { "type": "Advisory", "entityKind": "domain", "entityKey": "f.example" },
            { "type": "Retraction", "entityKind": "domain", "entityKey": "g.example" },
        ]));
        let expected = [
            "a.example suspend",
            "b.example suspend",
            "c.example hide",
            "f.example hide",
        ];
        assert_eq!(shown(&list), expected);
        assert_eq!(list.retracted[0].as_str(), "g.example");
        let complaints: Vec<String> = list.complaints.iter().map(ToString::to_string).collect();
        assert_eq!(complaints.len(), 2);
        assert!(complaints[0].ends_with("d.example: is left out: it recommends to accept it"));
        assert!(complaints[1].ends_with("e.example: is left out: it recommends \"tickle\""));
        assert!(complaints[0].starts_with("line "));
    }

    #[test]
    fn of_several_changes_of_a_domain_the_latest_counts_wherever_it_stands() {
        let change = |kind: &str, published: &str| {
            json!({ "type": kind, "entityKind": "domain", "entityKey": "a.example",
                    "recommendedPolicy": "drop", "published": published })
        };
        let newest_first = list(json!([
            change("Retraction", "2026-05-01T00:00:00Z"),
            change("Recommendation", "2026-04-01T00:00:00Z"),
        ]));
        assert_eq!(
            (newest_first.proposals.len(), newest_first.retracted.len()),
            (0, 1)
        );
        let newest_last = list(json!([
            change("Retraction", "2026-04-01T00:00:00Z"),
            change("Recommendation", "2026-05-01T00:00:00Z"),
        ]));
        assert_eq!(shown(&newest_last), ["a.example suspend"]);
        let undated = list(json!([
            change("Recommendation", ""),
            change("Retraction", "")
        ]));
        assert_eq!(undated.retracted.len(), 1);
    }

    #[test]
    fn labels_become_words() {
        let labelled = |labels: Value| {
            let mut change = recommends("drop", "a.example");
            change["labels"] = labels;
            let list = list(json!([change]));
            list.proposals[0].comment.clone().map(String::from)
        };
        let labels = json!(["https://labels.example/spam/", { "name": "Hate speech" }, 5, {}]);
        assert_eq!(labelled(labels).as_deref(), Some("spam, Hate speech"));
        assert_eq!(labelled(json!("x")), None);
    }

    #[test]
    fn what_cannot_be_read_is_left_out_with_its_reason() {
        let list = list(json!([
            5,
            "https://fires.example/changes/1",
            { "type": "Tombstone", "id": "https://fires.example/changes/2" },
            { "type": "Recommendation", "entityKind": "actor", "entityKey": "https://a.example/u" },
            { "type": "Like", "entityKind": "domain", "entityKey": "a.example" },
            recommends("drop", "ev**.example"),
            recommends("drop", ""),
            recommends("drop", "good.example"),
        ]));
        assert_eq!(shown(&list), ["good.example suspend"]);
        assert_eq!(list.complaints.len(), 7);
    }

    #[test]
    fn a_document_that_only_names_the_list_says_what_to_give_instead() {
        let refusal = |document: Value| read(&document.to_string()).unwrap_err().to_string();
        let dataset =
            json!({ "type": "Dataset", "endpoints": { "snapshot": "https://x.example/s" } });
        assert!(refusal(dataset).contains("its snapshot"));
        let paged = json!({ "type": "OrderedCollection", "first": "https://x.example/1" });
        assert!(refusal(paged).contains("its first page"));
        for other in [
            json!({ "type": "Note" }),
            json!([]),
            json!({ "orderedItems": {} }),
        ] {
            assert!(refusal(other).contains("no collection of FIRES"));
        }
    }

    #[test]
    fn hostile_documents_are_bounded() {
        let many: Vec<Value> = (0..MAX_ENTRIES + 3)
            .map(|n| recommends("drop", &format!("h{n}.example")))
            .collect();
        let long = list(json!(many));
        assert_eq!(
            (long.proposals.len(), long.complaints.len()),
            (MAX_ENTRIES, 1)
        );
        let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let deep = read(&format!("{{\"orderedItems\":[{nested}]}}")).unwrap();
        assert_eq!((deep.proposals.len(), deep.complaints.len()), (0, 1));
        let labels: Vec<String> = (0..10_000)
            .map(|n| format!("https://l.example/{n}"))
            .collect();
        let mut change = recommends("drop", "a.example");
        change["labels"] = json!(labels);
        let list = list(json!([change]));
        let words = list.proposals[0].comment.as_ref().unwrap().as_str();
        assert_eq!(words.split(", ").count(), MAX_LABELS);
    }
}
