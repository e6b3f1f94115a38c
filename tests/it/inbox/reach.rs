//! No address that others give us leads us where we must not go (S1), nor to a host under another
//! spelling of its name (S8).

use archipelago::clock::Clock;
use archipelago::config::Network;
use archipelago::domain::text::Name;
use archipelago::federation::{Error, Federation, Founder, Kind};
use archipelago::fetch;
use archipelago::formats::activitypub::addresses::{Addresses, Local};
use serde_json::json;

use super::{directory, with};
use crate::support::database::Database;
use crate::support::far_actor::{Far, FarActor, KEY, signing_key};
use crate::support::far_post::Post;

/// Addresses nobody may make us read, all of them leading to one port of this machine if they lead
/// anywhere.
fn forbidden(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::7f00:1]",
        "１２７.０.０.１",
        "127。0。0。1",
        "localhost.",
        "user@far.localhost",
        "user:pass@far.localhost",
        "10.0.0.1",
        "169.254.169.254",
        "far",
        "_far.example",
        "far.example.",
    ];
    let http = hosts
        .iter()
        .map(|host| format!("http://{host}:{port}/users/mallory"));
    let others = [
        "file:///etc/passwd",
        "ftp://far.localhost/x",
        "gopher://far.localhost/x",
        "data:text/plain,x",
        "unix:/run/x",
    ];
    http.chain(others.map(str::to_owned)).collect()
}

/// Whether nobody but this call has ever connected to a far server.
async fn saw_nobody(far: &Far) -> bool {
    tokio::net::TcpStream::connect(("127.0.0.1", far.port()))
        .await
        .unwrap();
    tokio::task::yield_now().await;
    crate::support::fediverse::eventually("we are counted", async || {
        (far.connections() >= 1).then_some(())
    })
    .await;
    far.connections() == 1
}

#[tokio::test]
async fn a_post_that_names_a_forbidden_actor_is_refused_without_any_request() {
    let (ours, far) = (directory().await, Far::start().await);
    ours.settled().await;
    let before = ours.dump().await;
    let inbox = ours.federation.addresses().shared_inbox();
    let alice = far.person("alice");
    for id in forbidden(far.port()) {
        let activity = with(
            alice.activity("Follow", ours.id(Local::Node).as_str()),
            json!({ "actor": id, "id": format!("{id}/activities/1") }),
        );
        let key_id = format!("{id}#main-key");
        let unsigned = alice.post(&inbox, &activity);
        let post: Post = unsigned.signed_over(&KEY, &key_id, "(request-target) host date digest");
        let answer = post.send(&ours).await;
        assert!(matches!(answer.status, 400 | 401), "{id}: {answer:?}");
        assert!(answer.is_problem(), "{id}");
    }
    assert_eq!(ours.dump().await, before);
    assert!(saw_nobody(&far).await);
}

#[tokio::test]
async fn a_person_who_names_a_forbidden_address_is_told_so_and_nothing_is_read() {
    let (ours, far) = (directory().await, Far::start().await);
    for named in forbidden(far.port()) {
        assert!(ours.federation.follow(&named).await.is_err(), "{named}");
    }
    for named in [
        "acct:a@b@c.localhost",
        "@a@b@c.localhost",
        "a@b@far.localhost",
        "alice@127.0.0.1",
        "alice@[::1]",
        "",
    ] {
        let port = far.port();
        for named in [named.to_owned(), format!("{named}:{port}")] {
            assert!(ours.federation.follow(&named).await.is_err(), "{named}");
        }
    }
    assert!(saw_nobody(&far).await);
}

#[tokio::test]
async fn a_node_of_the_open_network_reads_neither_http_nor_this_machine() {
    let (closed, far) = (directory().await, Far::start().await);
    let mut config = closed.config.clone();
    config.network = Network::default();
    let nowhere = Federation::open(closed.store.clone(), &config, Clock::system()).await;
    assert!(matches!(nowhere, Err(Error::NotReachable { .. })));
    let database = Database::sqlite().await;
    let store = database.store().await;
    let founder = Founder {
        addresses: Addresses::of("https://directory.example/".parse().unwrap()),
        kind: Kind::Directory,
        username: "directory".to_owned(),
        name: Name::parse("A directory").unwrap(),
        hoster: None,
    };
    let clock = Clock::system();
    founder.found(&store, clock.now()).await.unwrap().unwrap();
    config.domain = None;
    let open = Federation::open(store, &config, clock)
        .await
        .unwrap()
        .unwrap();
    let alice = far.person("alice");
    let port = far.port();
    for (named, why) in [
        (alice.id.to_string(), fetch::Refused::Scheme),
        (
            format!("https://far.localhost:{port}/users/alice"),
            fetch::Refused::Port,
        ),
        (
            "https://far.localhost/users/alice".to_owned(),
            fetch::Refused::Localhost,
        ),
        ("https://localhost/".to_owned(), fetch::Refused::Localhost),
        (
            "http://mastodon.example/users/alice".to_owned(),
            fetch::Refused::Scheme,
        ),
        (
            "https://mastodon.example:8443/users/alice".to_owned(),
            fetch::Refused::Port,
        ),
        ("https://127.0.0.1/".to_owned(), fetch::Refused::IpAddress),
    ] {
        let error = open.follow(&named).await.unwrap_err();
        let refused = matches!(&error, Error::Fetch(fetch::Error::Refused { why: known, .. }) if *known == why);
        assert!(refused, "{named}: {error:?}");
    }
    assert!(saw_nobody(&far).await);
}

#[tokio::test]
async fn a_host_has_one_name_however_it_is_written() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.actor(far.at("xn--bcher-kva", "/users/alice"), "Person");
    let spelt = alice
        .id
        .as_str()
        .replace("xn--bcher-kva", "BÜCHER")
        .replace("localhost", "LOCALHOST");
    let found = ours.federation.follow(&spelt).await.unwrap();
    assert_eq!(found.id, alice.id);
    assert_eq!(
        ours.federation
            .follow(&spelt.replace("LOCALHOST", "ｌｏｃａｌｈｏｓｔ"))
            .await
            .unwrap()
            .id,
        alice.id
    );
    // In a post too: it is the same actor, and its key is where its one name says.
    let accept = alice.activity(
        "Accept",
        ours.store
            .follow_of(&alice.id)
            .await
            .unwrap()
            .unwrap()
            .activity
            .as_str(),
    );
    let shouted = with(accept, json!({ "actor": spelt }));
    let shouting = FarActor {
        key: signing_key(&format!("{spelt}#main-key"), &KEY),
        ..alice.clone()
    };
    shouting.is_heard(&ours, &shouted).await;
    assert_eq!(
        super::state(&ours, &alice).await,
        Some(archipelago::store::FollowState::Accepted)
    );
}
