//! What the settings of both servers in front of a node have to allow for.

use super::text;

const CADDYFILE: &str = "packaging/caddy/Caddyfile";

/// The number behind these words, where they first stand in a file of the repository.
fn number_behind(file: &str, words: &str) -> u64 {
    let settings = text(file);
    let (_, said) = settings.split_once(words).unwrap();
    let digits = said.split(|c: char| !c.is_ascii_digit()).next().unwrap();
    digits.parse().unwrap()
}

#[test]
fn both_servers_wait_for_changes_longer_than_the_node_does() {
    let most = archipelago::mirror::MAX_WAIT.as_secs();
    for (file, before) in [
        ("packaging/nginx/archipelago.conf", "proxy_read_timeout "),
        (CADDYFILE, "response_header_timeout "),
    ] {
        assert!(number_behind(file, before) > most, "{file}");
    }
}

#[test]
fn both_servers_let_through_the_largest_post_that_a_node_takes() {
    let most = archipelago::federation::MAX_BODY_BYTES as u64;
    for (file, before) in [
        ("packaging/nginx/archipelago.conf", "client_max_body_size "),
        (CADDYFILE, "max_size "),
    ] {
        assert!(number_behind(file, before) * 1_000 > most, "{file}");
    }
}

#[test]
fn every_server_in_front_closes_a_quiet_connection_before_the_node_does() {
    let node = "const HEAD_WITHIN: Duration = Duration::from_secs(";
    let node = number_behind("src/node/server.rs", node);
    for (file, before) in [
        (
            "packaging/nginx/archipelago-upstream.conf",
            "keepalive_timeout ",
        ),
        ("packaging/docker/upstream.conf", "keepalive_timeout "),
        (CADDYFILE, "keepalive "),
    ] {
        assert!(number_behind(file, before) < node, "{file}");
    }
}
