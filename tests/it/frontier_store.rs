//! What the store keeps of the frontier, on both engines.

mod refused;

use std::collections::HashSet;

use archipelago::domain::host::Host;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::formats::Format;
use archipelago::store::frontier::{
    Left, MAX_HOSTS_PER_DOMAIN, MAX_LEASED_PER_DOMAIN, MAX_TARGETS_PER_HOST, MAX_TARGETS_PER_LEASE,
    Outcome, Priority, Purpose, ROUND, Rules, Sown, Spent, Then, Turn, Visited,
};
use archipelago::store::{Speaker, Store, Told};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster, service, some_day};

const PURPOSE: Purpose = Purpose::Read(Format::NodeInfoLinks);

fn after(seconds: i64) -> DateTime<Utc> {
    some_day() + TimeDelta::seconds(seconds)
}

fn sown(address: &str, priority: Priority) -> Sown {
    Sown {
        url: address.parse().unwrap(),
        purpose: PURPOSE,
        priority,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    }
}

async fn sow(store: &Store, addresses: &[&str]) -> u64 {
    let sown: Vec<Sown> = addresses
        .iter()
        .map(|address| sown(address, Priority::Heard))
        .collect();
    store.sow(&sown, some_day()).await.unwrap()
}

async fn lease(store: &Store, number: i64, second: i64, limit: u32) -> Vec<Turn> {
    let (now, until) = (after(second), after(second + 60));
    store
        .lease_hosts(number, now, until, limit, None)
        .await
        .unwrap()
}

fn hosts(turns: &[Turn]) -> Vec<&str> {
    let mut hosts: Vec<&str> = turns.iter().map(|turn| turn.host.as_str()).collect();
    hosts.sort_unstable();
    hosts
}

fn left(second: i64) -> Left {
    Left {
        next_request_at: after(second),
        not_before: None,
        not_read_before: None,
        fails: 0,
        is_opted_out: false,
        error: None,
    }
}

/// What became of the first target of a turn, which is due again at a second.
fn visited(turn: &Turn, due: i64, then: Then) -> Visited {
    let outcome = turn.targets.first().map(|target| Outcome {
        status: Some(200),
        etag: Some("\"tag\"".to_owned()),
        last_modified: Some("yesterday".to_owned()),
        ..Outcome::of(target, after(due))
    });
    Visited {
        host: turn.host.clone(),
        lease: turn.lease,
        outcomes: outcome.into_iter().collect(),
        rules: None,
        told: None,
        vouches: Vec::new(),
        vouched: None,
        sown: Vec::new(),
        spent: Spent::default(),
        then,
    }
}

/// What a list tells.
fn told(hosters: Vec<Hoster>, services: Vec<Service>) -> Option<Told> {
    Some(Told {
        speaker: Speaker::Document("https://a.example/x".parse().unwrap()),
        hosters,
        services,
        leaves: false,
        all_of: None,
    })
}

async fn record(store: &Store, visited: Visited, second: i64) -> Option<Vec<String>> {
    let recorded = store
        .record_visits(vec![visited], after(second))
        .await
        .unwrap();
    let new = recorded.each.into_iter().next().unwrap();
    new.map(|new| new.iter().map(|target| target.url.to_string()).collect())
}

