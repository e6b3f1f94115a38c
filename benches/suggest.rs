//! How fast suggestions come as one types, and how fast they are built, by the number of hosters.
//!
//! `cargo bench --bench suggest`. 30,000 hosters have about 100,000 services, 300,000 a million. They have
//! names of their own: of one to four words, of the words that hosters use, towns and made-up words. What is
//! typed are the beginnings that people type: of one letter, two, three and more, of hosters, of the
//! vocabulary and of towns; two words with a town; misspellings; what nobody is called; ten thousand letters.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use archipelago::catalogue::Vocabulary;
use archipelago::domain::hoster::{Hoster, HosterId};
use archipelago::domain::localized::Language;
use archipelago::domain::text::Name;
use archipelago::formats::archipelago as format;
use archipelago::search::fair::mixed;
use archipelago::search::suggest::{SHOWN, Sources, Suggestions};
use divan::{Bencher, black_box};

/// Hosters, to 1,000,000 services.
const SIZES: [usize; 5] = [0, 1_000, 10_000, 30_000, 300_000];
/// How often each text is typed: its time is the one in the middle, as a busy machine stops now and then.
const ROUNDS: usize = 5;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::embedded);

fn main() {
    for size in SIZES {
        let directory = Directory::new(size);
        let bytes = directory.suggestions.heap_bytes();
        println!("{size:>7} hosters: {bytes} B");
        let mut all = Vec::new();
        for (what, texts) in typed(&directory.hosters) {
            let timed = |text: &String| {
                let mut rounds = [(); ROUNDS].map(|()| {
                    let begun = Instant::now();
                    black_box(directory.suggest(black_box(text)));
                    begun.elapsed()
                });
                rounds.sort_unstable();
                rounds[ROUNDS / 2]
            };
            let mut times: Vec<Duration> = texts.iter().map(timed).collect();
            println!("        {what:<24} {}", percentiles(&mut times));
            all.extend(times);
        }
        println!("        {:<24} {}", "everything", percentiles(&mut all));
    }
    divan::main();
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at =
        |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_nanos() as f64 / 1e3;
    let mut line = String::new();
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("most", 1.0)] {
        write!(line, "{name} {:>7.1} µs  ", at(share)).expect("a string takes it");
    }
    line
}

struct Directory {
    hosters: Vec<Arc<Hoster>>,
    listed: Vec<usize>,
    suggestions: Suggestions,
}

impl Directory {
    fn new(size: usize) -> Self {
        let hosters = hosters(size);
        Self {
            suggestions: built(&hosters),
            listed: (0..hosters.len()).collect(),
            hosters,
        }
    }

    fn suggest(&self, text: &str) -> usize {
        let sources = Sources {
            taxonomy: &VOCABULARY.taxonomy,
            hosters: &self.hosters,
            listed: &self.listed,
            gazetteer: &VOCABULARY.gazetteer,
        };
        let found = self
            .suggestions
            .suggest(text, Language::French, SHOWN, &sources);
        found.len()
    }
}

fn built(hosters: &[Arc<Hoster>]) -> Suggestions {
    let listed: Vec<&Hoster> = hosters.iter().map(|hoster| &**hoster).collect();
    Suggestions::new(&VOCABULARY.taxonomy, &listed)
}

/// The demo's hosters, or so many of other names.
fn hosters(size: usize) -> Vec<Arc<Hoster>> {
    let demo = format::read(include_bytes!("../fixtures/data/hosters.json"))
        .expect("the demo is well formed")
        .hosters;
    if size == 0 {
        return demo.into_iter().map(Arc::new).collect();
    }
    let mut chance = Chance(7);
    let named = |number: usize| {
        let name = name(&mut chance, number);
        let slug = name
            .to_lowercase()
            .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        Arc::new(Hoster {
            id: HosterId::parse(&format!("x{slug}.example")).expect("letters, digits and hyphens"),
            name: Name::parse(&name).expect("it is short"),
            ..demo[number % demo.len()].clone()
        })
    };
    (0..size).map(named).collect()
}

/// Lots that are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        (mixed(self.0) % limit as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// A word that could be French or English: two to four syllables.
    fn word(&mut self) -> String {
        const ONSETS: &[&str] = &[
            "b", "br", "c", "ch", "cl", "d", "f", "fr", "g", "gr", "h", "j", "k", "l", "m", "n",
            "p", "pl", "qu", "r", "s", "st", "t", "tr", "v", "z", "",
        ];
        const RHYMES: &[&str] = &[
            "a", "e", "i", "o", "u", "é", "an", "en", "in", "on", "ou", "ai", "eau", "er", "ir",
            "or", "ar", "is", "us", "el",
        ];
        let syllables = 2 + self.below(3);
        (0..syllables)
            .map(|_| format!("{}{}", self.of(ONSETS), self.of(RHYMES)))
            .collect()
    }
}

