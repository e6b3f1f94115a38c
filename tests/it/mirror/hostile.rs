//! Whatever an origin's server sends, rightly or wrongly: each refusal says why, and what is held stays.

use std::collections::BTreeMap;
use std::time::Duration;

use archipelago::formats::snapshot::{Changes, Kind};
use archipelago::mirror::Synced;
use chrono::TimeDelta;

use super::scene::{Key, Scene, Shown, days, entry, object, packed, raw};
use crate::support::database::{Database, on_both_engines};
use crate::support::far_web::Reply;

/// All that a database holds, but for what is noted of the last attempt.
async fn held(database: &Database) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut everything = database.everything().await;
    let mirror = "select origin, actor, keys, signed, heard_at from mirror";
    everything.insert("mirror".to_owned(), database.rows(mirror).await);
    everything
}

/// Tries what a server shows: the refusal holds these words, is noted, and nothing else is another.
async fn is_refused(scene: &Scene, database: &Database, what: &str, words: &str) {
    let before = held(database).await;
    let refusal = scene.sync().await.expect_err(what);
    let refusal = format!("{:#}", anyhow_of(refusal));
    assert!(refusal.contains(words), "{what}: {refusal}");
    assert!(
        !refusal.contains('\n') && refusal.len() < 800,
        "{what}: {refusal}"
    );
    assert_eq!(held(database).await, before, "{what}");
    let noted = scene.store.mirror().await.unwrap().unwrap().trouble;
    assert!(noted.is_some(), "{what}");
}

fn anyhow_of(error: archipelago::mirror::NotCopied) -> String {
    use std::error::Error;
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}

