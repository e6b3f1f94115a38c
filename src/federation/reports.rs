//! Reports by anybody, which whoever manages this node looks into; and the letters about them between a
//! directory and a hoster, which are for the two alone.

use chrono::TimeDelta;
use url::Url;

use super::chance::number;
use super::{Error, Federation};
use crate::domain::text::Prose;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::flag;
use crate::store::{
    Audience, Change, Effect, Filed, KnownQuestion, NewReport, Publication, Question, Report,
};

/// The most reports that are listed of those that wait, the oldest first.
pub const MAX_WAITING_SHOWN: u32 = 200;
/// The most reports that are listed of those that were closed, the latest first.
pub const MAX_CLOSED_SHOWN: u32 = 50;
/// The most questions to our hoster that are listed, those without an answer first.
pub const MAX_QUESTIONS_SHOWN: u32 = 100;
/// How long what came of a report is remembered.
pub(super) const REPORTS_KEPT_FOR: TimeDelta = TimeDelta::days(365);

impl Federation {
    /// Files what somebody says is wrong with an entry.
    pub async fn file_report(&self, report: &NewReport) -> Result<Filed, Error> {
        Ok(self.0.store.file_report(report, self.now()).await?)
    }

    /// Reports that nobody has closed: at most [`MAX_WAITING_SHOWN`].
    pub async fn waiting_reports(&self) -> Result<Vec<Report>, Error> {
        Ok(self.0.store.waiting_reports(MAX_WAITING_SHOWN).await?)
    }

    /// How many reports nobody has closed.
    pub async fn count_waiting_reports(&self) -> Result<u64, Error> {
        Ok(self.0.store.count_waiting_reports().await?)
    }

    /// Reports that were closed: at most [`MAX_CLOSED_SHOWN`].
    pub async fn closed_reports(&self) -> Result<Vec<Report>, Error> {
        Ok(self.0.store.closed_reports(MAX_CLOSED_SHOWN).await?)
    }

    /// Closes reports, saying what came of them; says how many.
    pub async fn close_reports(&self, reports: &[i64], outcome: &Prose) -> Result<u64, Error> {
        let now = self.now();
        Ok(self.0.store.close_reports(reports, outcome, now).await?)
    }

    /// Asks a hoster, an actor, about itself or about a service's object of its, because of reports. Who
    /// it is, is read at its address where nobody did before.
    pub async fn ask(
        &self,
        hoster: &Url,
        object: Option<&Url>,
        reports: &[i64],
        words: Prose,
    ) -> Result<(), Error> {
        let mut effects = Vec::new();
        let hoster = match self.0.store.remote_actor(hoster).await? {
            Some((hoster, _)) => hoster,
            None => {
                let hoster = self.read_actor(hoster).await?;
                effects.push(Effect::KeepActor(Box::new(hoster.clone())));
                hoster
            }
        };
        let addresses = &self.0.addresses;
        let id = addresses.activity(Local::Node, number(self.now()));
        let node = addresses.actor(Local::Node);
        let document = flag::write_flag(&id, &node, &hoster.id, object, &words);
        let question = Question {
            flag: id.clone(),
            asker: node,
            asked: hoster.id.clone(),
            object: object.cloned(),
            words: Some(words),
        };
        effects.push(Effect::Flag(Box::new(question), reports.to_vec()));
        self.commit(&Change {
            effects,
            publications: vec![Publication {
                role: Local::Node,
                id,
                object: None,
                document,
                audience: Audience::Confidential(hoster.delivery_inbox().clone()),
                key: None,
            }],
        })
        .await
    }

    /// What our hoster is asked, if this node is one's: at most [`MAX_QUESTIONS_SHOWN`].
    pub async fn questions(&self) -> Result<Vec<KnownQuestion>, Error> {
        let hoster = self.0.addresses.actor(Local::Hoster);
        Ok(self
            .0
            .store
            .questions_to(&hoster, MAX_QUESTIONS_SHOWN)
            .await?)
    }

    /// How many questions wait for our hoster's answer.
    pub async fn count_unanswered(&self) -> Result<u64, Error> {
        let hoster = self.0.addresses.actor(Local::Hoster);
        Ok(self.0.store.count_unanswered(&hoster).await?)
    }

    /// A question that we asked or were asked, by its Flag; `None` if there is none, or no more.
    pub async fn question(&self, flag: &Url) -> Result<Option<KnownQuestion>, Error> {
        Ok(self.0.store.question(flag).await?)
    }

    /// Answers a question to our hoster. Says whether there is one.
    pub async fn answer(&self, flag: &Url, words: Prose) -> Result<bool, Error> {
        let hoster = self.0.addresses.actor(Local::Hoster);
        let Some(asked) = self.0.store.question(flag).await? else {
            return Ok(false);
        };
        let Question { asker, asked, .. } = asked.question;
        let Some((asker, _)) = self.0.store.remote_actor(&asker).await? else {
            return Ok(false);
        };
        if asked != hoster {
            return Ok(false);
        }
        let now = self.now();
        let number = number(now);
        let id = self.0.addresses.activity(Local::Hoster, number);
        let note = self.0.addresses.note(Local::Hoster, number);
        let document = flag::write_reply(&id, &note, &hoster, (flag, &asker.id), &words, now);
        let answer = Effect::AnswerFlag {
            flag: flag.clone(),
            actor: hoster,
            note,
            words,
        };
        self.commit(&Change {
            effects: vec![answer],
            publications: vec![Publication {
                role: Local::Hoster,
                id,
                object: None,
                document,
                audience: Audience::Confidential(asker.delivery_inbox().clone()),
                key: None,
            }],
        })
        .await?;
        Ok(true)
    }
}
