//! Kinds take turns, so that ten thousand hosters that begin so hide no need.

use super::{MAX_SUGGESTIONS, Match, Suggestion, SuggestionKind};

/// How many suggestions are shown at once: as many as one takes in.
pub const SHOWN: usize = 8;

/// What was found, kind by kind, each best first.
#[derive(Default)]
pub struct Turns<'a> {
    found: [Vec<(Match, Suggestion<'a>)>; SuggestionKind::ALL.len()],
}

/// How many of a kind have their turn before the other kinds have theirs. Together they are [`SHOWN`], so that
/// every kind that answers is seen.
fn turn(kind: SuggestionKind) -> usize {
    match kind {
        SuggestionKind::Departure | SuggestionKind::Need | SuggestionKind::Hoster => 2,
        SuggestionKind::Software | SuggestionKind::Place => 1,
    }
}

impl<'a> Turns<'a> {
    /// Whether nothing was found yet.
    pub fn is_empty(&self) -> bool {
        self.found.iter().all(Vec::is_empty)
    }

    /// The first `limit`: who is shown together is chosen in turns, then the best come first, of equals by
    /// kind.
    pub fn taken(self, limit: usize) -> Vec<Suggestion<'a>> {
        let mut chosen = Vec::new();
        for (kind, found) in SuggestionKind::ALL.iter().zip(self.found) {
            let places = found.into_iter().enumerate().take(MAX_SUGGESTIONS);
            chosen.extend(places.map(|(place, (how, suggestion))| {
                let turn = place / turn(*kind);
                (turn, (how, *kind, place), suggestion)
            }));
        }
        chosen.sort_by_key(|(turn, best, _)| (*turn, *best));
        chosen.truncate(limit.next_multiple_of(SHOWN));
        for shown in chosen.chunks_mut(SHOWN) {
            shown.sort_by_key(|(_, best, _)| *best);
        }
        chosen.truncate(limit);
        let suggestions = chosen.into_iter();
        suggestions.map(|(_, _, suggestion)| suggestion).collect()
    }
}

impl<'a> Extend<(Match, Suggestion<'a>)> for Turns<'a> {
    fn extend<T: IntoIterator<Item = (Match, Suggestion<'a>)>>(&mut self, found: T) {
        for (how, suggestion) in found {
            self.found[suggestion.kind() as usize].push((how, suggestion));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_turn_of_every_kind_is_what_is_shown() {
        let turns = SuggestionKind::ALL.iter().map(|kind| turn(*kind));
        assert_eq!(turns.sum::<usize>(), SHOWN);
    }
}
