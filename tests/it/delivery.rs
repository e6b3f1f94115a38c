//! What a hoster's node owes reaches every inbox: at once where it can, later where it must, in order,
//! and never at the expense of others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::config::Config;
use archipelago::federation::{Delivery, Federation, Kind};
use archipelago::fetch::DEADLINE;
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use archipelago::store::{Change, Debt, Effect, FollowState, Health, Replaced, Store, TargetState};

use chrono::TimeDelta;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use url::Url;

use crate::support::database::{Database, on_both_engines};
use crate::support::far_web::{FarWeb, Reply, Request};
use crate::support::fediverse::{Founded, eventually, founder, free_port, offer};
use crate::support::followers::{self, Inbox, id};
use crate::support::node::config;
use crate::support::records::some_day;

/// A hoster's node without a server and without loops: what it does is done by the test, and its clock
/// is moved by hand.
struct Hoster {
    store: Store,
    federation: Federation,
    delivery: Delivery,
    clock: Clock,
    database: Database,
    _config: Config,
}

impl Hoster {
    async fn over(database: Database) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listen = free_port();
        let origin = format!("http://hoster.localhost:{}/", listen.port());
        let addresses = Addresses::of(origin.parse().unwrap());
        let config = config(&database, listen, Some(addresses.home()));
        let store = database.store().await;
        let clock = Clock::fixed(some_day());
        let founder = founder("hoster", Kind::Hoster, addresses);
        founder.found(&store, clock.now()).await.unwrap().unwrap();
        let federation = Federation::open(store.clone(), &config, clock.clone()).await;
        let federation = federation.unwrap().unwrap();
        Self {
            delivery: Delivery::new(federation.clone()),
            federation,
            store,
            clock,
            database,
            _config: config,
        }
    }

    /// With one follower.
    async fn followed() -> (Self, Inbox) {
        let hoster = Self::over(Database::sqlite().await).await;
        let inbox = Inbox::start().await;
        hoster.has_follower(&inbox).await;
        (hoster, inbox)
    }

    async fn has_follower(&self, inbox: &Inbox) {
        followers::follow(&self.store, &[inbox.actor()], self.clock.now()).await;
    }

    async fn publish(&self, slug: &str) {
        let published = self.federation.add_services(vec![offer(slug, slug)]).await;
        published.unwrap();
    }

    async fn deliver(&mut self) {
        self.delivery.deliver_due().await.unwrap();
    }

    /// Delivers what is due after some time.
    async fn deliver_after(&mut self, time: TimeDelta) {
        self.clock.advance(time);
        self.deliver().await;
    }

    /// What is known of the one inbox; `None` once it is well and owed nothing.
    async fn debt(&self) -> Option<Debt> {
        self.store.debts(10).await.unwrap().pop()
    }

    async fn followers(&self) -> u64 {
        let sql = "select cast(count(*) as text) from followers";
        self.database.rows(sql).await[0][0].parse().unwrap()
    }

    /// The ids of all that was published, in order.
    async fn told(&self) -> Vec<String> {
        let told = self.database.rows("select id from outbox order by seq");
        told.await.into_iter().flatten().collect()
    }
}

/// How long a test may take in all: far more than it should, for slow machines.
const PATIENCE: Duration = Duration::from_secs(180);
/// Longer than the first wait with all its jitter.
const A_MINUTE: TimeDelta = TimeDelta::seconds(60);
const A_DAY: TimeDelta = TimeDelta::hours(24);

fn is_rfc9421(request: &Request) -> bool {
    request.header("signature-input").is_some()
}

