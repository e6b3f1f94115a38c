//! A question taken apart: its addresses and its words, each with what is known of it.

use crate::domain::fingerprint::fingerprint;
use crate::domain::fold::fold;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Link;
use crate::search::words::{
    LANGUAGES, MAX_QUESTION_WORDS, MAX_WORDS_LOOKED_UP, bounded, is_single_letter,
};

use super::vocabulary::{Known, Meaning, NO_TOKEN, Vocabulary};

/// One word of a question.
#[derive(Default)]
pub struct Word<'a> {
    /// Where it stands in [`Asked::folded`].
    start: usize,
    end: usize,
    /// What the vocabulary knows of it as it is written.
    pub known: Option<&'a Known>,
    /// A number for how it is written, or for what it is read as.
    pub print: u64,
    /// The word it is read as, if it is taken for a misspelling.
    correction: Option<&'a str>,
    /// It is written with a capital letter.
    pub is_capital: bool,
    /// It is written with an accent: "à" is surer than "a".
    pub is_accented: bool,
    /// It is joined to the word before by a hyphen, an apostrophe or the like.
    pub is_joined: bool,
    /// It is but the beginning of the word after it.
    is_begun: bool,
}

/// A question, word by word.
pub struct Asked<'a> {
    /// All words, folded, one space between.
    folded: String,
    words: Vec<Word<'a>>,
    /// For each word, its stems' numbers in each language.
    tokens: Vec<u32>,
    /// The departure whose address or name with signs stands in the question.
    pub departure: Option<(usize, String)>,
    languages: usize,
}

impl<'a> Asked<'a> {
    /// Takes a question apart; of a longer one only the beginning.
    pub fn new(question: &str, vocabulary: &'a Vocabulary, taxonomy: &Taxonomy) -> Self {
        let mut asked = Self {
            folded: String::with_capacity(question.len().min(256)),
            words: Vec::with_capacity(8),
            tokens: Vec::with_capacity(24),
            departure: None,
            languages: LANGUAGES.len(),
        };
        for piece in bounded(question).split_whitespace() {
            let has_sign = piece.contains(|c: char| !c.is_alphanumeric());
            if has_sign && asked.departure.is_none() {
                asked.departure = address_or_sign(piece, vocabulary, taxonomy)
                    .map(|departure| (departure, fold(piece)));
                if asked.departure.is_some() {
                    continue;
                }
            }
            match host_in(piece) {
                Some(host) => asked.add_host(&host),
                None => asked.add(piece, vocabulary),
            }
        }
        asked
    }

    fn add(&mut self, piece: &str, vocabulary: &'a Vocabulary) {
        let is_capital = piece.contains(char::is_uppercase);
        let is_accented = !piece.is_ascii();
        for (position, word) in fold(piece).split(' ').enumerate() {
            if word.is_empty() || self.words.len() == MAX_QUESTION_WORDS {
                continue;
            }
            let known = vocabulary.words.get(word);
            match known {
                Some(known) => self.tokens.extend_from_slice(&known.tokens),
                None if word.bytes().any(|byte| byte.is_ascii_digit()) => self.add_no_tokens(),
                None => vocabulary.stem(word, &mut self.tokens),
            }
            self.push(
                word,
                Word {
                    known,
                    print: fingerprint(word.as_bytes()),
                    is_capital,
                    is_accented,
                    is_joined: position > 0,
                    ..Word::default()
                },
            );
        }
    }

    /// Adds the words of an address that is no departure's: they name nothing but perhaps a hoster.
    fn add_host(&mut self, host: &str) {
        for word in fold(host).split(' ') {
            if word.is_empty() || self.words.len() == MAX_QUESTION_WORDS {
                continue;
            }
            self.add_no_tokens();
            self.push(word, Word::default());
        }
    }

    fn push(&mut self, text: &str, word: Word<'a>) {
        if !self.folded.is_empty() {
            self.folded.push(' ');
        }
        let start = self.folded.len();
        self.folded.push_str(text);
        self.words.push(Word {
            start,
            end: self.folded.len(),
            ..word
        });
    }