on_both_engines! {
    async fn a_host_is_leased_to_one_until_it_is_left_and_has_rested(database: Database) {
        let store = database.store().await;
        assert_eq!(sow(&store, &["https://a.example/x", "https://a.example/y", "https://b.example/"]).await, 3);
        assert_eq!(sow(&store, &["https://a.example/x"]).await, 0, "it is known");
        let turns = lease(&store, 1, 0, 10).await;
        assert_eq!(hosts(&turns), ["a.example", "b.example"]);
        let a = turns.iter().find(|turn| turn.host.as_str() == "a.example").unwrap();
        assert_eq!(a.targets.len(), 2);
        assert_eq!((a.lease, a.until, a.priority, a.fails), (1, after(60), Priority::Heard, 0));
        assert_eq!(lease(&store, 2, 59, 10).await, []);
        assert_eq!(store.next_lease_at(after(59), None).await.unwrap(), Some(after(60)));

        assert_eq!(record(&store, visited(a, 86_400, Then::GoOn), 1).await, Some(vec![]));
        let mut second = visited(a, 86_400, Then::Leave(left(4)));
        second.outcomes[0].url = a.targets[1].url.clone();
        assert_eq!(record(&store, second, 2).await, None);
        assert_eq!(lease(&store, 3, 86_399, 10).await.len(), 1, "only b is due");
        let again = lease(&store, 4, 86_400, 10).await;
        assert_eq!(hosts(&again), ["a.example"]);
        assert_eq!(again[0].targets[0].etag.as_deref(), Some("\"tag\""));
        assert_eq!(again[0].targets[0].last_modified.as_deref(), Some("yesterday"));
        // The lease ends by itself.
        assert_eq!(hosts(&lease(&store, 5, 86_460, 10).await), ["a.example", "b.example"]);
    }

    async fn a_host_rests_even_if_more_is_due(database: Database) {
        let store = database.store().await;
        sow(&store, &["https://a.example/x", "https://a.example/y"]).await;
        let turns = lease(&store, 1, 0, 10).await;
        record(&store, visited(&turns[0], 86_400, Then::Leave(left(9))), 5).await;
        assert_eq!(lease(&store, 2, 8, 10).await, []);
        assert_eq!(store.next_lease_at(after(8), None).await.unwrap(), Some(after(9)));
        let turns = lease(&store, 3, 9, 10).await;
        assert_eq!(turns[0].targets.len(), 1);
        let put_off = Left { not_before: Some(after(500)), ..left(20) };
        record(&store, visited(&turns[0], 10, Then::Leave(put_off)), 10).await;
        assert_eq!(store.next_lease_at(after(499), None).await.unwrap(), None);
        assert_eq!(lease(&store, 4, 500, 10).await.len(), 1);
    }

    async fn no_host_is_leased_twice_whoever_asks_at_once(database: Database) {
        let store = database.store().await;
        let addresses: Vec<String> = (0..400).map(|n| format!("https://h{n}.example{n}.org/")).collect();
        let sown: Vec<Sown> = addresses.iter().map(|address| sown(address, Priority::Heard)).collect();
        store.sow(&sown, some_day()).await.unwrap();
        let mut workers = JoinSet::new();
        for worker in 0..8 {
            // Each with connections of its own, as replicas have.
            let store = database.store().await;
            workers.spawn(async move {
                let mut taken = Vec::new();
                for round in 0..10 {
                    let turns = lease(&store, worker * 100 + round, 0, 20).await;
                    taken.extend(turns.into_iter().map(|turn| {
                        assert_eq!(turn.targets.len(), 1);
                        turn.host
                    }));
                }
                taken
            });
        }
        let taken: Vec<Host> = workers.join_all().await.concat();
        let distinct: HashSet<&Host> = taken.iter().collect();
        assert_eq!((taken.len(), distinct.len()), (400, 400));
    }

    async fn who_has_lost_a_lease_records_nothing(database: Database) {
        let store = database.store().await;
        sow(&store, &["https://a.example/x"]).await;
        let old = lease(&store, 1, 0, 1).await.remove(0);
        let new = lease(&store, 2, 60, 1).await.remove(0);
        let late = Visited {
            told: told(vec![hoster("late")], Vec::new()),
            sown: vec![sown("https://late.example/", Priority::Seed)],
            ..visited(&old, 500, Then::Leave(left(62)))
        };
        assert_eq!(record(&store, late, 61).await, None);
        assert!(store.is_empty().await.unwrap());
        assert_eq!(lease(&store, 3, 70, 10).await, [], "the lease of the other lasts");
        assert_eq!(record(&store, visited(&new, 500, Then::Leave(left(62))), 61).await, None);
        assert_eq!(lease(&store, 4, 499, 10).await, []);
        assert_eq!(record(&store, visited(&new, 100, Then::Leave(left(62))), 62).await, None, "it was left");
        assert_eq!(lease(&store, 5, 499, 10).await, []);
    }

    async fn what_a_visit_teaches_is_kept_with_it_or_not_at_all(database: Database) {
        let store = database.store().await;
        sow(&store, &["https://a.example/x"]).await;
        let turn = lease(&store, 1, 0, 1).await.remove(0);
        let taught = Visited {
            told: told(vec![hoster("one")], vec![service("one", "pads"), service("nobody", "else")]),
            sown: vec![sown("https://a.example/new", Priority::Heard), sown("https://b.example/", Priority::Heard),
                       sown("https://a.example/x", Priority::Heard)],
            rules: Some(Rules { text: "disallow: /y\n".to_owned(), read_at: after(1) }),
            spent: Spent { pages: 2, items: 3, bytes: 5_000_000_000 },
            ..visited(&turn, 500, Then::GoOnIfNew(left(5)))
        };
        let before = store.revision().await.unwrap();
        assert_eq!(record(&store, taught, 1).await, Some(vec!["https://a.example/new".to_owned()]));
        assert_eq!(store.revision().await.unwrap(), before + 1);
        let directory = store.directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (1, 1));
        let turns = lease(&store, 2, 60, 10).await;
        assert_eq!(hosts(&turns), ["a.example", "b.example"]);
        let a = turns.iter().find(|turn| turn.host.as_str() == "a.example").unwrap();
        assert_eq!(a.spent, Spent { pages: 2, items: 3, bytes: 5_000_000_000 });
        let rules = a.rules.clone().unwrap();
        assert_eq!((rules.text.as_str(), rules.read_at), ("disallow: /y\n", after(1)));
        assert_eq!(a.targets.len(), 1, "what is new, and not what was visited");
        // Nothing new: the host is left.
        assert_eq!(record(&store, visited(a, 500, Then::GoOnIfNew(left(70))), 61).await, None);
        // A round later all is counted anew, and what is known is kept.
        let later = 60 + ROUND.num_seconds();
        let turns = lease(&store, 3, later, 10).await;
        let a = turns.iter().find(|turn| turn.host.as_str() == "a.example").unwrap();
        assert_eq!((a.spent, a.round_at), (Spent::default(), after(later)));
        assert!(a.rules.is_some());
    }

    async fn a_domain_has_so_many_hosts_and_so_many_are_asked_at_once(database: Database) {
        let store = database.store().await;
        let wild: Vec<String> = (0..=MAX_HOSTS_PER_DOMAIN).map(|n| format!("https://h{n}.wild.example/")).collect();
        let wild: Vec<&str> = wild.iter().map(String::as_str).collect();
        assert_eq!(sow(&store, &wild).await, u64::from(MAX_HOSTS_PER_DOMAIN));
        assert_eq!(sow(&store, &["https://h0.wild.example/more", "https://other.example/"]).await, 2);
        let turns = lease(&store, 1, 0, 50).await;
        assert_eq!(turns.len(), MAX_LEASED_PER_DOMAIN as usize + 1, "{:?}", hosts(&turns));
        assert_eq!(lease(&store, 2, 0, 50).await, [], "those of the first lease count");
        let one = turns.iter().find(|turn| turn.host.domain() == "wild.example").unwrap();
        record(&store, visited(one, 86_400, Then::Leave(left(1))), 0).await;
        assert_eq!(lease(&store, 3, 0, 50).await.len(), 1);
    }

    async fn a_host_has_so_many_targets_and_so_many_are_handed_out(database: Database) {
        let store = database.store().await;
        let many: Vec<String> = (0..=MAX_TARGETS_PER_HOST).map(|n| format!("https://a.example/{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(sow(&store, &many).await, u64::from(MAX_TARGETS_PER_HOST));
        let turns = lease(&store, 1, 0, 1).await;
        assert_eq!(turns[0].targets.len(), MAX_TARGETS_PER_LEASE as usize);
    }

    async fn who_was_named_by_the_operator_comes_first_then_who_is_listed(database: Database) {
        let store = database.store().await;
        let all = [
            sown("https://heard.example/", Priority::Heard),
            sown("https://listed.example/", Priority::Listed),
            sown("https://seed.example/", Priority::Seed),
            // Named again, and better; and worse, which changes nothing.
            sown("https://late.example/", Priority::Heard),
            sown("https://late.example/x", Priority::Seed),
            sown("https://late.example/y", Priority::Listed),
        ];
        store.sow(&all, some_day()).await.unwrap();
        let mut order = Vec::new();
        for number in 0..4 {
            order.extend(lease(&store, number, 0, 1).await);
        }
        let priorities: Vec<_> = order.iter().map(|turn| turn.priority).collect();
        assert_eq!(priorities, [Priority::Seed, Priority::Seed, Priority::Listed, Priority::Heard]);
        let only = Host::parse("heard.example").unwrap();
        let turns = store.lease_hosts(9, after(60), after(120), 10, Some(&only)).await.unwrap();
        assert_eq!(hosts(&turns), ["heard.example"]);
    }

    async fn the_dead_are_not_woken_by_being_mentioned_and_who_left_gets_no_more(database: Database) {
        let store = database.store().await;
        sow(&store, &["https://dead.example/", "https://out.example/", "https://well.example/"]).await;
        for turn in lease(&store, 1, 0, 10).await {
            let left = match turn.host.as_str() {
                "dead.example" => Left {
                    not_before: Some(after(5_000)), fails: 4, error: Some("no route".to_owned()), ..left(1)
                },
                "out.example" => Left { not_before: Some(after(5_000)), is_opted_out: true, ..left(1) },
                _ => left(1),
            };
            record(&store, visited(&turn, 4_000, Then::Leave(left)), 0).await;
        }
        let new = sow(&store, &["https://dead.example/x", "https://out.example/x", "https://well.example/x"]).await;
        assert_eq!(new, 2);
        assert_eq!(hosts(&lease(&store, 2, 100, 10).await), ["well.example"]);
        let frontier = store.frontier(after(100)).await.unwrap();
        assert_eq!((frontier.hosts, frontier.due, frontier.dead, frontier.opted_out, frontier.targets), (3, 1, 1, 1, 5));
        let trouble = store.hosts_in_trouble(10).await.unwrap();
        assert_eq!(trouble.len(), 1);
        assert_eq!((trouble[0].host.as_str(), trouble[0].fails, trouble[0].error.as_str()), ("dead.example", 4, "no route"));
    }
}
