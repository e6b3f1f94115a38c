//! Whatever changes, in whatever order: reading what changed gives what reading it whole gives.

use std::collections::HashMap;

use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::collective::Standing;
use archipelago::domain::health::Probe;
use archipelago::domain::hoster::HosterId;
use archipelago::domain::policy::Rules;
use archipelago::domain::text::Prose;
use archipelago::domain::vouch::{AssertionKey, Basis, Vouch};
use archipelago::formats::activitypub::actor::{ActorKind, RemoteActor};
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::activitypub::vouch;
use archipelago::store::frontier::{Left, Outcome, Priority, Purpose, Sown, Spent, Then, Visited};
use archipelago::store::{Revocation, Run, Said, Speaker, Told};
use chrono::TimeDelta;

use super::*;
use crate::support::database::{Database, on_both_engines};
use crate::support::followers;
use crate::support::records::some_day;

const STEPS: usize = 150;
const HOSTERS: usize = 8;
const ISSUERS: usize = 3;
const QUESTIONS: [&str; 4] = ["", "need=pads", "q=pads&near=Lyon", "standing=confirmed"];

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

/// A collective that signs with one of two keys.
struct Issuer {
    actor: RemoteActor,
    keys: [(Signer, AssertionKey); 2],
}

impl Issuer {
    fn new(number: usize) -> Self {
        let id = url(&format!("https://c{number}.example/ap/group"));
        let mut actor = followers::actor(&id, &url(&format!("https://c{number}.example/inbox")));
        actor.kind = ActorKind::Group;
        let key = |name: &str| {
            let (private, multibase) = generate();
            let method = url(&format!("{id}#{name}"));
            let key = AssertionKey {
                id: method.clone(),
                multibase,
                expires: None,
                revoked: None,
            };
            (Signer::new(&private, method).unwrap(), key)
        };
        Self {
            keys: [key("old"), key("new")],
            actor,
        }
    }

    fn listing(&self, key: usize) -> RemoteActor {
        RemoteActor {
            assertion_keys: vec![self.keys[key].1.clone()],
            ..self.actor.clone()
        }
    }

    fn vouch(&self, hoster: usize) -> Url {
        url(&format!(
            "https://{}/ap/vouches/{hoster}",
            self.actor.id.host_str().unwrap()
        ))
    }

    fn says(&self, hoster: usize, key: usize, now: DateTime<Utc>) -> Said {
        let vouch = Vouch {
            id: self.vouch(hoster),
            issuer: self.actor.id.clone(),
            object: site(hoster),
            basis: Basis::Membership,
            since: some_day() - TimeDelta::days(10),
            until: some_day() + TimeDelta::days(300),
            charter: None,
            evidence: None,
        };
        Said {
            document: self.keys[key].0.sign(vouch::write(&vouch), now),
            by_issuer: true,
        }
    }
}

fn site(hoster: usize) -> Url {
    url(&format!("https://h{hoster}.example/"))
}

/// A store to which anything may happen.
struct Scene {
    store: Store,
    chance: Chance,
    issuers: Vec<Issuer>,
    now: DateTime<Utc>,
    lease: i64,
}

