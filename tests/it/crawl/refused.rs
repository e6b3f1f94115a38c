//! What the database itself refuses: it costs the visit that brought it, and no other.

use super::*;
use crate::support::database::on_both_engines;

const FILE: &str = "/.well-known/chatonsinfos/organization.properties";

on_both_engines! {
    async fn a_visit_that_cannot_be_kept_is_recorded_bare_and_the_others_whole(database: Database) {
        // PostgreSQL refuses texts of its own, such as those with a NUL; SQLite takes any.
        let refuse = match database.url().starts_with("sqlite:") {
            true => vec![
                "create trigger refuse before insert on hosters when new.document like '%poison%'
                 begin select raise(abort, 'it is poison'); end".to_owned(),
            ],
            false => vec![
                "create function refuse() returns trigger language plpgsql as $$
                 begin raise exception 'it is poison'; end $$".to_owned(),
                "create trigger refuse before insert on hosters for each row
                 when (new.document like '%poison%') execute function refuse()".to_owned(),
            ],
        };
        let crawl = Crawl::of(database, |host, path, _| match path {
            FILE if host == "bad" => text("file.class = organization\norganization.name = poison\n"),
            FILE => text(ORGANIZATION),
            _ => absent(),
        });
        let crawl = crawl.await;
        for sql in refuse {
            crawl.database.execute(&sql).await;
        }
        let names: Vec<String> = (0..20).map(|number| format!("h{number}")).collect();
        let seeds: Vec<&str> = names.iter().map(String::as_str).chain(["bad"]).collect();
        let summary = crawl.run(&seeds).await;
        assert_eq!((summary.hosts, summary.read), (21, 21));
        let directory = crawl.store.directory().await.unwrap();
        assert_eq!(directory.hosters.len(), 20);
        let told = crawl.database.rows("select host, last_error from targets where last_error like '%cannot be kept%'").await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0][0].starts_with("bad.") && told[0][1].contains("poison"), "{told:?}");
        assert_eq!(crawl.count("hosts where leased_until > 0").await, 0);
        assert_eq!(crawl.run(&[]).await.requests, 0, "it is asked again with its next round");
        crawl.next_day().await;
        let bad = crawl.far.asked("bad").len();
        assert_eq!(crawl.run(&[]).await.read, 21, "nothing here has a tag");
        assert_eq!(crawl.far.asked("bad").len(), bad + 2);
    }
}
