//! Several nodes over one copy: whoever is late puts nothing old over what another kept.

use archipelago::config::Config;
use archipelago::formats::snapshot::Kind;
use archipelago::mirror::{Error, Held, Synced};
use archipelago::store::{Copied, Copying};
use chrono::TimeDelta;

use super::scene::{Scene, Shown, entry};
use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::eventually;
use crate::support::node::{TestNode, config};

/// What a replica would keep that read a state some time ago.
async fn late(scene: &Scene, shown: &Shown) -> (Copying, Copying) {
    let signed = shown.signed(&scene.actor, &scene.key);
    let copied = Copied {
        signed: &signed,
        revision: shown.revision,
        at: scene.clock.now(),
    };
    let mut records = shown.records.iter().map(|record| {
        let content = record.content().unwrap();
        Some((record.clone(), content))
    });
    let next = async || Some(records.next().unwrap_or(None));
    let all = scene.store.copy_all(copied, next).await.unwrap();
    let held = scene.store.revision().await.unwrap();
    let gone = [(Kind::Hoster, "a".to_owned())];
    let changes = scene.store.copy_changes(copied, held, Vec::new(), &gone);
    (all, changes.await.unwrap())
}

on_both_engines! {
    async fn what_is_older_than_what_another_kept_meanwhile_is_not_kept(database: Database) {
        let scene = Scene::new(&database).await;
        let issued = Shown::at(12).issued;
        scene.show_good(&Shown { issued, ..Shown::at(12) });
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        let before = database.everything().await;
        for older in [
            Shown::at(10),
            Shown { issued: issued - TimeDelta::hours(1), ..Shown::at(12) },
            Shown { issued: issued - TimeDelta::hours(1), ..Shown::at(13) },
        ] {
            assert_eq!(late(&scene, &older).await, (Copying::Overtaken, Copying::Overtaken));
            assert_eq!(database.everything().await, before);
        }
        let newer = Shown { issued: issued + TimeDelta::hours(1), ..Shown::at(13) };
        assert_eq!(late(&scene, &newer).await.0, Copying::Kept);
        assert_eq!(scene.store.revision().await.unwrap(), 13);
    }

    async fn a_signature_of_another_state_is_not_put_over_what_is_held(database: Database) {
        let scene = Scene::new(&database).await;
        let held = Shown::at(9);
        scene.show_good(&held);
        scene.sync().await.unwrap();
        let signed = held.signed(&scene.actor, &scene.key);
        let mut other = held.clone();
        other.records[1] = entry("a", "Another name");
        let later = Shown { issued: held.issued + TimeDelta::hours(1), ..held.clone() };
        let earlier = Shown { issued: held.issued - TimeDelta::hours(1), ..held.clone() };
        for wrong in [Shown::at(8), Shown::at(10), other, earlier] {
            scene.clock.advance(TimeDelta::minutes(1));
            let now = scene.clock.now();
            let wrong = wrong.signed(&scene.actor, &scene.key);
            scene.store.note_heard(&wrong, now).await.unwrap();
            let mirror = scene.store.mirror().await.unwrap().unwrap();
            assert_eq!((mirror.signed.as_ref(), mirror.heard_at), (Some(&signed), Some(now)));
        }
        let later = later.signed(&scene.actor, &scene.key);
        scene.store.note_heard(&later, scene.clock.now()).await.unwrap();
        let mirror = scene.store.mirror().await.unwrap().unwrap();
        assert_eq!(mirror.signed, Some(later));
    }

    async fn what_is_kept_anew_under_the_same_revision_is_shown_by_every_replica(database: Database) {
        let scene = Scene::new(&database).await;
        let good = Shown::at(10);
        scene.show_good(&good);
        scene.sync().await.unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = Config { domain: None, ..config(&database, listen, Some(scene.home())) };
        let replica = TestNode::running(database.shared(), config, scene.clock.clone(), false);
        let name = async |name: &str| {
            eventually("the replica shows the name", async || {
                let answer = replica.get("/api/v1/hosters/a").await;
                let is_there = answer.status() == 200;
                (is_there && answer.text().await.unwrap().contains(name)).then_some(())
            })
            .await;
        };
        name("A hoster").await;
        // Its own look at the origin is over: it would keep what comes next before we do.
        eventually("the replica looked at the origin, too", async || {
            (scene.far.reads_of(&scene.snapshot_url()) == 2).then_some(())
        })
        .await;
        let mut other = good.clone();
        other.records[1] = entry("a", "Another name");
        scene.show_good(&other);
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        assert_eq!(scene.store.revision().await.unwrap(), 10);
        name("Another name").await;
        // What was taken out beside it comes back as another generation, too.
        let before = scene.store.version().await.unwrap();
        database.execute("delete from mirrored where id = 'a'").await;
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        let after = scene.store.version().await.unwrap();
        assert_eq!(after.revision, before.revision);
        assert_eq!(after.generation, before.generation + 1);
    }

    async fn what_somebody_changed_in_a_copy_is_not_handed_on(database: Database) {
        let scene = Scene::new(&database).await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        let held = async || {
            let mirror = scene.store.mirror().await.unwrap().unwrap();
            Held::new(scene.store.clone(), &mirror)
        };
        assert!(held().await.snapshot().await.unwrap().is_some());
        let wrong = "update mirrored set document = replace(document, 'A hoster', 'B hoster') where id = 'a'";
        database.execute(wrong).await;
        let altered = held().await;
        assert!(matches!(altered.snapshot().await, Err(Error::NotAsSigned)));
        // It is not read again and again.
        assert!(altered.snapshot().await.unwrap().is_none());
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = Config { domain: None, ..config(&database, listen, Some(scene.home())) };
        scene.answer(|| crate::support::far_web::Reply::new(500));
        let node = TestNode::running(database.shared(), config, scene.clock.clone(), false);
        assert_eq!(node.get("/api/v1/snapshot").await.status(), 503);
    }
}
