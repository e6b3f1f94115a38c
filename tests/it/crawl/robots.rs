//! robots.txt: read first, obeyed, and how to be left out.

use super::*;

#[tokio::test]
async fn robots_txt_is_read_first_and_nothing_it_forbids_is_asked_for() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, _| {
        match (host, path) {
            ("named", "/robots.txt") => text("User-agent: archipelago\nDisallow: /.well-known/\n"),
            ("everybody", "/robots.txt") => text("User-agent: *\nDisallow: /\n"),
            ("others", "/robots.txt") => text("User-agent: other\nDisallow: /\n"),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    let summary = crawl.run(&["named", "everybody", "others"]).await;
    assert_eq!(
        crawl.far.asked("named"),
        [
            "/robots.txt",
            "/.well_known/chatonsinfos/organization.properties",
            "/librehost.json"
        ],
        "three places are forbidden, and those between them are asked"
    );
    assert_eq!(crawl.far.asked("everybody"), ["/robots.txt"]);
    assert_eq!(crawl.far.asked("others").len(), 6);
    assert_eq!(summary.forbidden, 3);
    assert_eq!(
        summary.left_out, 0,
        "a rule for everybody does not ask to be left out"
    );
    crawl.next_day().await;
    crawl.far.forget();
    crawl.run(&[]).await;
    assert_eq!(crawl.far.asked("named"), ["/robots.txt"]);
}

#[tokio::test]
async fn no_file_allows_everything_and_a_host_in_trouble_nothing() {
    for (status, requests) in [(404, 6), (403, 6), (410, 6), (500, 1), (503, 1), (502, 1)] {
        let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| match path {
            "/robots.txt" => Reply::new(status),
            _ => absent(),
        });
        let crawl = crawl.await;
        let summary = crawl.run(&["a"]).await;
        assert_eq!(summary.requests, requests, "{status}");
        let failed: u64 = summary.failed.values().sum();
        assert_eq!(failed, u64::from(requests == 1), "{status}");
    }
}

#[tokio::test]
async fn a_file_without_end_is_read_as_far_as_it_counts() {
    let crawl = Crawl::of(Database::sqlite().await, |_, path, _| match path {
        "/robots.txt" => text(
            "User-agent: *\nDisallow: /librehost.json\n"
                .repeat(1_000)
                .as_str(),
        )
        .for_ever(Duration::ZERO),
        _ => absent(),
    });
    let crawl = crawl.await;
    crawl.run(&["a"]).await;
    let asked = crawl.far.asked("a");
    assert!(
        asked.len() > 2 && !asked.contains(&"/librehost.json".to_owned()),
        "{asked:?}"
    );
}

#[tokio::test]
async fn rules_are_read_again_each_day_and_who_asks_to_be_left_out_is_asked_for_nothing_else() {
    let is_out = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = is_out.clone();
    let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| match path {
        "/robots.txt" if told.load(std::sync::atomic::Ordering::Relaxed) => {
            text("User-agent: archipelago\nDisallow: /\n")
        }
        _ => absent(),
    });
    let crawl = crawl.await;
    crawl.run(&["a"]).await;
    is_out.store(true, std::sync::atomic::Ordering::Relaxed);
    crawl.next_day().await;
    crawl.pass(30 * 24 * 3_600_000).await;
    crawl.far.forget();
    let summary = crawl.run(&["a"]).await;
    assert_eq!(crawl.far.asked("a"), ["/robots.txt"]);
    assert_eq!(summary.left_out, 1);
    let now = Clock::system().now();
    assert_eq!(crawl.store.frontier(now).await.unwrap().opted_out, 1);
    // And back again.
    is_out.store(false, std::sync::atomic::Ordering::Relaxed);
    crawl.next_day().await;
    crawl.far.forget();
    crawl.run(&[]).await;
    assert_eq!(crawl.far.asked("a").len(), 6);
    assert_eq!(crawl.store.frontier(now).await.unwrap().opted_out, 0);
}
