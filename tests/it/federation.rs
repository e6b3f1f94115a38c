//! Two nodes of ours understand each other, over real sockets.

use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::FollowState;
use serde_json::Value;

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Founded, eventually, offer};

/// A service as the follower's API shows it.
async fn seen(directory: &Founded, id: &str) -> Option<Value> {
    let response = directory.node.get(&format!("/api/v1/services/{id}")).await;
    match response.status().is_success() {
        true => serde_json::from_slice(&response.bytes().await.unwrap()).ok(),
        false => None,
    }
}

/// A directory that follows a hoster, which has accepted.
async fn following(name: &str, database: Database) -> (Founded, Founded) {
    let hoster = Founded::start(name, Kind::Hoster, Database::sqlite().await).await;
    let directory = Founded::start("directory", Kind::Directory, database).await;
    let home = hoster.federation.addresses().home();
    let found = directory.federation.follow(home.as_str()).await.unwrap();
    assert_eq!(found.id, hoster.id(Local::Hoster));
    eventually("the hoster accepts", async || {
        let follow = directory.store.follow_of(&found.id).await.unwrap()?;
        (follow.state == FollowState::Accepted).then_some(())
    })
    .await;
    (hoster, directory)
}

on_both_engines! {
    async fn a_follower_shows_what_a_hoster_adds_changes_and_removes(database: Database) {
        let (hoster, directory) = following("a", database).await;
        let authority = hoster.federation.addresses().authority().replace(':', "-");
        let id = format!("{authority}_pads");
        hoster.federation.add_services(vec![offer("pads", "Pads")]).await.unwrap();
        let shown = eventually("the service arrives", async || seen(&directory, &id).await).await;
        assert_eq!(shown["name"], "Pads");
        assert_eq!(shown["hoster"]["id"], authority);

        hoster.federation.update_service(offer("pads", "Other pads")).await.unwrap();
        eventually("the change arrives", async || {
            (seen(&directory, &id).await?["name"] == "Other pads").then_some(())
        })
        .await;

        hoster.federation.remove_service(&offer("pads", "Pads").id).await.unwrap();
        eventually("the end arrives", async || {
            seen(&directory, &id).await.is_none().then_some(())
        })
        .await;
    }
}
