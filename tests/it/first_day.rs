//! The first day of a collective whose members have no nodes: it vouches for their sites, and each counts
//! once the site itself names the vouch. Real nodes and real sites on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use archipelago::catalogue::Catalogue;
use archipelago::clock::Clock;
use archipelago::crawler::{Crawler, GAP};
use archipelago::domain::anchor::Anchor;
use archipelago::domain::choices::Choices;
use archipelago::domain::collective::Standing;
use archipelago::domain::decision::Via;
use archipelago::domain::host::Host;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::text::Link;
use archipelago::domain::vouch::{Basis, Evidence, NotCounted, Proof};
use archipelago::federation::{Candidate, Fate, Kind, MAX_IMPORTED, NotDone, NotImported};
use archipelago::fetch::Fetcher;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::vouch_list;
use archipelago::store::frontier::Priority;
use archipelago::store::{Change, Effect, FollowState, Visit};
use chrono::TimeDelta;
use url::Url;

use crate::support::database::Database;
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;
use crate::support::fediverse::{Founded, eventually};
use crate::support::records::hoster_by;

/// What a site shows.
#[derive(Clone)]
enum Shown {
    Text(String),
    Html(String),
    Headed(String),
    Redirect(String),
    Broken,
}

impl Shown {
    fn reply(&self) -> Reply {
        let of_type = |kind: &str| Reply::new(200).header("Content-Type", kind);
        match self {
            Self::Text(text) => of_type("text/plain").body(text.as_bytes()),
            Self::Html(html) => of_type("text/html").body(html.as_bytes()),
            Self::Headed(link) => of_type("text/html").header("Link", link).body("<p>Welcome"),
            Self::Redirect(to) => Reply::redirect(302, to),
            Self::Broken => Reply::new(500),
        }
    }
}

/// A collective, a directory that follows it, and the sites of hosters without nodes.
struct FirstDay {
    collective: Founded,
    directory: Founded,
    far: FarHosts,
    shown: Arc<Mutex<BTreeMap<(String, String), Shown>>>,
}

impl FirstDay {
    async fn start() -> Self {
        let node = async |name, kind| Founded::start(name, kind, Database::sqlite().await).await;
        let collective = node("collective", Kind::Collective).await;
        let directory = node("directory", Kind::Directory).await;
        let followed = collective.id(Local::Collective);
        directory
            .federation
            .follow(followed.as_str())
            .await
            .unwrap();
        eventually("the directory follows", async || {
            let follow = directory.store.follow_of(&followed).await.unwrap()?;
            (follow.state == FollowState::Accepted).then_some(())
        })
        .await;
        let shown: Arc<Mutex<BTreeMap<(String, String), Shown>>> = Arc::default();
        let told = shown.clone();
        let far = FarHosts::start(move |host, path, _| {
            let told = told.lock().unwrap();
            let page = told.get(&(host.to_owned(), path.to_owned()));
            page.map_or_else(|| Reply::new(404), Shown::reply)
        });
        Self {
            collective,
            directory,
            far: far.await,
            shown,
        }
    }

    fn show(&self, host: &str, path: &str, page: Shown) {
        let mut shown = self.shown.lock().unwrap();
        shown.insert((host.to_owned(), path.to_owned()), page);
    }

    fn hide(&self, host: &str, path: &str) {
        let mut shown = self.shown.lock().unwrap();
        shown.remove(&(host.to_owned(), path.to_owned()));
    }

    fn candidate(&self, host: &str) -> Candidate {
        Candidate {
            site: self.far.url(host, "/"),
            actor: None,
        }
    }

    /// Vouches for the site of a host; the directory holds the vouch, and has asked the site.
    async fn imported(&self, host: &str) -> Url {
        let candidates = [self.candidate(host)];
        let imported = self
            .collective
            .federation
            .import_members(&candidates, false);
        let Fate::Vouched(vouch) = imported.await.unwrap().remove(0) else {
            panic!("{host} is vouched for");
        };
        self.evidence(&vouch.id, "the directory holds the vouch", |known| {
            matches!(known.proof, Proof::Holds { .. }) && known.heard_at.is_some()
        })
        .await;
        self.directory.settled().await;
        vouch.id
    }

