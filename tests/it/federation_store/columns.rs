//! What a newer replica adds to the tables of this one, while both are at work.

use super::*;
use crate::support::database::{Database, on_both_engines};

/// How often each is read, each time by whichever connection is free.
const READS: usize = 8;

on_both_engines! {
    async fn whoever_reads_goes_on_while_a_newer_program_adds_columns(database: Database) {
        let store = database.store().await;
        let nowhere = url("https://nowhere.example/");
        let read = async || {
            for _ in 0..READS {
                assert_eq!(store.health(&nowhere).await.unwrap(), None);
                assert_eq!(store.waiting_reports(1).await.unwrap(), []);
                assert_eq!(store.closed_reports(1).await.unwrap(), []);
                assert_eq!(store.questions_to(&nowhere, 1).await.unwrap(), []);
                assert_eq!(store.question(&nowhere).await.unwrap(), None);
            }
        };
        read().await;
        for table in ["health", "reports", "flags"] {
            database.execute(&format!("alter table {table} add column of_later text")).await;
        }
        read().await;
    }
}
