//! The command line: the real binary, as people and scripts run it.

mod backup;
mod certificates;
mod check;
mod choices;
mod crawl;
mod export;
mod follow;
mod import;
mod init;
mod member;
mod member_import;
mod service;
mod status;
mod verify;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::desk::{Desk, SHIPPED, Served, stderr, stdout};
use crate::support::fediverse::eventually;

#[test]
fn help_and_version_go_to_standard_output() {
    let desk = Desk::new();
    let help = desk.run("--help");
    assert_eq!(help.status.code(), Some(0));
    for command in [
        "init", "serve", "service", "follow", "peer", "key", "crawl", "import", "held", "export",
        "search", "status", "verify", "backup", "restore", "doctor",
    ] {
        assert!(stdout(&help).contains(command));
        assert_eq!(
            desk.run(&format!("{command} --help")).status.code(),
            Some(0)
        );
    }
    assert!(stdout(&desk.run("--version")).starts_with("archipelago "));
}

#[test]
fn wrong_usage_is_named_and_ends_with_2() {
    let desk = Desk::with_directory();
    let long = format!("search {}", "a".repeat(301));
    for (arguments, problem) in [
        ("", "Usage"),
        ("serch", "unrecognized subcommand"),
        ("search --nearr Lyon", "--near"),
        ("search --need", "a value is required"),
        ("search --lang de", "possible values: fr, en"),
        (
            "search --limit 0",
            "--limit: A whole number between 1 and 100",
        ),
        ("search --limit 101", "--limit: "),
        ("search --limit -5", "--limit: "),
        ("search --limit many", "--limit: "),
        ("search --offset -1", "--offset: "),
        ("search --offset 10001", "--offset: "),
        ("search --within 50", "--within: A distance needs a town"),
        ("search --near Lyon --within 0", "--within: "),
        ("search --near Lyon --within -1", "--within: "),
        ("search --registration yes", "--registration: "),
        ("search --price cheap", "--price: "),
        ("search --language fra", "--language: "),
        ("search --country FRA", "--country: "),
        ("search --standing high", "--standing: "),
        ("search --sort best", "--sort: "),
        (&long, "WORDS: That is too long"),
        ("import", "FORMAT"),
        ("import csv a.csv", "possible values: archipelago"),
        ("export", "FORMAT"),
        ("export csv", "possible values: archipelago, chatonsinfos"),
        ("export archipelago --json", "--output"),
        ("serve --listen nowhere", "--listen"),
        ("serve --listen 127.0.0.1:99999", "--listen"),
        ("serve --without web", "possible values: crawler, delivery"),
        ("serve --allow-net 127.0.0.1", "such as 127.0.0.0/8"),
        ("status --config nowhere.toml", "nowhere.toml"),
    ] {
        let output = desk.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(problem),
            "{arguments}: {}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{arguments}");
    }
    let output = desk
        .command("search")
        .env("ARCHIPELAGO_LISEN", "x")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("ARCHIPELAGO_LISEN"));
    for (filter, problem) in [
        ("very=loud=x", "ARCHIPELAGO_LOG: "),
        (
            "warning",
            "ARCHIPELAGO_LOG: \"warning\" is no level; one of off, error",
        ),
        ("archipelago=debug,inof", "\"inof\" is no level"),
    ] {
        let output = desk
            .command("status")
            .env("ARCHIPELAGO_LOG", filter)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{filter}");
        assert!(stderr(&output).contains(problem), "{}", stderr(&output));
    }
}

#[test]
fn a_name_nobody_knows_fails_with_near_matches() {
    let desk = Desk::with_directory();
    for (arguments, similar) in [
        ("search --need poll", "polls"),
        ("search --leave framadat", "framadate"),
        ("search --software nextclou", "nextcloud"),
        ("search --near Lyom", "Lyon"),
        ("search --near 91,0", "--near: We cannot find this place."),
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        assert!(
            stderr(&output).contains(similar),
            "{arguments}: {}",
            stderr(&output)
        );
    }
    let both = desk.run("search --need poll --near Lyom");
    assert!(stderr(&both).contains("--need: ") && stderr(&both).contains("--near: "));
}

