//! The pages of trust: a hoster's route and vouches, collectives, badges; for people and for programs.

use archipelago::clock::Clock;
use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::localized::Language;
use archipelago::domain::text::{Link, Name, Prose};
use archipelago::domain::vouch::{Basis, CharterVersion, NotCounted, Vouch};
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::activitypub::vouch;
use archipelago::node::fill_with_demo;
use archipelago::store::{Change, Effect, Said, Store};
use archipelago::web::locale::Locale;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::database::Database;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

const COLLECTIVE: &str = "https://chatons.example/ap/group";
const STRANGER: &str = "https://stranger.example/ap/group";
/// The site of a hoster of the demo's, as a vouch names one that has no node.
const MEMBER: &str = "https://infini.fr/";

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A collective that signs what it says.
struct Collective {
    actor: Url,
    signer: Signer,
    effects: Vec<Effect>,
}

impl Collective {
    fn new(actor: &str, name: &str) -> Self {
        let (private, multibase) = generate();
        let key = format!("{actor}#ed25519-key");
        let at = |path: &str| url(actor).join(path).unwrap();
        let record = json!({
            "id": actor, "kind": "Group", "name": name, "url": at("/"), "inbox": at("/ap/group/inbox"),
            "public_key": { "id": at("/ap/group#key"), "pem": "a key" }, "also_known_as": [],
            "assertion_keys": [{ "id": key, "multibase": multibase }],
            "charter": { "version": { "version": "3", "sha256": "ab".repeat(32) }, "url": at("/charter") },
            "discoverable": true, "indexable": true,
        });
        Self {
            actor: url(actor),
            signer: Signer::new(&private, url(&key)).unwrap(),
            effects: vec![Effect::KeepActor(Box::new(
                serde_json::from_value(record).unwrap(),
            ))],
        }
    }

    /// Vouches for a hoster from so many days ago to so many days ahead, and the hoster lists it.
    fn vouches(&mut self, number: u32, from: i64, to: i64) {
        let since = some_day() - TimeDelta::days(from);
        let vouch = Vouch {
            id: self.actor.join(&format!("/ap/vouches/{number}")).unwrap(),
            issuer: self.actor.clone(),
            object: url(MEMBER),
            basis: Basis::Membership,
            since,
            until: some_day() + TimeDelta::days(to),
            charter: Some(CharterVersion {
                version: Name::parse("3").unwrap(),
                sha256: Some("ab".repeat(32)),
            }),
            evidence: Some(Link::parse("https://forum.example/accepted?a=1&b=<b>").unwrap()),
        };
        let acknowledged = Effect::Acknowledge {
            actor: url(MEMBER),
            vouch: vouch.id.clone(),
        };
        let said = Said {
            document: self.signer.sign(vouch::write(&vouch), since),
            by_issuer: true,
        };
        self.effects
            .extend([Effect::Vouch(Box::new(said)), acknowledged]);
    }
}

/// The demo's directory, in which a collective that is trusted from the start vouches for a member, and
/// one that is not for the same, many times.
async fn filled(store: &Store) {
    fill_with_demo(store, &Clock::fixed(some_day()))
        .await
        .unwrap();
    let mut trusted = Collective::new(COLLECTIVE, "CHATONS <b>& co</b>");
    trusted.vouches(1, 100, 200);
    trusted.vouches(2, 300, -10);
    trusted.vouches(3, 390, -40);
    let mut stranger = Collective::new(STRANGER, "Stranger\"'><script>");
    for number in 1..=25 {
        stranger.vouches(number, i64::from(number), 100);
    }
    let (actor, reason) = (
        url(COLLECTIVE),
        Prose::parse("Its charter is ours").unwrap(),
    );
    let anchor = store.add_anchor(&actor, None, &reason, some_day());
    anchor.await.unwrap();
    let change = Change {
        effects: [trusted.effects, stranger.effects].concat(),
        publications: Vec::new(),
    };
    store.commit(&change, some_day()).await.unwrap();
}

pub async fn directory() -> (TestNode, Store) {
    let database = Database::sqlite().await;
    let store = database.store().await;
    filled(&store).await;
    let config = config(&database, ([127, 0, 0, 1], 0).into(), None);
    let node = TestNode::running(database, config, Clock::fixed(some_day()), false);
    (node, store)
}

