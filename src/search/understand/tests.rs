//! Questions, read with the shipped vocabulary and three hosters.

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::domain::hoster::Hoster;
use crate::search::words::{MAX_QUESTION_CHARS, MAX_QUESTION_WORDS};

/// A question that takes a processor longer, in a debug build, is not answered quickly.
const QUICKLY: Duration = Duration::from_millis(500);

static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&TAXONOMY));
static HOSTERS: LazyLock<HosterNames> = LazyLock::new(|| {
    let hoster = |name: &str| -> Hoster {
        let document = format!(
            r#"{{"id":"h","name":"{name}","website":"https://h.example","source":{{"kind":"own-node","by":"h","seen":"2026-11-20"}}}}"#
        );
        serde_json::from_str(&document).unwrap()
    };
    HosterNames::new(&["La mère Zaclys", "Nuage Libre", "Castres"].map(hoster))
});

fn read(question: &str) -> Understood {
    let known = Surroundings {
        taxonomy: &TAXONOMY,
        gazetteer: &GAZETTEER,
        hosters: &HOSTERS,
        language: Language::French,
    };
    PHRASES.read(question, &known)
}

fn departure(question: &str) -> Option<&'static str> {
    let position = read(question).departure?.position;
    Some(TAXONOMY.departures()[position].slug.as_str())
}

fn need(question: &str) -> Option<&'static str> {
    let position = read(question).need?.position;
    Some(TAXONOMY.needs()[position].id.as_str())
}

fn place(question: &str) -> Option<String> {
    Some(read(question).place?.name)
}

fn rest(question: &str) -> String {
    read(question).rest.join(" ")
}

#[test]
fn departures_and_needs_are_recognised_by_any_of_their_names() {
    for (question, slug) in [
        ("Framadate", "framadate"),
        ("google docs", "google-docs"),
        ("huit.re", "framalink"),
        ("Google+", "google-plus"),
        ("X", "twitter"),
        ("one drive", "onedrive"),
    ] {
        assert_eq!(departure(question), Some(slug), "{question}");
    }
    for (question, expected) in [
        ("cartes mentales", "mindmaps"),
        ("sondage de dates", "polls"),
        ("l'agenda", "calendars"),
        ("trouver une date", "polls"),
        ("to do list", "kanban"),
        ("Terminumfragen", "polls"),
    ] {
        assert_eq!(need(question), Some(expected), "{question}");
    }
}

#[test]
fn addresses_lead_to_the_departure_they_belong_to_and_others_to_their_words() {
    for (question, slug) in [
        ("https://framadate.org/abc", "framadate"),
        ("quitter docs.google.com/forms/d/1 vite", "google-forms"),
        ("moi@gmail.com", "gmail"),
    ] {
        assert_eq!(departure(question), Some(slug), "{question}");
    }
    let elsewhere = read("https://contact.zaclys.com/pads");
    assert_eq!(elsewhere.need, None);
    assert_eq!(elsewhere.rest, ["contact", "zaclys", "com"]);
}

#[test]
fn a_need_hidden_in_a_sentence_is_found_and_only_hosters_are_looked_up_beside_it() {
    let sentence = "je cherche un endroit tranquille pour déposer mes photos chez zaclys";
    assert_eq!(need(sentence), Some("photo-albums"));
    assert_eq!(rest(sentence), "zaclys");
    assert_eq!(rest("un tableur chez zaclys"), "zaclys");
    assert_eq!(rest("visio association"), "", "a faint word says no more");
}

#[test]
fn a_software_is_looked_up_and_the_need_it_serves_first_is_known() {
    let asked = read("une instance nextcloud");
    assert_eq!(need("une instance nextcloud"), Some("file-storage"));
    assert_eq!(asked.rest, ["nextcloud"]);
    assert!(asked.software.is_some());
    assert_eq!(need("agenda nextcloud"), Some("calendars"));
    assert_eq!(rest("big blue button"), "bigbluebutton");
}

#[test]
fn who_leaves_a_departure_may_mean_only_what_its_vendor_offers() {
    assert_eq!(need("quitter google pour mes mails"), Some("email"));
    assert_eq!(need("dropbox pour la comptabilité"), None);
}

