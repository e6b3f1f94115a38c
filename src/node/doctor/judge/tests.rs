use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::*;
use crate::config::{Config, Layer};
use crate::formats::activitypub::vocabulary::MEDIA_TYPE;
use crate::formats::webfinger::JRD;
use crate::node::doctor::{Document, Found, Opened, Reached, There, Verdict};
use crate::web::{Asked, Health, Whom};

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// What a node says that is asked rightly.
fn health() -> Health {
    Health {
        status: "answers".to_owned(),
        node: Some(url("https://hoster.example/")),
        instance: "a".to_owned(),
        asked: Asked {
            host: "hoster.example".to_owned(),
            scheme: "https".to_owned(),
            client: Whom::Told,
        },
    }
}

/// An address at which all is well.
fn there() -> There {
    let actor = url("https://hoster.example/ap/actor");
    let document = |media_type: &str| Document {
        status: 200,
        media_type: media_type.to_owned(),
        names: Some(actor.clone()),
    };
    There {
        at: now(),
        home: url("https://hoster.example/"),
        reached: Reached::Answered {
            status: 200,
            certificate_until: Some(now() + TimeDelta::days(60)),
        },
        health: Some(health()),
        ahead: Some(TimeDelta::zero()),
        found: Some(Found {
            actor: actor.clone(),
            webfinger: Ok(document(JRD)),
            own: Ok(document(MEDIA_TYPE)),
        }),
    }
}

/// A node that is set up well.
fn seen() -> Seen {
    Seen {
        config: Config::of(Layer::default(), [], Layer::default()).unwrap(),
        database: Opened {
            address: "sqlite:archipelago.db".to_owned(),
            free_bytes: Some(20_000_000_000),
            ..Opened::default()
        },
        files: 1_000_000,
        files_of_node: None,
        founded: Some(url("https://hoster.example/")),
        here: Ok(health()),
        there: Some(there()),
        others_ahead: vec![TimeDelta::seconds(1)],
    }
}

/// The checks that are not well, each with its verdict.
fn not_well(findings: &[Finding]) -> Vec<(&'static str, Verdict)> {
    let findings = findings.iter();
    let bad = findings.filter(|finding| finding.verdict != Verdict::Ok);
    bad.map(|finding| {
        assert!(finding.advice.is_some(), "{finding:?}");
        (finding.check, finding.verdict)
    })
    .collect()
}

/// What is found of an address with one thing changed.
fn with(change: impl FnOnce(&mut There)) -> Vec<(&'static str, Verdict)> {
    let mut there = there();
    change(&mut there);
    not_well(&judge_address(&there, Some(&health()), &[]))
}

fn with_health(change: impl FnOnce(&mut Health)) -> Vec<(&'static str, Verdict)> {
    with(|there| change(there.health.as_mut().unwrap()))
}

#[test]
fn where_all_is_well_nothing_is_to_be_done() {
    let findings = judge(&seen());
    assert_eq!(not_well(&findings), []);
    assert_eq!(findings.len(), 15);
    assert!(findings.iter().all(|finding| finding.advice.is_none()));
}

#[test]
fn what_the_server_in_front_leaves_out_is_named() {
    use Verdict::{Warning, Wrong};
    let found = with_health(|health| health.asked.host = "127.0.0.1:8080".to_owned());
    assert_eq!(found, [("host", Wrong)]);
    let found = with_health(|health| health.asked.scheme = "http".to_owned());
    assert_eq!(found, [("scheme", Warning)]);
    let found = with_health(|health| health.asked.client = Whom::Untold);
    assert_eq!(found, [("client", Warning)]);
    let found = with_health(|health| health.asked.client = Whom::NotBelieved);
    assert_eq!(found, [("client", Wrong)]);
    let found = with_health(|health| health.instance = "b".to_owned());
    assert_eq!(found, [("node", Warning)]);
    let found = with_health(|health| health.node = None);
    assert_eq!(found, [("node", Wrong)]);
    let found = with_health(|health| health.node = Some(url("https://other.example/")));
    assert_eq!(found, [("node", Wrong)]);
    assert_eq!(with(|there| there.health = None), [("node", Wrong)]);
}

#[test]
fn an_address_that_cannot_be_reached_is_all_that_is_told_of_it() {
    for reached in [
        Reached::Private,
        Reached::Unknown("nobody knows it".to_owned()),
        Reached::Certificate("expired".to_owned()),
        Reached::Failed("refused".to_owned()),
    ] {
        let found = with(|there| there.reached = reached);
        assert_eq!(found, [("address", Verdict::Wrong)]);
    }
    let elsewhere = Reached::Answered {
        status: 301,
        certificate_until: None,
    };
    let found = with(|there| there.reached = elsewhere);
    assert_eq!(found, [("address", Verdict::Wrong)]);
}

