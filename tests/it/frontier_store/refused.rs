//! A batch of visits of which the database refuses one.

use super::*;

/// A text that the database refuses: PostgreSQL keeps none with a NUL, and SQLite is told to refuse this one.
const POISON: &str = "\"poison\0\"";

async fn refuse_poison(database: &Database) {
    if database.url().starts_with("sqlite:") {
        let sql = "create trigger refuse before update on targets when new.etag like '%poison%'
                   begin select raise(abort, 'it is poison'); end";
        database.execute(sql).await;
    }
}

on_both_engines! {
    async fn of_a_batch_only_what_the_database_refuses_is_left_out(database: Database) {
        let store = database.store().await;
        refuse_poison(&database).await;
        let addresses: Vec<String> = (0..9).map(|n| format!("https://h{n}.example{n}.org/")).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        sow(&store, &addresses).await;
        let turns = lease(&store, 1, 0, 20).await;
        // The first, one in the middle and the last but one; another has lost its lease.
        for bad in [vec![], vec![0], vec![4, 7], vec![0, 1, 2, 3, 4, 5, 6, 7, 8]] {
            let batch: Vec<Visited> = turns.iter().enumerate().map(|(number, turn)| {
                let more = format!("https://{}/more/{}", turn.host.as_str(), bad.len());
                let mut visited = Visited {
                    sown: vec![sown(&more, Priority::Heard)],
                    rules: Some(Rules { text: format!("disallow: /{}\n", bad.len()), read_at: after(1) }),
                    ..visited(turn, 86_400, Then::GoOn)
                };
                if bad.contains(&number) {
                    visited.outcomes[0].etag = Some(POISON.to_owned());
                }
                if number == 8 {
                    visited.lease = 99;
                }
                visited
            }).collect();
            let recorded = store.record_visits(batch, after(1)).await.unwrap();
            assert_eq!(recorded.each.len(), 9);
            for (number, each) in recorded.each.iter().enumerate() {
                let new = match number {
                    8 => None,
                    number => Some(usize::from(!bad.contains(&number))),
                };
                assert_eq!(each.as_ref().map(Vec::len), new, "{number} of {bad:?}");
                if number == 8 {
                    continue;
                }
                let host = turns[number].host.as_str();
                let sql = format!("select last_error, etag, last_status, due_at from targets where host = '{host}' and url not like '%more%'");
                let [row] = database.rows(&sql).await.try_into().unwrap();
                let due = after(86_400).timestamp_millis().to_string();
                assert_eq!((row[2].as_str(), &row[3]), ("200", &due), "that it was asked is recorded");
                match bad.contains(&number) {
                    true => assert!(row[0].starts_with("what it says cannot be kept: ") && row[1] == "-", "{row:?}"),
                    false => assert_eq!((row[0].as_str(), row[1].as_str()), ("-", "\"tag\"")),
                }
            }
            let mine = (0..8).filter(|number| !bad.contains(number)).count() as u64;
            assert_eq!(recorded.found, mine);
        }
        assert_eq!(lease(&store, 2, 59, 20).await, [], "all are still leased");
    }
}
