//! Collections and their pages (ActivityStreams 2.0 §5), ours and others'; and what remains of
//! something removed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::activity::{Object, object};
use super::context;
use super::document::{self, NotADocument, named, time, type_of};
use super::vocabulary::{integrity, property, types};

/// The most items that are read of one page; ours have at most 50, and of addresses alone so many.
pub const MAX_PAGE_ITEMS: usize = 500;

/// A collection that is read page by page from `first`.
pub fn write(
    id: &Url,
    owner: &Url,
    total: u64,
    first: &Url,
    updated: Option<DateTime<Utc>>,
) -> Value {
    let mut collection = json!({
        (property::CONTEXT): context::plain(),
        (property::ID): id,
        (property::TYPE): types::ORDERED_COLLECTION,
        (property::ATTRIBUTED_TO): owner,
        (property::TOTAL_ITEMS): total,
        (property::FIRST): first,
    });
    if let Some(updated) = updated {
        collection[property::UPDATED] = time(updated);
    }
    collection
}

/// A collection so small that it holds its items itself.
pub fn write_whole(id: &Url, owner: &Url, mut items: Vec<Value>) -> Value {
    json!({
        (property::CONTEXT): lifted(&mut items),
        (property::ID): id,
        (property::TYPE): types::ORDERED_COLLECTION,
        (property::ATTRIBUTED_TO): owner,
        (property::TOTAL_ITEMS): items.len(),
        (property::ORDERED_ITEMS): items,
    })
}

/// A page of a collection. `id` is the page's own address, with its query.
pub fn write_page(
    id: &Url,
    part_of: &Url,
    total: u64,
    prev: Option<&Url>,
    next: Option<&Url>,
    mut items: Vec<Value>,
) -> Value {
    let mut page = json!({
        (property::CONTEXT): lifted(&mut items),
        (property::ID): id,
        (property::TYPE): types::ORDERED_COLLECTION_PAGE,
        (property::PART_OF): part_of,
        (property::TOTAL_ITEMS): total,
    });
    for (key, neighbour) in [(property::PREV, prev), (property::NEXT, next)] {
        if let Some(neighbour) = neighbour {
            page[key] = json!(neighbour);
        }
    }
    page[property::ORDERED_ITEMS] = Value::from(items);
    page
}

/// What is served, with status 410, where a note was; `deleted` says since when it is gone.
pub fn tombstone(id: &Url, deleted: DateTime<Utc>) -> Value {
    json!({
        (property::CONTEXT): context::plain(),
        (property::ID): id,
        (property::TYPE): types::TOMBSTONE,
        (property::FORMER_TYPE): types::NOTE,
        (property::DELETED): time(deleted),
    })
}

/// The items' context for all of them: items of one collection are written by one hand. What is signed
/// keeps its own, which is part of what was signed.
fn lifted(items: &mut [Value]) -> Value {
    let is_unsigned = |item: &&mut Value| item.get(integrity::PROOF).is_none();
    let unsigned = items.iter_mut().filter(is_unsigned);
    let contexts: Vec<Value> = unsigned.map(context::lifted).collect();
    let richest = contexts
        .into_iter()
        .find(|found| *found != context::plain());
    richest.unwrap_or_else(context::plain)
}

/// A collection of others, or a page of one: the items it holds and where there are more.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many items the whole collection has, by its own word.
    pub total: Option<u64>,
    /// The first [`MAX_PAGE_ITEMS`] of its items. Of whom an item is must be looked at.
    pub items: Vec<Object>,
    /// How many more it held, or held that were neither ids nor objects.
    pub left_out: usize,
    /// Where to read on, at the same origin and another address: a page's next, a collection's first.
    pub next: Option<Url>,
}

/// Why a document is no collection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACollection {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// It says that it is another than was asked for.
    #[error("its id is not exactly the address it is kept at")]
    Id,
    /// No single type, or one of no collection.
    #[error("it is neither a collection nor a page of one")]
    Type,
}

/// Reads the collection or page that was found at `url`. A first page that is written out inside its
/// collection is read with it.
pub fn read(json: &Value, url: &Url) -> Result<Page, NotACollection> {
    document::refuse_reshaping(json)?;
    if json.get(property::ID).and_then(Value::as_str) != Some(url.as_str()) {
        return Err(NotACollection::Id);
    }
    let is_page = match type_of(json) {
        Some(types::COLLECTION | types::ORDERED_COLLECTION) => false,
        Some(types::COLLECTION_PAGE | types::ORDERED_COLLECTION_PAGE) => true,
        _ => return Err(NotACollection::Type),
    };
    // A page may name the first one too, but nobody must be led back to it.
    let first = json.get(property::FIRST).filter(|_| !is_page);
    let (items, next) = match first {
        Some(page) if page.is_object() => (items(page), page.get(property::NEXT)),
        Some(address) => (items(json), Some(address)),
        None => (items(json), json.get(property::NEXT)),
    };
    let fitting: Vec<Object> = items
        .iter()
        .filter_map(object)
        .take(MAX_PAGE_ITEMS)
        .collect();
    Ok(Page {
        total: json.get(property::TOTAL_ITEMS).and_then(Value::as_u64),
        left_out: items.len() - fitting.len(),
        items: fitting,
        next: next
            .and_then(named)
            .filter(|next| next.origin() == url.origin() && next != url),
    })
}

