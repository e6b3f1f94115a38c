//! What is written about metrics for operators is what a node tells: the list, the dashboard, the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use archipelago::federation::Kind;
use serde_json::Value;

use crate::support::database::Database;
use crate::support::desk::{Desk, Served};
use crate::support::fediverse::{Founded, eventually, free_port};
use crate::support::node::TestNode;

fn document(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// The type and the meaning of each metric in an answer.
fn told(text: &str) -> BTreeMap<String, (String, String)> {
    let mut told = BTreeMap::<String, (String, String)>::new();
    for line in text.lines() {
        let part = |prefix| {
            let (name, rest) = line.strip_prefix(prefix)?.split_once(' ')?;
            Some((name.to_owned(), rest.to_owned()))
        };
        if let Some((name, kind)) = part("# TYPE ") {
            told.entry(name).or_default().0 = kind;
        } else if let Some((name, meaning)) = part("# HELP ") {
            told.entry(name).or_default().1 = meaning.trim_end_matches('.').to_owned();
        }
    }
    told
}

/// The same of each row of the list.
fn listed() -> BTreeMap<String, (String, String)> {
    let list = document("metrics.md");
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        let name = cells[0].trim_end_matches('`');
        (name.to_owned(), (cells[1].to_owned(), cells[3].to_owned()))
    })
    .collect()
}

/// A founded node that crawls, in a process of its own, and its metrics once all are there.
async fn of_a_crawling_node() -> String {
    let desk = Desk::new();
    let port = free_port().port();
    desk.said(&format!(
        "init --domain http://a.localhost:{port} --kind directory --name Annuaire --listen 127.0.0.1:{port} \
         --allow-net 127.0.0.0/8"
    ));
    let node = Served::of(desk.command("serve --allow-net 127.0.0.0/8"));
    eventually("it has published", async || {
        let answer = reqwest::get(format!("{}/metrics", node.url)).await.unwrap();
        let text = answer.text().await.unwrap();
        text.contains("archipelago_published_revision")
            .then_some(text)
    })
    .await
}

/// A mirror's metrics, in a process of its own.
async fn of_a_mirror() -> String {
    let origin = Founded::start("a", Kind::Directory, Database::sqlite().await).await;
    let from = origin.config.domain.clone().unwrap();
    eventually("it has published", async || {
        let status = origin.node.get("/api/v1/snapshot").await.status();
        (status == 200).then_some(())
    })
    .await;
    let desk = Desk::new();
    let mirror = format!("mirror {from} --listen 127.0.0.1:0 --allow-net 127.0.0.0/8");
    let mirror = Served::of(desk.command(&mirror));
    let answer = reqwest::get(format!("{}/metrics", mirror.url)).await;
    answer.unwrap().text().await.unwrap()
}

#[actix_web::test]
async fn the_list_names_every_metric_with_its_type_and_meaning_and_no_other() {
    let mut all = told(&of_a_crawling_node().await);
    all.extend(told(&of_a_mirror().await));
    let mut listed = listed();
    // It needs a certificate, which no node has on loopback.
    listed.remove("archipelago_certificate_ends_timestamp_seconds");
    assert_eq!(all, listed);
}

/// The names in an expression of Prometheus that are of ours or of a process.
fn names(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_alphanumeric() && c != '_');
    let ours = |word: &&str| word.starts_with("archipelago_") || word.starts_with("process_");
    words.filter(ours).map(str::to_owned).collect()
}

/// The names under which samples of the listed metrics are told.
fn samples() -> BTreeSet<String> {
    let mut samples = BTreeSet::new();
    for (name, (kind, _)) in listed() {
        match kind.as_str() {
            "counter" => drop(samples.insert(format!("{name}_total"))),
            "histogram" => {
                samples.extend(["bucket", "sum", "count"].map(|end| format!("{name}_{end}")));
            }
            "info" => drop(samples.insert(format!("{name}_info"))),
            _ => drop(samples.insert(name)),
        }
    }
    samples
}

fn expressions(of: &Value, found: &mut Vec<String>) {
    match of {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" || name == "query" => {
                        found.push(text.clone());
                    }
                    value => expressions(value, found),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| expressions(member, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_and_the_rules_ask_for_nothing_that_is_not_listed() {
    let dashboard: Value = serde_json::from_str(&document("grafana.json")).unwrap();
    let mut asked = Vec::new();
    expressions(&dashboard, &mut asked);
    let panels = asked.len();
    assert!(panels > 40, "{panels}");
    let rules = document("alerts.yml");
    let rules = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("expr: "));
    asked.extend(rules.map(str::to_owned));
    assert!(asked.len() >= panels + 11);
    let samples = samples();
    for expression in asked {
        let unknown: Vec<_> = names(&expression).difference(&samples).cloned().collect();
        assert!(unknown.is_empty(), "{expression}: {unknown:?}");
        let is_of_ours = !names(&expression).is_empty();
        assert!(
            is_of_ours || ["prometheus", "up{job=\"archipelago\"} == 0"].contains(&&*expression)
        );
    }
}

/// The numbers that stand behind these words.
fn behind(text: &str, words: &str) -> Vec<f64> {
    let number = |rest: &str| rest.lines().next().unwrap().parse().unwrap();
    text.split(words).skip(1).map(number).collect()
}

#[test]
fn the_rules_tell_of_the_disk_where_the_doctor_does_the_late_bound_first() {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/node/doctor/judge.rs");
    let judge = fs::read_to_string(judge).unwrap();
    let (_, bounds) = judge.split_once("const FREE_BYTES: [u64; 2] = [").unwrap();
    let (bounds, _) = bounds.split_once(']').unwrap();
    let bounds = bounds.replace('_', "");
    let bounds = bounds.split(", ").map(|bound| bound.parse().unwrap());
    let mut bounds: Vec<f64> = bounds.collect();
    bounds.reverse();
    let rules = document("alerts.yml");
    assert_eq!(behind(&rules, "disk_free_bytes < "), bounds);
}

#[tokio::test]
async fn a_demo_tells_what_it_has_and_no_two_lines_are_of_the_same() {
    let node = TestNode::start().await;
    let text = node.get("/metrics").await.text().await.unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let names: BTreeSet<_> = lines
        .iter()
        .map(|line| line.rsplit_once(' ').unwrap().0)
        .collect();
    assert_eq!(names.len(), lines.len());
    assert!(!text.contains("archipelago_crawler"));
    assert!(!text.contains("archipelago_inbox_posts"));
    assert_eq!(text.matches("# EOF").count(), 1);
}
