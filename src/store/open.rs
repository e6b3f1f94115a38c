//! How a store is opened, and how far its tables are.

use sqlx::migrate::{MigrateError, Migrator};

use super::dialect::{self, Engine, Fault};
use super::pool::Pool;
use super::{Error, Store, backup, servers};

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), creates the file on SQLite,
    /// and brings its tables up to date. Any number of processes may open it at once.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let store = Self::connect(url).await?;
        store.migrate().await.map_err(|error| match error {
            MigrateError::Execute(error) if dialect::fault(&error) != Fault::Other => error.into(),
            error => Error::CannotOpen {
                url: without_password(url),
                hint: "its tables are not those of an archipelago, or we may not change them",
                source: Some(error.into()),
            },
        })?;
        if store.needed_migration().await? > Some(backup::newest()) {
            return Err(refused(
                url,
                "a newer archipelago has changed its tables so that this one would misread them: \
                 start that one, or a newer one still",
            ));
        }
        store.adopt_what_is_known().await?;
        Ok(store)
    }

    /// How many migrations [`open`](Self::open) would apply to the database at `url`; `None` if there never was
    /// one. None is applied.
    pub async fn migrations_to_come(url: &str) -> Result<Option<usize>, Error> {
        let store = Self::connect(url).await?;
        let sql = store.engine.has_migrations();
        let tables: i64 = sqlx::query_scalar(sql).fetch_one(&store.pool).await?;
        if tables == 0 {
            return Ok(None);
        }
        let sql = "select version from _sqlx_migrations";
        let applied: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&store.pool).await?;
        let migrations = migrations();
        let to_come = migrations
            .iter()
            .filter(|migration| !applied.contains(&migration.version));
        Ok(Some(to_come.count()))
    }

    /// Opens the database at `url` as it is.
    async fn connect(url: &str) -> Result<Self, Error> {
        let engine = Engine::of(url)
            .ok_or_else(|| refused(url, "an address begins with sqlite: or postgres://"))?;
        if let Some(hint) = engine.objection(url) {
            return Err(refused(url, hint));
        }
        let pool = Pool::open(engine, url).await.map_err(|error| {
            let hint = match engine {
                Engine::Sqlite => "is it in a directory that exists and that we may write to?",
                Engine::Postgres if is_of_standbys(&error) => {
                    "does the address lead to a primary server?"
                }
                Engine::Postgres => "does the server run, and does it know this user and database?",
            };
            Error::CannotOpen {
                url: without_password(url),
                hint,
                source: Some(error.into()),
            }
        })?;
        Ok(Self { pool, engine })
    }

    /// The latest migration that whoever reads these tables has to know, if one of them says so.
    async fn needed_migration(&self) -> Result<Option<i64>, Error> {
        let sql = "select number from revision where name = 'schema'";
        Ok(sqlx::query_scalar(sql).fetch_optional(&self.pool).await?)
    }

    /// Applies what is missing of `migrations/`.
    async fn migrate(&self) -> Result<(), MigrateError> {
        self.engine.migrate(&self.pool, &migrations()).await
    }
}

/// Every change of the tables. What only a newer program knows is left alone, so that an older one still
/// starts beside it: migrations expand first and contract later. One that contracts puts its number into
/// `revision` as `schema`, and programs that do not know it open nothing.
pub(super) fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!();
    migrations.set_ignore_missing(true);
    migrations
}

fn refused(url: &str, hint: &'static str) -> Error {
    Error::CannotOpen {
        url: without_password(url),
        hint,
        source: None,
    }
}

fn is_of_standbys(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Configuration(error) if error.is::<servers::OnlyStandbys>())
}

/// The address of a database without its password and its parameters, fit to be shown.
///
/// An address that nobody can read must not show its password either, so this takes for secret
/// whatever could be: all before the last `@`, and where that stands behind a `?`, all there is, since
/// then the password may be on either side of it.
pub fn without_password(url: &str) -> String {
    let without_parameters = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
    let scheme = match url.split_once("://") {
        Some((scheme, _)) if !scheme.contains(':') => format!("{scheme}://"),
        _ => String::new(),
    };
    match url.rsplit_once('@') {
        _ if url.starts_with("sqlite:") => without_parameters(url),
        None => without_parameters(url),
        Some((secret, _)) if secret.contains('?') => format!("{scheme}…"),
        Some((_, place)) => format!("{scheme}…@{}", without_parameters(place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let shown = without_password("postgres://me:p@ss@db.example/archipelago?password=x");
        assert_eq!(shown, "postgres://…@db.example/archipelago");
        assert_eq!(without_password("sqlite:a.db?mode=ro"), "sqlite:a.db");
        assert_eq!(
            without_password("sqlite:/home/me@work/a.db"),
            "sqlite:/home/me@work/a.db"
        );
    }

    #[test]
    fn no_part_of_a_password_is_shown_wherever_it_stands() {
        for url in [
            "postgres://u:sec?ret@host/db",
            "postgres://u:sec?r@et@host/db",
            "postgres://u:5432?ret@host/db",
            "postgres://me@host/db?password=sec@ret",
            "postgres://u:sec/ret@host/db",
            "postgres://u:sec#ret@host/db",
            "postgres:u:secret@host/db",
            "u:secret@host/db",
        ] {
            let shown = without_password(url);
            for part in ["sec", "ret", "5432"] {
                assert!(!shown.contains(part), "{url}: {shown}");
            }
        }
    }
}