    fn add_no_tokens(&mut self) {
        let none = std::iter::repeat_n(NO_TOKEN, self.languages);
        self.tokens.extend(none);
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// One of them.
    pub fn word(&self, at: usize) -> &Word<'a> {
        &self.words[at]
    }

    /// A word, folded.
    pub fn text(&self, at: usize) -> &str {
        self.span(at, at + 1)
    }

    /// Words that follow one another, folded.
    pub fn span(&self, start: usize, end: usize) -> &str {
        &self.folded[self.words[start].start..self.words[end - 1].end]
    }

    /// All words, folded.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// A word's stem in a language, by its number.
    pub fn token(&self, at: usize, language: usize) -> u32 {
        self.tokens[at * self.languages + language]
    }

    /// Its stems in every language.
    pub fn tokens(&self, at: usize) -> &[u32] {
        &self.tokens[at * self.languages..][..self.languages]
    }

    /// Reads a word as another, of which it may be a misspelling.
    pub fn put(&mut self, at: usize, word: &'a str, known: &'a Known) {
        self.words[at].known = Some(known);
        self.words[at].correction = Some(word);
        self.words[at].print = fingerprint(word.as_bytes());
        self.tokens[at * self.languages..][..self.languages].copy_from_slice(&known.tokens);
    }

    /// Reads a word together with the one before it as another.
    pub fn put_both(&mut self, at: usize, word: &'a str, known: &'a Known) {
        self.put(at, word, known);
        self.words[at - 1].is_begun = true;
        self.tokens[(at - 1) * self.languages..][..self.languages].fill(NO_TOKEN);
    }

    /// Reads a word as it is written again.
    pub fn take_back(&mut self, at: usize, vocabulary: &'a Vocabulary) {
        let mut tokens = Vec::with_capacity(self.languages);
        vocabulary.stem(self.text(at), &mut tokens);
        self.words[at].known = vocabulary.words.get(self.text(at));
        self.words[at].correction = None;
        self.words[at].print = fingerprint(self.text(at).as_bytes());
        self.tokens[at * self.languages..][..self.languages].copy_from_slice(&tokens);
    }

    /// The words that are wanted, folded.
    pub fn texts(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let wanted = (0..self.len()).filter(|at| is_wanted(*at));
        wanted
            .take(MAX_WORDS_LOOKED_UP)
            .map(|at| {
                self.words[at]
                    .correction
                    .unwrap_or(self.text(at))
                    .to_owned()
            })
            .collect()
    }

    /// Whether a word may stand between the words of a phrase.
    pub fn is_function(&self, at: usize) -> bool {
        self.words[at].is_begun
            || self.words[at].known.is_some_and(|known| known.is_function)
            || is_single_letter(self.text(at))
    }

    /// Whether people only ask with a word, or say nothing with it.
    pub fn is_small(&self, at: usize) -> bool {
        self.is_function(at) || self.words[at].known.is_some_and(|known| known.is_asking)
    }
}

/// The host of a whole address or of an e-mail address.
fn host_in(piece: &str) -> Option<String> {
    match piece.split_once('@') {
        _ if piece.contains("://") => Some(Link::parse(piece).ok()?.host().to_owned()),
        Some((_, host)) => host.contains('.').then(|| host.to_owned()),
        None => None,
    }
}

/// The departure an address leads to (`docs.google.com/forms/d/…`, `me@gmail.com`), or whose name is
/// written with signs (`Google+`).
fn address_or_sign(piece: &str, vocabulary: &Vocabulary, taxonomy: &Taxonomy) -> Option<usize> {
    let named = piece.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"']);
    let named = named.trim_start_matches(['(', '"']);
    if let Some(Meaning::Departure(departure)) = vocabulary.signs.get(&named.to_lowercase()) {
        return Some(*departure);
    }
    let address = match named.split_once('@') {
        Some((_, host)) if !named.contains("://") => host,
        _ => named,
    };
    if !address.contains('.') || address.starts_with('.') {
        return None;
    }
    taxonomy.departure_position_at(&Link::typed(address)?)
}