const COMMON: &[&str] = &[
    "Association",
    "Asso",
    "Collectif",
    "Les",
    "La",
    "Le",
    "Libre",
    "Open",
    "Free",
    "Nuage",
    "Cloud",
    "Net",
    "Web",
    "Café",
    "Maison",
    "Atelier",
    "Commun",
    "Communs",
    "Numérique",
    "Chez",
    "Hack",
    "Lab",
    "Pad",
    "Le coin",
    "Réseau",
    "Solidaire",
    "Citoyen",
    "Linux",
    "Data",
    "Serveur",
    "Héberge",
    "Chaton",
    "Tech",
    "Digital",
];
const TOWNS: &[&str] = &[
    "Lyon",
    "Nantes",
    "Toulouse",
    "Lille",
    "Rennes",
    "Brest",
    "Bruxelles",
    "Genève",
    "Montréal",
    "Marseille",
    "Saint-Étienne",
    "Grenoble",
    "Strasbourg",
    "Dijon",
    "Angers",
    "Liège",
    "Lausanne",
    "Québec",
    "London",
];

fn name(chance: &mut Chance, number: usize) -> String {
    let word = chance.word();
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    let word = format!("{}{rest}", first.to_uppercase());
    match number % 6 {
        0 => word,
        1 => format!("{} {word}", chance.of(COMMON)),
        2 => format!("{word} {}", chance.of(COMMON)),
        3 => format!("{} {word} {}", chance.of(COMMON), chance.of(TOWNS)),
        4 => format!("{} {} de {word}", chance.of(COMMON), chance.of(COMMON)),
        _ => format!("{}{rest}.net", chance.of(COMMON)),
    }
}

/// What is typed, by how.
fn typed(hosters: &[Arc<Hoster>]) -> Vec<(&'static str, Vec<String>)> {
    let mut chance = Chance(11);
    let letters = || ('a'..='z').chain('0'..='9');
    let two = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let taxonomy = &VOCABULARY.taxonomy;
    let known: Vec<&str> = (taxonomy
        .departures()
        .iter()
        .map(|departure| departure.name.as_str()))
    .chain(taxonomy.needs().iter().map(|need| need.name.fr.as_str()))
    .chain(
        taxonomy
            .software()
            .iter()
            .map(|software| software.name.as_str()),
    )
    .collect();
    let named: Vec<&str> = (0..500)
        .map(|_| hosters[chance.below(hosters.len())].name.as_str())
        .collect();
    let mut begun = |names: &[&str]| -> Vec<String> {
        let begun = names.iter().map(|name| {
            let length = 3 + chance.below(name.chars().count().max(4) - 3);
            name.chars().take(length).collect()
        });
        begun.collect()
    };
    let (of_hosters, of_vocabulary, of_towns) = (begun(&named), begun(&known), begun(TOWNS));
    let with_town: Vec<String> = (known.iter().zip(of_towns.iter().cycle()))
        .map(|(word, town)| format!("{word} {town}"))
        .collect();
    let mut misspelt = |names: &[&str]| -> Vec<String> {
        let long = names.iter().filter(|name| name.chars().count() > 4);
        let slipped = long.map(|name| {
            let mut letters: Vec<char> = name.chars().collect();
            for _ in 0..=usize::from(letters.len() > 9) {
                let at = chance.below(letters.len() - 1);
                match chance.below(4) {
                    0 => letters.swap(at, at + 1),
                    1 => letters[at] = 'y',
                    2 => letters.insert(at, 'w'),
                    _ => drop(letters.remove(at)),
                }
            }
            letters.into_iter().collect()
        });
        slipped.collect()
    };
    let (hosters_misspelt, known_misspelt) = (misspelt(&named), misspelt(&known));
    let nonsense = (0..300).map(|number| {
        let length = 4 + number % 30;
        (0..length)
            .map(|_| char::from(b'a' + chance.below(26) as u8))
            .collect()
    });
    let nonsense = nonsense.collect();
    let long = ["a", "framadate ", "é", "pad ly ", "\u{0}", "北", "st "];
    let long = long.map(|part| part.repeat(10_000 / part.len())).to_vec();
    vec![
        ("one letter", letters().map(String::from).collect()),
        ("two letters", two.collect()),
        ("hosters", of_hosters),
        ("vocabulary", of_vocabulary),
        ("towns", of_towns),
        ("a word and a town", with_town),
        ("hosters, misspelt", hosters_misspelt),
        ("vocabulary, misspelt", known_misspelt),
        ("nonsense", nonsense),
        ("10 kB", long),
    ]
}

/// From hosters to what can be asked.
#[divan::bench(args = SIZES, sample_count = 10)]
fn build(bencher: Bencher, size: usize) {
    let hosters = hosters(size);
    bencher.bench_local(|| built(&hosters));
}

/// One beginning, the same again and again.
#[divan::bench(args = ["f", "fram", "pad ly", "framdate", "zzqx"], consts = SIZES)]
fn suggest<const SIZE: usize>(bencher: Bencher, text: &str) {
    let directory = Directory::new(SIZE);
    bencher.bench_local(|| directory.suggest(black_box(text)));
}
