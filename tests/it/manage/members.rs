//! Membership at the owners' pages: a collective's person and a hoster's decide, each at a browser without
//! script.

use archipelago::clock::Clock;
use archipelago::domain::vouch::MAX_VOUCH_DAYS;
use archipelago::federation::{Federation, Kind, MAX_WORDS_CHARS};
use archipelago::formats::activitypub::addresses::Local;
use chrono::TimeDelta;

use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually};

async fn node(name: &str, kind: Kind) -> Founded {
    Founded::start(name, kind, Database::sqlite().await).await
}

async fn both() -> (Founded, Founded) {
    let collective = node("collective", Kind::Collective).await;
    let charter = "1. Sauvegarder\n".as_bytes();
    collective
        .federation
        .set_charter("3", charter)
        .await
        .unwrap();
    (collective, node("hoster", Kind::Hoster).await)
}

/// The page, once it shows what is looked for.
async fn shows(browser: &Browser<'_>, path: &str, what: &str) -> String {
    eventually(what, async || {
        Some(browser.page(path).await).filter(|html| html.contains(what))
    })
    .await
}

#[actix_web::test]
async fn a_collectives_person_accepts_and_removes_a_member_at_a_browser_alone() {
    let (collective, hoster) = both().await;
    let (people, admin) = (Browser::of_owner(&collective), Browser::of_owner(&hoster));
    let home = collective.federation.addresses().home().to_string();
    let (group, org) = (collective.id(Local::Collective), hoster.id(Local::Hoster));
    let (group, org) = (group.as_str(), org.as_str());

    let empty = people.page("/fr/manage/members").await;
    assert!(empty.contains("Personne n’attend.") && empty.contains("Version 3, en vigueur"));
    assert!(empty.contains(&format!("archipelago member apply {home}")));

    // The hoster looks at the charter first, then sends.
    let apply = "/fr/manage/members/apply";
    let response = admin.post(apply, &[("address", &home)]).await;
    assert_eq!(response.status(), 200);
    let html = response.text().await.unwrap();
    assert!(html.contains("Hoster collective") && html.contains(&format!("{home}charter/3")));
    assert!(html.contains("name=\"charter\" value=\"3\"") && html.contains("name=\"application\""));
    assert!(
        collective
            .federation
            .memberships()
            .await
            .unwrap()
            .asked
            .is_empty()
    );
    let sent = [
        ("address", home.as_str()),
        ("seen", home.as_str()),
        ("charter", "3"),
        ("application", "Nous sommes <trois>.\r\nNous sauvegardons."),
    ];
    let html = admin.done(apply, &sent).await;
    assert!(
        html.contains("Votre candidature part vers Hoster collective."),
        "{html}"
    );
    assert!(html.contains("sous la charte 3") && html.contains("Pas encore de réponse."));

    let start = shows(&people, "/fr/manage", "1 candidature attend une réponse.").await;
    assert!(start.contains("attendent une décision"), "{start}");
    let html = people.page("/fr/manage/members").await;
    for told in [
        "Hoster hoster",
        "S’engage à la charte 3, celle en vigueur.",
        "Nous sommes &#60;trois&#62;.\nNous sauvegardons.",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    let html = people
        .done("/fr/manage/members/accept", &[("who", org)])
        .await;
    assert!(
        html.contains("C’est accepté\u{a0}: Hoster hoster l’apprend"),
        "{html}"
    );
    assert!(html.contains("Personne n’attend.") && html.contains("Membre depuis le "));
    shows(&people, "/en/manage/members", "The hoster lists it too.").await;
    let html = shows(&admin, "/en/manage/members", "Listed here too.").await;
    assert!(
        html.contains("A member since ") && html.contains("Accepted on "),
        "{html}"
    );
    shows(&admin, "/en/manage", "1 other vouches for you.").await;

    let html = people
        .done("/en/manage/members/renew", &[("who", org)])
        .await;
    assert!(html.contains("The vouch for Hoster hoster is renewed"));
    let html = people.done("/en/manage/members/renew", &[]).await;
    assert!(html.contains("All your vouches are renewed"));

    let remove = format!("/fr/manage/members/remove?who={org}");
    let html = people.page(&remove).await;
    assert!(
        html.contains("Ne plus se porter garant de hoster.localhost"),
        "{html}"
    );
    let gone = [("who", org), ("reason", "Plus de sauvegardes.")];
    let html = people.done("/fr/manage/members/remove", &gone).await;
    assert!(html.contains("Vous ne vous portez plus garant de Hoster hoster"));
    assert!(html.contains("Repris le "));
    shows(&admin, "/fr/manage/members", "Repris le ").await;
    let html = admin
        .done("/fr/manage/members/leave", &[("who", group)])
        .await;
    assert!(
        html.contains("C’est fait\u{a0}: Hoster collective l’apprend."),
        "{html}"
    );
}

#[actix_web::test]
async fn a_refusal_is_read_by_who_asked() {
    let (collective, hoster) = both().await;
    let (people, admin) = (Browser::of_owner(&collective), Browser::of_owner(&hoster));
    let named = collective.id(Local::Collective);
    hoster
        .federation
        .apply_for_membership(named.as_str(), "", None)
        .await
        .unwrap();
    shows(&people, "/en/manage/members", "Hoster hoster").await;
    let org = hoster.id(Local::Hoster);
    let html = people
        .page(&format!("/en/manage/members/refuse?who={org}"))
        .await;
    assert!(html.contains("name=\"reason\"") && html.contains("Refuse what hoster.localhost"));
    let words = [("who", org.as_str()), ("reason", "Two admins,\r\nplease.")];
    let html = people.done("/en/manage/members/refuse", &words).await;
    assert!(
        html.contains("Refused, and Hoster hoster is told."),
        "{html}"
    );
    shows(&admin, "/en/manage/members", "Two admins,\nplease.").await;
    // Once more there is nothing to decide that way.
    hoster.federation.leave(named.as_str()).await.unwrap();
    eventually("it is withdrawn", async || {
        let asked = collective.federation.memberships().await.unwrap().asked;
        asked.is_empty().then_some(())
    })
    .await;
    let response = people.post("/en/manage/members/refuse", &words).await;
    assert_eq!(response.status(), 422);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("This request is no longer there")
    );
}