impl Scene {
    async fn step(&mut self) {
        self.now += TimeDelta::minutes(10);
        let now = self.now;
        let (hoster, number) = (self.chance.below(HOSTERS), self.chance.below(3));
        let (issuer, key) = (self.chance.below(ISSUERS), self.chance.below(2));
        let issuer = &self.issuers[issuer];
        let id = format!("h{hoster}");
        let name = format!("Name {}", self.chance.below(5));
        let reason = Prose::parse("Because.").unwrap();
        let domain = Domain::parse(&format!("{id}.example")).unwrap();
        let effect = match self.chance.below(20) {
            0..4 => {
                let source = ["own-node", "third-party-list"][self.chance.below(2)];
                let told = hoster_at(&id, &name, source);
                let services = [0, number].map(|number| service_at(&id, number, &name));
                let services = &services[..1 + usize::from(number > 0)];
                self.store.keep(&[told], services, now).await.unwrap();
                return;
            }
            4 if number == 0 => return self.says_all(&id, 2).await,
            4 => return self.look(true).await,
            5 => Effect::RemoveHoster(HosterId::parse(&id).unwrap()),
            6 => {
                let severity = [Severity::Hide, Severity::Suspend][number % 2];
                let block = self.store.add_block(&domain, severity, &reason, None, now);
                block.await.unwrap();
                return;
            }
            7 => {
                self.store.remove_block(&domain, None, now).await.unwrap();
                return;
            }
            8 => {
                let anchor = self.store.add_anchor(&issuer.actor.id, None, &reason, now);
                anchor.await.unwrap();
                return;
            }
            9 => {
                let anchor = self.store.remove_anchor(&issuer.actor.id, None, now);
                anchor.await.unwrap();
                return;
            }
            10 => {
                let rules = Rules {
                    least_standing: Some(Standing::ALL[1 + number]),
                    collective_quota: Some(1 + number as u32),
                    ..Rules::default()
                };
                self.store.keep_rules(&rules, None, now).await.unwrap();
                return;
            }
            11 => Effect::KeepActor(Box::new(issuer.listing(key))),
            12 if number == 0 => Effect::RemoveActor(issuer.actor.id.clone()),
            12 | 13 => Effect::Vouch(Box::new(issuer.says(hoster, key, now))),
            14 => Effect::Missing(issuer.vouch(hoster)),
            15 if number == 0 => Effect::Revoke(Box::new(Revocation {
                vouch: issuer.vouch(hoster),
                issuer: issuer.actor.id.clone(),
                at: now,
                document: None,
                by_issuer: true,
            })),
            15 => Effect::Acknowledges {
                actor: site(hoster),
                vouches: self.issuers[..number]
                    .iter()
                    .map(|i| i.vouch(hoster))
                    .collect(),
            },
            16 => Effect::Acknowledge {
                actor: site(hoster),
                vouch: issuer.vouch(hoster),
            },
            17 => Effect::Disavow {
                actor: site(hoster),
                vouch: issuer.vouch(hoster),
            },
            _ => return self.look(number > 0).await,
        };
        commit(&self.store, [effect], now).await;
    }

    /// A list names one hoster with some services and is all that it says: the rest is taken back.
    async fn says_all(&self, id: &str, services: usize) {
        let told = Told {
            speaker: Speaker::Operator,
            hosters: vec![hoster_at(id, "All there is", "third-party-list")],
            services: (0..services)
                .map(|number| service_at(id, number, "All"))
                .collect(),
            leaves: false,
            all_of: Some("a test".to_owned()),
        };
        let kept = self.store.keep_told(vec![told], Run::Ungated, self.now);
        kept.await.unwrap();
    }

    /// Looks at some services, and at no others any longer.
    async fn look(&mut self, is_up: bool) {
        let directory = self.store.directory().await.unwrap();
        let some = directory
            .services
            .iter()
            .filter(|_| self.chance.below(4) > 0);
        let watched: Vec<Sown> = some.map(|service| probe(service)).collect();
        self.store.watch(&watched, self.now).await.unwrap();
        self.now += TimeDelta::hours(1);
        self.lease += 1;
        let until = self.now + TimeDelta::minutes(1);
        let turns = self
            .store
            .lease_hosts(self.lease, self.now, until, 100, None);
        let turns = turns.await.unwrap();
        let visits = turns.iter().map(|turn| Visited {
            host: turn.host.clone(),
            lease: turn.lease,
            outcomes: (turn.targets.iter())
                .map(|target| Outcome {
                    probe: Some(Probe {
                        at: self.now,
                        status: is_up.then_some(200),
                        latency_ms: is_up.then_some(20),
                        certificate_until: None,
                        error: (!is_up).then(|| "nobody answers".to_owned()),
                    }),
                    ..Outcome::of(target, self.now)
                })
                .collect(),
            rules: None,
            told: None,
            vouches: Vec::new(),
            vouched: None,
            sown: Vec::new(),
            spent: Spent::default(),
            then: Then::Leave(Left {
                next_request_at: self.now,
                not_before: None,
                not_read_before: None,
                fails: 0,
                is_opted_out: false,
                error: None,
            }),
        });
        let visits = visits.collect();
        self.store.record_visits(visits, self.now).await.unwrap();
    }
}

