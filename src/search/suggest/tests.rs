use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());

/// The embedded vocabulary, the places, and hosters of these names.
struct Directory {
    suggestions: Suggestions,
    hosters: Vec<Arc<Hoster>>,
    listed: Vec<usize>,
}

impl Directory {
    /// Listed in the order given.
    fn new(names: &[&str]) -> Self {
        let hosters: Vec<Arc<Hoster>> = (0..).zip(names).map(hoster).map(Arc::new).collect();
        let listed: Vec<&Hoster> = hosters.iter().map(|hoster| &**hoster).collect();
        Self {
            suggestions: Suggestions::new(&TAXONOMY, &listed),
            listed: (0..hosters.len()).collect(),
            hosters,
        }
    }

    fn suggest(&self, text: &str, language: Language, limit: usize) -> Vec<Suggestion<'_>> {
        let sources = Sources {
            taxonomy: &TAXONOMY,
            hosters: &self.hosters,
            listed: &self.listed,
            gazetteer: &GAZETTEER,
        };
        self.suggestions.suggest(text, language, limit, &sources)
    }

    /// As `kind: label`, in French.
    fn lines(&self, text: &str) -> Vec<String> {
        let found = self.suggest(text, Language::French, SHOWN);
        let line = |suggestion: &Suggestion| {
            let label = suggestion.label(Language::French);
            format!("{}: {label}", suggestion.kind().word())
        };
        found.iter().map(line).collect()
    }
}

fn hoster((number, name): (usize, &&str)) -> Hoster {
    let document = serde_json::json!({
        "id": format!("h{number}"),
        "name": name,
        "website": "https://hoster.example",
        "source": {"kind": "own-node", "by": "x", "seen": "2026-11-20"},
    });
    serde_json::from_value(document).unwrap()
}

fn lines(text: &str) -> Vec<String> {
    static NOBODY: LazyLock<Directory> = LazyLock::new(|| Directory::new(&[]));
    NOBODY.lines(text)
}

#[track_caller]
fn suggests(text: &str, line: &str) {
    let lines = lines(text);
    assert!(lines.iter().any(|known| known == line), "{text}: {lines:?}");
}

#[test]
fn a_departure_is_suggested_by_its_beginning_any_word_of_it_or_nearly() {
    for text in [
        "framad",
        "Framadate",
        "framadte",
        "rfamadate",
        "framadatee",
        "framdtae",
    ] {
        suggests(text, "departure: Framadate");
    }
    suggests("docs", "departure: Google Docs");
}

#[test]
fn two_slips_are_forgiven_in_a_long_word_and_none_in_a_short_one() {
    suggests("frmadste", "departure: Framadate");
    assert_eq!(lines("frq"), [""; 0]);
}

#[test]
fn what_is_named_so_comes_before_what_is_also_called_so() {
    assert!(
        lines("sond")[0].starts_with("need: Sondages"),
        "{:?}",
        lines("sond")
    );
    assert_eq!(lines("doodle")[0], "departure: Doodle");
    // "pad" is the whole of another name for it, and but the beginning of Padlet.
    assert_eq!(lines("pad")[0], "need: Textes à plusieurs");
}

#[test]
fn the_whole_of_a_name_comes_before_the_beginning_of_others() {
    let directory = Directory::new(&["Lilolettres", "Lilo", "Lilopad", "Un Lilo"]);
    let hosters = |text| {
        let mut lines = directory.lines(text);
        lines.retain(|line| line.starts_with("hoster"));
        lines
    };
    assert_eq!(
        hosters("lilo")[..2],
        ["hoster: Lilo", "hoster: Lilolettres"]
    );
    assert_eq!(hosters("lil")[..2], ["hoster: Lilolettres", "hoster: Lilo"]);
}

#[test]
fn a_name_is_begun_in_the_readers_language_first() {
    let needs = Directory::new(&[]).suggestions.needs;
    let how = |language: Language| found(&needs.get(language).names, "meeting", 0, 1)[0].0;
    assert_eq!(how(Language::English), Match::Begun(At::Label));
    assert_eq!(how(Language::French), Match::Begun(At::OtherName));
}

#[test]
fn needs_are_suggested_by_their_synonyms() {
    suggests("sondage", "need: Sondages de dates");
}

#[test]
fn towns_and_postcodes_are_suggested_the_larger_first() {
    suggests("lyo", "place: Lyon");
    suggests("69007", "place: 69007 Lyon");
    suggests("st etie", "place: Saint-Étienne");
    suggests("bruxel", "place: Bruxelles");
    assert_eq!(lines("nantes")[0], "place: Nantes");
    assert!(!lines("google").iter().any(|line| line.starts_with("place")));
}

#[test]
fn a_small_town_comes_after_all_else_that_may_be_meant() {
    let trello = lines("trelo");
    let place = |line: &str| trello.iter().position(|known| known == line);
    assert!(
        place("departure: Trello") < place("place: Trélon"),
        "{trello:?}"
    );
    assert!(place("place: Trélon").is_some(), "{trello:?}");
}

#[test]
fn a_misspelt_town_is_suggested_where_nothing_else_is_meant() {
    suggests("bordaux", "place: Bordeaux");
    suggests("lyonn", "place: Lyon");
}