/// The key that a request is signed with, by its draft-cavage signature.
fn key(request: &Request) -> String {
    let signature = request.header("signature").unwrap();
    signature.split('"').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn while_an_inbox_fails_the_same_bytes_are_sent_again_and_what_follows_waits() {
    let (mut hoster, inbox) = Hoster::followed().await;
    for slug in ["a", "b", "c"] {
        hoster.publish(slug).await;
    }
    let failures = [500, 503, 408, 429, 301, 308];
    inbox.answer(&failures);
    for count in 1..=failures.len() {
        hoster.deliver().await;
        assert_eq!(inbox.requests().len(), count, "once, and then it waits");
        assert_eq!(hoster.debt().await.unwrap().target.fails as usize, count);
        // 30 s, a minute, two …; a quarter more at most.
        hoster.clock.advance(TimeDelta::seconds(38 << (count - 1)));
    }
    hoster.deliver().await;
    let requests = inbox.requests();
    let told = hoster.told().await;
    let ids: Vec<_> = requests.iter().map(id).collect();
    assert_eq!(ids[..=failures.len()], vec![told[0].clone(); 7]);
    assert_eq!(ids[failures.len()..], told);
    assert!(requests[..7].iter().all(|one| one.body == requests[0].body));
    assert_eq!(hoster.debt().await, None);
}

#[tokio::test]
async fn what_an_inbox_refuses_for_good_is_noted_and_the_next_is_sent() {
    let (mut hoster, inbox) = Hoster::followed().await;
    for slug in ["a", "b", "c"] {
        hoster.publish(slug).await;
    }
    inbox.answer(&[404, 400]);
    hoster.deliver().await;
    assert_eq!(inbox.ids(), hoster.told().await);
    assert_eq!(hoster.debt().await, None, "the third was taken");

    hoster.publish("d").await;
    inbox.answer(&[400]);
    hoster.deliver().await;
    let debt = hoster.debt().await.unwrap();
    assert_eq!(
        (debt.owed, debt.last_status, debt.target.fails),
        (0, Some(400), 0)
    );
    assert!(debt.last_error.unwrap().starts_with("answered 400"));
}

#[tokio::test]
async fn an_inbox_that_is_gone_loses_its_followers_and_comes_back_by_following() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    hoster.publish("b").await;
    inbox.answer(&[410]);
    hoster.deliver().await;
    assert_eq!(hoster.followers().await, 0);
    let debt = hoster.debt().await.unwrap();
    assert_eq!((debt.target.state, debt.owed), (TargetState::Gone, 0));
    hoster.publish("c").await;
    hoster.deliver_after(A_DAY).await;
    assert_eq!(inbox.requests().len(), 1, "nothing more is sent");

    hoster.has_follower(&inbox).await;
    hoster.publish("d").await;
    hoster.deliver().await;
    let told = hoster.told().await;
    assert_eq!(inbox.ids(), [told[0].clone(), told[3].clone()]);
    assert_eq!(hoster.debt().await, None);
}

#[tokio::test]
async fn an_inbox_that_refuses_one_signature_gets_the_other_from_then_on() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    hoster.publish("b").await;
    inbox.answer(&[401]);
    hoster.deliver().await;
    assert_eq!(inbox.requests().len(), 1, "not at once");
    hoster.deliver_after(A_MINUTE).await;
    let ways: Vec<_> = inbox.requests().iter().map(is_rfc9421).collect();
    assert_eq!(ways, [false, true, true]);
    hoster.publish("c").await;
    hoster.deliver().await;
    assert!(is_rfc9421(&inbox.requests()[3]), "it is remembered");

    hoster.publish("d").await;
    inbox.answer(&[401]);
    hoster.deliver().await;
    hoster.deliver_after(A_MINUTE).await;
    let ways: Vec<_> = inbox.requests().iter().map(is_rfc9421).collect();
    assert_eq!(ways[4..], [true, false], "it may change its mind");
    assert_eq!(hoster.debt().await, None);
}

#[tokio::test]
async fn after_three_days_of_refused_signatures_the_next_activity_has_its_turn() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    hoster.publish("b").await;
    inbox.answer(&[401; 40]);
    hoster.deliver().await;
    let mut hours = 0;
    while inbox.ids().last() == inbox.ids().first() {
        hoster.deliver_after(TimeDelta::hours(1)).await;
        hours += 1;
    }
    assert!((72..=72 + 30).contains(&hours), "{hours} hours");
    let told = hoster.told().await;
    assert_eq!(inbox.ids().last(), Some(&told[1]));
}

