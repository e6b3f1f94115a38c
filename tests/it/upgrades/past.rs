//! Databases as older programs left them, on either engine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::support::database::Database;

/// A database of `fixtures/upgrades`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The file's name, without its ending.
    pub name: String,
    /// The latest migration of its program.
    pub schema: i64,
}

/// Every one, the oldest first.
pub async fn all() -> Vec<Past> {
    let names = fs::read_dir(folder()).unwrap().filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        Some(name.strip_suffix(ENDING)?.to_owned())
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        let mut past = Past { name, schema: 0 };
        let database = Database::sqlite().await;
        past.laid_into(&database).await;
        let latest = database
            .rows("select max(version) from _sqlx_migrations")
            .await;
        past.schema = latest[0][0].parse().unwrap();
        all.push(past);
    }
    all
}

/// Those of one kind of node, the oldest first: of a hoster, a directory or a collective.
pub async fn of(kind: &str) -> Vec<Past> {
    let ending = format!("-{kind}");
    let mut all = all().await;
    all.retain(|past| past.name.ends_with(&ending));
    assert!(all.len() > 1, "{kind}: {all:?}");
    all
}

/// How the files end.
const ENDING: &str = ".sqlite.zst";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/upgrades")
}

/// What a database holds: the columns of each table, and its rows as they are written in SQL.
pub type Rows = BTreeMap<String, (Vec<String>, Vec<Vec<String>>)>;

impl Past {
    /// Lays it into a new database of this engine: the very file on SQLite; on PostgreSQL the tables of its
    /// time, and its rows.
    pub async fn laid_into(&self, database: &Database) {
        if let Some(path) = database.file() {
            fs::write(path, self.file()).unwrap();
            return;
        }
        let original = Database::sqlite().await;
        Box::pin(self.laid_into(&original)).await;
        let rows = rows_of(&original).await;
        migrate(database, self.schema).await;
        copy(&original, &rows, database).await;
    }

    fn file(&self) -> Vec<u8> {
        let packed = fs::read(folder().join(format!("{}{ENDING}", self.name))).unwrap();
        zstd::decode_all(&packed[..]).unwrap()
    }
}

/// Brings the tables up to a migration, as the program of that time did.
pub async fn migrate(database: &Database, schema: i64) {
    sqlx::any::install_default_drivers();
    let mut migrations = Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"))
        .await
        .unwrap();
    migrations.set_ignore_missing(true);
    let mut connection = AnyConnection::connect(database.url()).await.unwrap();
    migrations
        .run_direct(Some(schema), &mut connection, false)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Every migration, by its number.
pub async fn migrations() -> Vec<i64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrations = Migrator::new(folder).await.unwrap();
    migrations
        .iter()
        .map(|migration| migration.version)
        .collect()
}

/// What a database of SQLite holds, but for the record of its migrations.
pub async fn rows_of(database: &Database) -> Rows {
    let mut all = Rows::new();
    for table in tables(database).await {
        let columns = database
            .rows(&format!(
                "select name from pragma_table_info('{table}') order by cid"
            ))
            .await
            .concat();
        let quoted: Vec<String> = columns
            .iter()
            .map(|column| format!("quote({column})"))
            .collect();
        let mut rows = database
            .rows(&format!("select {} from {table}", quoted.join(", ")))
            .await;
        rows.sort();
        all.insert(table, (columns, rows));
    }
    all
}

/// The tables of a database of SQLite, those first that others refer to.
async fn tables(database: &Database) -> Vec<String> {
    let sql = "select name from sqlite_master where type = 'table' and name <> '_sqlx_migrations' order by rowid";
    database.rows(sql).await.concat()
}

/// Puts rows in the place of all that the tables of another database hold.
async fn copy(original: &Database, rows: &Rows, database: &Database) {
    let tables = tables(original).await;
    let mut connection = AnyConnection::connect(database.url()).await.unwrap();
    for table in tables.iter().rev() {
        run(&mut connection, format!("delete from {table}")).await;
    }
    for table in &tables {
        let (columns, rows) = &rows[table];
        for row in rows {
            let insert = format!(
                "insert into {table} ({}) values ({})",
                columns.join(", "),
                row.join(", ")
            );
            run(&mut connection, insert).await;
        }
    }
    connection.close().await.unwrap();
}

async fn run(connection: &mut AnyConnection, sql: String) {
    let done = sqlx::query(AssertSqlSafe(sql.clone()))
        .execute(connection)
        .await;
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
}
