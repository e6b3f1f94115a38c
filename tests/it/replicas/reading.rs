//! What visitors look for comes from memory: more replicas answer more of them, and the database is no bound. (A
//! service's own page reads by key what was seen of it.)

use std::time::Instant;

use archipelago::federation::Kind;

use crate::support::database::Database;
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::postgres::Server;
use crate::support::process::Process;

/// How many questions each replica is asked.
const QUESTIONS: usize = 1_000;
/// What visitors ask for.
const ASKED: [&str; 5] = [
    "/en/services?need=pads&near=Lyon",
    "/en/leave/framapad?near=Lyon",
    "/api/v1/search?q=pads",
    "/api/v1/suggest?q=pa",
    "/go/pads?near=Lyon",
];
/// How many transactions a replica may begin each second for whatever it does by itself.
const BY_ITSELF: f64 = 25.0;

/// How many transactions the database has ended, by its own count, which its sessions bring up to date a
/// second later.
async fn transactions(database: &Database) -> u64 {
    let sql = "select cast(xact_commit + xact_rollback as text) from pg_stat_database
               where datname = current_database()";
    database.rows(sql).await[0][0].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_for_a_hoster_at_three_replicas_costs_the_database_nothing() {
    // A server of its own: its counts are of nobody else.
    let server = Server::start_at(free_port());
    let database = Database::at(&server.url());
    let site = Site::found("hoster", Kind::Hoster, &database, free_port()).await;
    let pads = vec![offer("pads", "Pads")];
    site.federation.add_services(pads).await.unwrap();
    let settings = [site.replica(), site.replica(), site.replica()];
    let mut replicas = Vec::new();
    for settings in &settings {
        replicas.push(Process::serve(settings, &["--without", "crawler,delivery"]).await);
    }
    let begun = (Instant::now(), transactions(&database).await);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let visit = async |replica: &Process| {
        for number in 0..QUESTIONS {
            let asked = client.get(replica.url(ASKED[number % ASKED.len()]));
            let status = asked.send().await.unwrap().status();
            assert!(status.is_success() || status == 303, "{status}");
        }
    };
    tokio::join!(
        visit(&replicas[0]),
        visit(&replicas[1]),
        visit(&replicas[2])
    );
    // By then its sessions have told of all that they did.
    let later = vec![offer("polls", "Polls")];
    site.federation.add_services(later).await.unwrap();
    for replica in &replicas {
        eventually("what is new shows", async || {
            let page = client
                .get(replica.url("/en/services/polls"))
                .send()
                .await
                .ok()?;
            page.status().is_success().then_some(())
        })
        .await;
    }
    let transactions = transactions(&database).await - begun.1;
    let seconds = begun.0.elapsed().as_secs_f64();
    let answers = replicas.len() * QUESTIONS;
    println!("{answers} answers in {seconds:.1} s, meanwhile {transactions} transactions");
    let by_themselves = BY_ITSELF * replicas.len() as f64 * seconds;
    assert!(
        (transactions as f64) < by_themselves,
        "{transactions} in {seconds:.1} s"
    );
}
