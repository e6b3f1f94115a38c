//! Real processes are killed in the middle of their work, again and again, and nothing is lost, done
//! twice or done out of order.
//!
//! One hoster's node publishes; two directories follow it; each of the three is a process that is
//! killed with SIGKILL and started again at once on its port and its database. Beside them stands an
//! observer that is never killed and counts what comes over the wire, and visitors read pages and ask the
//! API of all three. `crawl::killed` does the same to crawlers.
//!
//! The moments are chance, from a seed: that is the point here, since nobody can name the lines between
//! which a process may die. What would only be waiting (half a minute until an inbox that was away is
//! tried again; the rest of a dead process's lease) is cut short in the tables, as if the time had
//! passed; one kill in five waits for its lease like everyone else.
//!
//! `make test` runs this with few activities, `make kill` for ten minutes.

use std::sync::Arc;
use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::federation::{Federation, Kind};
use archipelago::store::FollowState;

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::process::{self, Process};
use crate::support::visitors::Visitors;

/// How many activities are published, unless `KILL_ACTIVITIES` says otherwise.
const ACTIVITIES: usize = 60;
/// One kill for so many of them.
const PER_KILL: usize = 2;
/// What visitors of each read meanwhile.
const READ: &[&str] = &[
    "/en/",
    "/api/v1/search?q=pads",
    "/fr/services?need=pads",
    "/ap/actor",
];
/// One kill in so many waits until the lease of the dead has really ended.
const REALLY_WAITS: usize = 5;

/// A node in a process of its own.
struct Island {
    process: Process,
    site: Site,
    database: Database,
    kills: usize,
}

impl Island {
    async fn start(name: &str, kind: Kind, database: Database) -> Self {
        let site = Site::found(name, kind, &database, free_port()).await;
        Self {
            process: begin(&site),
            site,
            database,
            kills: 0,
        }
    }

    /// Kills the process, and starts it again over what it left.
    async fn kill(&mut self, really_wait: bool) {
        self.process.kill();
        if !really_wait {
            for table in ["delivery_targets", "inbox"] {
                let sql = format!("update {table} set leased_until = 0 where leased_until > 0");
                self.database.execute(&sql).await;
            }
        }
        self.process = begin(&self.site);
        self.kills += 1;
    }

    /// Tries every inbox now that was put off.
    async fn hurry(&self) {
        let sql = "update delivery_targets set due_at = 0 where due_at is not null";
        self.database.execute(sql).await;
    }

    async fn count(&self, sql: &str) -> usize {
        self.database.rows(sql).await[0][0].parse().unwrap()
    }
}

fn begin(site: &Site) -> Process {
    let command = process::serve(&site.config, &["--without", "crawler"]);
    Process::begin(command, site.config.listen)
}

/// Chance that can be had again: splitmix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

fn from_environment(name: &str, otherwise: usize) -> usize {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().unwrap())
}

/// The `number`th change: one in four tells anew of one service, the others each offer another.
async fn publish(sender: &Federation, number: usize) {
    let published = match number {
        0 => {
            sender
                .add_services(vec![offer("much-told", "Told 0")])
                .await
        }
        _ if number.is_multiple_of(4) => {
            let again = offer("much-told", &format!("Told {number}"));
            sender.update_service(again).await
        }
        _ => {
            let slug = format!("s{number}");
            sender.add_services(vec![offer(&slug, &slug)]).await
        }
    };
    published.unwrap();
}

async fn follow(receiver: &Island, sender: &Island) {
    let home = sender.site.federation.addresses().home();
    let hoster = eventually("the hoster is found", async || {
        receiver.site.federation.follow(home.as_str()).await.ok()
    })
    .await;
    eventually(
        "the follow is accepted and the services are read",
        async || {
            let follow = receiver.site.store.follow_of(&hoster.id).await.unwrap()?;
            let visits = "select cast(count(*) as text) from visits";
            let done = receiver.count(visits).await == 0
                && receiver.site.store.waiting().await.unwrap() == 0;
            (done && follow.state == FollowState::Accepted).then_some(())
        },
    )
    .await;
}