#[test]
fn a_certificate_that_ends_soon_and_a_clock_that_is_off_are_told_before_it_is_late() {
    let certificate = |days| {
        with(|there| {
            there.reached = Reached::Answered {
                status: 200,
                certificate_until: Some(now() + TimeDelta::days(days)),
            }
        })
    };
    assert_eq!(certificate(14), []);
    assert_eq!(certificate(13), [("certificate", Verdict::Warning)]);
    assert_eq!(certificate(2), [("certificate", Verdict::Wrong)]);
    let clock = |seconds| with(|there| there.ahead = Some(TimeDelta::seconds(seconds)));
    assert_eq!(clock(-30), []);
    assert_eq!(clock(31), [("clock", Verdict::Warning)]);
    assert_eq!(clock(-301), [("clock", Verdict::Wrong)]);
    let alone = judge_address(&there(), None, &[]);
    let told = alone.iter().find(|finding| finding.check == "clock");
    assert!(told.unwrap().seen.starts_with("nobody was there"));
    // One whose clock is wrong is not believed against two.
    let others = [TimeDelta::zero(), TimeDelta::hours(3)];
    let found = judge_address(&there(), None, &others);
    assert_eq!(not_well(&found), []);
}

#[test]
fn of_a_database_that_was_not_read_nothing_is_said_but_why() {
    let with = |change: &dyn Fn(&mut Opened)| {
        let mut seen = seen();
        seen.founded = None;
        change(&mut seen.database);
        not_well(&judge(&seen))
    };
    let behind = with(&|database| database.changes_to_come = 2);
    assert_eq!(behind, [("database", Verdict::Warning)]);
    let away = with(&|database| database.problem = Some("the database is away".to_owned()));
    assert_eq!(away, [("database", Verdict::Wrong)]);
    let read = with(&|_| ());
    assert_eq!(read, [("domain", Verdict::Warning)]);
}

#[test]
fn what_a_stranger_answers_harms_no_terminal() {
    let mut there = there();
    let asked = &mut there.health.as_mut().unwrap().asked;
    asked.host = format!("\u{1b}]0;{}", "x".repeat(1_000));
    let found = judge_address(&there, None, &[]);
    let host = found.iter().find(|finding| finding.check == "host");
    let seen = &host.unwrap().seen;
    assert!(!seen.contains('\u{1b}') && seen.len() < 400, "{seen}");
}

#[test]
fn documents_that_others_look_for_have_their_type_and_name_their_actor() {
    let actor = |change: &dyn Fn(&mut Document)| {
        with(|there| {
            let found = there.found.as_mut().unwrap();
            change(found.own.as_mut().unwrap());
        })
    };
    let wrong = [("actor", Verdict::Wrong)];
    assert_eq!(actor(&|own| own.status = 404), wrong);
    assert_eq!(actor(&|own| own.media_type = "text/html".to_owned()), wrong);
    assert_eq!(actor(&|own| own.names = None), wrong);
    let found = with(|there| {
        let found = there.found.as_mut().unwrap();
        found.webfinger = Err("it redirects".to_owned());
    });
    assert_eq!(found, [("webfinger", Verdict::Wrong)]);
}

#[test]
fn what_is_wrong_with_the_machine_is_named() {
    use Verdict::{Warning, Wrong};
    let found = |change: &dyn Fn(&mut Seen)| {
        let mut seen = seen();
        change(&mut seen);
        not_well(&judge(&seen))
    };
    let some = || Some("it is so".to_owned());
    assert_eq!(
        found(&|seen| seen.database.problem = some()),
        [("database", Wrong)]
    );
    assert_eq!(
        found(&|seen| seen.database.cannot_write = some()),
        [("database", Wrong)]
    );
    assert_eq!(
        found(&|seen| seen.database.free_bytes = Some(999_999_999)),
        [("disk", Warning)]
    );
    assert_eq!(
        found(&|seen| seen.database.free_bytes = Some(0)),
        [("disk", Wrong)]
    );
    assert_eq!(found(&|seen| seen.database.free_bytes = None), []);
    assert_eq!(found(&|seen| seen.files = 1_024), [("files", Warning)]);
    assert_eq!(
        found(&|seen| seen.files_of_node = Some(1_024)),
        [("files", Warning)]
    );
    // How this command was started says nothing of a node that tells its own limit.
    let started_otherwise = |seen: &mut Seen| {
        seen.files = 1_024;
        seen.files_of_node = Some(1_000_000);
    };
    assert_eq!(found(&started_otherwise), []);
    assert_eq!(
        found(&|seen| seen.config.domain = Some(url("https://other.example/"))),
        [("domain", Wrong)]
    );
    assert_eq!(found(&|seen| seen.founded = None), [("domain", Warning)]);
    let range = || vec!["127.0.0.0/8".parse().unwrap()];
    assert_eq!(
        found(&|seen| seen.config.network.allow = range()),
        [("network", Warning)]
    );
    assert_eq!(
        found(&|seen| seen.here = Err("refused".to_owned())),
        [("here", Warning)]
    );
}
