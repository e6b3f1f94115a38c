//! How a hoster leaves the directory: by its robots.txt, by its actor's word, by taking the actor away. Each
//! counts within one run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::killed::{Says, node};
use super::*;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn who_asks_to_be_left_out_is_gone_with_the_next_run(database: Database) {
        let asks = Arc::new(AtomicBool::new(false));
        let asked = asks.clone();
        let crawl = Crawl::of(database, move |host, path, request| {
            let says = match asked.load(Ordering::Relaxed) {
                false => Says::All,
                true => match host {
                    "robots" => Says::Robots,
                    "hidden" => Says::NotDiscoverable,
                    "gone" => Says::Gone,
                    _ => Says::All,
                },
            };
            node(path, request, says)
        });
        let crawl = crawl.await;
        crawl.run(&["robots", "hidden", "gone", "stays"]).await;
        let directory = crawl.store.directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (4, 4));
        asks.store(true, Ordering::Relaxed);
        crawl.next_day().await;
        let summary = crawl.run(&[]).await;
        assert_eq!(summary.left_out, 3, "{summary:?}");
        let directory = crawl.store.directory().await.unwrap();
        let left: Vec<_> = directory.hosters.iter().map(|hoster| hoster.id.as_str()).collect();
        assert!(left.len() == 1 && left[0].starts_with("stays."), "{left:?}");
        assert_eq!(directory.services.len(), 1);
        crawl.next_day().await;
        crawl.run(&[]).await;
        assert_eq!(crawl.store.directory().await.unwrap().hosters.len(), 1);
    }
}
