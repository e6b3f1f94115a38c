//! Everything the node holds, loaded down from its pages.

use archipelago::store::backup::check;

use super::*;

const PAGE: &str = "/en/manage/backup";

#[actix_web::test]
async fn the_owner_loads_down_a_whole_backup_and_nobody_else_does() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let html = owner.page(PAGE).await;
    assert!(html.contains("secret keys") && html.contains("archipelago restore"));
    assert!(html.contains("A token that was taken back after the backup opens"));
    let post = owner.request(Method::POST, PAGE);
    let origin = founded.node.url("");
    let post = post
        .header("origin", origin)
        .header("accept-encoding", "gzip, zstd");
    let response = post.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "application/zstd");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(
        headers
            .get("content-encoding")
            .is_none_or(|encoding| encoding == "identity")
    );
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"archipelago-a.localhost-"),
        "{disposition}"
    );
    let file = response.bytes().await.unwrap();
    let database = Database::sqlite().await;
    let there = database.store().await;
    let contents = there.restore(&file[..], |_| ()).await.unwrap();
    assert_eq!(check(&file[..]).unwrap(), contents);
    let token = there.token(&founded.token.hash()).await.unwrap();
    assert!(token.is_some(), "the same token opens the restored node");

    let stranger = Browser::at(&founded.node);
    assert_eq!(stranger.get(PAGE).await.status(), 403);
    assert_eq!(stranger.post(PAGE, &[]).await.status(), 403);
    let elsewhere = owner.post_from("https://evil.example", PAGE, &[]).await;
    assert_eq!(elsewhere.status(), 403);
    let again = owner.post(PAGE, &[]).await;
    assert_eq!(again.status(), 200, "one after the other");
}