async fn page(node: &TestNode, path: &str) -> (u16, String) {
    let response = node.get(path).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

fn assert_says(html: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(html.contains(sentence), "{sentence}: {html}");
    }
}

#[test]
fn every_reason_why_a_vouch_does_not_count_has_its_sentence() {
    for language in [Language::French, Language::English] {
        for why in NotCounted::ALL {
            let key = format!("vouch.why.{}", why.word());
            assert!(Locale::of(language).find(&key).is_some(), "{key}");
        }
    }
}

#[tokio::test]
async fn a_hosters_page_shows_the_route_that_leads_to_it_and_every_vouch_with_its_reason() {
    let (node, _store) = directory().await;
    let (status, english) = page(&node, "/en/hosters/infini").await;
    assert_eq!(status, 200);
    assert_says(
        &english,
        &[
            r#"role="img"><title>Route of trust: CHATONS"#,
            "is trusted by this directory from the start.",
            "as a member, from 15\u{a0}August 2026 to 11\u{a0}June 2027.",
            "One route leads here.",
            "Counts here.",
            "charter, version 3",
            "has ended and was not renewed",
            "no route of trust leads to Stranger",
            "archipelago verify https://chatons.example/ap/vouches/1<",
            "https://forum.example/accepted?a=1&#38;b=%3Cb%3E",
            "7 more are not shown here.",
            "/en/collectives/chatons.example",
        ],
    );
    // What ended more than thirty days ago is shown no more.
    assert!(!english.contains("chatons.example/ap/vouches/3"));
    assert!(!english.contains("<b>& co</b>") && !english.contains("'><script>"));
    let (_, french) = page(&node, "/fr/hosters/infini").await;
    assert_says(
        &french,
        &[
            "a la confiance de cet annuaire depuis le départ.",
            "jusqu’au 11\u{a0}juin 2027",
            "Un seul trajet mène ici.",
            "Compte ici.",
        ],
    );
    let (_, service) = page(&node, "/en/services/infini-pad-infini").await;
    assert_says(&service, &["Route of trust: CHATONS"]);
    let (_, other) = page(&node, "/en/hosters/adminforge").await;
    assert_says(&other, &["Nobody vouches for adminForge here yet."]);
}

#[tokio::test]
async fn collectives_are_listed_and_each_says_for_whom_it_vouches_and_how_to_join() {
    let (node, store) = directory().await;
    for (path, sentences) in [
        (
            "/en/collectives",
            [
                "/en/collectives/chatons.example",
                "1 member counts here",
                "trusts it from the start",
            ],
        ),
        (
            "/fr/collectives",
            [
                "/fr/collectives/stranger.example",
                "0 membre compte ici",
                "sa parole ne compte pas ici",
            ],
        ),
        (
            "/en/collectives/chatons.example",
            [
                "archipelago member apply https://chatons.example/ap/group",
                "/en/hosters/infini",
                "SHA-256 abab",
            ],
        ),
        (
            "/fr/collectives/stranger.example",
            [
                "charte, version 3",
                "Comment en devenir membre",
                "aucun trajet de la confiance",
            ],
        ),
    ] {
        let (status, html) = page(&node, path).await;
        assert_eq!(status, 200, "{path}");
        assert_says(&html, &sentences);
        assert!(!html.contains("<b>& co</b>") && !html.contains("'><script>"));
    }
    assert_eq!(page(&node, "/en/collectives/nobody.example").await.0, 404);
    let (_, about) = page(&node, "/en/about").await;
    assert_says(&about, &["/en/collectives\""]);

    let domain = Domain::parse("stranger.example").unwrap();
    let reason = Prose::parse("It lies").unwrap();
    let block = store.add_block(&domain, Severity::Hide, &reason, None, some_day());
    block.await.unwrap();
    crate::support::fediverse::eventually("it is not listed any more", async || {
        let (_, html) = page(&node, "/en/collectives").await;
        (!html.contains("stranger.example")).then_some(())
    })
    .await;
    let (status, html) = page(&node, "/en/collectives/stranger.example").await;
    assert_eq!(status, 404);
    assert_says(&html, &["It lies"]);
}