#[test]
fn reading_commands_make_no_database_and_say_what_to_do() {
    let desk = Desk::new();
    for arguments in [
        "search",
        "search --json",
        "status",
        "status --json",
        "status --database-url sqlite:other.db",
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        assert!(
            stderr(&output).contains("archipelago import"),
            "{}",
            stderr(&output)
        );
        assert_eq!(stderr(&output).lines().count(), 1);
    }
    assert!(!desk.has("archipelago.db") && !desk.has("other.db"));
    // An empty document makes an empty directory.
    fs::write(
        desk.path().join("empty.json"),
        r#"{"archipelago":1,"hosters":[]}"#,
    )
    .unwrap();
    assert!(desk.run("import archipelago empty.json").status.success());
    let search = desk.run("search --near Lyon");
    assert_eq!(search.status.code(), Some(1));
    assert!(stderr(&search).contains("is empty: fill it with"));
    let status = desk.run("status");
    assert!(status.status.success());
    assert!(stdout(&status).contains("The directory is empty: fill it with"));
}

#[test]
fn a_database_that_cannot_be_opened_is_one_sentence() {
    let desk = Desk::new();
    fs::write(
        desk.path().join("broken.db"),
        "no database, but longer than a header of one hundred bytes".repeat(9),
    )
    .unwrap();
    fs::create_dir(desk.path().join("folder.db")).unwrap();
    for url in [
        "mysql://x",
        "sqlite::memory:",
        "sqlite:",
        "sqlite:broken.db",
        "sqlite:folder.db",
        "nonsense",
    ] {
        let output = desk.run(&format!("status --database-url {url}"));
        assert_eq!(output.status.code(), Some(1), "{url}");
        let said = stderr(&output);
        assert!(
            said.starts_with("archipelago: cannot open the database"),
            "{url}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let output = desk.run("serve --database-url sqlite:nowhere/a.db --listen 127.0.0.1:0");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("directory that exists"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_import_counts_what_became_of_it() {
    let desk = Desk::with_directory();
    let again = desk.run("import archipelago hosters.json");
    assert_eq!(again.status.code(), Some(0));
    assert!(
        stdout(&again).starts_with("hosters: 0 added, 0 changed, "),
        "{}",
        stdout(&again)
    );
    assert_eq!(stderr(&again), "");
    let mut piped = desk
        .command("import archipelago - --json")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    piped
        .stdin
        .take()
        .unwrap()
        .write_all(SHIPPED.as_bytes())
        .unwrap();
    let piped = piped.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&piped.stdout).unwrap();
    assert_eq!(
        (&report["hosters"]["added"], &report["complaints"]),
        (&json!(0), &json!([]))
    );
}

#[test]
fn a_broken_document_loses_nothing_and_its_complaints_are_bounded() {
    let desk = Desk::new();
    let wrong = "{}, ".repeat(80);
    let document = format!(
        r#"{{"archipelago":1,"hosters":[{wrong}{{"id":"a","name":"A","source":{{"kind":"own-file","by":"a"}}}}]}}"#
    );
    fs::write(desk.path().join("half.json"), document).unwrap();
    let half = desk.run("import archipelago half.json");
    assert_eq!(half.status.code(), Some(0), "{}", stderr(&half));
    assert!(stdout(&half).starts_with("hosters: 1 added"));
    assert!(stderr(&half).contains("line 1, hosters[0]: is left out"));
    assert!(
        stderr(&half).contains("30 more") && stderr(&half).lines().count() == 51,
        "{}",
        stderr(&half)
    );
    let before = stdout(&desk.run("status --json"));
    fs::create_dir(desk.path().join("folder")).unwrap();
    for (file, content, problem) in [
        (
            "none.json",
            r#"{"archipelago":1,"hosters":[{}]}"#,
            "nothing in none.json could be read",
        ),
        (
            "cut.json",
            r#"{"archipelago":1,"hosters":["#,
            "cut.json cannot be imported (the document is not JSON",
        ),
        ("page.html", "<html>", "is not JSON"),
        ("nothing.json", "", "is empty"),
        ("bytes.json", "\u{0}\u{1}", "is not JSON"),
        (
            "later.json",
            r#"{"archipelago":9,"hosters":[]}"#,
            "version 9",
        ),
    ] {
        fs::write(desk.path().join(file), content).unwrap();
        let output = desk.run(&format!("import archipelago {file}"));
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(
            stderr(&output).contains(problem),
            "{file}: {}",
            stderr(&output)
        );
    }
    for missing in ["nowhere.json", "folder"] {
        let output = desk.run(&format!("import archipelago {missing}"));
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr(&output).contains(&format!("cannot read {missing}")),
            "{}",
            stderr(&output)
        );
    }
    assert_eq!(stdout(&desk.run("status --json")), before);
}

#[test]
fn a_wrong_document_makes_no_database() {
    let desk = Desk::new();
    fs::write(desk.path().join("page.html"), "<html>").unwrap();
    assert_eq!(
        desk.run("import archipelago page.html").status.code(),
        Some(1)
    );
    assert!(!desk.has("archipelago.db"));
}

