//! Why a result stands where it stands: data, put into words elsewhere.

use chrono::NaiveDate;

use crate::domain::date::PartialDate;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, LegalForm};
use crate::domain::place::Compass;
use crate::domain::provenance::Age;
use crate::domain::service::{Registration, Room, Service};

use super::rank::Ages;

/// Why a result stands where it stands, in the order a reader wants it; put into words by the locale.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Offered for the need that was asked for.
    MadeForIt,
    /// A suite that also serves the need, by the part named.
    ThroughSuite {
        /// The suite's name.
        software: String,
        /// The part that does it; it may not be switched on.
        part: Option<String>,
    },
    /// So many kilometres away, in that direction.
    Distance {
        /// Kilometres.
        km: f64,
        /// Seen from the place that was asked for.
        direction: Compass,
    },
    /// A place was asked for and the hoster's is not known.
    PlaceUnknown,
    /// How to get in, as its source says.
    Access {
        /// The way in.
        registration: Registration,
        /// Whether the fact still counts.
        age: Age,
        /// Whether it is general knowledge only.
        unsourced: bool,
    },
    /// Nobody says how to get in.
    AccessUnknown,
    /// Full for now.
    Full,
    /// Made for so many people; whether there is room nobody says.
    Size {
        /// How many people it is made for.
        people: u32,
    },
    /// Room for newcomers, and for how many people if said.
    Room {
        /// How many people it is made for.
        people: Option<u32>,
    },
    /// It will end.
    Closing {
        /// Its last day.
        on: PartialDate,
    },
    /// How old the facts are.
    Facts {
        /// When they were last seen said.
        seen: Option<PartialDate>,
        /// Whether they still count.
        age: Age,
    },
    /// Who runs it; worth knowing, though it counts for nothing.
    RunBy {
        /// What the hoster is before the law.
        form: LegalForm,
    },
    /// It answered so often of late.
    Up {
        /// The part of the looks of thirty days at which it was up, 0 to 1.
        share: f32,
    },
    /// It does not answer now.
    Down {
        /// The day on which that was first seen.
        since: NaiveDate,
    },
    /// Nobody has measured whether it answers.
    NotMeasured,
}

impl Reason {
    /// What is to be said of how reliably a service answers.
    pub fn of_availability(seen: Option<Availability>) -> Self {
        match seen {
            None => Self::NotMeasured,
            Some(Availability {
                down_since: Some(since),
                ..
            }) => Self::Down {
                since: since.date_naive(),
            },
            Some(seen) => Self::Up {
                share: seen.share(),
            },
        }
    }
}

/// The reasons that lie in a service and its hoster.
pub fn reasons_of(
    service: &Service,
    hoster: &Hoster,
    ages: Ages,
    seen: Option<Availability>,
) -> Vec<Reason> {
    let availability = Reason::of_availability(seen);
    let is_down = matches!(availability, Reason::Down { .. });
    let access = match service.registration {
        Some(registration) => Reason::Access {
            registration,
            age: ages.registration,
            unsourced: service.is_unsourced("registration"),
        },
        None => Reason::AccessUnknown,
    };
    let capacity = service.capacity.and_then(|capacity| match capacity.room {
        Some(Room::Full) => Some(Reason::Full),
        Some(Room::Open) => Some(Reason::Room {
            people: capacity.people,
        }),
        None => capacity.people.map(|people| Reason::Size { people }),
    });
    let closing = service
        .closing
        .as_ref()
        .map(|closing| Reason::Closing { on: closing.on });
    let facts = Reason::Facts {
        seen: service.source.seen,
        age: ages.record,
    };
    let run_by = hoster.legal_form.map(|form| Reason::RunBy { form });
    let (down, seen) = match is_down {
        true => (Some(availability), None),
        false => (None, Some(availability)),
    };
    [
        down,
        Some(access),
        capacity,
        closing,
        run_by,
        Some(facts),
        seen,
    ]
    .into_iter()
    .flatten()
    .collect()
}
