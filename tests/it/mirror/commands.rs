//! `mirror`, `export archipelago`, `verify` and `status`, as people and scripts run them.

use std::fs;

use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;

use crate::support::database::Database;
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::fediverse::{Founded, eventually, offer};

/// A founded node with a service, whose snapshot is there.
async fn origin(name: &str) -> Founded {
    let node = Founded::start(name, Kind::Hoster, Database::sqlite().await).await;
    node.federation
        .add_services(vec![offer("pads", "Pads")])
        .await
        .unwrap();
    let wanted = node.store.revision().await.unwrap();
    eventually("the snapshot has the service", async || {
        let path = format!("/api/v1/changes?since={wanted}");
        (node.node.get(&path).await.status() == 200).then_some(())
    })
    .await;
    node
}

fn home(node: &Founded) -> String {
    node.federation.addresses().home().to_string()
}

const ALLOW: &str = "--allow-net 127.0.0.0/8";

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_copied_once_and_the_copy_refuses_to_be_changed() {
    let node = origin("once").await;
    let desk = Desk::new();
    let home = home(&node);
    let said = desk.said(&format!("mirror {home} --once {ALLOW}"));
    assert!(
        said.starts_with(&format!("Copied {home}: revision ")),
        "{said}"
    );
    let again = desk.json(&format!("mirror {home} --once {ALLOW}"));
    assert_eq!(
        (&again["is_new"], &again["origin"]),
        (&false.into(), &home.as_str().into())
    );

    let status = desk.said("status");
    assert!(
        status.contains("mirror of") && status.contains(&home),
        "{status}"
    );
    let status = desk.json("status");
    assert_eq!(status["mirror"]["revision"], again["revision"]);
    assert_eq!(status["mirror"]["last_error"], serde_json::Value::Null);

    desk.write("hosters.json", crate::support::desk::SHIPPED);
    for words in [
        "import archipelago hosters.json",
        "block add example.org --reason x",
        "init --domain a.example --kind directory --name A",
    ] {
        let arguments: Vec<&str> = words.split(' ').collect();
        let output = desk.run_of(&arguments);
        let sentence = stderr(&output);
        assert_ne!(output.status.code(), Some(0), "{words}");
        let is_told = sentence.contains(&format!("this database is a mirror of {home}"));
        assert!(is_told, "{words}: {sentence}");
    }
    let other = desk.refused(1, &["mirror", "https://other.example", "--once"]);
    assert!(other.contains(&format!("is a mirror of {home}")), "{other}");
}

#[test]
fn what_cannot_be_copied_is_refused_in_a_sentence() {
    let desk = Desk::with_directory();
    let used = desk.refused(1, &["mirror", "https://directory.example", "--once"]);
    assert!(used.contains("holds a directory of its own"), "{used}");
    let desk = Desk::new();
    for wrong in [
        "ftp://a.example",
        "https://a.example/fr/",
        "http://a.example",
        "https://10.0.0.1",
        ":",
    ] {
        desk.refused(2, &["mirror", wrong, "--once"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_the_signed_snapshot_and_is_read_again_everywhere() {
    let node = origin("exports").await;
    let home = home(&node);
    let desk = Desk::new();
    let database = &node.config.database_url;
    let said = desk.said(&format!(
        "--database-url {database} {ALLOW} export archipelago -o all.json.gz"
    ));
    let actor = node.federation.addresses().actor(Local::Node);
    assert!(said.contains(&format!("signed by {actor}")), "{said}");
    assert_eq!(
        &fs::read(desk.path().join("all.json.gz")).unwrap()[..2],
        [0x1f, 0x8b]
    );
    let plain = desk.said(&format!(
        "--database-url {database} {ALLOW} export archipelago"
    ));
    desk.write("all.json", &plain);

    for file in ["all.json", "all.json.gz"] {
        let unknown = desk.run_of(&["verify", file]);
        assert_eq!(unknown.status.code(), Some(1));
        assert!(
            stdout(&unknown).contains("there is no key to check it with"),
            "{file}"
        );
        let online = desk.said(&format!("verify {file} --online {ALLOW}"));
        assert!(
            online.contains("its issuer lists it today"),
            "{file}: {online}"
        );
        assert!(
            online.contains("1 hoster with 1 service"),
            "{file}: {online}"
        );
    }
    let there = desk.json(&format!("verify {home}api/v1/snapshot {ALLOW}"));
    let found = &there["found"][0];
    assert_eq!(
        (&found["is_valid"], &found["id"]),
        (&true.into(), &actor.as_str().into())
    );
    assert_eq!(found["snapshot"]["services"], 1);
    let by_actor = desk.said(&format!("verify all.json --actor {actor} {ALLOW}"));
    assert!(by_actor.contains("it is the one you named"), "{by_actor}");
    let key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    let other = desk.run_of(&["verify", "all.json", "--key", key]);
    assert!(stdout(&other).contains("its signature does not fit"));

    desk.write("tampered.json", &plain.replace("\"Pads\"", "\"Bads\""));
    let tampered = desk.run_of(&["verify", "tampered.json", "--key", key]);
    assert_eq!(tampered.status.code(), Some(1));
    assert!(stderr(&tampered).contains("its records are not those that were signed"));

    let other = Desk::new();
    other.write("all.json", &plain);
    let imported = other.said("import archipelago all.json");
    assert!(imported.contains("hosters: 1 added"), "{imported}");

    // A mirror exports what its origin signed.
    desk.said(&format!("mirror {home} --once {ALLOW}"));
    desk.said("export archipelago -o again.json");
    let again = desk.said(&format!("verify again.json --online {ALLOW}"));
    assert!(again.contains(": valid"), "{again}");
}

#[test]
fn an_export_of_a_node_that_was_never_founded_says_that_nobody_signed_it() {
    let desk = Desk::with_directory();
    let output = desk.run("export archipelago");
    assert!(output.status.success());
    assert!(
        stderr(&output).contains("never founded"),
        "{}",
        stderr(&output)
    );
    desk.write("plain.json", &stdout(&output));
    let verified = desk.run_of(&["verify", "plain.json"]);
    assert_ne!(verified.status.code(), Some(0));
}
