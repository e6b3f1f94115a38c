//! `anchor` and `block`: found, kept, listed, taken back, each with its reason.

use serde_json::json;

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::Desk;
use crate::support::fediverse::{eventually, free_port};

fn founded(name: &str, kind: &str, database_url: &str) -> (Desk, String) {
    let desk = Desk::new();
    let listen = free_port();
    let origin = format!("http://{name}.localhost:{}", listen.port());
    desk.said(&format!(
        "init --domain {origin} --kind {kind} --name {name} --listen {listen} \
         --allow-net 127.0.0.0/8 --database-url {database_url}"
    ));
    (desk, origin)
}

on_both_engines! {
    async fn an_anchor_is_found_followed_and_listed_with_its_reason(database: Database) {
        let (collective, site) = founded("chatons", "collective", database.url());
        let running = collective.serve_as_set("");
        let other = Database::sqlite().await;
        let (desk, home) = founded("directory", "directory", other.url());
        let served = desk.serve_as_set("");
        let said = desk.run_of(&["anchor", "add", &site, "--reason", "Their charter is ours"]);
        let said = crate::support::desk::stdout(&said);
        assert!(said.contains("Found chatons, a collective") && said.contains("is an anchor"), "{said}");
        let actor = format!("{site}/ap/group");
        let list = desk.json("anchor list");
        assert_eq!(list["total"], 1);
        assert_eq!(list["results"][0]["actor"], actor);
        assert_eq!(list["results"][0]["name"], "chatons");
        assert_eq!(list["results"][0]["reason"], "Their charter is ours");
        let told = desk.said("anchor list");
        assert_eq!(told, format!("chatons  {actor}\n  Their charter is ours\n"));
        eventually("it is followed", async || {
            (desk.json("status")["following"]["accepted"] == 1).then_some(())
        })
        .await;
        eventually("the site says so", async || {
            let policy = served.json("/api/v1/policy").await;
            (policy["anchors"][0]["actor"] == actor).then_some(())
        })
        .await;
        let node = desk.refused(1, &["anchor", "add", &home, "--reason", "x"]);
        assert!(node.contains("is this node itself"), "{node}");
        // Even where it does not answer any more.
        drop(running);
        assert_eq!(desk.said("anchor remove chatons --reason Gone"), format!("{actor} is no anchor any more.\n"));
        assert_eq!(desk.json("anchor list"), json!({ "total": 0, "results": [] }));
        let again = desk.refused(1, &["anchor", "remove", "chatons"]);
        assert!(again.contains("\"chatons\" is no anchor here"), "{again}");
    }

    async fn a_domain_is_blocked_changed_and_freed_by_commands(database: Database) {
        let (desk, site) = founded("directory", "directory", database.url());
        assert_eq!(
            desk.said("block add *.EVIL.example --reason Spam --severity hide"),
            "evil.example is blocked, and /about says why (hide).\n"
        );
        assert_eq!(
            desk.said("block add evil.example. --reason Spam"),
            "evil.example is blocked, and /about says why (suspend).\n"
        );
        let list = desk.json("block list");
        assert_eq!((&list["total"], &list["results"][0]["severity"]), (&json!(1), &json!("suspend")));
        assert_eq!(desk.said("block list"), "evil.example (suspend)\n  Spam\n");
        for (arguments, sentence) in [
            (vec!["follow", "https://a.evil.example/"], "is blocked by the operator"),
            (vec!["import", "librehosters", "https://evil.example/librehost.json"], "is blocked by the operator"),
            (vec!["block", "add", &site[7..].split(':').next().unwrap(), "--reason", "x"], "this node itself is at"),
            (vec!["block", "remove", "other.example"], "is not blocked here"),
        ] {
            let said = desk.refused(1, &arguments);
            assert!(said.contains(sentence), "{said}");
        }
        for arguments in [
            ["block", "add", "org", "--reason", "x"].as_slice(),
            &["block", "add", "evil.example/x", "--reason", "x"],
            &["block", "add", "127.0.0.1", "--reason", "x"],
            &["block", "add", "evil.example", "--reason", " "],
            &["block", "add", "evil.example"],
        ] {
            assert_eq!(desk.run_of(arguments).status.code(), Some(2), "{arguments:?}");
        }
        assert_eq!(desk.said("block remove evil.example"), "evil.example is no longer blocked.\n");
        assert_eq!(desk.said("block list"), "Nothing is blocked.\n");
    }

    async fn what_the_settings_choose_is_listed_and_no_command_takes_it_back(database: Database) {
        let (desk, _) = founded("directory", "directory", database.url());
        let settings = desk.read("archipelago.toml");
        let more = "\n[trust]\nanchors = ['https://c.example/ap/group']\n[blocks]\ndomains = ['evil.example']\n";
        desk.write("archipelago.toml", &(settings + more));
        assert_eq!(desk.said("anchor list"), "https://c.example/ap/group\n  (by the settings)\n");
        assert_eq!(desk.said("block list"), "evil.example (suspend)\n  (by the settings)\n");
        let anchor = desk.refused(1, &["anchor", "remove", "c.example"]);
        assert!(anchor.contains("take it out of [trust] anchors"), "{anchor}");
        let block = desk.refused(1, &["block", "remove", "evil.example"]);
        assert!(block.contains("take it out of [blocks] domains"), "{block}");
        let follow = desk.refused(1, &["follow", "https://evil.example/"]);
        assert!(follow.contains("is blocked by the operator"), "{follow}");
        let own = desk.read("archipelago.toml").replace("evil.example", "directory.localhost");
        desk.write("archipelago.toml", &own);
        let itself = desk.refused(1, &["follow", "https://good.example/"]);
        assert!(itself.contains("directory.localhost is blocked, and this node itself is there"), "{itself}");
    }
}
