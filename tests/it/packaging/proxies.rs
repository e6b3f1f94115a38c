//! What the settings of both servers in front of a node have to allow for.

use super::text;

const CADDYFILE: &str = "packaging/caddy/Caddyfile";

#[test]
fn both_servers_wait_for_changes_longer_than_the_node_does() {
    let most = archipelago::mirror::MAX_WAIT.as_secs();
    for (file, before) in [
        ("packaging/nginx/archipelago.conf", "proxy_read_timeout "),
        (CADDYFILE, "response_header_timeout "),
    ] {
        let settings = text(file);
        let (_, said) = settings.split_once(before).unwrap();
        let seconds: u64 = said.split('s').next().unwrap().parse().unwrap();
        assert!(seconds > most, "{file}");
    }
}

#[test]
fn both_servers_let_through_the_largest_post_that_a_node_takes() {
    let most = archipelago::federation::MAX_BODY_BYTES;
    for (file, before) in [
        ("packaging/nginx/archipelago.conf", "client_max_body_size "),
        (CADDYFILE, "max_size "),
    ] {
        let settings = text(file);
        let (_, said) = settings.split_once(before).unwrap();
        let kilobytes: usize = said.split(['k', 'K']).next().unwrap().parse().unwrap();
        assert!(kilobytes * 1_000 > most, "{file}");
    }
}