    /// Has the directory ask a site again, as it does every day.
    async fn asked_again(&self, host: &str) {
        let site = self.far.url(host, "/");
        let change = Change {
            effects: vec![
                Effect::Visited(site.clone()),
                Effect::Visit {
                    url: site.clone(),
                    kind: Visit::Member,
                    actor: site,
                },
            ],
            publications: Vec::new(),
        };
        let now = Clock::system().now();
        self.directory.store.commit(&change, now).await.unwrap();
        self.directory.settled().await;
    }

    async fn evidence(
        &self,
        vouch: &Url,
        what: &str,
        is_it: impl Fn(&Evidence) -> bool,
    ) -> Evidence {
        eventually(what, async || {
            let mut known = self
                .directory
                .store
                .directory()
                .await
                .unwrap()
                .vouches
                .into_iter()
                .map(Arc::unwrap_or_clone);
            known.find(|evidence| evidence.vouch.id == *vouch && is_it(evidence))
        })
        .await
    }

    async fn is_listed_back(&self, vouch: &Url) -> bool {
        let known = self.evidence(vouch, "the vouch is known", |_| true).await;
        known.is_listed_back
    }

    /// The standing of a hoster in a catalogue that trusts the collective, and why its vouch does not count.
    async fn standing(&self, id: &str) -> (Standing, Option<NotCounted>) {
        let anchor = Anchor {
            actor: self.collective.id(Local::Collective),
            name: None,
            reason: None,
            since: None,
            via: Via::Settings,
        };
        let choices = Choices {
            anchors: vec![anchor],
            ..Choices::default()
        };
        let now = Clock::system().now();
        let catalogue = Catalogue::open(&self.directory.store, choices, now);
        let catalogue = catalogue.await.unwrap();
        let edition = catalogue.current();
        let position = edition.hoster_position(id).unwrap();
        let said = edition.trust.vouches_for(position);
        let verdict = said.first().and_then(|said| said.verdict.err());
        (edition.standings[position], verdict)
    }
}

#[tokio::test]
async fn a_vouch_for_a_site_counts_once_the_sites_file_names_it_and_no_longer_than_it_does() {
    let day = FirstDay::start().await;
    let vouch = day.imported("member").await;
    let asked = day.far.asked("member");
    assert!(asked.contains(&vouch_list::PATH.to_owned()), "{asked:?}");
    assert!(asked.contains(&"/".to_owned()), "{asked:?}");
    assert!(!day.is_listed_back(&vouch).await);

    let file = format!("# Who vouches for us\n{vouch}\n");
    day.show("member", vouch_list::PATH, Shown::Text(file));
    day.asked_again("member").await;
    assert!(day.is_listed_back(&vouch).await);

    // A site that is broken takes nothing back.
    day.show("member", vouch_list::PATH, Shown::Broken);
    day.asked_again("member").await;
    assert!(day.is_listed_back(&vouch).await);

    day.hide("member", vouch_list::PATH);
    day.asked_again("member").await;
    assert!(!day.is_listed_back(&vouch).await);
}

