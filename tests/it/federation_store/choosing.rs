//! What the operator chooses: anchors, rules and blocks, each change of which is noted for everybody.

use std::fs;
use std::path::Path;

use archipelago::domain::anchor::Anchor;
use archipelago::domain::block::{Block, Domain, Severity};
use archipelago::domain::choices::Choices;
use archipelago::domain::collective::Standing;
use archipelago::domain::decision::{Decision, Via, What};
use archipelago::domain::policy::Rules;
use archipelago::domain::text::Prose;
use archipelago::store::frontier::{Priority, Purpose, Sown};
use archipelago::store::{Blocked, Visit};

use super::*;
use crate::support::database::{Database, on_both_engines};

fn prose(text: &str) -> Prose {
    Prose::parse(text).unwrap()
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn chosen_anchor(host: &str) -> Anchor {
    Anchor {
        actor: actor_id(host),
        name: None,
        reason: None,
        since: None,
        via: Via::Settings,
    }
}

fn chosen_block(name: &str) -> Block {
    Block {
        domain: domain(name),
        severity: Severity::Suspend,
        reason: None,
        source: None,
        since: None,
        via: Via::Settings,
    }
}

async fn block(store: &Store, name: &str, severity: Severity) -> Blocked {
    let (domain, reason) = (domain(name), prose("Spam"));
    let added = store.add_block(&domain, severity, &reason, None, some_day());
    added.await.unwrap()
}

async fn log(store: &Store) -> Vec<Decision> {
    let since = DateTime::UNIX_EPOCH;
    let (mut log, total) = store.decisions(since, 1_000, 0).await.unwrap();
    assert_eq!(log.len() as u64, total);
    log.reverse();
    log
}

/// What was decided, about whom, and what it came to.
fn brief(log: &[Decision]) -> Vec<(What, &str, Option<&str>)> {
    log.iter()
        .map(|decision| {
            (
                decision.what,
                decision.subject.as_str(),
                decision.detail.as_deref(),
            )
        })
        .collect()
}

/// Everything that may lead to and from the hosts of a name: followers, what they are owed, a wish to
/// follow, a peer, something to visit, something to apply, a host of the frontier.
async fn know(store: &Store, host: &str) {
    commit(store, follows(actor(host), Local::Node, Reader::Node)).await;
    let ask = Effect::AskToFollow {
        role: Local::Node,
        actor: actor_id(host),
        activity: url(&format!("https://here.example/ap/follows/{host}")),
    };
    let visit = Effect::Visit {
        url: url(&format!("https://{host}/ap/services")),
        kind: Visit::Services,
        actor: actor_id(host),
    };
    commit(store, [ask, Effect::AddPeer(actor_id(host)), visit]).await;
    let received = Received {
        id: url(&format!("https://{host}/ap/activities/1")),
        actor: actor_id(host),
        body: "{}".to_owned(),
        newly_read: None,
    };
    store.receive(&[received], some_day()).await.unwrap();
    let sown = Sown {
        url: url(&format!("https://{host}/")),
        purpose: Purpose::Probe,
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    };
    store.sow(&[sown], some_day()).await.unwrap();
}

/// In which tables an address with these letters stands.
async fn found(database: &Database, letters: &str) -> Vec<String> {
    let everything = database.everything().await;
    let tables = everything
        .into_iter()
        .filter(|(_, rows)| rows.iter().flatten().any(|text| text.contains(letters)));
    tables.map(|(table, _)| table).collect()
}

on_both_engines! {
    async fn an_anchor_is_kept_with_its_reason_and_its_time(database: Database) {
        let store = founded(&database).await;
        let (b, a) = (actor_id("b.example"), actor_id("a.example"));
        let name = Name::parse("A collective").unwrap();
        let revision = store.revision().await.unwrap();
        assert!(store.add_anchor(&b, None, &prose("We know them"), some_day()).await.unwrap());
        assert!(store.add_anchor(&a, Some(&name), &prose("They know us"), after(1)).await.unwrap());
        assert!(!store.add_anchor(&a, Some(&name), &prose("They know us"), after(2)).await.unwrap());
        assert!(store.add_anchor(&a, Some(&name), &prose("Both"), after(3)).await.unwrap());
        assert_eq!(store.revision().await.unwrap(), revision + 3);
        let anchors = store.directory().await.unwrap().anchors;
        assert_eq!(anchors, store.anchors().await.unwrap());
        assert_eq!(anchors[0], Anchor {
            actor: a.clone(),
            name: Some(name),
            reason: Some(prose("Both")),
            since: Some(after(1)),
            via: Via::Operator,
        });
        assert_eq!(anchors[1].actor, b);
        assert!(store.remove_anchor(&a, Some(&prose("No more")), after(4)).await.unwrap());
        assert!(!store.remove_anchor(&a, None, after(5)).await.unwrap());
        let log = log(&store).await;
        let (a, b) = (a.as_str(), b.as_str());
        assert_eq!(brief(&log), [
            (What::AnchorAdded, b, None),
            (What::AnchorAdded, a, Some("A collective")),
            (What::AnchorChanged, a, Some("A collective")),
            (What::AnchorRemoved, a, Some("A collective")),
        ]);
        assert_eq!((log[3].reason.clone(), log[3].at, log[3].via), (Some(prose("No more")), after(4), Via::Operator));
    }

    async fn each_rule_that_is_another_is_noted(database: Database) {
        let store = database.store().await;
        let rules = Rules {
            least_standing: Some(Standing::Confirmed),
            max_depth: Some(2),
            ..Rules::default()
        };
        assert!(store.keep_rules(&rules, Some(&prose("To begin with")), some_day()).await.unwrap());
        assert!(!store.keep_rules(&rules, None, some_day()).await.unwrap());
        let more = Rules { max_depth: Some(3), hoster_quota: Some(1), ..Rules::default() };
        assert!(store.keep_rules(&more, None, some_day()).await.unwrap());
        assert_eq!(store.directory().await.unwrap().rules, more.over(rules));
        assert_eq!(store.revision().await.unwrap(), 2);
        assert_eq!(brief(&log(&store).await), [
            (What::PolicyChanged, "least_standing", Some("confirmed")),
            (What::PolicyChanged, "max_depth", Some("2")),
            (What::PolicyChanged, "max_depth", Some("3")),
            (What::PolicyChanged, "hoster_quota", Some("1")),
        ]);
    }

    async fn whoever_is_suspended_has_nothing_to_do_with_this_node_from_then_on(database: Database) {
        let store = founded(&database).await;
        for host in ["evil.example", "a.evil.example:8443", "notevil.example", "good.example"] {
            know(&store, host).await;
        }
        publish(&store, [publication(1, Audience::Followers)]).await;
        assert_eq!(store.waiting().await.unwrap(), 4);
        assert_eq!(block(&store, "evil.example", Severity::Suspend).await, Blocked::Done);
        assert_eq!(block(&store, "evil.example", Severity::Suspend).await, Blocked::Already);
        // What came in stays in the memory of activities, as applied.
        assert_eq!(found(&database, "//evil.example").await, ["inbox"]);
        assert_eq!(found(&database, "//a.evil.example").await, ["inbox"]);
        assert_eq!(store.waiting().await.unwrap(), 2);
        let outcomes = database.rows("select outcome from inbox where outcome is not null").await;
        assert_eq!(outcomes, [["blocked"], ["blocked"]]);
        for host in ["//notevil.example", "//good.example"] {
            let tables = found(&database, host).await;
            for table in ["followers", "following", "inbox", "owed", "peers", "remote_actors", "visits"] {
                assert!(tables.iter().any(|known| known == table), "{host} {table}");
            }
        }
        assert_eq!(database.rows("select host from hosts order by host").await, [["good.example"], ["notevil.example"]]);
        // Whatever it says of services stays, so that it is there again once the block is lifted.
        assert!(store.remove_block(&domain("evil.example"), None, some_day()).await.unwrap());
        assert!(!store.remove_block(&domain("evil.example"), None, some_day()).await.unwrap());
        assert_eq!(store.blocks().await.unwrap(), []);
    }

    async fn what_is_only_hidden_is_cut_off_from_nothing(database: Database) {
        let store = founded(&database).await;
        know(&store, "odd.example").await;
        let before = found(&database, "//odd.example").await;
        assert_eq!(block(&store, "odd.example", Severity::Hide).await, Blocked::Done);
        assert_eq!(found(&database, "//odd.example").await, before);
        assert_eq!(block(&store, "odd.example", Severity::Suspend).await, Blocked::Done);
        let known = store.directory().await.unwrap().blocks;
        assert_eq!(known, [Block {
            reason: Some(prose("Spam")),
            since: Some(some_day()),
            via: Via::Operator,
            ..chosen_block("odd.example")
        }]);
        assert_eq!(brief(&log(&store).await), [
            (What::BlockAdded, "odd.example", Some("hide")),
            (What::BlockChanged, "odd.example", Some("suspend")),
        ]);
    }

    async fn no_node_blocks_itself(database: Database) {
        let store = founded(&database).await;
        let before = database.everything().await;
        for name in ["here.example", "HERE.example."] {
            assert_eq!(block(&store, name, Severity::Hide).await, Blocked::Ourselves);
        }
        assert_eq!(database.everything().await, before);
        assert_eq!(block(&store, "there.example", Severity::Hide).await, Blocked::Done);
    }

    async fn decisions_at_once_are_numbered_one_after_the_other(database: Database) {
        let stores = [database.store().await, database.store().await];
        let writers = (0..20).map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { block(&store, &format!("h{number}.example"), Severity::Hide).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            assert_eq!(writer.await.unwrap(), Blocked::Done);
        }
        let numbers: Vec<i64> = log(&stores[0]).await.iter().map(|decision| decision.seq).collect();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
        assert_eq!(stores[0].blocks().await.unwrap().len(), 20);
    }

    async fn the_log_is_read_from_its_end_page_by_page(database: Database) {
        let store = database.store().await;
        for second in 0..5 {
            let name = domain(&format!("h{second}.example"));
            store.add_block(&name, Severity::Hide, &prose("Spam"), None, after(second)).await.unwrap();
        }
        let (page, total) = store.decisions(after(1), 2, 1).await.unwrap();
        let subjects: Vec<_> = page.iter().map(|decision| decision.subject.as_str()).collect();
        assert_eq!((subjects, total), (vec!["h3.example", "h2.example"], 4));
        assert_eq!(store.decisions(after(9), 2, 0).await.unwrap(), (Vec::new(), 0));
    }

    async fn what_the_settings_choose_is_noted_once_however_often_and_by_how_many(database: Database) {
        let stores = [founded(&database).await, database.store().await];
        know(&stores[0], "evil.example").await;
        let chosen = Choices {
            rules: Rules { max_depth: Some(2), ..Rules::default() },
            anchors: vec![chosen_anchor("a.example")],
            blocks: vec![chosen_block("evil.example")],
        };
        let revision = stores[0].revision().await.unwrap();
        let starting = stores.clone().map(|store| {
            let chosen = chosen.clone();
            tokio::spawn(async move { store.note_settings(&chosen, some_day()).await.unwrap() })
        });
        let mut noted = 0;
        for starting in starting {
            noted += u64::from(starting.await.unwrap());
        }
        assert_eq!(noted, 1);
        assert!(!stores[1].note_settings(&chosen, after(1)).await.unwrap());
        assert_eq!(stores[0].revision().await.unwrap(), revision + 1);
        let anchor = actor_id("a.example");
        let expected = [
            (What::PolicyChanged, "max_depth", Some("2")),
            (What::AnchorAdded, anchor.as_str(), None),
            (What::BlockAdded, "evil.example", Some("suspend")),
        ];
        let noted = log(&stores[0]).await;
        assert_eq!(brief(&noted), expected);
        assert!(noted.iter().all(|decision| decision.via == Via::Settings && decision.reason.is_none()));
        assert!(!found(&database, "//evil.example").await.contains(&"followers".to_owned()));
        // The store's own choices are as they were.
        assert_eq!(stores[0].choices().await.unwrap(), Choices::default());
        assert!(stores[1].note_settings(&Choices::default(), after(2)).await.unwrap());
        assert_eq!(brief(&log(&stores[0]).await)[3..], [
            (What::PolicyChanged, "max_depth", None),
            (What::AnchorRemoved, anchor.as_str(), None),
            (What::BlockRemoved, "evil.example", Some("suspend")),
        ]);
    }

    async fn a_row_of_the_choices_that_somebody_broke_is_named(database: Database) {
        let store = founded(&database).await;
        block(&store, "evil.example", Severity::Hide).await;
        database.execute("update blocks set domain = 'EVIL.example'").await;
        assert_eq!(
            store.directory().await.unwrap_err().to_string(),
            "table blocks, row EVIL.example, column domain: it is no domain as it is kept"
        );
        database.execute("delete from blocks").await;
        database.execute("insert into settings (name, value) values ('max_depth', '99')").await;
        assert_eq!(
            store.choices().await.unwrap_err().to_string(),
            "table settings, row max_depth, column value: \"99\" is no whole number from 1 to 3"
        );
        database.execute("update decisions set what = 'nonsense'").await;
        assert_eq!(
            store.decisions(some_day(), 1, 0).await.unwrap_err().to_string(),
            "table decisions, row 1, column what: \"nonsense\" is no decision"
        );
    }
}

#[test]
fn no_statement_of_ours_changes_or_removes_what_the_log_holds() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"));
    let mut inserts = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default().to_lowercase();
            for change in [
                "update decisions",
                "delete from decisions",
                "drop table decisions",
            ] {
                assert!(!text.contains(change), "{}: {change}", path.display());
            }
            inserts += text.matches("insert into decisions").count();
        }
    }
    assert_eq!(inserts, 1, "one way in");
}
