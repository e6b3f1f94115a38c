//! Three processes over one database behind nginx are one node, whichever of them comes or goes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::domain::service::Service;
use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::frontier::{Priority, Sown};

use crate::support::balancer::Balancer;
use crate::support::database::Database;
use crate::support::far_actor::Far;
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::process::Process;
use crate::support::visitors::Visitors;

/// How soon a change shows everywhere where the machine has nothing else to do, as `REPLICAS_ALONE` says it has.
/// Elsewhere it is printed how long each took: there it is enough that each shows.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);
/// How many hosts are crawled meanwhile.
const HOSTS: usize = 12;
/// What visitors ask for.
const ASKED: &[&str] = &[
    "/en/services/pads",
    "/api/v1/search?q=pads",
    "/go/pads",
    "/en/",
];

async fn count(database: &Database, sql: &str) -> usize {
    database.rows(sql).await[0][0].parse().unwrap()
}

/// The pads by a name, at one of the hosts that are crawled.
fn pads(name: &str, hosts: &FarHosts) -> Service {
    let mut pads = serde_json::to_value(offer("pads", name)).unwrap();
    pads["url"] = hosts.url("h0", "/pads").as_str().into();
    serde_json::from_value(pads).unwrap()
}

/// Waits until the balancer hands requests on to a replica: it leaves one alone for two seconds that did not listen
/// yet when it was tried.
async fn is_used(balanced: &str, replica: &Process) {
    let instance = async |origin: &str| {
        let said = reqwest::get(format!("{origin}/healthz")).await.ok()?;
        let said: serde_json::Value = said.json().await.ok()?;
        Some(said["instance"].as_str()?.to_owned())
    };
    let wanted = instance(&replica.url("")).await;
    assert!(wanted.is_some());
    eventually("the balancer uses it", async || {
        (instance(balanced).await == wanted).then_some(())
    })
    .await;
}

/// Changes the pads, and returns how long until everybody shows it.
async fn change(site: &Site, update: Service, origins: &[String]) -> Duration {
    let name = &update.name.to_string();
    site.federation.update_service(update).await.unwrap();
    let changed = Instant::now();
    for origin in origins {
        eventually(&format!("{origin} shows {name}"), async || {
            let page = reqwest::get(format!("{origin}/en/services/pads"))
                .await
                .ok()?;
            page.text().await.ok()?.contains(name).then_some(())
        })
        .await;
    }
    changed.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_behind_a_balancer_come_and_go_and_no_request_is_lost() {
    let database = Database::postgres().await;
    let front = free_port();
    let site = Site::found("hoster", Kind::Hoster, &database, front).await;
    let hosts = FarHosts::start(|_, _, _| Reply::new(404).after(Duration::from_millis(50))).await;
    let first = vec![pads("Pads", &hosts)];
    site.federation.add_services(first).await.unwrap();
    let settings = [site.replica(), site.replica(), site.replica()];
    let listening = settings.each_ref().map(|settings| settings.listen);
    let mut one = Process::serve(&settings[0], &[]).await;
    let mut two = Process::serve(&settings[1], &[]).await;
    let _balancer = Balancer::start(front, listening).await;
    let balanced = format!("http://{front}");
    let origin = |process: &Process| process.url("");
    let mut shown = vec![
        change(
            &site,
            pads("Pads of two", &hosts),
            &[balanced.clone(), origin(&one), origin(&two)],
        )
        .await,
    ];

    let far = Far::start().await;
    let seeds: Vec<_> = (0..HOSTS)
        .map(|number| hosts.url(&format!("h{number}"), "/"))
        .map(|url| Sown::site(&url, Priority::Seed).unwrap())
        .collect();
    site.store.sow(&seeds, Clock::system().now()).await.unwrap();
    let observer = Inbox::slow(Duration::from_millis(100)).await;
    let now = Clock::system().now();
    let told = "select id from outbox where listed_at is not null order by seq";
    let before = database.rows(told).await.len();
    followers::follow(&site.store, &[observer.actor()], now).await;

    let visitors = Arc::new(Visitors::default());
    let reading: Vec<_> = (0..3)
        .map(|_| tokio::spawn(visitors.clone().read(balanced.clone(), ASKED)))
        .collect();
    let inbox = site.federation.addresses().shared_inbox();
    let hoster = site.federation.addresses().actor(Local::Hoster);
    let mut posted = Vec::new();
    let person = far.person("jeanne");
    let mut post = async |many: usize| {
        for _ in 0..many {
            let follow = person.activity("Follow", hoster.as_str());
            let answer = person.post(&inbox, &follow).send_to(front).await;
            assert_eq!(answer.status, 202, "{}: {}", answer.head, answer.body);
            posted.push(follow["id"].as_str().unwrap().to_owned());
        }
    };

    post(5).await;
    let three = Process::serve(&settings[2], &[]).await;
    let all = [balanced.clone(), origin(&one), origin(&two), origin(&three)];
    shown.push(change(&site, pads("Pads of three", &hosts), &all).await);
    is_used(&balanced, &three).await;
    post(5).await;
    visitors.go_on(40).await;
    one.ask_to_stop();
    post(5).await;
    assert!(one.ended().await.success());
    visitors.go_on(40).await;
    two.kill();
    post(5).await;
    visitors.go_on(40).await;
    shown.push(
        change(
            &site,
            pads("Pads of one", &hosts),
            &[balanced.clone(), origin(&three)],
        )
        .await,
    );
    visitors.end();
    for reading in reading {
        reading.await.unwrap();
    }

    eventually("what the others left is done", async || {
        let left = "select cast((select count(*) from owed) + (select count(*) from inbox where applied_at is null)
                    as text)";
        (count(&database, left).await == 0).then_some(())
    })
    .await;
    let kept = database
        .rows("select id from inbox order by seq")
        .await
        .concat();
    assert_eq!(kept, posted, "each once and in order");
    let followers = "select cast(count(*) as text) from followers";
    assert_eq!(count(&database, followers).await, 2);
    let told = database.rows(told).await.concat();
    let mut seen = observer.ids();
    let twice = {
        let all = seen.len();
        seen.dedup();
        all - seen.len()
    };
    // All but the first change, before which nobody followed.
    assert_eq!(seen.len(), shown.len() - 1);
    assert_eq!(seen, told[before..], "all that was told since, in order");
    assert!(
        twice <= 1,
        "what the killed one had under way is told again at most"
    );

    // The rest of a dead one's lease of a host, a minute and a half, passes as if it had been waited for.
    database.execute("update hosts set leased_until = 0").await;
    eventually("every host is visited", async || {
        let left = "select cast(count(*) as text) from targets where visited_at is null";
        (count(&database, left).await == 0).then_some(())
    })
    .await;
    let mut asked: HashMap<(String, String), usize> = HashMap::new();
    for request in hosts.log() {
        *asked.entry((request.host, request.target)).or_default() += 1;
    }
    let hosts_asked: std::collections::HashSet<_> = asked.keys().map(|(host, _)| host).collect();
    assert_eq!(hosts_asked.len(), HOSTS);
    let again: usize = asked.values().map(|times| times - 1).sum();
    assert!(
        again <= HOSTS,
        "{again} requests of a killed crawler came again"
    );

    println!(
        "{} answers, {} posts, {again} requests of the crawler twice, changes shown after {shown:?}",
        visitors.answered(),
        posted.len()
    );
    if std::env::var_os("REPLICAS_ALONE").is_some() {
        let soon = shown.iter().all(|shown| *shown < SHOWN_WITHIN);
        assert!(soon, "{shown:?}");
    }
}