#[tokio::test]
async fn a_vouch_for_a_site_counts_once_its_home_page_links_to_it_with_rel_me() {
    let day = FirstDay::start().await;
    let vouch = day.imported("member").await;
    for page in [
        Shown::Html(format!(
            "<p><a href={vouch} rel='nofollow me'>Our collective</a>"
        )),
        Shown::Html(format!(
            "<!doctype html><link rel=me href=\"{vouch}\"><p>Welcome"
        )),
        Shown::Headed(format!("</style.css>; rel=preload, <{vouch}>; rel=\"me\"")),
    ] {
        day.show("member", "/", page);
        day.asked_again("member").await;
        assert!(day.is_listed_back(&vouch).await);
        let without =
            format!("<a href={vouch}>Our collective</a> <!-- <a rel=me href={vouch}> -->");
        day.show("member", "/", Shown::Html(without));
        day.asked_again("member").await;
        assert!(!day.is_listed_back(&vouch).await);
    }
    // A page that sends its readers to another of the same site is still that site's.
    day.show("member", "/", Shown::Redirect("/fr/".to_owned()));
    day.show(
        "member",
        "/fr/",
        Shown::Html(format!("<a rel=me href={vouch}>")),
    );
    day.asked_again("member").await;
    assert!(day.is_listed_back(&vouch).await);
}

#[tokio::test]
async fn what_another_host_says_is_no_word_of_the_site() {
    let day = FirstDay::start().await;
    let vouch = day.imported("member").await;
    let file = Shown::Text(vouch.to_string());
    day.show("other", vouch_list::PATH, file.clone());
    day.show(
        "other",
        "/",
        Shown::Html(format!("<a rel=me href={vouch}>")),
    );
    for path in [vouch_list::PATH, "/"] {
        let elsewhere = day.far.url("other", path).to_string();
        day.show("member", path, Shown::Redirect(elsewhere));
    }
    day.asked_again("member").await;
    assert!(!day.is_listed_back(&vouch).await);
    assert!(
        !day.far
            .asked("other")
            .contains(&vouch_list::PATH.to_owned())
    );
    // Nor does the other site gain by it, or the vouch of one count for another.
    let others = day.imported("other").await;
    assert!(!day.is_listed_back(&others).await);
    assert!(!day.is_listed_back(&vouch).await);
}

#[tokio::test]
async fn a_directory_lists_a_member_without_node_as_reported_until_its_site_answers() {
    let day = FirstDay::start().await;
    for (id, source) in [("reported", "collective-list"), ("claimed", "own-file")] {
        let site = day.far.url(id, "/");
        let hoster = Hoster {
            website: Some(Link::parse(site.as_str()).unwrap()),
            ..hoster_by(source, id, "A member")
        };
        let change = Change {
            effects: vec![Effect::KeepHoster(Box::new(hoster))],
            publications: Vec::new(),
        };
        let now = Clock::system().now();
        day.directory.store.commit(&change, now).await.unwrap();
        let vouch = day.imported(id).await;
        let before = Standing::from_word(id).unwrap();
        let standing = day.standing(id).await;
        assert_eq!(standing, (before, Some(NotCounted::NotListedBack)));
        day.show(id, vouch_list::PATH, Shown::Text(vouch.to_string()));
        day.asked_again(id).await;
        assert_eq!(day.standing(id).await, (Standing::Confirmed, None));
    }
}

