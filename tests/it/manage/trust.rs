//! Whom the node trusts, by what rules, and what it blocks: chosen by plain forms.

use archipelago::domain::choices::Choices;
use archipelago::formats::activitypub::addresses::Local;
use chrono::DateTime;
use serde_json::Value;

use super::*;

const PAGE: &str = "/en/manage/trust";

/// What is chosen, and how many decisions there were.
async fn chosen(founded: &Founded) -> (Choices, u64) {
    let choices = founded.store.choices().await.unwrap();
    let since = DateTime::UNIX_EPOCH;
    let (_, decisions) = founded.store.decisions(since, 0, 0).await.unwrap();
    (choices, decisions)
}

async fn json(founded: &Founded, path: &str) -> Value {
    founded.node.json(path).await
}

#[tokio::test]
async fn an_anchor_is_added_by_its_address_and_taken_back() {
    let collective = Founded::start("chatons", Kind::Collective, Database::sqlite().await).await;
    let ours = hoster().await;
    let owner = Browser::of_owner(&ours);
    let empty = owner.page(PAGE).await;
    assert!(empty.contains("Nobody so far") && empty.contains("Nothing is blocked"));
    let site = collective.federation.addresses().home().to_string();
    let fields = [
        ("do", "add-anchor"),
        ("whom", site.as_str()),
        ("anchor_reason", "Their <charter>\r\nis ours"),
    ];
    let html = owner.done(PAGE, &fields).await;
    assert!(html.contains("It is trusted from the start now"), "{html}");
    assert!(html.contains("Hoster chatons") && html.contains("Their &#60;charter&#62;\nis ours"));
    let actor = collective.id(Local::Collective);
    let follow = ours.store.follow_of(&actor).await.unwrap();
    assert!(follow.is_some(), "it is followed");
    eventually("the API says so", async || {
        let policy = json(&ours, "/api/v1/policy").await;
        (policy["anchors"][0]["actor"] == actor.as_str()).then_some(())
    })
    .await;
    let back = [("do", "remove-anchor"), ("actor", actor.as_str())];
    let html = owner.done(PAGE, &back).await;
    assert!(html.contains("no longer trusted from the start") && html.contains("Nobody so far"));
    let log = json(&ours, "/api/v1/decisions").await;
    let what: Vec<_> = log["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["what"].clone())
        .collect();
    assert_eq!(what, ["anchor-removed", "anchor-added", "policy-changed"]);
}

#[tokio::test]
async fn rules_and_blocks_are_kept_and_everybody_sees_them() {
    let ours = hoster().await;
    let owner = Browser::of_owner(&ours);
    let rules = [
        ("do", "rules"),
        ("least_standing", "confirmed"),
        ("max_depth", "2"),
        ("collective_quota", "1 000"),
        ("hoster_quota", "0"),
        ("rules_reason", "We begin small"),
    ];
    let html = owner.done(PAGE, &rules).await;
    assert!(html.contains("The rules are kept"), "{html}");
    assert!(html.contains("value=\"1000\"") && html.contains("value=\"confirmed\" selected"));
    let block = [
        ("do", "add-block"),
        ("domain", "https://www.EVIL.example/"),
        ("severity", "suspend"),
        ("block_reason", "It sends spam"),
    ];
    let html = owner.done(PAGE, &block).await;
    assert!(html.contains("The domain is blocked"), "{html}");
    assert!(html.contains(">evil.example</b>") && html.contains("It sends spam"));
    eventually("visitors see it", async || {
        let policy = json(&ours, "/api/v1/policy").await;
        let is_there =
            policy["blocks"][0]["domain"] == "evil.example" && policy["hoster_quota"] == 0;
        is_there.then_some(())
    })
    .await;
    let about = owner.page("/en/about").await;
    for sentence in [
        "in 2 steps",
        "1,000 hosters",
        "evil.example is blocked",
        "We begin small",
    ] {
        assert!(about.contains(sentence), "{sentence}");
    }
    let follow = ours.federation.follow("https://evil.example/").await;
    drop(follow.unwrap_err());
    let html = owner
        .done(PAGE, &[("do", "remove-block"), ("blocked", "evil.example")])
        .await;
    assert!(html.contains("no longer blocked") && html.contains("Nothing is blocked"));
}

#[tokio::test]
async fn a_wrong_form_comes_back_filled_in_with_a_sentence_at_each_field() {
    let ours = hoster().await;
    let owner = Browser::of_owner(&ours);
    let own_host = ours.federation.addresses().home();
    let own_host = own_host.host_str().unwrap();
    let own_site = ours.federation.addresses().home().to_string();
    let before = chosen(&ours).await;
    for (fields, sentences) in [
        (
            vec![("do", "add-anchor"), ("whom", ""), ("anchor_reason", "")],
            vec![
                "id=\"whom-error\"",
                "id=\"anchor_reason-error\"",
                "2 things to look at again",
            ],
        ),
        (
            vec![
                ("do", "add-anchor"),
                ("whom", "mailto:x@y"),
                ("anchor_reason", "Because <i>"),
            ],
            vec![
                "value=\"mailto:x@y\"",
                "Because &#60;i&#62;",
                "id=\"whom-error\"",
            ],
        ),
        (
            vec![
                ("do", "add-anchor"),
                ("whom", &own_site),
                ("anchor_reason", "x"),
            ],
            vec!["This is this node itself"],
        ),
        (
            vec![
                ("do", "rules"),
                ("least_standing", "high"),
                ("max_depth", "4"),
                ("collective_quota", "-1"),
                ("hoster_quota", ""),
            ],
            vec![
                "id=\"least_standing-error\"",
                "between 1 and 3",
                "value=\"-1\"",
                "id=\"hoster_quota-error\"",
                "4 things to look at again",
            ],
        ),
        (
            vec![
                ("do", "add-block"),
                ("domain", "org"),
                ("severity", "much"),
                ("block_reason", ""),
            ],
            vec![
                "value=\"org\"",
                "Strangers register names",
                "id=\"severity-error\"",
                "id=\"block_reason-error\"",
                "3 things to look at again",
            ],
        ),
        (
            vec![
                ("do", "add-block"),
                ("domain", own_host),
                ("severity", "hide"),
                ("block_reason", "x"),
            ],
            vec!["This is this node itself", "value=\"hide\" selected"],
        ),
        (vec![("do", "nonsense")], vec!["<h1>Trust and blocks</h1>"]),
    ] {
        let response = owner.post(PAGE, &fields).await;
        assert_eq!(response.status(), 422, "{fields:?}");
        let html = response.text().await.unwrap();
        for sentence in sentences {
            assert!(html.contains(sentence), "{sentence}: {html}");
        }
        // The page's other forms are as they were.
        if fields[0].1 != "rules" {
            assert!(
                html.contains("id=\"max_depth\"") && html.contains("value=\"3\""),
                "{html}"
            );
        }
    }
    assert_eq!(chosen(&ours).await, before);
}

#[tokio::test]
async fn strangers_choose_nothing_and_lose_nothing_they_typed() {
    let ours = hoster().await;
    let before = chosen(&ours).await;
    let fields = [
        ("do", "add-block"),
        ("domain", "good.example"),
        ("severity", "suspend"),
        ("block_reason", "I do not like it"),
    ];
    let stranger = Browser::at(&ours.node);
    let response = stranger.post(PAGE, &fields).await;
    assert_eq!(response.status(), 403);
    let html = response.text().await.unwrap();
    assert!(html.contains("value=\"good.example\"") && html.contains("I do not like it"));
    let owner = Browser::of_owner(&ours);
    let from_elsewhere = owner.post_from("https://evil.example", PAGE, &fields).await;
    assert_eq!(from_elsewhere.status(), 403);
    assert_eq!(stranger.get(PAGE).await.status(), 403);
    assert_eq!(chosen(&ours).await, before);
}
