//! What older programs kept is there, and is worked with.

use archipelago::clock::Clock;
use archipelago::config::Config;
use archipelago::federation::{Delivery, Federation};
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::store::Store;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::past::{self, Past, rows_of};
use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::free_port;
use crate::support::followers::Inbox;
use crate::support::node::{TestNode, config};

/// The hoster's node of every time.
const HOSTER: &str = "http://hoster.localhost:4101/";
/// The directory's, which followed it.
const DIRECTORY: &str = "http://directory.localhost:4102/";

/// Some days after all of them were stopped.
fn later() -> Clock {
    Clock::fixed("2026-12-03T08:00:00Z".parse().unwrap())
}

/// A node of the past, taken up.
async fn taken_up(past: &Past, origin: &str, database: &Database) -> (Store, Config, Federation) {
    drop(rustls::crypto::ring::default_provider().install_default());
    past.laid_into(database).await;
    let store = database.store().await;
    let config = config(database, free_port(), Some(origin.parse().unwrap()));
    let federation = Federation::open(store.clone(), &config, later())
        .await
        .unwrap();
    (
        store,
        config,
        federation.unwrap_or_else(|| panic!("{} was founded", past.name)),
    )
}

async fn count(database: &Database, rows: &str) -> usize {
    let sql = format!("select cast(count(*) as text) from {rows}");
    database.rows(&sql).await[0][0].parse().unwrap()
}

/// What a program of some time knew of a database: the columns of its time.
async fn as_of(then: &past::Rows, database: &Database) -> Vec<(String, Vec<Vec<String>>)> {
    let mut seen = Vec::new();
    for (table, (columns, _)) in then {
        let mut rows = database
            .rows(&format!("select {} from {table}", columns.join(", ")))
            .await;
        rows.sort();
        seen.push((table.clone(), rows));
    }
    seen
}