#[test]
fn after_words_that_name_something_the_last_ones_begin_a_town() {
    let directory = Directory::new(&[]);
    for (text, town, kept) in [
        ("pad ly", "Lyon", "pad"),
        ("Pad Lyon", "Lyon", "Pad"),
        ("google docs près de nant", "Nantes", "google docs"),
        ("sondage saint-et", "Saint-Étienne", "sondage"),
        ("sondages st etie", "Saint-Étienne", "sondages"),
        ("framadate à 69007", "69007 Lyon", "framadate"),
    ] {
        let found = directory.suggest(text, Language::French, SHOWN);
        let Some(place @ Suggestion::Place { before, .. }) = found
            .iter()
            .find(|suggestion| suggestion.kind() == SuggestionKind::Place)
        else {
            panic!("{text}: {found:?}")
        };
        let found = (place.label(Language::French), before.as_str());
        assert_eq!((found.0.as_ref(), found.1), (town, kept), "{text}");
    }
    for text in ["pad l", "xyzzy lyo"] {
        assert!(
            !lines(text).iter().any(|line| line.starts_with("place")),
            "{text}"
        );
    }
}

#[test]
fn thousands_of_hosters_hide_no_need_and_no_place() {
    let names: Vec<String> = (0..5_000).map(|number| format!("Sol {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let directory = Directory::new(&names);
    for text in ["s", "so"] {
        let mut kinds = BTreeMap::new();
        for line in directory.lines(text) {
            let (kind, _) = line.split_once(':').unwrap();
            *kinds.entry(kind.to_owned()).or_insert(0) += 1;
        }
        assert!(
            kinds["need"] >= 1 && kinds["place"] >= 1,
            "{text}: {kinds:?}"
        );
        assert!(kinds["hoster"] >= 2, "{text}: {kinds:?}");
    }
    let hosters = directory.lines("sol 4");
    assert_eq!(hosters[0], "hoster: Sol 4");
    assert_eq!(
        hosters.len(),
        SHOWN,
        "nobody else begins so, so hosters have all turns"
    );
}

#[test]
fn equal_hosters_are_suggested_in_the_order_they_are_listed_in() {
    for names in [["Xa", "Xc", "Xb"], ["Xb", "Xa", "Xc"]] {
        let lines = Directory::new(&names).lines("x");
        let hosters: Vec<&String> = lines
            .iter()
            .filter(|line| line.starts_with("hoster"))
            .collect();
        assert_eq!(
            hosters[..2],
            names.map(|name| format!("hoster: {name}"))[..2]
                .iter()
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn fewer_are_the_beginning_of_more() {
    let directory = Directory::new(&["Mamot", "Marsnet", "Mailo", "Mapad"]);
    let all = directory.suggest("ma", Language::French, usize::MAX);
    assert_eq!(all.len(), MAX_SUGGESTIONS);
    for limit in [0, 1, SHOWN, SHOWN + 1] {
        assert_eq!(
            directory.suggest("ma", Language::French, limit),
            all[..limit]
        );
    }
}

#[test]
fn many_near_names_of_another_kind_hide_no_near_match() {
    let suggestions = Suggestions::new(&TAXONOMY, &[]);
    assert!(suggestions.similar_software("e", usize::MAX).len() > 3);
    assert!(!suggestions.similar_needs("sondag", 5).is_empty());
    assert!(
        suggestions
            .similar_departures("framdate", 5)
            .contains(&"framadate".into())
    );
    assert_eq!(suggestions.similar_departures("", 5), [""; 0]);
}

#[test]
fn hosters_are_similar_by_name_or_identifier_and_one_slip() {
    let directory = Directory::new(&["Zaclys", "Zourit"]);
    let similar = |text| directory.suggestions.similar_hosters(text, 5);
    assert_eq!(similar("zaclis"), [0]);
    assert_eq!(similar("h1"), [1]);
    assert_eq!(similar(""), [0_usize; 0]);
}

#[test]
fn nothing_is_suggested_for_nothing() {
    for text in ["", "  ?!", "\u{0}\u{7}\n", "zzqx", "🏝️"] {
        assert_eq!(lines(text), [""; 0], "{text:?}");
    }
}

#[test]
fn of_a_long_text_only_the_beginning_is_read() {
    assert_eq!(lines(&"a".repeat(100_000)), [""; 0]);
    let framadate = format!("framadate{}", " ".repeat(MAX_PREFIX_CHARS));
    assert_eq!(lines(&format!("{framadate}xyzzy")), lines("framadate"));
}

proptest! {
    #[test]
    fn any_text_is_answered_with_what_can_be_shown(text in "\\PC{0,80}|[a-e ]{0,12}|.{0,40}") {
        static DIRECTORY: LazyLock<Directory> =
            LazyLock::new(|| Directory::new(&["Abc", "Ab cd", "É à ü", "北京"]));
        for language in Language::ALL {
            let found = DIRECTORY.suggest(&text, language, usize::MAX);
            prop_assert!(found.len() <= MAX_SUGGESTIONS);
            for (index, suggestion) in found.iter().enumerate() {
                prop_assert!(!suggestion.label(language).is_empty());
                prop_assert!(!found[..index].contains(suggestion));
            }
        }
    }

    #[test]
    fn a_name_with_a_slip_is_found(name in "[a-z]{5,12}", at in 0..4_usize, kind in 0..4) {
        let mut letters: Vec<char> = name.chars().collect();
        match kind {
            0 => letters.insert(at, 'q'),
            1 => letters[at] = 'q',
            2 => letters.swap(at, at + 1),
            _ => { letters.remove(at); }
        }
        let misspelt: String = letters.into_iter().collect();
        let mut collector = Collector::default();
        collector.add(&name, [], "id");
        let near = found(&collector.finish(), &misspelt, 1, 5);
        prop_assert_eq!(near, [(Match::Misspelt(At::Label), 0)]);
    }
}
