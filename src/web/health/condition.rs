//! What a running node knows of itself without asking anybody.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};

/// How old the last answer of the database may be: looks are a second apart, and one may take five.
pub const AWAY_AFTER: Duration = Duration::from_secs(10);

/// How the database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// It answered lately.
    Answers,
    /// It did not.
    Away {
        /// When it last did.
        since: DateTime<Utc>,
    },
}

/// What a running node knows of itself.
pub struct Condition {
    instance: String,
    begun: Instant,
    began_at: DateTime<Utc>,
    /// When the database last answered: in milliseconds since `begun`, which no change of the clock moves.
    answered: AtomicU64,
    /// The same by the clock, in unix milliseconds.
    answered_at: AtomicI64,
    failed: AtomicBool,
    /// When the certificate at the node's own address ends, in unix seconds; 0 while nobody knows.
    certificate_until: AtomicI64,
    /// How often the clock was set.
    clock_sets: AtomicU64,
    /// Where the database is, if that is a file here.
    file: Option<PathBuf>,
}

impl Condition {
    /// Of a node whose database has just answered, and is this file, if it is one.
    pub fn new(now: DateTime<Utc>, file: Option<PathBuf>) -> Self {
        let mut chance = [0; 8];
        SystemRandom::new()
            .fill(&mut chance)
            .expect("the system gives random bytes");
        Self {
            instance: format!("{:016x}", u64::from_le_bytes(chance)),
            begun: Instant::now(),
            began_at: now,
            answered: AtomicU64::new(0),
            answered_at: AtomicI64::new(now.timestamp_millis()),
            failed: AtomicBool::new(false),
            certificate_until: AtomicI64::new(0),
            clock_sets: AtomicU64::new(0),
            file,
        }
    }

    /// A name of this process, by chance.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// The database answered.
    pub fn answered(&self, now: DateTime<Utc>) {
        let elapsed = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.answered.store(elapsed, Ordering::Relaxed);
        self.answered_at
            .store(now.timestamp_millis(), Ordering::Relaxed);
        self.failed.store(false, Ordering::Relaxed);
    }

    /// The database failed, or took too long.
    pub fn did_not_answer(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// How the database stands.
    pub fn database(&self) -> Database {
        let answered = Duration::from_millis(self.answered.load(Ordering::Relaxed));
        self.judged(self.begun.elapsed().saturating_sub(answered))
    }

    /// When this process began.
    pub fn began_at(&self) -> DateTime<Utc> {
        self.began_at
    }

    /// When the database last answered.
    pub fn answered_at(&self) -> DateTime<Utc> {
        let millis = self.answered_at.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    /// The certificate at the node's own address ends then. That stays known while none is seen: whoever
    /// watches has to hear of one that ended.
    pub fn saw_certificate(&self, until: DateTime<Utc>) {
        self.certificate_until
            .store(until.timestamp(), Ordering::Relaxed);
    }

    /// When the certificate at the node's own address ends, where one was seen.
    pub fn certificate_until(&self) -> Option<DateTime<Utc>> {
        let seconds = self.certificate_until.load(Ordering::Relaxed);
        DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0)
    }

    /// The clock was set, or this machine slept.
    pub fn clock_was_set(&self) {
        self.clock_sets.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the clock was set since this process began.
    pub fn clock_sets(&self) -> u64 {
        self.clock_sets.load(Ordering::Relaxed)
    }

    /// How many bytes are free on the disk of the database's file, for whoever is not root.
    pub fn free_bytes(&self) -> Option<u64> {
        free_bytes(self.file.as_deref()?)
    }

    fn judged(&self, age: Duration) -> Database {
        match self.failed.load(Ordering::Relaxed) || age > AWAY_AFTER {
            true => Database::Away {
                since: self.answered_at(),
            },
            false => Database::Answers,
        }
    }
}

/// How many bytes are free on the disk of a file; `None` where that cannot be told.
pub fn free_bytes(file: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(file).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_failed_or_is_silent_is_away_since_it_last_answered() {
        let [began, later] = [1_000, 2_000].map(|at| DateTime::from_timestamp(at, 0).unwrap());
        let condition = Condition::new(began, None);
        assert_eq!(condition.database(), Database::Answers);
        condition.did_not_answer();
        assert_eq!(condition.database(), Database::Away { since: began });
        condition.answered(later);
        assert_eq!(condition.database(), Database::Answers);
        assert_eq!(condition.judged(AWAY_AFTER), Database::Answers);
        let silent = AWAY_AFTER + Duration::from_millis(1);
        assert_eq!(condition.judged(silent), Database::Away { since: later });
    }

    #[test]
    fn no_two_processes_have_one_name() {
        let [one, two] =
            [1, 1].map(|at| Condition::new(DateTime::from_timestamp(at, 0).unwrap(), None));
        assert_ne!(one.instance(), two.instance());
    }
}
