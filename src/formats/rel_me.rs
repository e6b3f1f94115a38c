//! `rel="me"`: the links by which a page says "this is about me" (HTML; the `Link` header, RFC 8288).

use html5gum::{DefaultEmitter, Token, Tokenizer};
use url::Url;

use crate::domain::text::Link;

/// How much of a page is read, in bytes: the home pages of hosters have a tenth of it.
pub const MAX_BYTES: usize = 512 * 1024;
/// How many such links are read of a page, and of its headers.
pub const MAX_LINKS: usize = 200;

/// The absolute addresses to which `<a rel="me">` and `<link rel="me">` of a page lead, in their order. What
/// stands in comments or scripts is none.
pub fn in_page(html: &[u8]) -> Vec<Url> {
    let html = &html[..html.len().min(MAX_BYTES)];
    let mut emitter = DefaultEmitter::default();
    // So that the text of scripts, styles and titles is read as such.
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(html, emitter);
    let links = tokens.filter_map(|token| {
        let Ok(Token::StartTag(tag)) = token else {
            return None;
        };
        if !matches!(tag.name.as_slice(), b"a" | b"link") {
            return None;
        }
        let attribute = |name: &[u8]| {
            let value = tag.attributes.get(name)?;
            Some(String::from_utf8_lossy(&value.value))
        };
        let (rel, href) = (attribute(b"rel")?, attribute(b"href")?);
        address(&href).filter(|_| is_me(&rel))
    });
    links.take(MAX_LINKS).collect()
}

/// The same of the value of a `Link` header: `<https://…>; rel="me", <…>`.
pub fn in_header(value: &str) -> Vec<Url> {
    let mut links = Vec::new();
    let mut rest = value;
    while let Some((_, link)) = rest.split_once('<').filter(|_| links.len() < MAX_LINKS) {
        let Some((target, after)) = link.split_once('>') else {
            break;
        };
        let (mut parameters, next) = until(after, ',');
        while !parameters.is_empty() {
            let (parameter, further) = until(parameters, ';');
            if says_me(parameter) {
                links.extend(address(target));
                break;
            }
            parameters = further.trim_start_matches(';');
        }
        rest = next;
    }
    links
}

/// What stands before the first `end` that is not in quotes, and the rest from there.
fn until(text: &str, end: char) -> (&str, &str) {
    let mut is_quoted = false;
    let at = text.find(|c| {
        is_quoted ^= c == '"';
        c == end && !is_quoted
    });
    text.split_at(at.unwrap_or(text.len()))
}

fn says_me(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    name.trim().eq_ignore_ascii_case("rel") && is_me(value.trim().trim_matches('"'))
}

/// Whether `me` is among the kinds of a link, which stand between white space.
fn is_me(rel: &str) -> bool {
    let mut kinds = rel.split_ascii_whitespace();
    kinds.any(|kind| kind.eq_ignore_ascii_case("me"))
}

fn address(text: &str) -> Option<Url> {
    Some(Link::parse(text).ok()?.as_url().clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::anything;

    fn page(html: &str) -> Vec<String> {
        let links = in_page(html.as_bytes());
        links.iter().map(Url::to_string).collect()
    }

    fn header(value: &str) -> Vec<String> {
        in_header(value).iter().map(Url::to_string).collect()
    }

    #[test]
    fn a_page_names_what_its_links_of_rel_me_lead_to() {
        let html = r#"<!doctype html><head><title><a rel=me href=https://a.example/title></title>
            <link rel="me" href="https://c.example/ap/vouches/1?a=1&amp;b=2">
            <LINK HREF='https://c.example/2' REL='NOFOLLOW Me'>
            <link rel="menu" href="https://a.example/menu"><link rel=me></head>
            <!-- <a rel="me" href="https://a.example/comment"> -->
            <script>"<a rel='me' href='https://a.example/script'>"</script>
            <style><a rel="me" href="https://a.example/style"></style>
            <textarea><a rel="me" href="https://a.example/text"></textarea>
            <a rel="me" href="/relative"><a rel="me" href="javascript:alert(1)">
            <p title='<a rel="me" href="https://a.example/title">'>
            <area rel="me" href="https://a.example/area">
            <a href=" https://c.example/3 " rel=me>us</a><a rel="me" href="https://c.example/open"#;
        assert_eq!(
            page(html),
            [
                "https://c.example/ap/vouches/1?a=1&b=2",
                "https://c.example/2",
                "https://c.example/3"
            ]
        );
    }

    #[test]
    fn a_header_names_the_same() {
        assert_eq!(
            header(
                r#"<https://c.example/1>; rel="me", <https://a.example/>; title="a, <b>; rel=me", </x>; rel=me,
                <https://c.example/2>; title=";"; REL=me,<https://a.example/next>; rel="next""#
            ),
            ["https://c.example/1", "https://c.example/2"]
        );
        for odd in [
            "",
            "<",
            "<>",
            "<https://a.example/>",
            "rel=me",
            "<https://a.example/>; rel",
        ] {
            assert!(header(odd).is_empty(), "{odd}");
        }
    }

    #[test]
    fn so_much_is_read_and_no_more() {
        let link = r#"<a rel="me" href="https://a.example/">"#;
        assert_eq!(page(&link.repeat(MAX_LINKS + 1)).len(), MAX_LINKS);
        assert!(page(&format!("{}{link}", " ".repeat(MAX_BYTES))).is_empty());
        let header = "<https://a.example/>;rel=me,".repeat(MAX_LINKS + 1);
        assert_eq!(in_header(&header).len(), MAX_LINKS);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_does_harm(bytes in anything::bytes(), text in anything::text()) {
            in_page(&bytes);
            in_page(text.as_bytes());
            in_header(&text);
        }

        #[test]
        fn tags_and_headers_in_pieces_do_no_harm(
            pieces in prop::collection::vec(prop::sample::select(&[
                "<a ", "<link", " rel", "=", "\"", "'", "me", " href=", "https://a.example/", ">", "<!--", "-->",
                "<script>", "</script", "&amp", ";", ",", "é", "\u{0}",
            ][..]), 0..30)
        ) {
            let text = pieces.concat();
            in_page(text.as_bytes());
            in_header(&text);
        }
    }
}