fn probe(service: &Service) -> Sown {
    let mut address = service.url.as_ref().unwrap().as_url().clone();
    address.set_fragment(None);
    Sown {
        url: address,
        purpose: Purpose::Probe,
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    }
}

/// What a visitor could tell two editions apart by.
fn shown(edition: &Edition) -> HashMap<&'static str, String> {
    let mut shown: HashMap<_, _> = QUESTIONS
        .map(|question| (question, format!("{:?}", answers(edition, question))))
        .into();
    let all = 0..edition.hosters.len();
    let vouches: Vec<_> = all
        .flat_map(|hoster| edition.trust.vouches_for(hoster))
        .map(|said| (said.evidence, said.verdict))
        .collect();
    let services = edition.services.iter();
    let services: Vec<_> = services
        .map(|service| {
            (
                service,
                edition.availability(service),
                edition.hoster_of(service).0,
            )
        })
        .collect();
    let not_listed: Vec<_> = (0..HOSTERS)
        .map(|hoster| edition.not_listed.hoster(&format!("h{hoster}")))
        .collect();
    shown.extend([
        ("its hosters", format!("{:?}", edition.hosters)),
        ("its services", format!("{services:?}")),
        (
            "what may be meant",
            format!("{:?}", edition.suggest("name", Language::French, 20)),
        ),
        ("their standings", format!("{:?}", edition.standings)),
        ("its vouches", format!("{vouches:?}")),
        ("its figures", format!("{:?}", edition.overview)),
        (
            "what is blocked",
            format!("{not_listed:?} {:?}", edition.blocks),
        ),
        (
            "its choices",
            format!("{:?} {:?}", edition.anchors, edition.rules),
        ),
    ]);
    shown
}

on_both_engines! {
    async fn whatever_happens_the_next_edition_is_the_one_that_is_read_whole(database: Database) {
        for seed in 1..=3 {
            let store = database.store().await;
            let mut scene = Scene {
                store: store.clone(),
                chance: Chance(seed),
                issuers: (0..ISSUERS).map(Issuer::new).collect(),
                now: some_day() + TimeDelta::days(2 * seed as i64),
                lease: 0,
            };
            let mut known = store.directory().await.unwrap();
            let catalogue = open(&store, scene.now).await;
            let (mut looks, mut listed) = (0, 0);
            for step in 0..STEPS {
                scene.step().await;
                // Sometimes several changes are read at once.
                if scene.chance.below(3) > 0 {
                    continue;
                }
                known = by_changes(&store, &known).await;
                let whole = store.directory().await.unwrap();
                assert_eq!(known, whole, "step {step} of seed {seed}");
                looks += known.availability.iter().flatten().count();
                listed += known.vouches.iter().filter(|known| known.is_listed_back).count();
                // What nobody can see yet is seen with the next that they can.
                let marker = hoster_at("marker", &format!("Step {step} of {seed}"), "own-node");
                store.keep(&[marker], &[], scene.now).await.unwrap();
                catalogue.refresh(&store, scene.now).await.unwrap();
                let edition = catalogue.current();
                let anew = whole_edition(&store, &edition, scene.now).await;
                assert_eq!(edition.revision, anew.revision);
                assert_eq!(shown(&edition), shown(&anew), "step {step} of seed {seed}");
            }
            assert!(known.revision > 50 * seed, "much of it could be seen");
            assert!(looks > 20 && listed > 20, "{looks} looks, {listed} listed back");
        }
    }
}

/// An edition of now with the vocabulary of another.
async fn whole_edition(store: &Store, other: &Edition, now: DateTime<Utc>) -> Edition {
    let mut directory = store.directory().await.unwrap();
    directory.rules = directory.rules.over(Rules::USUAL);
    let least = directory.rules.least_standing.unwrap();
    Edition::build(Arc::clone(&other.vocabulary), directory, least, now)
}
