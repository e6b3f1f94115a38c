//! The demo's directory, with what nobody has said of real hosters yet made up from a seed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use archipelago::catalogue::{Edition, Vocabulary};
use archipelago::domain::collective::Standing;
use archipelago::domain::date::PartialDate;
use archipelago::domain::health::Availability;
use archipelago::domain::hoster::{Hoster, HosterStatus};
use archipelago::domain::provenance::{Source, SourceKind};
use archipelago::domain::service::{Capacity, Closing, Registration, Room, Service};
use archipelago::domain::text::Name;
use archipelago::formats::archipelago as format;
use archipelago::search::fair::mixed;
use archipelago::store::Directory;
use chrono::{DateTime, TimeDelta, Utc};

/// Of a hundred hosters so many say how many people they are made for; an own node says it.
const SAY_ROOM: u64 = 70;
/// The least and the most that is said; between, as many say 30 to 60 as say 500 to 1,000.
const ROOM: (f64, f64) = (30.0, 1_000.0);
/// Of a hundred hosters so many are full, and as many down, and as many closing.
const OUT: u64 = 5;

static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| Arc::new(Vocabulary::embedded()));

/// A directory, and what is out of it.
pub struct World {
    pub directory: Directory,
    out: Vec<bool>,
    rooms: Vec<Option<u32>>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let demo = format::read(include_bytes!("../../fixtures/data/hosters.json")).unwrap();
        let mut world = Self {
            directory: Directory::of(demo.hosters, demo.services),
            out: Vec::new(),
            rooms: Vec::new(),
        };
        for hoster in 0..world.directory.hosters.len() {
            world.make_up(seed, hoster);
        }
        world
    }

    /// The directory on one of the days.
    pub fn edition(&self, day: u32) -> Edition {
        let now = first_day() + TimeDelta::days(i64::from(day));
        let directory = self.directory.clone();
        Edition::build(Arc::clone(&VOCABULARY), directory, Standing::Reported, now)
    }

    /// Whether a hoster is full, down or closing, by position.
    pub fn is_out(&self, hoster: usize) -> bool {
        self.out[hoster]
    }

    /// What a hoster says that it is made for.
    pub fn room(&self, hoster: usize) -> Option<u32> {
        self.rooms[hoster]
    }

    /// Whether a hoster is out, and its room.
    pub fn hosters(&self) -> impl Iterator<Item = (bool, Option<u32>)> {
        self.out.iter().copied().zip(self.rooms.iter().copied())
    }

    /// Whether somebody new can get in, as far as the documents say.
    pub fn is_open(&self, service: &Service) -> bool {
        let is_full = service
            .capacity
            .is_some_and(|capacity| capacity.room == Some(Room::Full));
        !is_full && service.closing.is_none() && service.registration != Some(Registration::Closed)
    }

    fn make_up(&mut self, seed: u64, at: usize) {
        let chance = |what: u64| mixed(mixed(!seed).wrapping_add(at as u64 * 8 + what));
        let share = |what: u64| (chance(what) >> 11) as f64 / (1_u64 << 53) as f64;
        let state = chance(0) % 100;
        let (is_full, is_down, is_closing) = (
            state < OUT,
            (OUT..2 * OUT).contains(&state),
            (2 * OUT..3 * OUT).contains(&state),
        );
        let room = (ROOM.0 * (ROOM.1 / ROOM.0).powf(share(1))) as u32;
        let room = (chance(2) % 100 < SAY_ROOM).then_some(room);
        let Directory {
            hosters,
            services,
            availability,
            ..
        } = &mut self.directory;
        let hoster = &hosters[at];
        let own = own_source(hoster);
        let up = 600 + (chance(3) % 121) as u32;
        let seen = Availability {
            asked: 720,
            up: if is_down { up - 100 } else { up },
            down_since: is_down.then(first_day),
        };
        let is_seen = is_down || chance(4) % 100 < 60;
        let services = services.iter_mut().map(Arc::make_mut);
        for (service, looks) in services.zip(availability) {
            if service.hoster != hoster.id {
                continue;
            }
            if is_down {
                service.url = service.url.take().or(hoster.website.clone());
            }
            let capacity = service.capacity.get_or_insert(Capacity {
                room: None,
                people: None,
            });
            capacity.people = room;
            if is_full {
                capacity.room = Some(Room::Full);
            }
            if is_closing {
                service.closing = Some(closing());
            }
            service.facts.insert("capacity".to_owned(), own.clone());
            *looks = service.url.as_ref().filter(|_| is_seen).map(|_| seen);
        }
        self.out
            .push(is_full || is_down || is_closing || hoster.status == HosterStatus::Closed);
        self.rooms.push(room);
    }
}

fn first_day() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn own_source(hoster: &Hoster) -> Source {
    Source {
        kind: SourceKind::OwnNode,
        by: Name::parse(hoster.id.as_str()).unwrap(),
        seen: Some(PartialDate::parse("2026-11-01").unwrap()),
    }
}

fn closing() -> Closing {
    Closing {
        on: PartialDate::parse("2027-06").unwrap(),
        note: None,
        source: None,
        announced: None,
        new_accounts_until: None,
        export_until: None,
        successor: None,
    }
}

/// Services by hoster, so that each is found once.
pub fn services_by_hoster(directory: &Directory) -> Vec<Vec<&Service>> {
    let position: HashMap<&str, usize> = directory
        .hosters
        .iter()
        .enumerate()
        .map(|(at, hoster)| (hoster.id.as_str(), at))
        .collect();
    let mut services: Vec<Vec<&Service>> = vec![Vec::new(); directory.hosters.len()];
    for service in &directory.services {
        services[position[service.hoster.as_str()]].push(service);
    }
    services
}
