//! `follow`, `peer add`, `key rotate`, and what they and `service` bring about: nodes as real processes.

use std::net::SocketAddr;

use serde_json::Value;

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::{Desk, Served};
use crate::support::far_web::{FarWeb, Reply};
use crate::support::fediverse::{eventually, free_port};

/// A node that runs, and the place where commands for it are run.
struct Running {
    desk: Desk,
    origin: String,
    served: Served,
}

impl Running {
    fn start(name: &str, kind: &str, database_url: &str) -> Self {
        let (desk, origin, _) = founded(name, kind, database_url);
        let served = desk.serve_as_set("");
        Self {
            desk,
            origin,
            served,
        }
    }
}

/// A node that was founded at a name below `localhost`, with all it needs in its settings.
fn founded(name: &str, kind: &str, database_url: &str) -> (Desk, String, SocketAddr) {
    let desk = Desk::new();
    let listen = free_port();
    let origin = format!("http://{name}.localhost:{}", listen.port());
    desk.said(&format!(
        "init --domain {origin} --kind {kind} --name {name} --listen {listen} \
         --allow-net 127.0.0.0/8 --database-url {database_url}"
    ));
    (desk, origin, listen)
}

on_both_engines! {
    async fn what_commands_publish_while_nodes_run_reaches_whoever_follows(database: Database) {
        let hoster = Running::start("hoster", "hoster", database.url());
        let other = Database::sqlite().await;
        let directory = Running::start("directory", "directory", other.url());

        let found = directory.desk.json(&format!("follow {}", hoster.origin));
        assert_eq!(found["id"], format!("{}/ap/org", hoster.origin));
        assert_eq!(found["kind"], "Organization");
        assert_eq!(found["name"], "hoster");
        eventually("the hoster accepts", async || {
            (directory.desk.json("status")["following"]["accepted"] == 1).then_some(())
        })
        .await;
        let again = directory.desk.said(&format!("follow @hoster@{}", &hoster.origin[7..]));
        assert!(again.starts_with("Found hoster, a hoster: ") && again.contains("follows it already"), "{again}");
        assert_eq!(directory.desk.json("status")["following"]["accepted"], 1);

        let added = hoster.desk.said("service add pads --name Pads --need pads");
        assert_eq!(added, "Pads (pads) is published; told 1 follower.\n");
        let shown = async |path: &str| -> Option<Value> {
            let path = format!("/api/v1/services{path}");
            Some(directory.served.json(&path).await)
        };
        let listed = async |name: &str| {
            let services = shown("").await?;
            let first = services["results"].get(0)?;
            (first["name"] == name).then_some(())
        };
        eventually("the service is listed", async || listed("Pads").await).await;

        let keys = hoster.desk.json("key rotate");
        assert_eq!(keys["keys"][1]["id"], format!("{}/ap/org#key-2", hoster.origin));
        assert_eq!(keys["keys"][1]["followers"], 1);
        let edited = hoster.desk.json("service edit pads --name Others --full");
        assert_eq!((&edited["published"], &edited["followers"]), (&"Update".into(), &1.into()));
        eventually("the change, signed with the new key, is listed", async || listed("Others").await).await;

        hoster.desk.said("service remove pads");
        eventually("the end arrives", async || {
            (shown("").await?["total"] == 0).then_some(())
        })
        .await;
        eventually("nothing is owed any more", async || {
            let status = hoster.desk.json("status");
            let settled = status["deliveries"].as_array()?.is_empty();
            (settled && status["followers"]["hoster"] == 1).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn only_another_directory_becomes_a_peer() {
    let (one, two, three) = (
        Database::sqlite().await,
        Database::sqlite().await,
        Database::sqlite().await,
    );
    let hoster = Running::start("hoster", "hoster", one.url());
    let directory = Running::start("directory", "directory", two.url());
    let (here, ..) = founded("here", "directory", three.url());

    let hosters = here.refused(1, &["peer", "add", &hoster.origin]);
    assert!(
        hosters.contains("is no directory, and only directories are peers"),
        "{hosters}"
    );
    let added = here.said(&format!("peer add {}", directory.origin));
    assert!(
        added.contains("Found directory, a node: ") && added.contains("It is a peer of this node."),
        "{added}"
    );
    assert_eq!(here.json("status")["following"]["asked"], 1);
    // It waits until this node runs.
    let status = here.json("status");
    assert_eq!(status["deliveries"][0]["owed"], 1);

    for command in [&["follow"][..], &["peer", "add"]] {
        let itself = [command, &[&directory.origin]].concat();
        let sentence = directory.desk.refused(1, &itself);
        assert!(sentence.contains("is this node itself"), "{sentence}");
    }
    assert_eq!(directory.desk.json("status")["following"]["asked"], 0);
}

// The far web answers while the command is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_be_followed_is_told_in_a_sentence() {
    let database = Database::sqlite().await;
    let (desk, ..) = founded("here", "directory", database.url());
    let page = FarWeb::start(|request| match request.target.as_str() {
        "/page" => Reply::new(200)
            .header("Content-Type", "text/html")
            .body("<html>"),
        _ => Reply::new(404),
    })
    .await;
    let page = |path| page.url("page.localhost", path).to_string();
    let nobody = format!("http://nobody.localhost:{}/", free_port().port());
    let long = "a".repeat(10_000);
    for (code, whom, problem) in [
        (1, page("/page").as_str(), "no actor was found there"),
        (1, &page("/"), "answered 404"),
        (1, &nobody, "cannot be reached"),
        (
            1,
            &format!("@a@{}", &nobody[7..nobody.len() - 1]),
            "cannot be reached",
        ),
        (1, "http://10.0.0.1/", "gives an IP address"),
        (2, "", "names nobody"),
        (2, "two words", "names nobody"),
        (2, "a\u{1b}[31m@", "names nobody"),
        (2, &format!("@{long}@a.example"), "names nobody"),
        (2, &format!("http://{long}.localhost/"), "names nobody"),
    ] {
        let sentence = desk.refused(code, &["follow", whom]);
        assert!(sentence.contains(problem), "{sentence}");
    }
    assert_eq!(desk.json("status")["following"]["asked"], 0);
}