/// The items of a collection; a single one need not stand in a list.
fn items(collection: &Value) -> &[Value] {
    let items = collection
        .get(property::ORDERED_ITEMS)
        .or_else(|| collection.get(property::ITEMS));
    match items {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => &[],
        Some(item) => std::slice::from_ref(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::addresses::{Addresses, Local};

    fn ours() -> Addresses {
        Addresses::of(Url::parse("https://hosteur.example").unwrap())
    }

    fn moment() -> DateTime<Utc> {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn our_collections_are_those_of_the_contract() {
        let ours = ours();
        let (services, owner) = (ours.services(Local::Hoster), ours.actor(Local::Hoster));
        let (first, second) = (ours.page(&services, 1), ours.page(&services, 2));
        let note = || {
            let id = ours.service("cloud");
            json!({ "@context": context::of_service(), "id": id, "type": "Note" })
        };
        let peers = vec![json!("https://b.example/ap/actor")];
        insta::assert_json_snapshot!([
            write(&services, &owner, 51, &first, Some(moment())),
            write_page(
                &second,
                &services,
                51,
                Some(&first),
                None,
                vec![note(), note()]
            ),
            write_whole(&ours.peers(Local::Node), &ours.actor(Local::Node), peers),
            tombstone(&ours.service("cloud"), moment()),
        ]);
    }

    #[test]
    fn our_pages_are_read_back_one_after_the_other() {
        let ours = ours();
        let (services, owner) = (ours.services(Local::Hoster), ours.actor(Local::Hoster));
        let (first, second) = (ours.page(&services, 1), ours.page(&services, 2));
        let collection = read(&write(&services, &owner, 2, &first, None), &services).unwrap();
        assert_eq!((collection.total, collection.items.len()), (Some(2), 0));
        assert_eq!(collection.next, Some(first.clone()));
        let item = json!("https://b.example/1");
        let page = write_page(&first, &services, 2, None, Some(&second), vec![item]);
        let page = read(&page, &first).unwrap();
        assert_eq!(page.items, [Object::Id(url("https://b.example/1"))]);
        assert_eq!(page.next, Some(second.clone()));
        let last = write_page(&second, &services, 2, Some(&first), None, vec![]);
        assert_eq!(read(&last, &second).unwrap().next, None);
    }

    #[test]
    fn a_first_page_inside_its_collection_is_read_with_it() {
        let id = url("https://a.example/c");
        let collection = json!({
            "id": id, "type": "Collection",
            "first": {
                "type": "CollectionPage", "items": "https://a.example/1",
                "next": "https://a.example/c?page=2",
            },
        });
        let page = read(&collection, &id).unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(page.next, Some(url("https://a.example/c?page=2")));
    }

    #[test]
    fn a_page_leads_to_another_page_of_its_own_origin_or_nowhere() {
        let id = url("https://a.example/c?page=1");
        for next in [
            "https://b.example/c?page=2",
            "http://a.example/c?page=2",
            "https://a.example:8443/c?page=2",
            "https://a.example/c?page=1",
            "?page=2",
        ] {
            let first = "https://a.example/c?page=0";
            let page =
                json!({ "id": id, "type": "OrderedCollectionPage", "next": next, "first": first });
            assert_eq!(read(&page, &id).unwrap().next, None, "{next}");
        }
    }

    #[test]
    fn items_are_bounded_and_the_rest_is_counted() {
        let id = url("https://a.example/c");
        let of = |items: Vec<Value>| {
            let page = json!({ "id": id, "type": "OrderedCollection", "orderedItems": items });
            let page = read(&page, &id).unwrap();
            (page.items.len(), page.left_out)
        };
        let items: Vec<Value> = (0..=MAX_PAGE_ITEMS)
            .map(|n| json!(format!("https://a.example/{n}")))
            .collect();
        assert_eq!(of(items), (MAX_PAGE_ITEMS, 1));
        assert_eq!(
            of(vec![json!(5), json!("x"), json!({}), json!(null)]),
            (1, 3)
        );
    }

    #[test]
    fn what_is_no_collection_or_another_one_is_refused() {
        let id = url("https://a.example/c");
        let refused = |document: Value| read(&document, &id).unwrap_err();
        assert_eq!(
            refused(json!({ "id": "https://a.example/C", "type": "Collection" })),
            NotACollection::Id
        );
        assert_eq!(
            refused(json!({ "id": id, "type": "Note" })),
            NotACollection::Type
        );
        assert!(matches!(
            refused(json!({ "id": id, "type": "Collection", "@included": [] })),
            NotACollection::Document(_)
        ));
    }
}
