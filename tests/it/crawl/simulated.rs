//! A small part of the simulated web, crawled whole: `make crawl` does the same with ten thousand hosts.

use archipelago::domain::hoster::HosterId;

use super::*;
use crate::simulated_web::{Hostility, Kind, Server, Web, manners};

/// So many that each kind is there.
const HOSTS: usize = 120;

async fn visit(store: &Store, seeds: &[Url]) -> Summary {
    drop(rustls::crypto::ring::default_provider().install_default());
    let crawler = crawler(store);
    crawler.seed(seeds).await.unwrap();
    crawler.sow_known().await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    crawler.summary()
}

#[tokio::test]
async fn a_web_of_all_kinds_is_read_politely_and_known_again_the_next_day() {
    let server = Server::start(Web::of(2, HOSTS)).await.unwrap();
    let web = server.web();
    let crawl = Crawl::of(Database::sqlite().await, |_, _, _| absent()).await;
    let seeds: Vec<Url> = web
        .hosts(|_| true)
        .map(|host| web.url(host, server.port()))
        .collect();
    let first = visit(&crawl.store, &seeds).await;
    let log = server.log().take();
    assert_eq!(manners::faults(web, &log, GAP), Vec::<String>::new());
    assert_eq!(first.hosts, HOSTS as u64);
    assert!(first.failed.values().sum::<u64>() > 0, "some are dead");

    let directory = crawl.store.directory().await.unwrap();
    let id = |host| HosterId::parse(web.name(host)).unwrap();
    let is_known = |host| {
        let id = id(host);
        let known = |hoster: &archipelago::domain::hoster::Hoster| {
            hoster.id.as_str().starts_with(id.as_str())
        };
        directory.hosters.iter().any(|hoster| known(hoster))
    };
    let is_for_us = |host: &usize| !web.forbids(*host, "/");
    for kind in [Kind::Node, Kind::ChatonsInfos, Kind::Xmpp] {
        let mut hosts = web.hosts(|is| is == kind).filter(is_for_us).peekable();
        assert!(hosts.peek().is_some(), "there are some");
        for host in hosts {
            assert!(is_known(host), "{kind:?} {}", web.name(host));
        }
    }
    for host in web.hosts(|is| matches!(is, Kind::Hostile(how) if how != Hostility::Years)) {
        assert!(!is_known(host), "{}", web.name(host));
    }

    crawl.next_day().await;
    let next = visit(&crawl.store, &[]).await;
    let log = server.log().take();
    assert_eq!(manners::faults(web, &log, GAP), Vec::<String>::new());
    assert_eq!((next.read, next.unchanged), (0, first.read));
    // Each service was looked at, and those are down whose hosts are in trouble.
    let pages = log.iter().filter(|asked| !asked.is_conditional);
    let troubled = pages.filter(|asked| asked.status == 503);
    assert!(next.probed > 0 && next.down > 0 && next.down < next.probed);
    assert_eq!(troubled.count() as u64, next.down);
    let unchanged = log
        .iter()
        .filter(|asked| asked.is_conditional && asked.status == 304);
    assert!(unchanged.count() as u64 >= first.read);
    assert!(!next.learnt.is_change());
}
