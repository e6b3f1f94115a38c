//! Addresses to be read, and what is said of people who have yet to decide.

use std::net::{Ipv4Addr, TcpListener};

use archipelago::clock::Clock;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::text::Link;
use archipelago::federation::Kind;
use archipelago::store::{Due, Effect, Relation, RelationKind, Store, Visit};

use super::*;
use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Site, eventually, free_port};

fn visit(path: &str, kind: Visit, host: &str) -> Effect {
    Effect::Visit {
        url: url(&format!("https://far.example/{path}")),
        kind,
        actor: actor_id(host),
    }
}

async fn lease_visits(store: &Store, second: i64) -> Vec<Due> {
    store
        .lease_visits(after(second), after(second + 60), 100)
        .await
        .unwrap()
}

/// A hoster of a kind of source, whose actor is that of a host.
fn with_actor(source: &str, host: &str) -> Hoster {
    let actor = Some(Link::parse(actor_id(host).as_str()).unwrap());
    Hoster {
        actor,
        ..hoster_by(source, "far", "Far")
    }
}

fn relation(kind: RelationKind, host: &str) -> Relation {
    Relation {
        id: url("https://far.example/said/1"),
        kind,
        actor: actor_id(host),
        object: url("https://here.example/ap/group"),
        document: format!("as {host} said it"),
    }
}