#[test]
fn a_search_reads_like_a_list_in_the_language_of_the_terminal() {
    let desk = Desk::with_directory();
    let english = stdout(&desk.run("search --leave framadate --near Lyon --limit 3"));
    assert!(english.contains("Framadate · near Lyon"), "{english}");
    assert!(
        english.contains("1.  ") && english.contains("https://") && english.contains("--offset 3"),
        "{english}"
    );
    assert!(!english.contains('\u{1b}'), "no colours in a pipe");
    assert!(
        english
            .lines()
            .all(|line| line.chars().count() <= 80 || line.contains("https://")),
        "{english}"
    );
    assert!(
        !english.contains("cli."),
        "every key has its words: {english}"
    );
    let french = desk
        .command("search --leave framadate --near Lyon --limit 3")
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(
        stdout(&french).contains("près de Lyon"),
        "{}",
        stdout(&french)
    );
    let chosen = desk.run("search --leave framadate --near Lyon --limit 3 --lang fr");
    assert_eq!(stdout(&chosen), stdout(&french));
    let nothing = desk.run("search zzzzqqqq --software gancio --country AQ");
    assert_eq!(nothing.status.code(), Some(0));
    assert!(
        stdout(&nothing).starts_with("Nothing matches"),
        "{}",
        stdout(&nothing)
    );
    let repeated =
        desk.run("search --registration none --registration free --price free,donation --json");
    let repeated: Value = serde_json::from_slice(&repeated.stdout).unwrap();
    let words: Vec<_> = repeated["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["registration"].clone())
        .collect();
    assert!(
        !words.is_empty() && words.iter().all(|word| word == "none" || word == "free"),
        "{words:?}"
    );
}

#[test]
fn what_is_not_listed_is_said_to_be_there() {
    let desk = Desk::with_directory();
    let confirmed = |arguments| {
        let mut command = desk.command(arguments);
        command
            .env("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", "confirmed")
            .output()
            .unwrap()
    };
    assert!(stdout(&confirmed("search")).contains("--standing any"));
    assert!(stdout(&confirmed("search --standing any")).contains("1.  "));
    assert!(stdout(&confirmed("status")).contains("LEAST_STANDING=reported"));
}

#[test]
fn the_status_names_the_database_without_its_parameters() {
    let desk = Desk::with_directory();
    let status = desk.run("status --json --database-url sqlite:archipelago.db?mode=rwc");
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(
        status["database"],
        json!({ "engine": "SQLite", "address": "sqlite:archipelago.db" })
    );
    assert_eq!(status["least_standing"], "reported");
    assert_eq!(
        status["hosters"]["total"],
        status["hosters"]["by_standing"]["reported"]
    );
    assert!(status["services"]["by_need"]["pads"].as_u64().unwrap() > 10);
    let words = stdout(&desk.run("status"));
    assert!(
        words.contains("sqlite:archipelago.db (SQLite)") && words.contains("polls"),
        "{words}"
    );
}

#[test]
fn every_command_finds_the_file_that_an_import_made() {
    let desk = Desk::with_directory();
    for (name, file) in [
        ("q%20r.db", "q r.db"),
        ("50%25.db", "50%.db"),
        ("s#t.db", "s#t.db"),
    ] {
        let url = format!("--database-url sqlite:{}/{name}", desk.path().display());
        let imported = desk.run(&format!("import archipelago hosters.json {url}"));
        assert!(
            imported.status.success() && desk.has(file),
            "{}",
            stderr(&imported)
        );
        for command in ["status", "search"] {
            let output = desk.run(&format!("{command} {url}"));
            assert!(output.status.success(), "{}", stderr(&output));
        }
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let desk = Desk::with_directory();
    for arguments in [
        "search --limit 100",
        "search --json --limit 100",
        "status",
        "--help",
    ] {
        let mut child = desk.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments}: {}",
            stderr(&output)
        );
        assert_eq!(stderr(&output), "", "{arguments}");
    }
}

#[tokio::test]
async fn the_command_line_and_the_api_give_the_same_answer() {
    let desk = Desk::with_directory();
    let node = desk.serve("");
    for (flags, path) in [
        ("--leave framadate --near Lyon", "leave=framadate&near=Lyon"),
        (
            "--leave framadate --near Lyon --lang en --limit 3 --offset 2",
            "leave=framadate&near=Lyon&lang=en&limit=3&offset=2",
        ),
        (
            "sondage --near 69007 --within 300 --sort distance",
            "q=sondage&near=69007&within=300&sort=distance",
        ),
        (
            "--need pads --registration none,free --standing any",
            "need=pads&registration=none&registration=free&standing=any",
        ),
    ] {
        let mut command = desk.command(&format!("search --json {flags}"));
        let said: Value =
            serde_json::from_slice(&command.env("LANG", "fr_FR.UTF-8").output().unwrap().stdout)
                .unwrap();
        assert_eq!(
            said,
            node.json(&format!("/api/v1/search?{path}")).await,
            "{flags}"
        );
        assert!(said["total"].as_u64().unwrap() > 0, "{flags}");
    }
}

