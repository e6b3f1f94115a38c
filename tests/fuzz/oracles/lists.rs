//! Lists of sites, of vouches and of blocks, and links in pages: what people keep by hand.

use std::collections::HashSet;

use archipelago::formats::{block_list, rel_me, site_list, vouch_list};
use url::Url;

use super::{Target, chosen, day, lines};

/// The first line says what it is: `sites`, `blocks`, `vouches`, `page` or `header`.
pub const TARGET: Target = Target {
    name: "lists",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "sites\nsite,since\n# Us\nhoster.example, 2019-04-01, A hoster\n\"https://other.example/x\",\"B, \"\"C\"\"\"\n10.0.0.1\n",
        "blocks\n#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nspam.example,suspend,FALSE,FALSE,\"a, b\",FALSE\n*.loud.example,silence,,,,\ns**m.example,suspend\n",
        "blocks\n{\"@context\":[\"https://fires.fedimod.org/ns\"],\"type\":\"Collection\",\"items\":[{\"type\":\"Recommendation\",\"entityKind\":\"domain\",\"entityKey\":\"spam.example\",\"recommendedPolicy\":\"drop\"},{\"type\":\"Retraction\",\"entityKind\":\"domain\",\"entityKey\":\"a.example\"}]}",
        "vouches\n# Us\nhttps://collective.example/ap/vouches/1\n\u{feff}x\n",
        "page\n<!doctype html><a rel=\"me nofollow\" href='https://a.example/@us'>x</a><!--<a rel=me href=https://b.example>--><script>\"<link rel=me href=https://c.example>\"</script><LINK REL=me HREF=&#104;ttps://d.example>",
        "header\n<https://a.example/@us>; rel=\"me\", <https://b.example/>; title=\"a,<b>\"; rel=me",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn check(input: &[u8]) {
    let (choice, bytes) = chosen(input);
    match choice {
        "sites" => sites(bytes),
        "blocks" => blocks(bytes),
        "vouches" => {
            let vouches = vouch_list::read(bytes);
            assert!(vouches.len() <= vouch_list::MAX_VOUCHES);
            are_followed(&vouches);
            let text: String = vouches.iter().map(|vouch| format!("{vouch}\n")).collect();
            assert_eq!(vouch_list::read(text.as_bytes()), vouches);
        }
        "page" => {
            let links = rel_me::in_page(bytes);
            assert!(links.len() <= rel_me::MAX_LINKS);
            are_followed(&links);
        }
        _ => {
            let links = rel_me::in_header(&String::from_utf8_lossy(bytes));
            assert!(links.len() <= rel_me::MAX_LINKS);
            are_followed(&links);
            let text: Vec<_> = links
                .iter()
                .map(|link| format!("<{link}>; rel=\"me\""))
                .collect();
            assert_eq!(rel_me::in_header(&text.join(", ")), links);
        }
    }
}

/// Addresses that a node asks for are of the web.
fn are_followed(links: &[Url]) {
    assert!(
        links
            .iter()
            .all(|link| matches!(link.scheme(), "http" | "https") && link.has_host())
    );
}

fn sites(bytes: &[u8]) {
    let Ok(list) = site_list::read(bytes, day()) else {
        return;
    };
    let complaints = list
        .complaints
        .iter()
        .filter_map(|complaint| complaint.line);
    assert!(
        complaints
            .into_iter()
            .all(|line| (1..=lines(bytes)).contains(&line))
    );
    let sites: HashSet<_> = list.sites.iter().map(|listed| &listed.site).collect();
    assert_eq!(sites.len(), list.sites.len(), "each once");
    let text: String = list
        .sites
        .iter()
        .map(|listed| {
            let since = listed.since.map(|day| day.to_string()).unwrap_or_default();
            let name = listed
                .name
                .as_ref()
                .map_or("", |name| name.as_str())
                .replace('"', "\"\"");
            format!("\"{}\",{since},\"{name}\"\n", listed.site)
        })
        .collect();
    let again =
        site_list::read(text.as_bytes(), day()).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(again.sites, list.sites, "{text}");
    for listed in &list.sites {
        assert_eq!(
            site_list::site(listed.site.as_str()).as_ref(),
            Ok(&listed.site)
        );
        assert!(listed.since.is_none_or(|since| since <= day()));
    }
}

fn blocks(bytes: &[u8]) {
    let Ok(list) = block_list::read(bytes) else {
        return;
    };
    let complaints = list
        .complaints
        .iter()
        .filter_map(|complaint| complaint.line);
    assert!(
        complaints
            .into_iter()
            .all(|line| (1..=lines(bytes)).contains(&line))
    );
    let proposed = list.proposals.iter().map(|proposal| &proposal.domain);
    let domains: HashSet<_> = proposed.chain(&list.retracted).collect();
    assert_eq!(
        domains.len(),
        list.proposals.len() + list.retracted.len(),
        "each domain once"
    );
    assert!(domains.len() <= block_list::MAX_ENTRIES);
}
