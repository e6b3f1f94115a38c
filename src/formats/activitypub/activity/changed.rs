//! What a directory tells its peers: at which hosters something changed. Nothing is said of what: that is
//! read where it is, so a directory can mislead nobody.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::Object;
use super::write::public;
use crate::formats::activitypub::document::{address, type_of};
use crate::formats::activitypub::vocabulary::{property, types};

/// How many hosters one activity names.
pub const MAX_CHANGED: usize = 100;

/// `actor`, a directory, names hosters at which something changed: actors, and sites of those without one.
pub fn announce_changed(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    hosters: &[Url],
) -> Value {
    let collection = json!({ (property::TYPE): types::COLLECTION, (property::ITEMS): hosters });
    public(types::ANNOUNCE, id, actor, followers, published, collection)
}

/// The first [`MAX_CHANGED`] hosters that such an activity names; `None` if what is announced is another thing.
pub fn changed(announced: &Object) -> Option<Vec<Url>> {
    let Object::Embedded(collection) = announced else {
        return None;
    };
    let items = match (type_of(collection), collection.get(property::ITEMS)) {
        (Some(types::COLLECTION), Some(Value::Array(items))) => items,
        _ => return None,
    };
    Some(items.iter().filter_map(address).take(MAX_CHANGED).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::activity::read;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn what_changed_is_read_as_it_is_written() {
        let hosters: Vec<Url> = (0..120)
            .map(|number| url(&format!("https://h{number}.example/")))
            .collect();
        let written = announce_changed(
            &url("https://a.example/ap/actor/activities/1"),
            &url("https://a.example/ap/actor"),
            &url("https://a.example/ap/actor/followers"),
            DateTime::UNIX_EPOCH,
            &hosters,
        );
        let activity = read(written.to_string().as_bytes()).unwrap();
        let named = changed(&activity.object).unwrap();
        assert_eq!(named, hosters[..MAX_CHANGED]);
    }

    #[test]
    fn anything_else_that_is_announced_names_no_hosters() {
        let items = json!(["https://h.example/", 7, "no address", { "id": "https://i.example/" }]);
        let of = |kind: &str| changed(&Object::Embedded(json!({ "type": kind, "items": items })));
        assert_eq!(of("Collection").unwrap()[0], url("https://h.example/"));
        assert_eq!(of("Note"), None);
        assert_eq!(
            changed(&Object::Embedded(
                json!({ "type": "Collection", "items": "x" })
            )),
            None
        );
        assert_eq!(changed(&Object::Id(url("https://h.example/"))), None);
    }
}
