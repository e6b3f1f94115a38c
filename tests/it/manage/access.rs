//! Who manages the node: tokens made, shown once, and taken back, by plain forms.

use archipelago::domain::text::Name;
use archipelago::federation::{TOKENS_READ_AGAIN_AFTER, TokenAdded};

use super::*;

const PAGE: &str = "/en/manage/access";

/// The token on the page that shows it.
fn shown(html: &str) -> String {
    let after = html.split("role=\"status\"><code>").nth(1).unwrap();
    after.split('<').next().unwrap().to_owned()
}

/// Where the tokens are taken back, the oldest first.
fn ways_back(html: &str) -> Vec<String> {
    let parts = html.split("href=\"/en/manage/access/").skip(1);
    parts
        .map(|rest| format!("{PAGE}/{}", rest.split('"').next().unwrap()))
        .collect()
}

/// Takes all the tries there are.
async fn guess(founded: &Founded) {
    let stranger = Browser::at(&founded.node);
    for status in [403; MAX_WRONG_TOKENS as usize].into_iter().chain([429]) {
        let response = stranger.post("/en/manage", &[("token", "wrong")]).await;
        assert_eq!(response.status(), status);
    }
}

async fn log_in(founded: &Founded, token: &str) -> u16 {
    let browser = Browser::at(&founded.node);
    let response = browser.post("/en/manage", &[("token", token)]).await;
    response.status().as_u16()
}

async fn another(owner: &Browser<'_>, person: &str) -> String {
    let response = owner.post(PAGE, &[("person", person)]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    shown(&response.text().await.unwrap())
}

#[actix_web::test]
async fn a_second_person_gets_a_token_that_is_shown_once_and_can_be_taken_back() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let html = owner.page(PAGE).await;
    assert!(html.contains("first token") && html.contains("This is yours"));
    assert!(
        html.contains("Last used on"),
        "this very request is its use"
    );

    let token = another(&owner, " Anne &amp; Léa ").await;
    assert_eq!(token.len(), 64);
    let html = owner.page(PAGE).await;
    assert!(html.contains("Anne &#38;amp; Léa") && html.contains("Not used yet"));
    assert!(!html.contains(&token), "it is shown once");
    let rows = founded.dump().await;
    assert!(!rows.iter().any(|row| row.contains(&token)), "nor kept");

    let mut anne = Browser::at(&founded.node);
    let response = anne.post("/en/manage", &[("token", &token)]).await;
    assert_eq!(response.status(), 303);
    anne.cookie = Some(format!("manage={token}"));
    let html = anne.page(PAGE).await;
    assert!(!html.contains("Not used yet"));
    let [first, second] = ways_back(&html).try_into().unwrap();

    let html = owner.page(&second).await;
    assert!(html.contains("Anne &#38;amp; Léa") && !html.contains("you are here with"));
    assert!(anne.page(&second).await.contains("you are here with"));
    assert_eq!(
        anne.get(PAGE).await.status(),
        200,
        "asking takes nothing back"
    );
    let html = owner.done(&second, &[]).await;
    assert!(html.contains("it opens nothing any more") && !html.contains("Léa"));
    assert_eq!(anne.get(PAGE).await.status(), 403);
    assert_eq!(anne.post(&first, &[]).await.status(), 403);
    assert_eq!(owner.get(&second).await.status(), 404);
    assert_eq!(owner.post(&second, &[]).await.status(), 404);
}

#[actix_web::test]
async fn the_last_token_stays_and_whoever_takes_back_their_own_is_out() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let html = owner.page(PAGE).await;
    assert!(ways_back(&html).is_empty() && html.contains("It is the only one"));
    let hash = founded.token.hash();
    let own = format!("{PAGE}/{}/remove", &hash[..16]);
    for response in [owner.get(&own).await, owner.post(&own, &[]).await] {
        assert_eq!(response.status(), 409);
        let html = response.text().await.unwrap();
        assert!(html.contains("This is the last token") && html.contains("Make another first"));
    }
    let token = another(&owner, "Anne").await;
    let response = owner.post(&own, &[]).await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/en/manage");
    assert!(
        cookies(&response)
            .iter()
            .all(|cookie| cookie.starts_with("manage=; "))
    );
    assert_eq!(cookies(&response).len(), 2);
    assert_eq!(owner.get(PAGE).await.status(), 403);
    let mut anne = Browser::at(&founded.node);
    anne.cookie = Some(format!("manage={token}"));
    assert!(anne.page(PAGE).await.contains("It is the only one"));
}

#[actix_web::test]
async fn a_name_is_asked_for_bounded_and_given_once() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    another(&owner, "Zoé").await;
    let long = "a".repeat(201);
    for (person, why) in [
        ("", "cannot stay empty"),
        (long.as_str(), "200 characters at most"),
        ("a\u{202e}b", "invisible character"),
        ("ZOE", "There is a token of this name"),
    ] {
        let response = owner.post(PAGE, &[("person", person)]).await;
        assert_eq!(response.status(), 422, "{person}");
        let html = response.text().await.unwrap();
        assert!(
            html.contains(why) && html.contains("href=\"#person\""),
            "{html}"
        );
        assert!(!html.contains("role=\"status\"><code>"));
    }
    assert_eq!(founded.store.tokens().await.unwrap().len(), 2);
    let stranger = Browser::at(&founded.node);
    let response = stranger.post(PAGE, &[("person", "Eve")]).await;
    assert_eq!(response.status(), 403);
    let html = response.text().await.unwrap();
    assert!(html.contains("value=\"Eve\"") && !html.contains("first token"));
    let response = owner
        .post_from("https://evil.example", PAGE, &[("person", "Eve")])
        .await;
    assert_eq!(response.status(), 403);
    assert_eq!(founded.store.tokens().await.unwrap().len(), 2);
}

#[actix_web::test]
async fn a_new_person_comes_in_while_strangers_guess() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    owner.page(PAGE).await;
    guess(&founded).await;
    let token = another(&owner, "Anne").await;
    assert_eq!(log_in(&founded, &token).await, 303);
    assert_eq!(log_in(&founded, "wrong").await, 429);
}

#[actix_web::test]
async fn after_a_restart_whoever_has_a_token_comes_in_while_strangers_guess() {
    let founded = hoster().await;
    guess(&founded).await;
    Browser::of_owner(&founded).page(PAGE).await;
}

#[actix_web::test]
async fn a_token_of_another_process_opens_within_a_second_while_strangers_guess() {
    let founded = hoster().await;
    guess(&founded).await;
    let anne = Name::parse("Anne").unwrap();
    let (token, added) = founded.federation.add_token(&anne).await.unwrap();
    assert_eq!(added, TokenAdded::Done);
    tokio::time::sleep(TOKENS_READ_AGAIN_AFTER).await;
    assert_eq!(log_in(&founded, token.expose()).await, 303);
    let known = founded.store.token(&token.hash()).await.unwrap().unwrap();
    founded.federation.take_back_token(&known).await.unwrap();
    let anne = log_in(&founded, token.expose()).await;
    assert_eq!(anne, 403, "what is taken back elsewhere opens nothing here");
    assert_eq!(log_in(&founded, token.expose()).await, 429);
}
