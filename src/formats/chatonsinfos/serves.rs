//! What a service is for: the format has no word for it, only the software's name.

use crate::domain::need::{Need, NeedId, Software};
use crate::domain::taxonomy::Taxonomy;

/// The need a service serves, by its software, or else by its own words; `None` where that is not certain.
///
/// A suite that is offered under the name of one thing it does is offered for that: a Nextcloud called
/// "Agenda" is for calendars.
pub(super) fn need(
    software: Option<&Software>,
    name: &str,
    description: Option<&str>,
    taxonomy: &Taxonomy,
) -> Option<NeedId> {
    if let Some(software) = software {
        let also = software.also.iter().map(|also| &also.need);
        let named = taxonomy.need_named(name).map(|need| &need.id);
        let narrower = named.filter(|named| also.clone().any(|need| need == *named));
        return Some(narrower.unwrap_or(&software.need).clone());
    }
    let told = |text: &str| only(&needs(text, taxonomy));
    told(name).or_else(|| told(description?))
}

/// The needs that a text names: as a whole, or with one of its parts, by their own names or those of
/// software. A word inside a sentence is no name: "code" is also a software.
fn needs(text: &str, taxonomy: &Taxonomy) -> Vec<NeedId> {
    let by_name = |words: &str| -> Option<NeedId> {
        let need = |need: &Need| need.id.clone();
        let by_software = || Some(taxonomy.software_named(words)?.need.clone());
        taxonomy.need_named(words).map(need).or_else(by_software)
    };
    match by_name(text) {
        Some(need) => vec![need],
        None => parts(text).filter_map(by_name).collect(),
    }
}

/// The parts of `Pads (Etherpad)`, `Polls - Framadate`, `Nuage / Nextcloud`.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['(', ')', '[', ']', ':', '|', '/', '–', '—', ',', ';', '\n'])
        .flat_map(|part| part.split(" - "))
        .map(|part| part.trim().trim_end_matches('.'))
        .filter(|part| !part.is_empty())
}

fn only(needs: &[NeedId]) -> Option<NeedId> {
    let (first, others) = needs.split_first()?;
    others
        .iter()
        .all(|need| need == first)
        .then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(software: &str, name: &str, description: &str) -> Option<String> {
        let taxonomy = Taxonomy::embedded();
        let software = taxonomy.software_named(software);
        need(software, name, Some(description), &taxonomy).map(String::from)
    }

    #[test]
    fn the_software_says_what_a_service_is_for_and_a_name_narrows_a_suite() {
        assert_eq!(
            served("Framadate", "Rendez-vous", "").as_deref(),
            Some("polls")
        );
        let nextcloud = served("nextcloud", "Le nuage", "Un nuage").unwrap();
        assert_eq!(served("Next-Cloud", "Nextcloud", "").unwrap(), nextcloud);
        assert_eq!(
            served("Nextcloud", "Agenda", "").as_deref(),
            Some("calendars")
        );
        // Nothing that the software does.
        assert_eq!(served("Framadate", "Agenda", "").as_deref(), Some("polls"));
    }

    #[test]
    fn without_a_known_software_only_names_are_certain() {
        for (name, description) in [
            ("Framadate", ""),
            ("Trouver une date (Framadate)", ""),
            ("Le machin", "Framadate."),
            ("Polls - Framadate", "Etherpad"),
        ] {
            assert_eq!(
                served("?", name, description).as_deref(),
                Some("polls"),
                "{name}"
            );
        }
        for (name, description) in [
            ("Le machin", "On y trouve un code et une date"),
            ("Etherpad / Framadate", ""),
            ("", ""),
        ] {
            assert_eq!(served("?", name, description), None, "{name}");
        }
    }
}