#[tokio::test]
async fn the_demo_fills_an_empty_database_and_leaves_another_alone() {
    let desk = Desk::new();
    let node = desk.serve("--demo");
    assert!(
        node.json("/api/v1/services").await["total"]
            .as_u64()
            .unwrap()
            > 300
    );
    assert_eq!(node.stop("-TERM").0, Some(0));
    fs::write(desk.path().join("one.json"), r#"{"archipelago":1,"hosters":[{"id":"a","name":"A","source":{"kind":"own-file","by":"a"}}]}"#).unwrap();
    let one = "--database-url sqlite:one.db";
    assert!(
        desk.run(&format!("import archipelago one.json {one}"))
            .status
            .success()
    );
    let node = desk.serve(&format!("--demo {one}"));
    assert_eq!(node.json("/api/v1/hosters/a").await["listed"], false);
    assert_eq!(node.json("/api/v1/services").await["total"], 0);
    assert_eq!(node.stop("-INT").0, Some(0));
}

#[tokio::test]
async fn a_node_asked_to_stop_ends_well_and_soon() {
    let desk = Desk::new();
    for signal in ["-TERM", "-INT"] {
        let node = desk.serve("--demo");
        // A connection that is kept open, as browsers do.
        let _client = reqwest_client_after(&node).await;
        let (code, took) = node.stop(signal);
        assert_eq!(code, Some(0), "{signal}");
        // A connection that is waited for lasts 15 s more.
        assert!(took < Duration::from_secs(14), "{signal}: {took:?}");
    }
}

async fn reqwest_client_after(node: &Served) -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::new();
    let answer = client
        .get(format!("{}/api/v1/needs", node.url))
        .send()
        .await
        .unwrap();
    drop(answer.bytes().await.unwrap());
    client
}

#[tokio::test]
async fn two_nodes_on_one_file_both_answer_and_both_see_what_is_imported() {
    let desk = Desk::new();
    let (first, second) = (desk.serve("--demo"), desk.serve("--demo"));
    let before = first.json("/api/v1/services").await["total"]
        .as_u64()
        .unwrap();
    assert_eq!(second.json("/api/v1/services").await["total"], before);
    fs::write(desk.path().join("one.json"), r#"{"archipelago":1,"hosters":[{"id":"a","name":"A","source":{"kind":"own-file","by":"a"},
        "services":[{"id":"a-pads","name":"Pads","need":"pads","source":{"kind":"own-file","by":"a"}}]}]}"#).unwrap();
    assert!(desk.run("import archipelago one.json").status.success());
    for node in [&first, &second] {
        // Real processes: there is no step to call, so the loop is waited for.
        eventually("the new edition comes", async || {
            (node.json("/api/v1/services").await["total"] == before + 1).then_some(())
        })
        .await;
    }
}

#[test]
fn an_address_in_use_is_one_sentence() {
    let desk = Desk::with_directory();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let output = desk.run(&format!("serve --listen {}", taken.local_addr().unwrap()));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("another program listens on"),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("--listen"));
    let output = desk.run("serve --listen 192.0.2.1:8080");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("this machine has no address 192.0.2.1"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_node_that_may_connect_to_private_addresses_says_so_at_its_start() {
    let desk = Desk::with_directory();
    // It stops again at once, since no machine has this address.
    let told = |arguments: &str| {
        let output = desk.run(&format!("serve --listen 192.0.2.1:8080 {arguments}"));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stderr(&output)
    };
    let warning = "may make this node connect to private addresses in 127.0.0.0/8, fd00::/8";
    let allowed = told("--allow-net 127.0.0.0/8 --allow-net fd00::/8");
    assert!(allowed.contains(warning), "{allowed}");
    let none = told("");
    assert!(!none.contains("private addresses"), "{none}");
}

#[test]
fn the_variable_that_disarms_the_federation_library_is_wrong_usage() {
    let output = Desk::new()
        .command("serve")
        .env("DANGER_FEDERATION_ALLOW_LOCAL_IP", "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--allow-net"), "{output:?}");
}
