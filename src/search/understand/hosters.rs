//! The names of hosters, so that none is taken for a need, a misspelling or a place.

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Set, Streamer};

use crate::domain::fold::fold;
use crate::domain::hoster::Hoster;
use crate::search::words::is_stop_word;

/// Folded names, whole and word by word.
pub struct HosterNames {
    whole: Set<Vec<u8>>,
    words: Set<Vec<u8>>,
}

impl HosterNames {
    /// Collects names and hosts; a name with a remark in brackets is known by either. Of hosters that are
    /// not listed none should be among them: strangers could call themselves what people ask for.
    pub fn new<'a>(hosters: impl IntoIterator<Item = &'a Hoster>) -> Self {
        let (mut whole, mut words) = (Vec::new(), Vec::new());
        for hoster in hosters {
            let name = hoster.name.as_str();
            let host = hoster.website.as_ref().map(|site| site.host());
            let without_remark = name.split(['(', ')']);
            let names = std::iter::once(name).chain(without_remark).chain(host);
            // "sans-nuage" for "sans-nuage.fr".
            let short = names
                .clone()
                .filter_map(|name| Some(name.rsplit_once('.')?.0));
            for name in names.chain(short) {
                let folded = fold(name);
                let telling = folded.split(' ').filter(|word| !is_stop_word(word));
                words.extend(telling.filter(|word| !word.is_empty()).map(str::to_owned));
                whole.push(folded);
            }
        }
        whole.retain(|name| !name.is_empty());
        Self {
            whole: set(whole),
            words: set(words),
        }
    }

    /// Whether a hoster is called so.
    pub fn has(&self, folded: &str) -> bool {
        self.whole.contains(folded)
    }

    /// Whether a hoster's name has a word that begins so.
    pub fn begins(&self, folded: &str) -> bool {
        let beginning = self.words.search(Str::new(folded).starts_with());
        beginning.into_stream().next().is_some()
    }
}

fn set(mut keys: Vec<String>) -> Set<Vec<u8>> {
    keys.sort_unstable();
    keys.dedup();
    Set::from_iter(keys).expect("they are sorted, each once")
}