#[test]
fn what_is_begun_misspelt_or_run_apart_is_guessed_if_there_is_one_guess() {
    assert_eq!(departure("frmadate"), Some("framadate"));
    assert_eq!(departure("frama date"), Some("framadate"));
    assert_eq!(departure("gogle docs"), Some("google-docs"));
    assert_eq!(need("sondaje"), Some("polls"));
    assert_eq!(need("vidoe call"), Some("video-calls"));
    assert_eq!(need("visioconf"), Some("video-calls"));
    assert_eq!(need("racourciseur"), Some("link-shortener"), "two mistakes");
    assert_eq!(read("framad").departure, None, "framadate or framadrive");
    assert_eq!(rest("ehterpad"), "etherpad");
}

#[test]
fn a_place_is_told_from_a_word_by_what_announces_it_and_by_its_size() {
    for (question, name) in [
        ("pad lyon", "lyon"),
        ("visio près de Nantes", "nantes"),
        ("sondage 69007", "69007"),
        ("sondage 69007 Lyon", "69007 lyon"),
        ("pad d'Angers", "angers"),
        ("pad à la rochelle", "la rochelle"),
        ("pad près de Die", "die"),
        ("sondage à Nice", "nice"),
        ("framatalk tours", "tours"),
        ("Pad bei München", "munchen"),
        ("pad saint-denis réunion", "saint denis reunion"),
        ("Lyon", "lyon"),
    ] {
        assert_eq!(place(question).as_deref(), Some(name), "{question}");
    }
    for question in [
        "a nice pad",
        "bureau",
        "visio orange",
        "une date",
        "sondage 2024",
        "castres",
    ] {
        assert_eq!(place(question), None, "{question}");
    }
}

#[test]
fn a_hosters_name_stays_words_to_look_up() {
    assert_eq!(read("zaclys").rest, ["zaclys"]);
    assert_eq!(read("la mère zaclys").rest, ["mere", "zaclys"]);
    assert_eq!(need("nuage libre"), None);
    assert_eq!(need("nuage"), Some("file-storage"));
    assert_eq!(read("").rest, [] as [&str; 0]);
    assert_eq!(read(" ?! ").rest, ["?!"]);
    assert_eq!(read("C++").rest, ["c"]);
}

/// How long this thread had a processor so far: what else the machine does counts for nothing.
fn on_a_processor() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

#[test]
fn the_worst_questions_are_read_quickly_and_within_their_limits() {
    let worst = [
        "a".repeat(10_000),
        "sondage ".repeat(1_250),
        "zzqxwv ".repeat(1_500),
        "à ".repeat(5_000),
        "framadte sondaje visoi ".repeat(450),
        "https://".repeat(1_300),
        "de la ".repeat(1_700),
    ];
    // What is made once, for all questions, is made before.
    read("x");
    for question in worst {
        let began = on_a_processor();
        let understood = read(&question);
        let took = on_a_processor() - began;
        assert!(took < QUICKLY, "{:?}: {took:?}", &question[..20]);
        assert!(understood.rest.len() <= MAX_WORDS_LOOKED_UP);
    }
    let words = |count: usize| format!("{}lyon", "de ".repeat(count));
    assert!(read(&words(MAX_QUESTION_WORDS - 1)).place.is_some());
    assert!(read(&words(MAX_QUESTION_WORDS)).place.is_none());
    let far = |count: usize| format!("{}lyon", " ".repeat(count));
    assert!(read(&far(MAX_QUESTION_CHARS - 4)).place.is_some());
    assert!(read(&far(MAX_QUESTION_CHARS)).place.is_none());
}

proptest! {
    #[test]
    fn any_text_is_read_within_the_limits(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let understood = read(&String::from_utf8_lossy(&bytes));
        prop_assert!(understood.rest.len() <= MAX_WORDS_LOOKED_UP);
    }

    #[test]
    fn any_words_are_read_within_the_limits(
        words in proptest::collection::vec("(framadate|sondaje|pad|lyon|de|la|69007|près|zaclys|in|\\PC{1,12})", 0..40)
    ) {
        let understood = read(&words.join(" "));
        prop_assert!(understood.rest.len() <= MAX_WORDS_LOOKED_UP);
        for word in &understood.rest {
            prop_assert!(!word.is_empty());
        }
    }

    #[test]
    fn reading_does_not_depend_on_case_or_on_spaces_around(words in "(sondage|pad|google docs|visio conf)( zaclys)?") {
        let shouted = format!("  {}  ", words.to_uppercase());
        prop_assert_eq!(read(&shouted), read(&words));
    }
}