#[tokio::test]
async fn an_inbox_that_asks_to_wait_is_left_alone_until_then() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    inbox.answer_with(429, "Retry-After", "600");
    inbox.answer_with(503, "Retry-After", "Tue, 24 Nov 2026 06:00:00 GMT");
    hoster.deliver().await;
    hoster.deliver_after(TimeDelta::seconds(599)).await;
    assert_eq!(inbox.requests().len(), 1);
    hoster.deliver_after(TimeDelta::seconds(1)).await;
    assert_eq!(inbox.requests().len(), 2);
    hoster
        .deliver_after(TimeDelta::hours(18) - TimeDelta::seconds(601))
        .await;
    assert_eq!(inbox.requests().len(), 2);
    hoster.deliver_after(TimeDelta::seconds(1)).await;
    assert_eq!(inbox.requests().len(), 3);
    assert_eq!(hoster.debt().await, None);
}

#[tokio::test]
async fn an_inbox_that_is_silent_for_a_week_sleeps_is_tried_daily_and_wakes_at_a_sign_of_life() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    hoster.publish("b").await;
    inbox.answer(&[500; 100]);
    hoster.deliver().await;
    for _ in 0..9 * 4 {
        hoster.deliver_after(TimeDelta::hours(6)).await;
    }
    let debt = hoster.debt().await.unwrap();
    assert_eq!((debt.target.state, debt.owed), (TargetState::Asleep, 2));
    let before = inbox.requests().len();
    for _ in 0..10 * 4 {
        hoster.deliver_after(TimeDelta::hours(6)).await;
    }
    let tries = inbox.requests().len() - before;
    assert!((8..=13).contains(&tries), "{tries} tries in ten days");

    let sign = Change {
        effects: vec![Effect::Wake(inbox.actor().id)],
        publications: Vec::new(),
    };
    hoster
        .store
        .commit(&sign, hoster.clock.now())
        .await
        .unwrap();
    let tried = inbox.requests().len();
    hoster.deliver().await;
    assert_eq!(inbox.requests().len(), tried + 1, "at once");
    let debt = hoster.debt().await.unwrap();
    assert_eq!(
        (debt.target.state, debt.target.fails),
        (TargetState::Awake, 1)
    );
}

#[tokio::test]
async fn a_worker_that_was_late_does_not_undo_what_another_did() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    let now = hoster.clock.now();
    let late = hoster
        .store
        .lease_targets(Health::Well, now, now, 1)
        .await
        .unwrap();
    hoster.deliver().await;
    hoster
        .store
        .give_up_target(&late[0], "it was gone")
        .await
        .unwrap();
    assert_eq!(
        hoster.followers().await,
        1,
        "it took something since, so it is there"
    );
    hoster.publish("b").await;
    hoster.deliver().await;
    assert_eq!(inbox.ids(), hoster.told().await);
}

#[tokio::test]
async fn a_new_key_is_announced_under_the_old_one_and_used_from_then_on() {
    let (mut hoster, inbox) = Hoster::followed().await;
    hoster.publish("a").await;
    let rotated = hoster
        .federation
        .rotate_keys(Replaced::Ended)
        .await
        .unwrap();
    let new = rotated.iter().find(|key| key.path() == "/ap/org").unwrap();
    hoster.publish("b").await;
    hoster.deliver().await;
    let keys: Vec<_> = inbox.requests().iter().map(key).collect();
    assert_eq!(
        keys[0], keys[1],
        "what was owed before comes under the old key too"
    );
    assert_ne!(keys[1], new.as_str());
    assert_eq!(keys[2], new.as_str());
    let update: serde_json::Value = serde_json::from_slice(&inbox.requests()[1].body).unwrap();
    assert_eq!(update["type"], "Update");
    assert_eq!(update["object"]["publicKey"]["id"], new.as_str());
}

