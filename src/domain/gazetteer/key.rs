//! Keys: what a name, a postcode or a region is filed under and looked up by.
//!
//! Folding is for any text (`domain::fold`); here stand the habits of writing places: `St` for `Saint`,
//! `7e` and `7ème`, `Cedex`, the article before a region. Both the build and the program use this file.

use std::borrow::Cow;

use super::super::fold::fold;

/// The key of a town's name, spelled out word by word.
pub fn place_key(name: &str) -> String {
    folded_place_key(&fold(name)).into_owned()
}

/// The same of a name that is folded already; most are their own key.
pub fn folded_place_key(folded: &str) -> Cow<'_, str> {
    let is_abbreviated = |word: &str| {
        matches!(word, "st" | "ste" | "cedex")
            || word.starts_with(|letter: char| letter.is_ascii_digit())
    };
    if !folded.split(' ').any(is_abbreviated) {
        return Cow::Borrowed(folded);
    }
    let mut words: Vec<&str> = folded.split(' ').map(spelled_out).collect();
    drop_district(&mut words);
    Cow::Owned(words.join(" "))
}

/// The key of a name still being typed: its last word may be the beginning of any other.
pub fn prefix_key(typed: &str) -> String {
    let folded = fold(typed);
    let mut words: Vec<&str> = folded.split(' ').map(spelled_out).collect();
    let finished = typed.ends_with(|letter: char| !letter.is_alphanumeric());
    if let (false, Some(last), Some(typed)) =
        (finished, words.last_mut(), folded.split(' ').next_back())
        && matches!(typed, "st" | "ste")
    {
        *last = typed;
    }
    drop_district(&mut words);
    let mut key = words.join(" ");
    if finished && !key.is_empty() {
        key.push(' ');
    }
    key
}

/// The key of a postcode: letters and digits only, `H2X 1Y4` as `h2x1y4`.
pub fn postcode_key(postcode: &str) -> String {
    let mut key = fold(postcode);
    key.retain(|letter| letter != ' ');
    key
}

/// The key of a country's or region's name or code, without its article.
pub fn region_key(name: &str) -> String {
    let folded = fold(name);
    let bare = match folded.split_once(' ') {
        Some(("la" | "le" | "les" | "l" | "the", rest)) => rest,
        _ => folded.as_str(),
    };
    bare.replace("st ", "saint ")
}

/// One word as the keys have it.
fn spelled_out(word: &str) -> &str {
    match word {
        "st" => "saint",
        "ste" => "sainte",
        _ => {
            let digits = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let number = &word[..word.len() - digits.len()];
            match digits {
                "e" | "er" | "ere" | "re" | "eme" | "ieme" | "nd" | "nde" | "th" | "rd"
                    if !number.is_empty() =>
                {
                    number
                }
                _ => word,
            }
        }
    }
}

/// Takes away what follows the number in `lyon 7 arrondissement`, also half typed, and the post's `cedex`.
fn drop_district(words: &mut Vec<&str>) {
    if let Some(cedex) = words.iter().position(|word| *word == "cedex") {
        words.truncate(cedex.max(1));
    }
    if let [.., number, last] = words[..]
        && number.bytes().all(|letter| letter.is_ascii_digit())
        && ("arrondissement".starts_with(last) || last == "ardt" || last == "arrdt")
    {
        words.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saints_have_one_key_however_they_are_written() {
        for name in [
            "Saint-Étienne",
            "st etienne",
            "St. Etienne",
            "ST ÉTIENNE CEDEX 2",
        ] {
            assert_eq!(place_key(name), "saint etienne");
        }
        assert_eq!(place_key("Ste-Foy"), "sainte foy");
    }

    #[test]
    fn districts_have_one_key_however_they_are_counted() {
        for name in [
            "Lyon 7e Arrondissement",
            "lyon 7ème",
            "Lyon 7",
            "LYON 7E ARR.",
        ] {
            assert_eq!(place_key(name), "lyon 7");
        }
        for name in ["Paris 1er", "Paris 1ère arrondissement"] {
            assert_eq!(place_key(name), "paris 1");
        }
    }

    #[test]
    fn a_half_typed_word_is_left_open() {
        assert_eq!(prefix_key("st"), "st");
        assert_eq!(prefix_key("st "), "saint ");
        assert_eq!(prefix_key("st e"), "saint e");
        assert_eq!(prefix_key("lyon 7e arron"), "lyon 7");
        assert_eq!(prefix_key(" "), "");
    }

    #[test]
    fn postcodes_are_the_same_with_and_without_spaces() {
        assert_eq!(postcode_key("H2X 1Y4"), postcode_key("h2x1y4"));
        assert_eq!(postcode_key("00-002"), "00002");
    }

    #[test]
    fn a_region_needs_no_article() {
        assert_eq!(region_key("La Réunion"), region_key("reunion"));
        assert_eq!(region_key("The Netherlands"), "netherlands");
    }
}