on_both_engines! {
    async fn every_row_of_an_older_program_stays_as_it_was(database: Database) {
        for past in past::all().await {
            let here = database.another().await;
            let original = Database::sqlite().await;
            past.laid_into(&original).await;
            let then = rows_of(&original).await;
            past.laid_into(&here).await;
            let before = as_of(&then, &here).await;
            assert_eq!(before, as_of(&then, &original).await, "{}", past.name);
            drop(here.store().await);
            for ((table, before), (_, after)) in before.iter().zip(as_of(&then, &here).await) {
                match table.as_str() {
                    // What was kept before there were statements is adopted, and new counters begin.
                    "revision" => {
                        let is_same = |row: &&Vec<String>| row[0] == "statements" || after.contains(row);
                        assert!(before.iter().all(|row| is_same(&row)), "{}: {before:?} {after:?}", past.name);
                    }
                    _ => assert_eq!(*before, after, "{}: table {table}", past.name),
                }
            }
        }
    }

    async fn a_hosters_node_is_itself_again_and_delivers_on_where_it_was(database: Database) {
        for past in past::of("hoster").await {
            let here = database.another().await;
            let (store, _, federation) = taken_up(&past, HOSTER, &here).await;
            let name = &past.name;
            let addresses = federation.addresses().clone();
            assert_eq!(addresses.home().as_str(), HOSTER, "{name}");
            let actors: Vec<Url> = store.local_actors().await.unwrap().into_iter().map(|actor| actor.id).collect();
            assert_eq!(actors, [Local::Node, Local::Hoster].map(|role| addresses.actor(role)), "{name}");
            assert_eq!(count(&here, "tokens").await, 2, "{name}");
            assert_eq!(count(&here, "local_keys where retired_at is not null").await, 2, "{name}: both were rotated");
            assert_eq!(count(&here, "local_keys where retired_at is null").await, 2, "{name}");
            assert_eq!(count(&here, &format!("followers where actor like '{DIRECTORY}%'")).await, 1, "{name}");
            assert_eq!(count(&here, "objects where deleted_at is not null").await, 1, "{name}: what is gone stays so");
            let services = here.rows("select document from services order by id").await.concat();
            assert!(services[0].contains("Complet jusqu'en mars") && services[0].contains("full"), "{name}: {services:?}");
            assert!(services[1].contains("2027-03-31") && services[1].contains("Trop de travail"), "{name}: {services:?}");

            let owed = "select outbox.id from outbox join owed on owed.seq = outbox.seq
                 where owed.inbox like 'http://directory.%' order by outbox.seq";
            let owed = here.rows(owed).await.concat();
            assert!(owed.len() >= 2, "{name}: {owed:?}");
            // As if the directory had moved to the address of an inbox of ours.
            let inbox = Inbox::start().await;
            for (table, due) in [("owed", ""), ("delivery_targets", ", due_at = 0")] {
                here.execute(&format!("update {table} set inbox = '{}'{due} where inbox like 'http://directory.%'", inbox.url())).await;
            }
            let next = count(&here, "outbox").await;
            federation.add_services(vec![crate::support::fediverse::offer("new", "New")]).await.unwrap();
            assert!(count(&here, "outbox").await > next, "{name}");
            Delivery::new(federation).deliver_due().await.unwrap();
            assert_eq!(inbox.ids()[..owed.len()], owed, "{name}");
            assert_eq!(count(&here, &format!("owed where inbox = '{}'", inbox.url())).await, 0, "{name}");
        }
    }

    async fn a_directory_shows_what_it_learnt_and_trusts_whom_it_trusted(database: Database) {
        for past in past::of("directory").await {
            let here = database.another().await;
            let (_, config, federation) = taken_up(&past, DIRECTORY, &here).await;
            let name = &past.name;
            assert_eq!(federation.addresses().home().as_str(), DIRECTORY, "{name}");
            assert_eq!(count(&here, "following where state = 'accepted'").await, following(&past), "{name}");
            let node = TestNode::running(here.shared(), config, later(), false);
            let all = node.json("/api/v1/search?standing=any").await;
            assert_eq!(all["total"], 5, "{name}: {all}");
            assert!(all.to_string().contains("2027-03-31"), "{name}: {all}");
            let hoster = Addresses::of(HOSTER.parse().unwrap()).actor(Local::Hoster);
            let hoster = node.json(&format!("/api/v1/hosters/{}", hoster_id(&hoster).unwrap())).await;
            assert_eq!(hoster["name"], "L'Îlot", "{name}");
            let standing = if has_trust(&past) { "confirmed" } else { "claimed" };
            assert_eq!(hoster["standing"], standing, "{name}: {hoster}");
            let page = node.get("/fr/services?standing=any").await;
            let page = page.text().await.unwrap();
            assert!(page.contains("Presqu") && page.contains("Sondages"), "{name}");
        }
    }

    async fn a_collective_stands_by_its_members(database: Database) {
        for past in past::of("collective").await {
            let here = database.another().await;
            let (_, config, federation) = taken_up(&past, "http://collective.localhost:4103/", &here).await;
            let name = &past.name;
            assert_eq!(count(&here, "vouches").await, 1, "{name}");
            let charter = here.rows("select version from charters").await;
            assert_eq!(charter, [["1"]], "{name}");
            let members = federation.addresses().members(Local::Collective);
            let node = TestNode::running(here.shared(), config, later(), false);
            let accept = [("accept", "application/activity+json")];
            let members = node.ask(Method::GET, members.path(), &accept).await;
            let members: Value = serde_json::from_slice(&members.bytes().await.unwrap()).unwrap();
            assert_eq!(members["totalItems"], 1, "{name}: {members}");
        }
    }
}

fn has_trust(past: &Past) -> bool {
    past.schema >= 20261128000004
}

/// The hoster, and from then on the collective as well.
fn following(past: &Past) -> usize {
    1 + usize::from(has_trust(past))
}