#[tokio::test]
async fn programs_read_the_route_and_why_a_vouch_does_not_count() {
    let (node, _store) = directory().await;
    let hoster = node.json("/api/v1/hosters/infini").await;
    assert_eq!(hoster["standing"], "confirmed");
    assert_eq!(hoster["corroboration"], 1);
    assert_eq!(
        hoster["path"],
        json!([{
            "issuer": COLLECTIVE, "name": "CHATONS <b>& co</b>",
            "vouch": "https://chatons.example/ap/vouches/1",
            "since": "2026-08-15T12:00:00Z", "until": "2027-06-11T12:00:00Z",
        }])
    );
    assert_eq!(hoster["vouches_received"], 27);
    let vouches = hoster["vouches"].as_array().unwrap();
    assert_eq!(vouches.len(), 27);
    assert_eq!(vouches[0]["counted"], true);
    assert_eq!(vouches[0]["why_not"], Value::Null);
    assert_eq!(vouches[0]["object"]["hoster"], "infini");
    let reasons: Vec<&str> = vouches[1..]
        .iter()
        .map(|vouch| vouch["why_not"].as_str().unwrap())
        .collect();
    assert_eq!(reasons[0], "lapsed");
    assert!(reasons[1..].iter().all(|why| *why == "issuer-not-trusted"));

    let list = node.json("/api/v1/collectives").await;
    assert_eq!((&list["total"], &list["offset"]), (&json!(2), &json!(0)));
    assert_eq!(
        list["results"][0],
        json!({
            "id": "chatons.example", "name": "CHATONS <b>& co</b>", "actor": COLLECTIVE,
            "url": "https://chatons.example/", "standing": "anchor", "member_count": 1,
            "charter": {
                "version": "3", "url": "https://chatons.example/charter", "sha256": "ab".repeat(32),
            },
        })
    );
    let one = node.json("/api/v1/collectives/chatons.example").await;
    assert_eq!(one["vouches_given"], 2);
    assert_eq!(one["members"][0]["object"]["hoster"], "infini");
    let unknown = node
        .get("/api/v1/collectives/chatons.exampel?lang=en")
        .await;
    assert_eq!(unknown.status(), 404);
    let problem = unknown.text().await.unwrap();
    assert!(problem.contains("chatons.example"), "{problem}");
}

#[tokio::test]
async fn a_badge_says_what_is_true_today_and_other_sites_may_show_it() {
    let (node, _store) = directory().await;
    let answer = node.get("/badge/infini.svg?lang=en").await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "image/svg+xml");
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(headers["cache-control"], "public, max-age=300");
    let svg = answer.text().await.unwrap();
    assert_says(
        &svg,
        &[
            "Infini",
            "member of CHATONS &lt;b&gt;&amp; co&lt;/b&gt; until 11\u{a0}June 2027",
        ],
    );
    assert!(!svg.contains("<b>") && !svg.contains("script") && !svg.contains("<style"));
    let etag = headers["etag"].to_str().unwrap();
    let again = [("if-none-match", etag)];
    let kept = node
        .ask(Method::GET, "/badge/infini.svg?lang=en", &again)
        .await;
    assert_eq!(kept.status(), 304);
    assert_eq!(kept.headers()["cache-control"], "public, max-age=300");
    assert!(
        page(&node, "/badge/infini.svg")
            .await
            .1
            .contains("jusqu’au 11\u{a0}juin 2027")
    );
    assert!(
        page(&node, "/badge/adminforge.svg?lang=en")
            .await
            .1
            .contains("named by a public list")
    );
    for unknown in [
        "/badge/nobody.svg?lang=en",
        "/badge/%3Cscript%3E.svg?lang=en",
    ] {
        let (status, svg) = page(&node, unknown).await;
        assert_eq!(status, 404);
        assert!(
            svg.contains("not listed here") && !svg.contains("script"),
            "{svg}"
        );
    }
    let (_, html) = page(&node, "/en/hosters/infini").await;
    let snippet = format!(
        "&#60;a href=&#34;{0}/en/hosters/infini#vouches&#34;&#62;&#60;img src=&#34;{0}/badge/infini.svg?lang=en&#34;",
        node.url("").trim_end_matches('/')
    );
    assert!(html.contains(&snippet), "{html}");
}
