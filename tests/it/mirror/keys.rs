//! Which keys a copy believes: the ones it saw first, and those that follow from them.

use archipelago::mirror::Synced;

use super::scene::{Key, Scene, Shown, days};
use crate::support::database::{Database, on_both_engines};
use crate::support::far_web::Reply;

on_both_engines! {
    async fn a_new_key_is_believed_where_the_old_one_is_listed_as_ended(database: Database) {
        let mut scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        scene.show_good(&shown);
        scene.sync().await.unwrap();
        let mut old = scene.key.listed.clone();
        old.expires = Some(shown.issued);
        scene.key = Key::of(&scene.actor, "ed25519-key-2");
        scene.list_keys(&[scene.key.listed.clone(), old]);
        scene.show_good(&Shown::at(11));
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        let pinned = scene.store.mirror().await.unwrap().unwrap().pinned.unwrap();
        assert_eq!(pinned.keys[0].id, scene.key.listed.id);
    }

    async fn a_new_key_beside_which_the_old_one_is_gone_is_refused(database: Database) {
        let mut scene = Scene::new(&database).await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        scene.key = Key::of(&scene.actor, "ed25519-key");
        scene.list(&[&scene.key]);
        scene.show_good(&Shown::at(11));
        let refusal = scene.sync().await.unwrap_err().to_string();
        assert!(refusal.contains("somebody else may answer there"), "{refusal}");
        assert_eq!(scene.store.revision().await.unwrap(), 10);
    }

    async fn whoever_holds_the_address_is_believed_as_everywhere_in_the_fediverse(database: Database) {
        let mut scene = Scene::new(&database).await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        let old = scene.key.listed.clone();
        scene.key = Key::of(&scene.actor, "ed25519-key-2");
        scene.list_keys(&[scene.key.listed.clone(), old]);
        scene.show_good(&Shown::at(11));
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed, "no key vouches for the next one");
    }

    async fn keys_that_nobody_can_read_any_more_end_with_the_signatures(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        scene.show_good(&shown);
        scene.sync().await.unwrap();
        scene.far.answer(&scene.actor, || Reply::new(500));
        scene.clock.advance(days(8));
        scene.show_good(&Shown { issued: shown.issued + days(8), ..Shown::at(11) });
        let refusal = scene.sync().await.unwrap_err().to_string();
        assert!(refusal.contains("cannot be read"), "{refusal}");
        assert_eq!(scene.store.revision().await.unwrap(), 10);
    }

    async fn what_a_key_signs_after_its_end_is_refused(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        let mut ended = scene.key.listed.clone();
        ended.revoked = Some(shown.issued);
        scene.list_keys(&[ended]);
        scene.show_good(&shown);
        let refusal = scene.sync().await.unwrap_err().to_string();
        assert!(refusal.contains("which had ended by then"), "{refusal}");
        assert!(scene.store.mirror().await.unwrap().unwrap().signed.is_none());
    }

    async fn keys_are_read_again_each_day_and_go_on_while_that_fails(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        scene.show_good(&shown);
        scene.sync().await.unwrap();
        let reads = scene.far.reads_of(&scene.actor);
        scene.show_good(&Shown::at(11));
        scene.sync().await.unwrap();
        assert_eq!(scene.far.reads_of(&scene.actor), reads);
        scene.clock.advance(days(2));
        scene.far.answer(&scene.actor, || Reply::new(500));
        scene.show_good(&Shown { issued: shown.issued + days(2), ..Shown::at(12) });
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        assert_eq!(scene.far.reads_of(&scene.actor), reads + 1);
        // A key that was lost meanwhile is believed no longer.
        let mut lost = scene.key.listed.clone();
        lost.revoked = Some(shown.issued + days(2));
        scene.list_keys(&[lost]);
        scene.show_good(&Shown { issued: shown.issued + days(2), ..Shown::at(13) });
        let refusal = scene.sync().await.unwrap_err().to_string();
        assert!(refusal.contains("which had ended by then"), "{refusal}");
    }
}
