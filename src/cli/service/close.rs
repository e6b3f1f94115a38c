//! `archipelago service close`: the end of a service, announced.

use std::slice;

use chrono::NaiveDate;
use clap::{Args, ValueHint};

use crate::cli::Failure;
use crate::cli::failure::parsed;
use crate::cli::founded::Founded;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::date::PartialDate;
use crate::domain::localized::Language;
use crate::domain::service::Closing;
use crate::domain::text::{Link, Prose};

use super::facts::written;
use super::report::{Published, Report};
use super::{language, own, slug};

/// Arguments of `service close`. Dates may be vague: 2027-03-31, 2027-03 or 2027.
#[derive(Debug, Args)]
pub(in crate::cli) struct Close {
    /// The service
    slug: String,
    /// Its last day: 2027-03-31, or vaguer 2027-03 or 2027
    #[arg(long, value_name = "DATE")]
    on: String,
    /// When that was announced [default: today, at the first time]
    #[arg(long, value_name = "DATE")]
    announced: Option<String>,
    /// The last day on which newcomers get in
    #[arg(long, value_name = "DATE")]
    new_accounts_until: Option<String>,
    /// The last day on which people can take their data along
    #[arg(long, value_name = "DATE")]
    export_until: Option<String>,
    /// Who takes over
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    successor: Option<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The language of your words [default: the hoster's first, else that of the terminal]
    #[arg(long, value_parser = ["fr", "en"])]
    lang: Option<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

impl Close {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let slug = slug(&self.slug)?;
        let node = Founded::open(&config).await?;
        let before = own(&node, &slug).await?;
        let language = language(&node, self.lang.as_deref()).await?;
        let mut service = before.clone();
        let today = Clock::system().today();
        service.closing = Some(self.lay_over(service.closing, language, today)?);
        let published = match service == before {
            true => Published::Nothing,
            false => {
                node.federation.update_service(service.clone()).await?;
                Published::Closing
            }
        };
        let report = Report::of(&node, slice::from_ref(&service), published).await?;
        report.print(self.json)
    }

    /// What was announced before, with what is said now.
    fn lay_over(
        &self,
        known: Option<Closing>,
        language: Language,
        today: NaiveDate,
    ) -> Result<Closing, Failure> {
        let on = PartialDate::parse(&self.on).map_err(|error| Failure::flag("--on", error))?;
        let mut closing = known.unwrap_or_else(|| Closing {
            on,
            note: None,
            source: None,
            // An end that has come was announced before.
            announced: (!on.is_over_by(today)).then(|| today.into()),
            new_accounts_until: None,
            export_until: None,
            successor: None,
        });
        closing.on = on;
        let dates = [
            ("--announced", &self.announced, &mut closing.announced),
            (
                "--new-accounts-until",
                &self.new_accounts_until,
                &mut closing.new_accounts_until,
            ),
            (
                "--export-until",
                &self.export_until,
                &mut closing.export_until,
            ),
        ];
        for (flag, text, date) in dates {
            *date = parsed(flag, text, PartialDate::parse)?.or(*date);
        }
        if let Some(successor) = parsed("--successor", &self.successor, Link::parse)? {
            closing.successor = Some(successor);
        }
        if let Some(reason) = parsed("--reason", &self.reason, Prose::parse)? {
            closing.note = Some(written(closing.note.take(), language, reason));
        }
        closing
            .check()
            .map_err(|error| Failure::Usage(format!("these dates cannot all be: {error}")))?;
        Ok(closing)
    }
}