#[actix_web::test]
async fn hosters_vouch_for_each_other_at_their_pages() {
    let (one, other) = (
        node("one", Kind::Hoster).await,
        node("other", Kind::Hoster).await,
    );
    let (giver, taker) = (Browser::of_owner(&one), Browser::of_owner(&other));
    let home = other.federation.addresses().home().to_string();
    let html = giver
        .done("/en/manage/members/offer", &[("address", &home)])
        .await;
    assert!(
        html.contains("Your offer is on its way to Hoster other."),
        "{html}"
    );
    shows(&taker, "/en/manage", "1 hoster offers to vouch for you.").await;
    shows(&taker, "/en/manage/members", "Offers to vouch for you").await;
    let org = one.id(Local::Hoster);
    taker
        .done("/en/manage/members/accept", &[("who", org.as_str())])
        .await;
    let html = shows(&giver, "/en/manage/members", "The hoster lists it too.").await;
    assert!(html.contains("Whom you vouch for") && html.contains("Vouched for since "));
    let response = giver
        .post("/en/manage/members/offer", &[("address", &home)])
        .await;
    assert_eq!(response.status(), 422);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("You vouch for this hoster already")
    );
}

#[actix_web::test]
async fn what_lapses_soon_stands_first_with_a_reminder() {
    let (collective, hoster) = both().await;
    let (people, admin) = (Browser::of_owner(&collective), Browser::of_owner(&hoster));
    let (group, org) = (collective.id(Local::Collective), hoster.id(Local::Hoster));
    hoster
        .federation
        .apply_for_membership(group.as_str(), "", None)
        .await
        .unwrap();
    shows(&people, "/en/manage/members", "Hoster hoster").await;
    let then = Clock::system().now() - TimeDelta::days(MAX_VOUCH_DAYS - 20) + TimeDelta::hours(1);
    let clock = Clock::fixed(then);
    let earlier = Federation::open(collective.store.clone(), &collective.config, clock).await;
    earlier
        .unwrap()
        .unwrap()
        .accept(org.as_str())
        .await
        .unwrap();
    let html = shows(&people, "/en/manage/members", "Ends in 20 days: renew it").await;
    assert!(
        html.find("Ending soon") < html.find("Waiting for your answer"),
        "{html}"
    );
    shows(&people, "/en/manage", "1 vouch ends within 30 days.").await;
    shows(
        &admin,
        "/fr/manage/members",
        "Prend fin dans 20 jours\u{a0}: demandez",
    )
    .await;
    people
        .done("/en/manage/members/renew", &[("who", org.as_str())])
        .await;
    let html = people.page("/en/manage/members").await;
    assert!(!html.contains("Ending soon"), "{html}");
}