on_both_engines! {
    async fn whatever_is_wrong_with_a_snapshot_is_told_and_the_last_good_state_stays(database: Database) {
        let scene = Scene::new(&database).await;
        let good = Shown::at(10);
        scene.show_good(&good);
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        assert_eq!(scene.names().await, ["A hoster", "A hoster"]);

        let mut next = Shown::at(11);
        next.records[1] = entry("a", "Another name");
        let signed = next.signed(&scene.actor, &scene.key);
        let text = next.text(&signed);

        let changed = text.replace("Another name", "Bnother name");
        scene.show(packed(&changed));
        is_refused(&scene, &database, "one byte", "its records are not those that were signed").await;

        let whole = packed(&text);
        scene.show(&whole[..whole.len() - 5]);
        is_refused(&scene, &database, "cut off at the end", "it was cut off").await;
        scene.show(&whole[..whole.len() / 2]);
        is_refused(&scene, &database, "cut off", "it was cut off").await;
        scene.show(packed(&text[..text.len() - 1]));
        is_refused(&scene, &database, "cut off before it was packed", "it was cut off").await;
        let mut broken = whole.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 0x55;
        scene.show(broken);
        is_refused(&scene, &database, "a bit of the packing", "the snapshot is refused").await;
        scene.show("");
        is_refused(&scene, &database, "nothing", "it was cut off").await;
        scene.show("<html>");
        is_refused(&scene, &database, "a page", "it is not JSON").await;
        for other in ["{}", "[]", "5", r#"{"archipelago":2,"as_of":"2026-11-23"}"#] {
            scene.show(packed(other));
            is_refused(&scene, &database, other, "it is no snapshot of a directory").await;
        }
        scene.show(packed(text.replacen("\"hosters\":[", "\"hosters\":[],\"hosters\":[", 1)));
        is_refused(&scene, &database, "a list twice", r#"there is "hosters" instead of"#).await;
        scene.show(packed(format!("{text}{{}}")));
        is_refused(&scene, &database, "something after it", "it is not JSON: trailing").await;
        scene.show(packed(text.replace("2026-11-23\",\"choices", "2026-11-22\",\"choices")));
        is_refused(&scene, &database, "another day", "another day than the one").await;

        let mut fewer = next.clone();
        fewer.records.pop();
        scene.show(packed(fewer.text(&signed)));
        is_refused(&scene, &database, "a record less", "not those that were signed").await;
        let mut more = next.clone();
        more.records.push(entry("c", "A third"));
        scene.show(packed(more.text(&signed)));
        is_refused(&scene, &database, "a record more", "not those that were signed").await;
        let mut twice = next.clone();
        twice.records.push(entry("b", "A hoster"));
        scene.show(packed(twice.text(&signed)));
        is_refused(&scene, &database, "a record twice", "hosters b: it stands twice").await;
    }

    async fn a_record_that_is_not_as_it_has_to_be_is_named(database: Database) {
        let scene = Scene::new(&database).await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        let canonical = "it is not written in the one canonical way";
        let deep = format!(r#"{{"id":"c","x":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        let large = format!(r#"{{"id":"c","x":"{}"}}"#, "x".repeat(9 * 1024 * 1024));
        for (text, words) in [
            (r#"{"id":"c","id":"d"}"#.to_owned(), canonical),
            (r#"{"name":"C","id":"c"}"#.to_owned(), canonical),
            (r#"{"id": "c"}"#.to_owned(), canonical),
            (r#"{"id":"c","x":1.0}"#.to_owned(), canonical),
            (r#"{"id":"c","x":NaN}"#.to_owned(), "it is not JSON"),
            (r#"{"id":"c","x":1e999}"#.to_owned(), "number out of range"),
            (deep, "recursion limit"),
            (large, "it is larger than 8 MiB"),
            (r#"{"x":1}"#.to_owned(), "it has no id"),
            (r#"{"id":"c d"}"#.to_owned(), "it has no id"),
            (r#"{"id":"c"}"#.to_owned(), "hosters c: it has no list of services"),
            (r#"{"id":"c","services":[]}"#.to_owned(), "hosters c: missing field `name`"),
            ("5".to_owned(), "it has no id"),
        ] {
            // Signed as it is: the origin itself is wrong.
            let mut shown = Shown::at(11);
            shown.records.push(raw(Kind::Hoster, "c", text.clone()));
            let signed = shown.signed(&scene.actor, &scene.key);
            scene.show(packed(shown.text(&signed)));
            is_refused(&scene, &database, &text[..text.len().min(60)], words).await;
        }
        let mut shown = Shown::at(11);
        let mut zeros = object("c");
        zeros["name"] = "\u{0}".into();
        shown.records.push(raw(Kind::Hoster, "c", r#"{"id":"c","name":"\u0000","services":[]}"#));
        let signed = shown.signed(&scene.actor, &scene.key);
        scene.show(packed(shown.text(&signed)));
        is_refused(&scene, &database, "a name that is none", "hosters c: ").await;
    }

    async fn what_is_signed_otherwise_is_refused(database: Database) {
        let scene = Scene::new(&database).await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        let next = Shown::at(11);
        let show = |shown: &Shown, key: &Key, actor| {
            scene.show(packed(shown.text(&shown.signed(actor, key))));
        };
        let thief = Key::of(&scene.actor, "ed25519-key");
        show(&next, &thief, &scene.actor);
        is_refused(&scene, &database, "another's key", "its signature does not fit").await;
        show(&next, &Key::of(&scene.actor, "other"), &scene.actor);
        is_refused(&scene, &database, "a key nobody lists", "does not list as its key").await;
        let other = scene.far.at("other", "/ap/actor");
        show(&next, &Key::of(&other, "ed25519-key"), &other);
        is_refused(&scene, &database, "another directory", "what came is the directory of http://other").await;
        let group = scene.far.at("origin", "/ap/group");
        show(&next, &Key::of(&group, "ed25519-key"), &group);
        is_refused(&scene, &database, "another actor", "is another actor").await;
        show(&next, &scene.key, &group);
        is_refused(&scene, &database, "in another's name", "a key that is not the directory's own").await;

        let mut unsigned = next.signed(&scene.actor, &scene.key);
        unsigned.as_object_mut().unwrap().shift_remove("proof");
        scene.show(packed(next.text(&unsigned)));
        is_refused(&scene, &database, "no signature", "it has no proof").await;
        let mut later = next.signed(&scene.actor, &scene.key);
        later["archi:revision"] = "12".into();
        scene.show(packed(next.text(&later)));
        is_refused(&scene, &database, "another revision", "its signature does not fit").await;
    }

    async fn what_is_old_or_yet_to_come_is_refused(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        scene.show_good(&shown);
        scene.sync().await.unwrap();
        scene.show_good(&Shown::at(9));
        is_refused(&scene, &database, "a lower revision", "it is older than what is held: revision 9").await;
        let earlier = Shown { issued: shown.issued - days(1), ..Shown::at(11) };
        scene.show_good(&earlier);
        is_refused(&scene, &database, "an earlier day", "it is older than what is held").await;
        let ahead = Shown { issued: shown.issued + days(1), ..Shown::at(11) };
        scene.show_good(&ahead);
        is_refused(&scene, &database, "tomorrow's", "is this machine's clock right?").await;
        scene.clock.advance(days(9));
        scene.show_good(&ahead);
        is_refused(&scene, &database, "last week's", "none older than 7 days is taken").await;
        scene.show_good(&Shown { issued: shown.issued + days(9), ..Shown::at(11) });
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
    }

    async fn what_a_server_answers_otherwise_is_told(database: Database) {
        let scene = Scene::new(&database).await;
        is_refused(&scene, &database, "nothing there", "answers 404: only a directory that was founded").await;
        scene.show_good(&Shown::at(10));
        scene.sync().await.unwrap();
        scene.answer(|| Reply::new(500));
        is_refused(&scene, &database, "an error", "answers 500").await;
        let signed = Shown::at(11).signed(&scene.actor, &scene.key);
        let text = packed(Shown::at(11).text(&signed));
        scene.far.show_as(&scene.snapshot_url(), "text/html", text.clone());
        is_refused(&scene, &database, "a page", "answers with text/html").await;
        let url = scene.snapshot_url();
        let again = url.to_string();
        scene.answer(move || Reply::redirect(302, &again));
        is_refused(&scene, &database, "round and round", "redirects a second time").await;
        scene.answer(|| Reply::redirect(302, "http://10.0.0.1/api/v1/snapshot"));
        is_refused(&scene, &database, "a private address", "10.0.0.1").await;
        scene.answer(|| {
            let reply = Reply::new(200).header("Content-Type", "application/gzip");
            reply.header("Content-Length", "9000000000")
        });
        is_refused(&scene, &database, "too long by its own word", "is larger than").await;
        scene.answer(|| {
            let reply = Reply::new(200).header("Content-Type", "application/gzip");
            reply.header("Content-Encoding", "br").body("x")
        });
        is_refused(&scene, &database, "packed once more", "is compressed").await;
        scene.answer(move || {
            let reply = Reply::new(200).header("Content-Type", "application/gzip");
            reply.header("Content-Length", "5000").body(text[..100].to_vec())
        });
        is_refused(&scene, &database, "a connection that breaks", "cannot be reached").await;
    }

    async fn changes_that_lead_elsewhere_are_not_kept_and_the_snapshot_is_asked(database: Database) {
        let scene = Scene::new(&database).await;
        let good = Shown::at(10);
        scene.show_good(&good);
        scene.sync().await.unwrap();
        let mut next = Shown::at(11);
        next.records[2] = entry("b", "Renamed");
        let right = Changes {
            since: 10,
            changed: vec![entry("b", "Renamed")],
            gone: Vec::new(),
            signed: next.signed(&scene.actor, &scene.key),
        };
        let wrong = [
            Changes { changed: vec![entry("b", "Tampered")], ..right.clone() },
            Changes { changed: Vec::new(), ..right.clone() },
            Changes { gone: vec![(Kind::Hoster, "a".to_owned())], ..right.clone() },
        ];
        for changes in &wrong {
            scene.tell(10, changes);
            assert_eq!(scene.sync().await.unwrap(), Synced::Unchanged);
            assert_eq!(scene.names().await, ["A hoster", "A hoster"]);
            let (trouble, _) = scene.store.mirror().await.unwrap().unwrap().trouble.unwrap();
            assert!(trouble.contains("do not lead to the state that was signed"), "{trouble}");
        }
        let stolen = Key::of(&scene.actor, "ed25519-key");
        let signed = next.signed(&scene.actor, &stolen);
        scene.tell(10, &Changes { signed, ..right.clone() });
        is_refused(&scene, &database, "signed by another", "its signature does not fit").await;
        scene.tell(10, &right);
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        assert_eq!(scene.names().await, ["A hoster", "Renamed"]);
        assert_eq!(scene.store.revision().await.unwrap(), 11);

        // Where the changes do not help, the snapshot does.
        let mut last = Shown::at(12);
        last.records.pop();
        scene.show_good(&last);
        let signed = last.signed(&scene.actor, &scene.key);
        scene.tell(11, &Changes { since: 11, signed, ..wrong[1].clone() });
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        assert_eq!(scene.names().await, ["A hoster"]);
    }

    async fn a_snapshot_that_only_seems_unchanged_is_no_news_for_long(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        let bytes = packed(shown.text(&shown.signed(&scene.actor, &scene.key)));
        scene.answer(move || {
            let reply = Reply::new(200).header("Content-Type", "application/gzip");
            reply.header("ETag", "\"ten\"").body(bytes.clone())
        });
        let mut follower = scene.follower().await;
        assert_eq!(follower.sync(Duration::ZERO).await.unwrap(), Synced::Renewed);
        scene.answer(|| Reply::new(304));
        scene.clock.advance(days(1));
        assert_eq!(follower.sync(Duration::ZERO).await.unwrap(), Synced::Unchanged);
        let heard = scene.store.mirror().await.unwrap().unwrap().heard_at.unwrap();
        assert_eq!(heard, scene.clock.now(), "what was seen is what is held");

        // Of a newer revision the same answer says nothing.
        let mut next = Shown::at(11);
        next.records[2] = entry("b", "Renamed");
        let signed = next.signed(&scene.actor, &scene.key);
        let changed = vec![entry("b", "Renamed")];
        scene.tell(10, &Changes { since: 10, changed, gone: Vec::new(), signed });
        assert_eq!(follower.sync(Duration::ZERO).await.unwrap(), Synced::Renewed);
        scene.clock.advance(days(1));
        assert_eq!(follower.sync(Duration::ZERO).await.unwrap(), Synced::Unchanged);
        let mirror = scene.store.mirror().await.unwrap().unwrap();
        assert_eq!(mirror.heard_at.unwrap(), heard);

        scene.clock.advance(days(7));
        let refusal = follower.sync(Duration::ZERO).await.unwrap_err().to_string();
        assert!(refusal.contains("none older than 7 days"), "{refusal}");
        assert_eq!(scene.store.revision().await.unwrap(), 11);
    }

    async fn another_replica_that_signed_before_is_no_trouble(database: Database) {
        let scene = Scene::new(&database).await;
        let shown = Shown::at(10);
        scene.show_good(&shown);
        scene.sync().await.unwrap();
        scene.show_good(&Shown { issued: shown.issued - TimeDelta::hours(3), ..Shown::at(10) });
        assert_eq!(scene.sync().await.unwrap(), Synced::Unchanged);
        let mirror = scene.store.mirror().await.unwrap().unwrap();
        assert_eq!(mirror.trouble, None);
        let signed = mirror.signed.unwrap();
        assert_eq!(signed, shown.signed(&scene.actor, &scene.key), "the later word stays");
        scene.show_good(&Shown { issued: shown.issued - TimeDelta::seconds(2), ..Shown::at(11) });
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed, "by a clock that is a little slow");
    }

    async fn a_copy_that_somebody_wrote_to_is_taken_anew(database: Database) {
        let scene = Scene::new(&database).await;
        let good = Shown::at(10);
        scene.show_good(&good);
        scene.sync().await.unwrap();
        database.execute("delete from mirrored where id = 'a'").await;
        assert_eq!(scene.sync().await.unwrap(), Synced::Renewed);
        let ids = database.rows("select id from mirrored where kind = 'hosters'").await;
        assert_eq!(ids.len(), 2);
    }
}
