//! Services that travel: each its owner's, and gone for good once it is gone.

use std::sync::Arc;

use archipelago::domain::hoster::HosterId;
use archipelago::domain::provenance::SourceKind;
use archipelago::domain::text::Name;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::ids::service_id;
use archipelago::store::{Effect, Known, Store, Travelling};
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster, service};

/// The object of that slug at a host.
fn object(host: &str, slug: &str) -> Url {
    url(&format!("https://{host}/ap/services/{slug}"))
}

/// A service as its hoster's own node describes it at some second.
pub(super) fn travelling(host: &str, slug: &str, name: &str, second: i64) -> Travelling {
    let object = object(host, slug);
    let mut service = service(host, service_id(&object).unwrap().as_str());
    service.name = Name::parse(name).unwrap();
    service.source.kind = SourceKind::OwnNode;
    let (owner, updated_at) = (actor_id(host), after(second));
    Travelling {
        service,
        object,
        owner,
        published_at: some_day(),
        updated_at,
    }
}

fn keep(travelling: Travelling) -> Effect {
    Effect::KeepService(Box::new(travelling))
}

/// The owner's word that its object is no more.
fn remove(host: &str, slug: &str) -> Effect {
    let object = object(host, slug);
    let service = service_id(&object).unwrap();
    Effect::Remove {
        object,
        owner: actor_id(host),
        service,
    }
}

/// We follow the actor at a host, and it accepted.
async fn follow(store: &Store, host: &str) {
    let (actor_id, activity) = (actor_id(host), activity(1));
    commit(
        store,
        [
            Effect::KeepActor(Box::new(actor(host))),
            Effect::AskToFollow {
                role: Local::Node,
                actor: actor_id.clone(),
                activity: activity.clone(),
            },
            Effect::FollowAnswered {
                actor: actor_id,
                activity,
                accepted: true,
            },
        ],
    )
    .await;
}

/// A store that lists the hosters at these hosts.
async fn listing(database: &Database, hosts: &[&str]) -> Store {
    let store = founded(database).await;
    let hosters: Vec<_> = hosts.iter().map(|host| hoster(host)).collect();
    store.keep(&hosters, &[], some_day()).await.unwrap();
    store
}

/// The names of all services, in the order of their ids.
async fn names(store: &Store) -> Vec<String> {
    let services = store.directory().await.unwrap().services;
    services
        .iter()
        .map(|service| service.name.to_string())
        .collect()
}