#[actix_web::test]
async fn a_wrong_form_comes_back_filled_in() {
    let (collective, hoster) = both().await;
    let admin = Browser::of_owner(&hoster);
    let home = collective.federation.addresses().home().to_string();
    let own = hoster.federation.addresses().home().to_string();
    for (address, told) in [
        ("", "This field cannot stay empty."),
        ("no name", "An address is needed"),
        ("http://127.0.0.1:1/", "Nothing useful answered"),
        (own.as_str(), "This is this very node’s address."),
    ] {
        for step in ["apply", "offer"] {
            let path = format!("/en/manage/members/{step}");
            let response = admin.post(&path, &[("address", address)]).await;
            assert_eq!(response.status(), 422, "{step} {address}");
            let html = response.text().await.unwrap();
            assert!(
                html.contains(told) && html.contains("id=\"address-error\""),
                "{address}: {html}"
            );
            assert!(html.contains(&format!("value=\"{address}\"")), "{address}");
        }
    }
    let offer = admin
        .post("/en/manage/members/offer", &[("address", &home)])
        .await;
    assert!(offer.text().await.unwrap().contains("This is no hoster."));
    let long = "é".repeat(MAX_WORDS_CHARS + 1);
    let sent = |charter, words| {
        [
            ("address", home.as_str()),
            ("seen", home.as_str()),
            ("charter", charter),
            ("application", words),
        ]
    };
    for (charter, words, told) in [
        (
            "3",
            long.as_str(),
            "This is too long: 4,000 characters at most.",
        ),
        ("3", "a\u{202e}b", "An invisible character"),
        (
            "2",
            "Hello",
            "The charter has changed: version 3 is in force.",
        ),
    ] {
        let response = admin
            .post("/en/manage/members/apply", &sent(charter, words))
            .await;
        assert_eq!(response.status(), 422, "{told}");
        let html = response.text().await.unwrap();
        assert!(
            html.contains(told) && html.contains(words),
            "{told}: {html}"
        );
        assert!(
            html.contains("name=\"charter\" value=\"3\""),
            "what is in force is shown"
        );
    }
    assert!(
        hoster
            .federation
            .memberships()
            .await
            .unwrap()
            .asked
            .is_empty()
    );
    let stranger = Browser::at(&hoster.node);
    let response = stranger
        .post("/en/manage/members/apply", &sent("3", "Kept"))
        .await;
    assert_eq!(response.status(), 403);
    let html = response.text().await.unwrap();
    assert!(
        html.contains("Kept") && html.contains("no longer knows you"),
        "{html}"
    );
    let elsewhere = "https://evil.example";
    let response = admin
        .post_from(elsewhere, "/en/manage/members/apply", &sent("3", "x"))
        .await;
    assert_eq!(response.status(), 403);
    for path in ["/members/accept", "/members/renew"] {
        let path = format!("/en/manage{path}");
        assert_eq!(admin.post_from(elsewhere, &path, &[]).await.status(), 403);
        assert_eq!(stranger.post(&path, &[]).await.status(), 403);
    }
}

#[actix_web::test]
async fn a_directory_has_no_members() {
    let directory = node("directory", Kind::Directory).await;
    let owner = Browser::of_owner(&directory);
    for path in ["/members", "/members/apply"] {
        let response = owner.get(&format!("/en/manage{path}")).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("nobody becomes a member of it"),
            "{path}"
        );
    }
    assert!(!owner.page("/en/manage").await.contains("See membership"));
}