#[tokio::test]
async fn a_vouch_leads_the_directory_to_a_site_that_nobody_told_it_of() {
    let day = FirstDay::start().await;
    day.imported("unknown").await;
    let store = &day.directory.store;
    let network = day.directory.config.network.clone();
    let fetcher = Fetcher::new(network, None).unwrap();
    let crawler = Crawler::new(store.clone(), fetcher, Clock::system(), None, GAP);
    crawler.sow_known().await.unwrap();
    let now = Clock::system().now();
    let turns = store.lease_hosts(7, now, now, 10, None).await.unwrap();
    let turns = turns.iter().map(|turn| (turn.host.as_str(), turn.priority));
    let site = Host::of(&day.far.url("unknown", "/")).unwrap();
    assert!(
        turns
            .clone()
            .any(|turn| turn == (site.as_str(), Priority::Listed)),
        "{:?}",
        turns.collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_list_is_vouched_for_once_however_often_it_is_given() {
    let day = FirstDay::start().await;
    let federation = &day.collective.federation;
    federation.set_charter("3", b"Be kind.\n").await.unwrap();
    let twice = [day.candidate("a"), day.candidate("b"), day.candidate("a")];
    let rehearsed = federation.import_members(&twice, true).await.unwrap();
    assert!(matches!(rehearsed[0], Fate::Vouched(_)));
    assert!(federation.memberships().await.unwrap().given.is_empty());

    let fates = federation.import_members(&twice, false).await.unwrap();
    let [Fate::Vouched(a), Fate::Vouched(b), Fate::Already(again)] = &fates[..] else {
        panic!("{fates:?}");
    };
    assert_ne!(a.id, b.id);
    assert_eq!(a, again);
    assert_eq!(a.basis, Basis::Membership);
    assert_eq!(a.object, day.far.url("a", "/"));
    assert_eq!(a.charter.as_ref().unwrap().version.as_str(), "3");
    assert_eq!(a.until - a.since, TimeDelta::days(400));
    let given = federation.memberships().await.unwrap().given;
    assert_eq!(given.len(), 2);

    let again = federation.import_members(&twice, false).await.unwrap();
    assert!(again.iter().all(|fate| matches!(fate, Fate::Already(_))));
    assert_eq!(federation.memberships().await.unwrap().given.len(), 2);
    let taken_back = federation.take_back(a.object.as_str(), "").await.unwrap();
    assert_eq!(taken_back.id, a.id);
    let anew = federation.import_members(&twice[..1], false).await.unwrap();
    assert!(matches!(&anew[0], Fate::Vouched(vouch) if vouch.id != a.id));
}

#[tokio::test]
async fn who_has_a_node_is_told_to_apply_and_who_cannot_be_asked_is_left_out() {
    let day = FirstDay::start().await;
    let hoster = Founded::start("hoster", Kind::Hoster, Database::sqlite().await).await;
    let named = day.collective.id(Local::Collective);
    hoster
        .federation
        .apply_for_membership(named.as_str(), "", None)
        .await
        .unwrap();
    let federation = &day.collective.federation;
    eventually("the application is there", async || {
        let asked = federation.memberships().await.unwrap().asked;
        (!asked.is_empty()).then_some(())
    })
    .await;
    let site = |url: Url| Candidate {
        site: url,
        actor: None,
    };
    let list = [
        site(hoster.federation.addresses().home()),
        site(day.collective.federation.addresses().home()),
        site("https://10.0.0.1/".parse().unwrap()),
        Candidate {
            actor: Some("https://node.example/ap/org".parse().unwrap()),
            ..day.candidate("member")
        },
    ];
    let fates = federation.import_members(&list, false).await.unwrap();
    assert_eq!(fates[0], Fate::HasNode(hoster.id(Local::Hoster)));
    assert_eq!(fates[1], Fate::Ourselves);
    assert!(matches!(fates[2], Fate::OutOfReach(_)), "{fates:?}");
    assert!(matches!(fates[3], Fate::HasNode(_)), "{fates:?}");

    let org = hoster.id(Local::Hoster);
    let accepted = federation.accept(org.as_str()).await.unwrap();
    let fates = federation.import_members(&list[..1], false).await.unwrap();
    assert!(matches!(&fates[..], [Fate::Already(vouch)] if vouch.id == accepted.id));
}

#[tokio::test]
async fn a_list_that_is_too_long_or_anothers_task_changes_nothing() {
    let day = FirstDay::start().await;
    let many = vec![day.candidate("a"); MAX_IMPORTED + 1];
    let federation = &day.collective.federation;
    let refused = federation.import_members(&many, false).await;
    assert!(matches!(refused, Err(NotImported::TooMany(n)) if n == MAX_IMPORTED + 1));
    assert!(federation.memberships().await.unwrap().given.is_empty());
    let refused = day.directory.federation.import_members(&many[..1], false);
    let refused = refused.await.unwrap_err();
    assert!(matches!(
        refused,
        NotImported::NotDone(NotDone::NotOurs(Local::Collective))
    ));
}
