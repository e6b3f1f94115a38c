//! The words of the format for what we know by other ones.

use chrono::NaiveDate;

use super::values;
use crate::domain::hoster::{HosterStatus, LegalForm};
use crate::domain::service::{Registration, Room};

/// A word that the format does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of {0}")]
pub(super) struct NoWord(&'static str);

/// `organization.type`. A small company is a company; `OTHER` says nothing.
pub(super) fn legal_form(word: &str) -> Result<Option<LegalForm>, NoWord> {
    Ok(Some(match word.to_ascii_uppercase().as_str() {
        "ASSOCIATION" => LegalForm::Association,
        "INFORMAL" => LegalForm::Informal,
        "COOPERATIVE" => LegalForm::Cooperative,
        "MICROCOMPANY" | "COMPANY" => LegalForm::Company,
        "INDIVIDUAL" => LegalForm::Individual,
        "OTHER" => return Ok(None),
        _ => {
            return Err(NoWord(
                "ASSOCIATION, INFORMAL, COOPERATIVE, MICROCOMPANY, COMPANY, INDIVIDUAL, OTHER",
            ));
        }
    }))
}

/// The word for a legal form.
pub(super) fn of_legal_form(form: LegalForm) -> &'static str {
    match form {
        LegalForm::Association => "ASSOCIATION",
        LegalForm::Informal => "INFORMAL",
        LegalForm::Cooperative => "COOPERATIVE",
        LegalForm::Company => "COMPANY",
        LegalForm::Individual => "INDIVIDUAL",
        LegalForm::Foundation => "OTHER",
    }
}

/// `*.status.level`: of a hoster, or of its membership. One that pauses (`IDLE`) has not stopped.
pub(super) fn status(word: &str) -> Result<HosterStatus, NoWord> {
    match word.to_ascii_uppercase().as_str() {
        "ACTIVE" => Ok(HosterStatus::Active),
        "IDLE" => Ok(HosterStatus::Unknown),
        "AWAY" => Ok(HosterStatus::Closed),
        _ => Err(NoWord("ACTIVE, IDLE, AWAY")),
    }
}

/// The word for a status; nothing where nobody said it.
pub(super) fn of_status(status: HosterStatus) -> &'static str {
    match status {
        HosterStatus::Active => "ACTIVE",
        HosterStatus::Closed => "AWAY",
        HosterStatus::Unknown => "",
    }
}

/// Whether a day that is written so has passed by `today`.
pub(super) fn is_past(date: &str, today: NaiveDate) -> bool {
    values::date(date).is_ok_and(|date| date.is_over_by(today))
}

/// `service.registration`: of several ways in, the one that is open to most.
pub(super) fn registration(words: &str) -> Result<Registration, NoWord> {
    let words = words
        .split([',', ';'])
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let ways: Result<Vec<Registration>, NoWord> = words
        .map(|word| match word.to_ascii_lowercase().as_str() {
            "none" => Ok(Registration::None),
            "free" => Ok(Registration::Free),
            "member" => Ok(Registration::Members),
            "client" => Ok(Registration::Paid),
            _ => Err(WAYS),
        })
        .collect();
    ways?.into_iter().min().ok_or(WAYS)
}

const WAYS: NoWord = NoWord("None, Free, Member, Client");

/// The word for a way in. Who has to ask needs an account that all may ask for; where nobody new gets
/// in, only those who are in are members.
pub(super) fn of_registration(way: Registration) -> &'static str {
    match way {
        Registration::None => "None",
        Registration::Free | Registration::Request => "Free",
        Registration::Members | Registration::Closed => "Member",
        Registration::Paid => "Client",
    }
}

/// `service.registration.load`.
pub(super) fn room(word: &str) -> Result<Room, NoWord> {
    match word.to_ascii_uppercase().as_str() {
        "OPEN" => Ok(Room::Open),
        "FULL" => Ok(Room::Full),
        _ => Err(NoWord("OPEN, FULL")),
    }
}

/// The word for the room there is.
pub(super) fn of_room(room: Room) -> &'static str {
    match room {
        Room::Open => "OPEN",
        Room::Full => "FULL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_as_far_as_the_format_has_words() {
        for form in LegalForm::ALL {
            let read = legal_form(of_legal_form(*form)).unwrap();
            assert_eq!(
                read,
                Some(*form).filter(|form| *form != LegalForm::Foundation)
            );
        }
        for status in [HosterStatus::Active, HosterStatus::Closed] {
            assert_eq!(self::status(of_status(status)), Ok(status));
        }
        for way in Registration::ALL {
            let lossy = [Registration::Request, Registration::Closed].contains(way);
            assert_eq!(registration(of_registration(*way)) == Ok(*way), !lossy);
        }
        for room in Room::ALL {
            assert_eq!(self::room(of_room(*room)), Ok(*room));
        }
    }

    #[test]
    fn of_several_ways_in_the_widest_counts_and_case_does_not() {
        assert_eq!(registration("Client; member ,FREE"), Ok(Registration::Free));
        assert_eq!(registration(" , "), Err(WAYS));
        assert_eq!(registration("Free, Perhaps"), Err(WAYS));
        assert_eq!(status("idle"), Ok(HosterStatus::Unknown));
        assert_eq!(legal_form("Microcompany"), Ok(Some(LegalForm::Company)));
    }
}
