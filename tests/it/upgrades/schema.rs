//! Whichever way the tables came about, they end up the same.

use std::collections::BTreeSet;

use super::past::{self, Past};
use crate::support::database::{Database, on_both_engines};

/// Columns, indexes and constraints, each as a line.
async fn schema(database: &Database) -> BTreeSet<Vec<String>> {
    let sql: &[&str] = match database.file() {
        Some(_) => &[
            "select 'column', m.name, c.name, c.type, c.\"notnull\", coalesce(c.dflt_value, ''), c.pk
                 from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'",
            "select 'index', i.tbl_name, i.name, coalesce(i.sql, ''), '', '', '' from sqlite_master i where i.type = 'index'",
            "select 'reference', m.name, f.\"from\", f.\"table\", f.\"to\", f.on_delete, f.on_update
                 from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'",
        ],
        None => &[
            "select 'column', cast(table_name as text), cast(column_name as text), cast(data_type as text),
                 cast(is_nullable as text), coalesce(cast(column_default as text), '')
                 from information_schema.columns where table_schema = current_schema()",
            // The name of the test's own schema stands in it.
            "select 'index', cast(tablename as text), cast(indexname as text),
                 replace(indexdef, current_schema() || '.', '') from pg_indexes where schemaname = current_schema()",
            "select 'constraint', cast(conrelid::regclass as text), cast(conname as text), pg_get_constraintdef(oid)
                 from pg_constraint where connamespace = current_schema()::regnamespace",
        ],
    };
    let mut lines = BTreeSet::new();
    for sql in sql {
        lines.extend(database.rows(sql).await);
    }
    lines
}

/// The newest of those that a program of some time could have met.
fn nearest(all: &[Past], migration: i64) -> &Past {
    let met = all.iter().filter(|past| past.schema <= migration);
    // A directory holds most of all.
    met.max_by_key(|past| (past.schema, past.name.ends_with("directory")))
        .unwrap()
}

on_both_engines! {
    async fn from_every_migration_with_rows_the_tables_become_those_of_a_new_database(database: Database) {
        drop(database.store().await);
        let new = schema(&database).await;
        assert!(new.len() > 200, "{} lines", new.len());
        let all = past::all().await;
        let first = all.iter().map(|past| past.schema).min().unwrap();
        let migrations = past::migrations().await;
        for migration in migrations.into_iter().filter(|migration| *migration >= first) {
            let older = database.another().await;
            let past = nearest(&all, migration);
            past.laid_into(&older).await;
            past::migrate(&older, migration).await;
            drop(older.store().await);
            assert_eq!(schema(&older).await, new, "from {} at {migration}", past.name);
        }
    }
}
