//! Where people end up: the same people sent through search, through `/go`, and by two orders that are not ours.
//!
//! The directory is the demo's, with what nobody has said of real hosters yet made up from a seed: how many people
//! each is made for, how reliably each answers, and a few that are full, down or closing ([`world`]). People come
//! from real towns in proportion to how many live there ([`people`]); where each may be expected to go is
//! [`fair`]'s, which knows declared room and distance and nothing of the program's weights.

pub mod fair;
pub mod people;
pub mod report;
pub mod world;

use std::collections::HashMap;

use archipelago::catalogue::Edition;
use archipelago::domain::localized::Language;
use archipelago::search::Hit;
use archipelago::search::query::{MAX_LIMIT, Query, Sort};

use fair::Fair;
use people::{People, Person};
use world::World;

/// What people look for: ten needs that many hosters of the demo serve, some mostly through suites.
pub const NEEDS: [&str; 10] = [
    "pads",
    "polls",
    "video-calls",
    "file-drop",
    "file-storage",
    "team-chat",
    "wiki",
    "git-forge",
    "calendars",
    "forms",
];
/// How many days people come on: the daily turns are among what is proved.
pub const DAYS: u32 = 180;
/// How many hosters somebody looks at before they choose: as many as a departure's page shows.
pub const LOOKED_AT: usize = 5;

/// One hoster, and how many people each way sent there.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Whether it is full, down or closing.
    pub is_out: bool,
    /// How many people it is made for, if it says.
    pub room: Option<u32>,
    /// How many people may be expected there if all is fair.
    pub fair: f64,
    /// Through the results, in their order.
    pub search: u32,
    /// Through `/go`.
    pub go: u32,
    /// Through results in the order of names.
    pub alphabetical: u32,
    /// Through results with those first who were chosen most.
    pub popular: u32,
}

/// Sends everybody every way.
pub fn simulate(seed: u64, people: usize) -> Vec<Row> {
    let world = World::new(seed);
    let people = People::new(seed).take(people);
    let mut rows: Vec<Row> = world
        .hosters()
        .map(|(is_out, room)| Row {
            is_out,
            room,
            ..Row::default()
        })
        .collect();
    let mut fair = Fair::new(&world);
    for day in 0..DAYS {
        let edition = world.edition(day);
        let by_name = NEEDS.map(|need| hosters_of(&edition, &by_name(need)));
        for person in people.iter().filter(|person| person.day == day) {
            for (hoster, share) in fair.of(person) {
                rows[*hoster].fair += share;
            }
            rows[person.choose(&fair, &by_name[person.need])].alphabetical += 1;
            send(&fair, &edition, person, &mut rows);
        }
    }
    rows
}

fn send(fair: &Fair, edition: &Edition, person: &Person, rows: &mut [Row]) {
    let need = NEEDS[person.need];
    let query = Query {
        need: Some(need.to_owned()),
        near: person
            .at
            .map(|at| format!("{:.1},{:.1}", at.latitude(), at.longitude())),
        limit: Some(MAX_LIMIT),
        ..Query::default()
    };
    let mut listed = hosters_of(edition, &query);
    rows[person.choose(fair, &listed)].search += 1;
    listed.sort_by_key(|hoster| std::cmp::Reverse(rows[*hoster].popular));
    rows[person.choose(fair, &listed)].popular += 1;
    let aim = edition.aim(need).unwrap();
    let drawn: Option<Hit> = edition.draw(aim, person.at, person.chance);
    rows[drawn.unwrap().hoster].go += 1;
}

fn by_name(need: &str) -> Query {
    Query {
        need: Some(need.to_owned()),
        sort: Sort::Name,
        limit: Some(MAX_LIMIT),
        ..Query::default()
    }
}

/// The hosters of an answer, each once, in its order.
fn hosters_of(edition: &Edition, query: &Query) -> Vec<usize> {
    let (_, results) = edition.ask(query, Language::French).unwrap();
    let mut seen = HashMap::new();
    let hosters = results.hits.iter().map(|hit| hit.hoster);
    hosters
        .filter(|hoster| seen.insert(*hoster, ()).is_none())
        .collect()
}