on_both_engines! {
    async fn whatever_is_killed_every_effect_comes_once_and_in_order(database: Database) {
        let activities = from_environment("KILL_ACTIVITIES", ACTIVITIES);
        let seed = from_environment("KILL_SEED", 20_261_123);
        let mut chance = Chance(u64::try_from(seed).unwrap());
        let another = async || match database.url().starts_with("sqlite") {
            true => Database::sqlite().await,
            false => Database::postgres().await,
        };
        let (one, two) = (another().await, another().await);
        let mut islands = [
            Island::start("sender", Kind::Hoster, database).await,
            Island::start("one", Kind::Directory, one).await,
            Island::start("two", Kind::Directory, two).await,
        ];
        let [sender, receivers @ ..] = &islands;
        for receiver in receivers {
            follow(receiver, sender).await;
        }
        // Slow, so that a process may die between a request and its answer.
        let observer = Inbox::slow(Duration::from_millis(30)).await;
        let now = Clock::system().now();
        followers::follow(&sender.site.store, &[observer.actor()], now).await;
        let mut revisions = Vec::new();
        for receiver in receivers {
            revisions.push(receiver.site.store.revision().await.unwrap());
        }

        let visitors = Arc::new(Visitors::default());
        let reading: Vec<_> = islands
            .iter()
            .map(|island| {
                let origin = island.process.url("");
                tokio::spawn(visitors.clone().read_while_it_lives(origin, READ))
            })
            .collect();
        let mut published = 0;
        for kill in 0..activities / PER_KILL {
            // Published faster than killed, so that there is work to be killed in.
            let until = activities.min(published + 3 * PER_KILL);
            while published < until {
                publish(&islands[0].site.federation, published).await;
                published += 1;
            }
            tokio::time::sleep(Duration::from_millis(chance.below(400))).await;
            let victim = [0, 0, 1, 2][usize::try_from(chance.below(4)).unwrap()];
            islands[victim].kill(kill % REALLY_WAITS == 0).await;
            islands[0].hurry().await;
        }
        visitors.end();
        for reading in reading {
            reading.await.unwrap();
        }
        let [sender, receivers @ ..] = &islands;
        let owed = "select cast(count(*) as text) from owed";
        let told = sender.database.rows(
            "select id from outbox where listed_at is not null order by seq",
        );
        let told: Vec<String> = told.await.into_iter().flatten().collect();
        assert_eq!(told.len(), activities);
        for left in (0..activities * 4).rev() {
            // Each look takes as long as something is moving, so a stand-still ends soon enough.
            sender.hurry().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            let mut waiting = sender.count(owed).await;
            for receiver in receivers {
                waiting += usize::try_from(receiver.site.store.waiting().await.unwrap()).unwrap();
            }
            if waiting == 0 {
                break;
            }
            assert!(left > 0, "{waiting} never came, with KILL_SEED={seed}");
        }

        for (receiver, before) in receivers.iter().zip(revisions) {
            let rows = receiver.database.rows(
                "select id, cast(applied_at as text) from inbox order by seq",
            );
            let rows = rows.await;
            // The first is the Accept.
            let ids: Vec<_> = rows[1..].iter().map(|row| row[0].clone()).collect();
            assert_eq!(ids, told, "each once and in order, with KILL_SEED={seed}");
            let applied: Vec<i64> = rows.iter().map(|row| row[1].parse().unwrap()).collect();
            assert!(applied.is_sorted(), "applied in order, with KILL_SEED={seed}");
            let grown = receiver.site.store.revision().await.unwrap() - before;
            assert_eq!(grown, activities as u64, "every effect is one revision");
            let services = receiver.count("select cast(count(*) as text) from services").await;
            assert_eq!(services, activities - activities.div_ceil(4) + 1);
            let sql = "select document from services where id like '%much-told'";
            let last = (activities - 1) / 4 * 4;
            let document = &receiver.database.rows(sql).await[0][0];
            assert!(document.contains(&format!("\"Told {last}\"")), "{document}");
        }
        let seen = observer.ids();
        let mut distinct = seen.clone();
        distinct.dedup();
        assert_eq!(distinct, told, "the same again at most, and then the next");
        let kills: Vec<_> = islands.iter().map(|island| island.kills).collect();
        println!(
            "{activities} activities; killed {kills:?} times; the observer saw {} requests; visitors {} answers",
            seen.len(),
            visitors.answered()
        );
        assert!(kills.iter().all(|kills| *kills > 0));
    }
}