on_both_engines! {
    async fn a_service_is_kept_with_what_it_is_on_the_wire(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        let told = travelling("a.example", "pads", "Pads", 5);
        assert_eq!(store.object(&told.object).await.unwrap(), None);
        commit(&store, [keep(told.clone())]).await;
        assert_eq!(store.object(&told.object).await.unwrap(), Some(Known::Service(Box::new(told.clone()))));
        assert_eq!(store.directory().await.unwrap().services, [Arc::new(told.service)]);
    }

    async fn only_what_is_said_later_or_again_counts(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        for (name, second, seen) in [("First", 5, "First"), ("Late", 4, "First"), ("Next", 6, "Next"), ("Same", 6, "Same")] {
            commit(&store, [keep(travelling("a.example", "pads", name, second))]).await;
            assert_eq!(names(&store).await, [seen]);
        }
        let Some(Known::Service(known)) = store.object(&object("a.example", "pads")).await.unwrap() else { panic!() };
        assert_eq!((known.published_at, known.updated_at), (some_day(), after(6)));
    }

    async fn nobody_else_changes_or_removes_what_an_actor_owns(database: Database) {
        let store = listing(&database, &["a.example", "b.example"]).await;
        follow(&store, "b.example").await;
        commit(&store, [keep(travelling("a.example", "pads", "Pads", 0))]).await;
        let revision = store.revision().await.unwrap();
        let b = || actor_id("b.example");
        let (object, id) = (object("a.example", "pads"), service_id(&object("a.example", "pads")).unwrap());
        let forged = Travelling { owner: b(), ..travelling("a.example", "pads", "Forged", 9) };
        // Its own object, but called as another hoster's service is.
        let mut usurper = travelling("b.example", "pads", "Forged", 9);
        usurper.service.id = id.clone();
        let mut moved = travelling("b.example", "other", "Forged", 9);
        moved.service.id = id.clone();
        moved.service.hoster = HosterId::parse("b.example").unwrap();
        commit(&store, [
            keep(forged),
            keep(usurper),
            keep(moved),
            Effect::Remove { object: object.clone(), owner: b(), service: id.clone() },
            // An object nobody heard of takes no service of another hoster along.
            Effect::Remove { object: url("https://b.example/x"), owner: b(), service: id },
        ]).await;
        assert_eq!((names(&store).await, store.revision().await.unwrap()), (vec!["Pads".to_owned()], revision));
        let Some(Known::Service(known)) = store.object(&object).await.unwrap() else { panic!("{object}") };
        assert_eq!(known.owner, actor_id("a.example"));
    }

    async fn what_is_gone_stays_gone_whatever_comes_late(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        follow(&store, "a.example").await;
        commit(&store, [keep(travelling("a.example", "pads", "Pads", 0)), keep(travelling("a.example", "polls", "Polls", 0))]).await;
        let revision = store.revision().await.unwrap();
        // `late` is taken back before anybody told us of it; only of those we follow is that noted.
        commit(&store, [remove("b.example", "late")]).await;
        assert_eq!(store.object(&object("b.example", "late")).await.unwrap(), None);
        commit(&store, [remove("a.example", "pads"), remove("a.example", "late")]).await;
        assert_eq!((names(&store).await, store.revision().await.unwrap()), (vec!["Polls".to_owned()], revision + 1));
        for slug in ["pads", "late"] {
            commit(&store, [keep(travelling("a.example", slug, "Back again", 1_000)), remove("a.example", slug)]).await;
            assert_eq!(store.object(&object("a.example", slug)).await.unwrap(), Some(Known::Gone(some_day())));
        }
        assert_eq!((names(&store).await, store.revision().await.unwrap()), (vec!["Polls".to_owned()], revision + 1));
    }

    async fn a_hoster_takes_back_what_only_a_list_told_of_it(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        follow(&store, "a.example").await;
        let listed = service("a.example", "a.example_pads");
        store.keep(&[], &[listed, service("a.example", "pads-of-a")], some_day()).await.unwrap();
        commit(&store, [remove("a.example", "pads")]).await;
        let services = store.directory().await.unwrap().services;
        assert_eq!(services, [Arc::new(service("a.example", "pads-of-a"))]);
    }

    async fn a_stranger_says_nothing_of_what_nobody_told_us(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        store.keep(&[], &[service("a.example", "a.example_pads")], some_day()).await.unwrap();
        let before = database.everything().await;
        commit(&store, [remove("a.example", "pads"), remove("a.example", "polls")]).await;
        assert_eq!(database.everything().await, before);
        // What it did tell us of, it takes back, followed or not.
        commit(&store, [keep(travelling("a.example", "polls", "Polls", 0)), remove("a.example", "polls")]).await;
        assert_eq!(store.object(&object("a.example", "polls")).await.unwrap(), Some(Known::Gone(some_day())));
    }

    async fn what_an_own_node_says_is_not_overwritten_by_a_list(database: Database) {
        let store = listing(&database, &["a.example"]).await;
        let told = travelling("a.example", "pads", "Its own name", 0);
        let mut listed = told.service.clone();
        listed.source.kind = SourceKind::ThirdPartyList;
        listed.name = Name::parse("The list's name").unwrap();
        store.keep(&[], &[listed.clone()], some_day()).await.unwrap();
        commit(&store, [keep(told)]).await;
        assert_eq!(names(&store).await, ["Its own name"], "its own word is stronger");
        let kept = store.keep(&[], &[listed], some_day()).await.unwrap();
        assert_eq!((kept.services.outranked, names(&store).await), (1, vec!["Its own name".to_owned()]));
    }

    async fn a_service_of_a_hoster_that_is_not_listed_is_passed_over(database: Database) {
        let store = listing(&database, &[]).await;
        commit(&store, [keep(travelling("a.example", "pads", "Pads", 0))]).await;
        assert_eq!(store.object(&object("a.example", "pads")).await.unwrap(), None);
        assert_eq!(names(&store).await, [""; 0]);
    }

    async fn an_actors_services_are_paged_the_oldest_first(database: Database) {
        let store = listing(&database, &["a.example", "b.example"]).await;
        let appeared = |slug: &str, second| Travelling {
            published_at: after(second), ..travelling("a.example", slug, slug, 9)
        };
        let all = [appeared("c", 3), appeared("a", 2), appeared("d", 1), appeared("b", 2), appeared("gone", 0)];
        commit(&store, all.map(keep)).await;
        commit(&store, [remove("a.example", "gone"), keep(travelling("b.example", "e", "e", 0))]).await;
        let page = async |limit, offset| {
            let (page, total) = store.services_of(&actor_id("a.example"), limit, offset).await.unwrap();
            (page.iter().map(|service| service.service.name.to_string()).collect::<Vec<_>>().concat(), total)
        };
        assert_eq!(page(10, 0).await, ("dabc".to_owned(), 4));
        assert_eq!(page(2, 1).await, ("ab".to_owned(), 4));
        assert_eq!(page(2, 4).await, (String::new(), 4));
        // With the hoster go its services, and nobody counts them any more.
        commit(&store, [Effect::RemoveHoster(HosterId::parse("a.example").unwrap())]).await;
        assert_eq!(page(10, 0).await, (String::new(), 0));
        assert_eq!(store.object(&object("a.example", "a")).await.unwrap(), None);
    }
}