/// A directory that follows a hoster, both running.
async fn following(database: Database) -> (Founded, Database, Founded) {
    let shared = database.shared();
    let hoster = Founded::start("hoster", Kind::Hoster, database).await;
    let directory = Founded::start("directory", Kind::Directory, Database::sqlite().await).await;
    let home = hoster.federation.addresses().home();
    directory.federation.follow(home.as_str()).await.unwrap();
    eventually("the hoster accepts", async || {
        let follow = directory
            .store
            .follow_of(&hoster.id(Local::Hoster))
            .await
            .unwrap()?;
        (follow.state == FollowState::Accepted).then_some(())
    })
    .await;
    eventually("the accept is noted as delivered", async || {
        let owed = shared.rows("select cast(count(*) as text) from owed").await;
        (owed[0][0] == "0").then_some(())
    })
    .await;
    (hoster, shared, directory)
}

/// Keeps an inbox from being delivered to, as a worker would that has it.
const HOLD: &str = "update delivery_targets set leased_until = 9000000000000000";
/// As if it had failed this often, and now its time had come.
fn release_after(fails: u32) -> String {
    format!(
        "update delivery_targets set leased_until = 0, fails = {fails}, failing_since = 1790000000000"
    )
}

async fn knows_key(directory: &Founded, hoster: &Founded, key: &Url) {
    let id = hoster.id(Local::Hoster);
    eventually("the new key is known", async || {
        let (known, _) = directory.store.remote_actor(&id).await.unwrap()?;
        (known.public_key.id == *key).then_some(())
    })
    .await;
}

async fn shows(directory: &Founded, hoster: &Founded, slug: &str) {
    let authority = hoster.federation.addresses().authority().replace(':', "-");
    let path = format!("/api/v1/services/{authority}_{slug}");
    eventually("the service is shown", async || {
        directory
            .node
            .get(&path)
            .await
            .status()
            .is_success()
            .then_some(())
    })
    .await;
}

on_both_engines! {
    async fn a_directory_that_was_away_learns_the_new_key(database: Database) {
        let (hoster, tables, directory) = following(database).await;
        for fails in [0, 1, 2] {
            tables.execute(HOLD).await;
            let rotated = hoster.federation.rotate_keys(Replaced::Ended).await.unwrap();
            let new = rotated.iter().find(|key| key.path() == "/ap/org").unwrap();
            tables.execute(&release_after(fails)).await;
            knows_key(&directory, &hoster, new).await;
            let slug = format!("after-{fails}");
            hoster.federation.add_services(vec![offer(&slug, &slug)]).await.unwrap();
            shows(&directory, &hoster, &slug).await;
        }
    }
}

#[tokio::test]
async fn a_directory_survives_a_new_key_that_was_never_announced_to_it() {
    let (hoster, tables, directory) = following(Database::sqlite().await).await;
    tables.execute(HOLD).await;
    hoster
        .federation
        .rotate_keys(Replaced::Ended)
        .await
        .unwrap();
    tables.execute("delete from owed").await;
    hoster
        .federation
        .add_services(vec![offer("after", "After")])
        .await
        .unwrap();
    tables.execute(&release_after(0)).await;
    shows(&directory, &hoster, "after").await;
}

#[tokio::test]
async fn a_signed_activity_wakes_the_inbox_of_its_actor() {
    let (hoster, tables, directory) = following(Database::sqlite().await).await;
    tables
        .execute("update delivery_targets set state = 'asleep', fails = 20, failing_since = 0, due_at = 9000000000000000")
        .await;
    hoster
        .federation
        .add_services(vec![offer("late", "Late")])
        .await
        .unwrap();
    let home = hoster.federation.addresses().home();
    directory.federation.follow(home.as_str()).await.unwrap();
    shows(&directory, &hoster, "late").await;
}

/// Where the ten unreachable hosts are: five on ports nobody listens on, five on one where connections
/// are taken and nothing is ever said.
struct Silent {
    closed: Vec<SocketAddr>,
    hanging: SocketAddr,
    speaks: Arc<AtomicBool>,
}

impl Silent {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hanging = listener.local_addr().unwrap();
        let speaks = Arc::new(AtomicBool::new(false));
        let may_end = speaks.clone();
        tokio::spawn(async move {
            let mut held = Vec::new();
            while !may_end.load(Ordering::Relaxed) {
                let (mut stream, _) = listener.accept().await.unwrap();
                // Read, so that the far side sees no more than silence.
                let mut begun = [0; 1024];
                let _ = stream.read(&mut begun).await;
                held.push(stream);
            }
        });
        Self {
            closed: (0..5).map(|_| free_port()).collect(),
            hanging,
            speaks,
        }
    }
}

