//! Questions between a directory and a hoster about its entry, and their answers: what we asked and what
//! we were asked lie in one table.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use url::Url;

use super::{Error, Store, Writing, time, url_in};
use crate::domain::text::Prose;

/// How many questions of one asker may wait for our answer; what else it asks is passed over.
pub const MAX_UNANSWERED_OF_ASKER: u32 = 20;
/// How many questions may wait for our answer in all.
pub const MAX_UNANSWERED: u32 = 500;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The Flag that asks.
    pub flag: Url,
    /// Who asks: the actor of a directory.
    pub asker: Url,
    /// Who is asked: the actor of a hoster.
    pub asked: Url,
    /// The object of the service that is meant; `None` where it is the hoster itself.
    pub object: Option<Url>,
    /// What is asked; other software may ask without a word.
    pub words: Option<Prose>,
}

/// A question, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownQuestion {
    /// The question.
    pub question: Question,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// The answer, and when it was given.
    pub answer: Option<(Prose, DateTime<Utc>)>,
}

const TABLE: &str = "flags";
/// All of a [`KnownQuestion`], of one that nobody took back; by name, as a newer program may add columns.
const SELECT: &str =
    "select id, asker, asked, object, words, sent_at, answer, answered_at from flags
     where withdrawn_at is null";

impl Store {
    /// Up to `limit` questions that an actor of ours was asked and nobody took back: those without an
    /// answer first, of these the oldest; then the latest.
    pub async fn questions_to(&self, asked: &Url, limit: u32) -> Result<Vec<KnownQuestion>, Error> {
        let sql = format!(
            "{SELECT} and asked = $1
             order by case when answered_at is null then 0 else 1 end,
               case when answered_at is null then sent_at else -sent_at end, id limit $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(asked.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// A question, by its Flag.
    pub async fn question(&self, flag: &Url) -> Result<Option<KnownQuestion>, Error> {
        let row = sqlx::query(AssertSqlSafe(format!("{SELECT} and id = $1")))
            .bind(flag.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// How many questions wait for the answer of an actor of ours.
    pub async fn count_unanswered(&self, asked: &Url) -> Result<u64, Error> {
        let sql = "select count(*) from flags
            where asked = $1 and answered_at is null and withdrawn_at is null";
        let count: i64 = sqlx::query_scalar(sql)
            .bind(asked.as_str())
            .fetch_one(&self.pool)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

impl Question {
    async fn keep(&self, writing: &mut Writing, now: DateTime<Utc>) -> Result<(), Error> {
        sqlx::query(
            "insert into flags (id, asker, asked, object, words, sent_at)
             values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        )
        .bind(self.flag.as_str())
        .bind(self.asker.as_str())
        .bind(self.asked.as_str())
        .bind(self.object.as_ref().map(Url::as_str))
        .bind(self.words.as_ref().map_or("", Prose::as_str))
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}

/// We ask a hoster because of reports, which wait for its answer from then on.
pub(super) async fn ask(
    writing: &mut Writing,
    question: &Question,
    reports: &[i64],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    question.keep(writing, now).await?;
    for seq in reports {
        sqlx::query(
            "update reports set state = 'asked', flag = $1 where seq = $2 and state <> 'closed'",
        )
        .bind(question.flag.as_str())
        .bind(*seq)
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

/// Somebody asks one of ours; unless too many of its questions, or of all, wait already.
pub(super) async fn asked(
    writing: &mut Writing,
    question: &Question,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = sqlx::query(
        "select count(*) as of_all, coalesce(sum(case when asker = $1 then 1 else 0 end), 0) as of_asker
         from flags where asked = $2 and answered_at is null and withdrawn_at is null",
    )
    .bind(question.asker.as_str())
    .bind(question.asked.as_str())
    .fetch_one(&mut **writing)
    .await?;
    let count = |column| row.try_get::<i64, _>(column);
    let is_full = count("of_all")? >= i64::from(MAX_UNANSWERED)
        || count("of_asker")? >= i64::from(MAX_UNANSWERED_OF_ASKER);
    match is_full {
        true => Ok(()),
        false => question.keep(writing, now).await,
    }
}

/// Keeps an answer: of whom was asked, to whom asked, and of nobody else. A later one takes its place.
pub(super) async fn answer(
    writing: &mut Writing,
    flag: &Url,
    by: &Url,
    note: &Url,
    words: &Prose,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "update flags set answered_by = $1, answer = $2, answered_at = $3
         where id = $4 and asked = $5 and withdrawn_at is null",
    )
    .bind(note.as_str())
    .bind(words.as_str())
    .bind(now.timestamp_millis())
    .bind(flag.as_str())
    .bind(by.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Whoever asked takes the question back.
pub(super) async fn withdraw(
    writing: &mut Writing,
    flag: &Url,
    asker: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "update flags set withdrawn_at = $1 where id = $2 and asker = $3 and withdrawn_at is null",
    )
    .bind(now.timestamp_millis())
    .bind(flag.as_str())
    .bind(asker.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<KnownQuestion, Error> {
    let text = |column| row.try_get::<Option<String>, _>(column);
    let prose = |column| {
        let text: Option<String> = row.try_get(column)?;
        Ok::<_, sqlx::Error>(text.and_then(|text| Prose::parse(&text).ok()))
    };
    let answered_at: Option<i64> = row.try_get("answered_at")?;
    Ok(KnownQuestion {
        question: Question {
            flag: url_in(row, TABLE, "id")?,
            asker: url_in(row, TABLE, "asker")?,
            asked: url_in(row, TABLE, "asked")?,
            object: match text("object")? {
                Some(_) => Some(url_in(row, TABLE, "object")?),
                None => None,
            },
            words: prose("words")?,
        },
        at: time(row.try_get("sent_at")?),
        answer: prose("answer")?.zip(answered_at.map(time)),
    })
}
