//! A hoster's collection of services, read page by page and not for ever (S18).

use serde_json::{Value, json};
use url::Url;

use super::{directory, followed};
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_web::Reply;
use crate::support::fediverse::Founded;

/// As many pages and items as are read of one collection (federation.md §5).
const MAX_PAGES: usize = 40;
const MAX_ITEMS: usize = 2_000;

fn collecting(far: &Far) -> FarActor {
    let mut hoster = far.hoster("a");
    hoster.document["archi:services"] = json!(hoster.url("/services"));
    far.show(&hoster.id, &hoster.document);
    hoster
}

fn page(id: &Url, next: &Url, items: Vec<Value>) -> Value {
    json!({ "id": id, "type": "OrderedCollectionPage", "next": next, "orderedItems": items })
}

async fn services(ours: &Founded) -> usize {
    ours.dump()
        .await
        .iter()
        .filter(|row| row.starts_with("services"))
        .count()
}

#[tokio::test]
async fn the_services_of_a_followed_hoster_are_read_page_by_page() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = collecting(&far);
    let (first, second) = (hoster.url("/services"), hoster.url("/services?page=2"));
    let strangers = far.hoster("b").note("theirs", "Theirs");
    far.show(
        &first,
        &page(
            &first,
            &second,
            vec![hoster.note("pads", "Pads"), strangers, json!(5)],
        ),
    );
    far.show(
        &second,
        &page(&second, &second, vec![hoster.note("cloud", "Cloud")]),
    );
    followed(&ours, &hoster).await;
    assert_eq!(services(&ours).await, 2);
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_are_read_once_each() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = collecting(&far);
    let pages = ["/services", "/services?page=2", "/services?page=3"].map(|path| hoster.url(path));
    for (at, this) in pages.iter().enumerate() {
        far.show(
            this,
            &page(
                this,
                &pages[(at + 1) % 3],
                vec![hoster.note(&format!("s{at}"), "S")],
            ),
        );
    }
    followed(&ours, &hoster).await;
    assert_eq!(services(&ours).await, 3);
    for this in &pages {
        assert_eq!(far.reads_of(this), 1, "{this}");
    }
}

#[tokio::test]
async fn pages_without_end_are_read_forty_times() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = collecting(&far);
    let number = |n: usize| {
        hoster.url(&if n == 0 {
            "/services".to_owned()
        } else {
            format!("/services?page={n}")
        })
    };
    for n in 0..MAX_PAGES + 20 {
        far.show(&number(n), &page(&number(n), &number(n + 1), Vec::new()));
    }
    followed(&ours, &hoster).await;
    let read = (0..MAX_PAGES + 20)
        .map(|n| far.reads_of(&number(n)))
        .sum::<usize>();
    assert_eq!(read, MAX_PAGES);
}

#[tokio::test]
async fn two_thousand_services_of_one_hoster_are_read_and_no_more() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = collecting(&far);
    let number = |n: usize| {
        hoster.url(&if n == 0 {
            "/services".to_owned()
        } else {
            format!("/services?page={n}")
        })
    };
    for n in 0..MAX_ITEMS / 200 + 5 {
        let notes = (0..200)
            .map(|item| hoster.note(&format!("s{n}-{item}"), "S"))
            .collect();
        far.show(&number(n), &page(&number(n), &number(n + 1), notes));
    }
    followed(&ours, &hoster).await;
    assert_eq!(services(&ours).await, MAX_ITEMS);
    assert_eq!(
        far.reads_of(&number(MAX_ITEMS / 200)),
        0,
        "the pages behind are not even asked for"
    );
}

#[tokio::test]
async fn a_page_leads_nowhere_else() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = collecting(&far);
    let (first, second) = (hoster.url("/services"), hoster.url("/services?page=2"));
    let victim = far.at("victim", "/services");
    far.show(
        &first,
        &page(&first, &victim, vec![hoster.note("pads", "Pads")]),
    );
    followed(&ours, &hoster).await;
    assert_eq!((services(&ours).await, far.reads_of(&victim)), (1, 0));

    // Nor by a redirect to a collection that says it belongs there.
    let (ours, other) = (directory().await, victim.clone());
    far.show(
        &victim,
        &page(&victim, &second, vec![hoster.note("cloud", "Cloud")]),
    );
    far.answer(&first, move || Reply::redirect(302, other.as_str()));
    followed(&ours, &hoster).await;
    assert_eq!(services(&ours).await, 0);
}