on_both_engines! {
    async fn a_thousand_followers_on_two_hundred_hosts_get_one_delivery_per_host_and_ten_silent_ones_delay_nobody(database: Database) {
        let mut hoster = Hoster::over(database).await;
        let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let noted = times.clone();
        let reachable = FarWeb::start(move |_| {
            noted.lock().unwrap().push(Instant::now());
            Reply::new(202).header("Content-Length", "0")
        })
        .await;
        let silent = Silent::start().await;
        let origin = |host: usize| -> Url {
            let port = match host {
                0..190 => reachable.address().port(),
                190..195 => silent.closed[host - 190].port(),
                _ => silent.hanging.port(),
            };
            format!("http://h{host}.localhost:{port}/").parse().unwrap()
        };
        let actors: Vec<_> = (0..1_000)
            .map(|number| {
                let origin = origin(number % 200);
                let id = origin.join(&format!("u{number}")).unwrap();
                followers::actor(&id, &origin.join("inbox").unwrap())
            })
            .collect();
        followers::follow(&hoster.store, &actors, hoster.clock.now()).await;
        hoster.publish("a").await;
        hoster.publish("b").await;
        let told = hoster.told().await;

        let reached = || {
            let mut by_host: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for request in reachable.requests() {
                by_host.entry(request.header("host").unwrap()).or_default().push(id(&request));
            }
            by_host
        };
        times.lock().unwrap().push(Instant::now());
        let mut debts = Vec::new();
        let all_reachable = async {
            while reachable.connections() < 2 * 190 || debts.len() > 10 {
                hoster.delivery.go_on().await.unwrap();
                if reachable.connections() >= 2 * 190 {
                    debts = hoster.store.debts(1_000).await.unwrap();
                }
            }
        };
        tokio::time::timeout(PATIENCE, all_reachable).await.unwrap();
        let hanging: Vec<_> = debts
            .iter()
            .filter(|debt| debt.target.inbox.port() == Some(silent.hanging.port()))
            .collect();
        assert_eq!(hanging.len(), 5);
        assert!(hanging.iter().all(|debt| debt.target.fails <= 1 && debt.owed == 2));
        // Silence is broken off after a whole deadline: had the others waited for it, there would be a pause as long
        // in what they got. A busy machine may take longer for all of it, but not from one to the next.
        let times = times.lock().unwrap().clone();
        let pause = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(pause < DEADLINE / 2, "{pause:?}");
        let hosts = reached();
        assert_eq!(hosts.len(), 190);
        assert!(hosts.values().all(|ids| *ids == told), "one delivery per shared inbox, in order");

        // The ten come back.
        drop(hoster.delivery);
        silent.speaks.store(true, Ordering::Relaxed);
        drop(tokio::net::TcpStream::connect(silent.hanging).await);
        let mut back = Vec::new();
        for address in silent.closed.iter().chain([&silent.hanging]) {
            let web = eventually("the port is free", async || {
                TcpListener::bind(address).await.is_ok().then_some(())
            });
            web.await;
            back.push(FarWeb::at(*address, |_| Reply::new(202).header("Content-Length", "0")).await);
        }
        hoster.delivery = Delivery::new(hoster.federation.clone());
        hoster.clock.advance(A_MINUTE);
        hoster.delivery.deliver_due().await.unwrap();
        let mut by_host: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for request in back.iter().flat_map(FarWeb::requests) {
            by_host.entry(request.header("host").unwrap()).or_default().push(id(&request));
        }
        assert_eq!(by_host.len(), 10);
        assert!(by_host.values().all(|ids| *ids == told), "{by_host:?}");
        assert_eq!(hoster.store.debts(1_000).await.unwrap(), []);
        assert_eq!(reached(), hosts, "nobody else was told again");
        let hosts: BTreeSet<_> = hosts.keys().chain(by_host.keys()).collect();
        assert_eq!(hosts.len(), 200);
    }
}
