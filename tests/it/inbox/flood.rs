//! A flood of posts that nobody signed, or not with the right key, leaves nothing behind.

use archipelago::formats::activitypub::addresses::Local;
use tokio::task::JoinSet;

use super::directory;
use crate::support::far_actor::Far;
use crate::support::far_post::Post;
use crate::support::fediverse::Founded;

const POSTS: usize = 5_000;
const AT_ONCE: usize = 50;

/// Posts the same many times; returns how many were answered how.
async fn flooded(ours: &Founded, post: &Post, status: u16) {
    let mut posts = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (bytes, at) = (post.bytes(), ours.listens_at());
        posts.spawn(async move {
            for _ in 0..POSTS / AT_ONCE {
                assert_eq!(Post::send_bytes(&bytes, at).await.status, status);
            }
        });
    }
    posts.join_all().await;
}

#[tokio::test]
async fn ten_thousand_unsigned_and_forged_posts_leave_no_row_and_make_one_request() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.person("alice");
    alice
        .is_heard(&ours, &alice.activity("Undo", alice.url("/x").as_str()))
        .await;
    ours.settled().await;
    let (before, asked) = (ours.dump().await, far.requests());
    let inbox = ours.federation.addresses().shared_inbox();
    let good = alice.post(
        &inbox,
        &alice.activity("Follow", ours.id(Local::Node).as_str()),
    );
    flooded(&ours, &good.clone().without("signature"), 401).await;
    flooded(
        &ours,
        &good.clone().signed_with_nonsense(alice.key.id.as_str()),
        401,
    )
    .await;
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), asked + 1);
    assert_eq!(good.send(&ours).await.status, 202);
}
