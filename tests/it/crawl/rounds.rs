//! From one day to the next: what is asked again, and when.

use super::*;
use crate::support::fediverse::eventually;

const FILE: &str = "/.well-known/chatonsinfos/organization.properties";

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, request| match path {
        FILE if host == "tagged" => match request.header("if-none-match").as_deref() {
            Some("\"one\"") => Reply::new(304),
            _ => text(ORGANIZATION).header("ETag", "\"one\""),
        },
        FILE => match request.header("if-modified-since").as_deref() {
            Some("Sat, 28 Nov 2026 00:00:00 GMT") => Reply::new(304),
            _ => text(ORGANIZATION).header("Last-Modified", "Sat, 28 Nov 2026 00:00:00 GMT"),
        },
        _ => absent(),
    });
    let crawl = crawl.await;
    let first = crawl.run(&["tagged", "dated"]).await;
    assert_eq!((first.read, first.unchanged), (2, 0));
    let again = crawl.run(&["tagged", "dated"]).await;
    assert_eq!(again.requests, 0, "nothing is due");
    for _ in 0..2 {
        crawl.next_day().await;
        crawl.far.forget();
        let next = crawl.run(&[]).await;
        assert_eq!((next.read, next.unchanged), (0, 2));
        assert_eq!(
            crawl.far.asked("tagged"),
            ["/robots.txt", FILE],
            "what is not there is asked seldom"
        );
    }
}

#[tokio::test]
async fn the_dead_are_asked_ever_more_seldom_and_who_comes_back_is_read() {
    let is_back = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = is_back.clone();
    let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| {
        match (told.load(std::sync::atomic::Ordering::Relaxed), path) {
            (false, _) => Reply::new(500),
            (true, FILE) => text(ORGANIZATION),
            (true, _) => absent(),
        }
    });
    let crawl = crawl.await;
    crawl.run(&["a"]).await;
    let mut days = Vec::new();
    for day in 1..=22 {
        crawl.next_day().await;
        crawl.far.forget();
        crawl.run(&["a"]).await;
        if !crawl.far.asked("a").is_empty() {
            days.push(day);
        }
    }
    assert!(days.len() == 5 || days.len() == 6, "{days:?}");
    assert!(
        days.windows(2).all(|pair| pair[1] - pair[0] <= 7),
        "{days:?}"
    );
    let frontier = crawl.store.frontier(Clock::system().now()).await.unwrap();
    assert_eq!((frontier.hosts, frontier.dead), (1, 1));
    is_back.store(true, std::sync::atomic::Ordering::Relaxed);
    for _ in 0..7 {
        crawl.next_day().await;
        crawl.run(&[]).await;
    }
    let frontier = crawl.store.frontier(Clock::system().now()).await.unwrap();
    assert_eq!(
        (
            frontier.dead,
            crawl.far.asked("a").contains(&FILE.to_owned())
        ),
        (0, true)
    );
}

#[tokio::test]
async fn a_host_that_is_silent_costs_one_deadline_a_round() {
    let crawl = Crawl::of(Database::sqlite().await, |_, path, _| match path {
        "/robots.txt" => absent(),
        _ => absent().after(Duration::from_secs(60)),
    });
    let crawl = crawl.await;
    // Enough for robots.txt, and then it is waited for.
    let crawler = crawler_within(&crawl.store, Duration::from_secs(5));
    crawler.seed(&[crawl.far.url("a", "/")]).await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    let summary = crawler.summary();
    assert_eq!(crawl.far.asked("a").len(), 2);
    assert_eq!(summary.failed["no answer in time"], 1);
}

#[tokio::test]
async fn asked_to_stop_a_run_records_what_is_under_way_and_ends() {
    let crawl = Crawl::of(Database::sqlite().await, |_, _, _| {
        absent().after(Duration::from_millis(100))
    });
    let crawl = crawl.await;
    let seeds: Vec<Url> = (0..20)
        .map(|number| crawl.far.url(&format!("h{number}"), "/"))
        .collect();
    let crawler = crawl.crawler();
    crawler.seed(&seeds).await.unwrap();
    let (ask, asked) = watch::channel(false);
    let running = crawler.run_due(None, Stop::on(asked));
    let stopping = async {
        eventually("as many requests as hosts are under way", async || {
            (crawl.far.log().len() >= 20).then_some(())
        })
        .await;
        ask.send_replace(true);
    };
    let (ran, ()) = tokio::join!(running, stopping);
    ran.unwrap();
    let made = crawl.far.log().len();
    assert!((20..20 * 6).contains(&made), "{made}");
    assert_eq!(
        crawl.count("hosts where leased_until > 0").await,
        0,
        "no lease is left"
    );
    // The next run goes on where this one ended.
    crawl.run(&[]).await;
    assert_eq!(crawl.far.log().len(), 20 * 6);
}

#[tokio::test]
async fn a_probe_is_as_polite_as_any_visit() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, _| {
        match (host, path) {
            ("up", "/robots.txt") => text("User-agent: *\nDisallow: /private\n"),
            ("down", "/") => Reply::new(502),
            ("up", "/") => Reply::redirect(302, "/login"),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    let sown = |host: &str, path: &str| Sown {
        url: crawl.far.url(host, path),
        purpose: Purpose::Probe,
        priority: Priority::Listed,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    };
    let all = [sown("up", "/"), sown("up", "/private"), sown("down", "/")];
    crawl.store.sow(&all, Clock::system().now()).await.unwrap();
    let summary = crawl.run(&[]).await;
    assert_eq!(crawl.far.asked("up"), ["/robots.txt", "/"]);
    assert_eq!((summary.probed, summary.down, summary.forbidden), (2, 1, 1));
    assert!(crawl.far.shortest_gap().unwrap() >= GAP);
    assert_eq!(crawl.run(&[]).await.requests, 0);
    crawl.pass(3_600_000).await;
    assert_eq!(crawl.run(&[]).await.probed, 2, "each hour");
}