on_both_engines! {
    async fn an_address_is_read_once_by_one_worker(database: Database) {
        let store = founded(&database).await;
        commit(&store, [visit("a", Visit::Services, "far.example"), visit("a", Visit::Actor, "other.example")]).await;
        let first = Due {
            url: url("https://far.example/a"), kind: Visit::Services, actor: actor_id("far.example"), attempts: 0,
        };
        assert_eq!(lease_visits(&store, -1).await, [], "not before it is planned");
        assert_eq!(lease_visits(&store, 0).await, std::slice::from_ref(&first));
        assert_eq!(lease_visits(&store, 59).await, []);
        assert_eq!(lease_visits(&store, 60).await, std::slice::from_ref(&first), "the lease has ended");
        store.renew_visit(&first.url, after(200)).await.unwrap();
        assert_eq!(lease_visits(&store, 199).await, [], "whoever reads it says so");
        assert_eq!(lease_visits(&store, 200).await, std::slice::from_ref(&first));
        commit(&store, [Effect::Visited(first.url)]).await;
        assert_eq!(lease_visits(&store, 1_000).await, []);
        commit(&store, [visit("a", Visit::Actor, "other.example")]).await;
        store.renew_visit(&url("https://far.example/a"), after(2_000)).await.unwrap();
        assert_eq!(lease_visits(&store, 1_000).await.len(), 1, "somebody leads there again");
    }

    async fn an_address_that_cannot_be_read_is_put_off_and_nobody_hurries_it(database: Database) {
        let store = founded(&database).await;
        commit(&store, [visit("a", Visit::Service, "far.example")]).await;
        let [due] = lease_visits(&store, 0).await.try_into().unwrap();
        store.postpone_visit(&due.url, after(100), "answered 503").await.unwrap();
        commit(&store, [visit("a", Visit::Service, "far.example")]).await;
        assert_eq!(lease_visits(&store, 99).await, []);
        assert_eq!(lease_visits(&store, 100).await, [Due { attempts: 1, ..due }]);
    }

    async fn no_more_addresses_are_leased_than_were_asked_for_the_longest_due_first(database: Database) {
        let store = founded(&database).await;
        commit(&store, ["a", "b", "c"].map(|path| visit(path, Visit::Service, "far.example"))).await;
        store.postpone_visit(&url("https://far.example/a"), after(2), "x").await.unwrap();
        store.postpone_visit(&url("https://far.example/b"), after(1), "x").await.unwrap();
        for path in ["c", "b", "a"] {
            let [due] = store.lease_visits(after(9), after(60), 1).await.unwrap().try_into().unwrap();
            assert_eq!(due.url.path(), format!("/{path}"));
        }
    }

    async fn an_address_of_a_kind_that_only_a_newer_program_knows_is_left_to_that(database: Database) {
        let store = founded(&database).await;
        commit(&store, ["a", "b"].map(|path| visit(path, Visit::Service, "far.example"))).await;
        database.execute("update visits set kind = 'of-later' where url = 'https://far.example/a'").await;
        let [due] = lease_visits(&store, 0).await.try_into().unwrap();
        assert_eq!(due.url.path(), "/b");
        let left = "select attempts, leased_until from visits where kind = 'of-later'";
        assert_eq!(database.rows(left).await, [["0", "0"]]);
    }

    async fn an_address_of_which_nothing_can_be_kept_is_put_off_and_takes_no_other_along(database: Database) {
        let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
        let hosts = ["a.example", "b.example", "c.example"];
        let effects = hosts.iter().flat_map(|host| [
            Effect::KeepActor(Box::new(actor(host))),
            Effect::AskToFollow {
                role: Local::Node,
                actor: actor_id(host),
                activity: url(&format!("https://{host}/follow")),
            },
            Effect::Visit { url: actor_id(host), kind: Visit::Actor, actor: actor_id(host) },
        ]);
        let change = Change { effects: effects.collect(), publications: Vec::new() };
        site.store.commit(&change, Clock::system().now()).await.unwrap();
        let second = actor_id("b.example");
        database.execute(&format!("update following set activity = 'no address' where actor = '{second}'")).await;
        let failed = site.federation.visit_due().await.unwrap_err();
        assert!(failed.to_string().contains("table following"), "{failed}");
        let left = database.rows("select url, attempts, leased_until, last_error from visits").await.concat();
        assert_eq!(left, [second.to_string(), "1".to_owned(), "0".to_owned(), failed.to_string()]);
    }

    async fn an_address_that_says_nothing_keeps_those_after_it_waiting_no_longer(database: Database) {
        let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = |host: String, port: u16| url(&format!("http://{host}.localhost:{port}/ap/org"));
        let nobody = free_port().port();
        // More than are read at once.
        let quick = (0..20).map(|number| at(format!("quick{number}"), nobody));
        let slow = at("slow".to_owned(), silent.local_addr().unwrap().port());
        let visits = std::iter::once(slow.clone()).chain(quick).map(|url| Effect::Visit {
            actor: url.clone(), url, kind: Visit::Actor,
        });
        let change = Change { effects: visits.collect(), publications: Vec::new() };
        site.store.commit(&change, Clock::system().now()).await.unwrap();
        let longest = format!("update visits set due_at = due_at - 1000 where url = '{slow}'");
        database.execute(&longest).await;
        let federation = site.federation.clone();
        let visiting = tokio::spawn(async move { federation.visit_due().await });
        eventually("those after it are read", async || {
            let waiting = "select url from visits where attempts = 0";
            (database.rows(waiting).await.concat() == [slow.to_string()]).then_some(())
        })
        .await;
        assert!(!visiting.is_finished(), "it says nothing yet");
        visiting.abort();
    }

    async fn addresses_that_are_put_off_or_given_up_together_keep_none_of_them_waiting(database: Database) {
        let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
        let nobody = free_port().port();
        // More than are read at once.
        let urls = (0..20).map(|number| url(&format!("http://h{number}.localhost:{nobody}/ap/org")));
        let visits = urls.map(|url| Effect::Visit { actor: url.clone(), url, kind: Visit::Actor });
        let change = Change { effects: visits.collect(), publications: Vec::new() };
        site.store.commit(&change, Clock::system().now()).await.unwrap();
        let tries = "select cast(count(*) as text) from visits where attempts > 0";
        site.federation.visit_due().await.unwrap();
        assert_eq!(database.rows(tries).await, [["20"]]);
        database.execute("update visits set attempts = 5, due_at = 0").await;
        site.federation.visit_due().await.unwrap();
        assert_eq!(database.rows(tries).await, [["0"]]);
    }

    async fn a_hoster_whose_actor_is_new_to_us_is_visited(database: Database) {
        let store = database.store().await;
        let visited = async |expected: &[&str]| {
            let due = lease_visits(&store, 0).await;
            let actors: Vec<_> = due.iter().map(|due| (due.kind, due.url.clone(), due.actor.clone())).collect();
            let of = |host: &&str| (Visit::Actor, actor_id(host), actor_id(host));
            assert_eq!(actors, Vec::from_iter(expected.iter().map(of)));
            commit(&store, due.into_iter().map(|due| Effect::Visited(due.url))).await;
        };
        let keep = async |hoster: Hoster| {
            store.keep(&[hoster], &[], some_day()).await.unwrap();
        };
        keep(hoster_by("own-file", "far", "Far")).await;
        visited(&[]).await;
        keep(with_actor("own-file", "far.example")).await;
        visited(&["far.example"]).await;
        let renamed = Hoster { name: Name::parse("Renamed").unwrap(), ..with_actor("own-file", "far.example") };
        keep(renamed.clone()).await;
        keep(renamed).await;
        visited(&[]).await;
        // What is not believed leads nowhere.
        keep(with_actor("third-party-list", "evil.example")).await;
        visited(&[]).await;
        commit(&store, [Effect::KeepHoster(Box::new(with_actor("own-file", "new.example")))]).await;
        visited(&["new.example"]).await;
    }

    async fn what_an_actor_says_of_another_is_kept_as_it_was_said(database: Database) {
        let store = founded(&database).await;
        let said = [RelationKind::Application, RelationKind::Offer, RelationKind::Block];
        commit(&store, said.map(|kind| {
            let id = url(&format!("https://far.example/said/{}", kind.word()));
            Effect::State(Box::new(Relation { id, ..relation(kind, "far.example") }))
        })).await;
        let rows = database.rows("select kind, actor, object, document, withdrawn_at from relations").await;
        let row = |kind: RelationKind| [
            kind.word(), "https://far.example/ap/org", "https://here.example/ap/group", "as far.example said it", "-",
        ];
        assert_eq!(rows.len(), 3);
        for kind in said {
            assert!(rows.iter().any(|found| *found == row(kind)), "{kind:?}");
        }
    }

    async fn only_who_said_it_takes_it_back_and_then_for_good(database: Database) {
        let store = founded(&database).await;
        let state = |host: &str| Effect::State(Box::new(relation(RelationKind::Offer, host)));
        let withdraw = |host: &str| Effect::Withdraw { id: relation(RelationKind::Offer, host).id, actor: actor_id(host) };
        let kept = async || database.rows("select actor, withdrawn_at from relations").await.concat();
        let far = actor_id("far.example").to_string();
        let withdrawn_at = some_day().timestamp_millis().to_string();
        commit(&store, [state("far.example"), state("evil.example"), withdraw("evil.example")]).await;
        assert_eq!(kept().await, [far.clone(), "-".to_owned()]);
        commit(&store, [withdraw("far.example")]).await;
        assert_eq!(kept().await, [far.clone(), withdrawn_at.clone()]);
        let later = Change { effects: vec![state("far.example"), withdraw("far.example")], publications: Vec::new() };
        store.commit(&later, after(60)).await.unwrap();
        assert_eq!(kept().await, [far, withdrawn_at]);
    }

    async fn who_leaves_takes_back_what_it_asked_and_nothing_of_others(database: Database) {
        let store = founded(&database).await;
        let said = |number: u8, kind, host: &str| {
            let id = url(&format!("https://far.example/said/{number}"));
            Effect::State(Box::new(Relation { id, ..relation(kind, host) }))
        };
        commit(&store, [
            said(1, RelationKind::Application, "far.example"),
            said(2, RelationKind::Offer, "far.example"),
            said(3, RelationKind::Application, "other.example"),
        ]).await;
        let leave = |object: &str| Effect::Leave { actor: actor_id("far.example"), object: url(object) };
        let open = async || database.rows("select id from relations where withdrawn_at is null order by id").await.len();
        commit(&store, [leave("https://here.example/ap/org")]).await;
        assert_eq!(open().await, 3);
        commit(&store, [leave("https://here.example/ap/group")]).await;
        let left = database.rows("select id from relations where withdrawn_at is null order by id").await.concat();
        assert_eq!(left, ["https://far.example/said/3"]);
    }
}

#[tokio::test]
async fn whoever_reads_an_address_that_is_slow_says_so_before_another_takes_it_for_dead() {
    let database = Database::sqlite().await;
    let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let slow = url(&format!("http://slow.localhost:{port}/ap/org"));
    let visit = Effect::Visit {
        actor: slow.clone(),
        url: slow,
        kind: Visit::Actor,
    };
    let change = Change {
        effects: vec![visit],
        publications: Vec::new(),
    };
    site.store
        .commit(&change, Clock::system().now())
        .await
        .unwrap();
    // The database notes it, since whoever looks now and then may miss it.
    for sql in [
        "create table renewals (until bigint not null)",
        "create trigger note after update of leased_until on visits
         when old.leased_until > 0 and new.leased_until > old.leased_until
         begin insert into renewals (until) values (new.leased_until); end",
    ] {
        database.execute(sql).await;
    }
    site.federation.visit_due().await.unwrap();
    let renewed = database.rows("select until from renewals").await;
    assert!(!renewed.is_empty());
    let left = database
        .rows("select attempts, leased_until from visits")
        .await;
    assert_eq!(left.concat(), ["1", "0"], "then it is put off");
}
