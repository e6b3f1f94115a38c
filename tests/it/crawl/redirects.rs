//! Redirects: one is followed, politely, and never silently to another host.

use super::*;

const NODEINFO: &str = "/.well-known/nodeinfo";

#[tokio::test]
async fn a_redirect_on_the_same_host_is_a_further_request_after_the_pause() {
    let crawl = Crawl::of(Database::sqlite().await, |_, path, _| match path {
        NODEINFO => Reply::redirect(302, "/elsewhere"),
        "/elsewhere" => json(r#"{"links":[]}"#),
        _ => absent(),
    });
    let crawl = crawl.await;
    let summary = crawl.run(&["a"]).await;
    assert_eq!(
        crawl.far.asked("a")[..3],
        ["/robots.txt", NODEINFO, "/elsewhere"]
    );
    assert_eq!((summary.read, summary.moved), (1, 0));
    assert!(crawl.far.shortest_gap().unwrap() >= GAP);
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_path_is_not_followed() {
    let crawl = Crawl::of(Database::sqlite().await, |_, path, _| match path {
        "/robots.txt" => text("User-agent: *\nDisallow: /private\n"),
        NODEINFO => Reply::redirect(302, "/private/nodeinfo"),
        _ => absent(),
    });
    let crawl = crawl.await;
    let summary = crawl.run(&["a"]).await;
    let asked = crawl.far.asked("a");
    assert_eq!(asked[..2], ["/robots.txt", NODEINFO]);
    assert!(
        asked.iter().all(|path| !path.starts_with("/private")),
        "{asked:?}"
    );
    assert_eq!(summary.forbidden, 1);
}

#[tokio::test]
async fn a_redirect_to_another_host_waits_for_that_hosts_turn_and_rules() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, request| {
        let there = request
            .header("host")
            .unwrap()
            .replace("a.", "b.")
            .replace("c.", "b.");
        match (host, path) {
            ("a", NODEINFO) => Reply::redirect(301, &format!("http://{there}/shown")),
            ("c", NODEINFO) => Reply::redirect(301, &format!("http://{there}/hidden")),
            ("b", "/robots.txt") => text("User-agent: *\nDisallow: /hidden\n"),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    crawl.run(&["a", "c"]).await;
    assert_eq!(crawl.far.asked("b"), ["/robots.txt", "/shown"]);
}

#[tokio::test]
async fn hosts_that_send_us_on_and_on_are_followed_once() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, request| {
        let next = format!("{host}x");
        let there = request.header("host").unwrap().replacen(host, &next, 1);
        match path {
            NODEINFO | "/loop" => Reply::redirect(307, &format!("http://{there}/loop")),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    crawl.run(&["a"]).await;
    assert_eq!(crawl.far.asked("ax"), ["/robots.txt", "/loop"]);
    assert_eq!(crawl.far.asked("axx"), [""; 0]);

    let crawl = Crawl::of(Database::sqlite().await, |_, path, _| match path {
        "/robots.txt" => absent(),
        path => Reply::redirect(307, path),
    });
    let crawl = crawl.await;
    let summary = crawl.run(&["b"]).await;
    let nodeinfo = crawl
        .far
        .asked("b")
        .into_iter()
        .filter(|path| path == NODEINFO);
    assert_eq!(nodeinfo.count(), 1, "it leads to itself");
    assert!(summary.failed.values().sum::<u64>() > 0);
}

#[tokio::test]
async fn a_site_that_keeps_even_its_rules_elsewhere_is_visited_there() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, request| {
        let there = request.header("host").unwrap().replacen("a.", "www-a.", 1);
        match (host, path) {
            ("a", path) => Reply::redirect(301, &format!("http://{there}{path}")),
            ("www-a", NODEINFO) => json(r#"{"links":[]}"#),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    let summary = crawl.run(&["a"]).await;
    assert_eq!(crawl.far.asked("a"), ["/robots.txt"]);
    assert_eq!(crawl.far.asked("www-a")[..2], ["/robots.txt", NODEINFO]);
    assert_eq!((summary.moved, summary.read), (1, 1));
}

#[tokio::test]
async fn a_redirect_to_what_may_not_be_fetched_leads_nowhere() {
    for bad in [
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://u:p@b.localhost/",
        "http://[::1]/",
    ] {
        let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| match path {
            NODEINFO => Reply::redirect(302, bad),
            _ => absent(),
        });
        let crawl = crawl.await;
        crawl.run(&["a"]).await;
        assert_eq!(crawl.count("hosts").await, 1, "{bad}");
    }
}
