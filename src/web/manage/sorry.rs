//! What cannot be shown or done here, on a page that says what to do.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::posted::MAX_FORM_BYTES;
use super::{Desk, path};
use crate::federation;
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, send};

/// When to come again, in seconds, while the database does not answer.
pub(super) const COME_AGAIN: u64 = 60;

/// Why there is another page than the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sorry {
    /// This node belongs to nobody yet.
    NotFounded,
    /// It has no service of that identifier.
    NoService(String),
    /// It is not a hoster's, so it has no services.
    NoHoster,
    /// It is a directory's, so nobody becomes a member of it and it vouches for nobody.
    NoMembership,
    /// It has no such token.
    NoToken,
    /// It has only this token.
    LastToken,
    /// Somebody loads down a backup.
    BackupRuns,
    /// The post comes from a page elsewhere, or does not say from where.
    Foreign,
    /// The post is larger than any form of ours.
    TooLarge,
    /// The post did not come whole.
    Broken,
    /// The database does not answer.
    Away,
}

#[derive(Template)]
#[template(path = "manage_sorry.html")]
struct SorryPage {
    page: Page,
    tabs: Vec<super::TabLink>,
    lead: String,
    /// A command that helps.
    command: Option<&'static str>,
    /// What comes after it.
    then: Option<&'static str>,
    back: Option<String>,
}

impl Sorry {
    fn status(&self) -> StatusCode {
        match self {
            Sorry::NotFounded
            | Sorry::NoService(_)
            | Sorry::NoHoster
            | Sorry::NoMembership
            | Sorry::NoToken => StatusCode::NOT_FOUND,
            Sorry::LastToken => StatusCode::CONFLICT,
            Sorry::Foreign => StatusCode::FORBIDDEN,
            Sorry::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Sorry::Broken => StatusCode::BAD_REQUEST,
            Sorry::BackupRuns | Sorry::Away => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn words(&self, l: &'static Locale) -> (&'static str, String) {
        let (title, lead) = match self {
            Sorry::NotFounded => ("manage.unfounded", l.t("manage.unfounded.lead").to_owned()),
            Sorry::NoService(id) => ("manage.unknown", l.with("manage.unknown.lead", "id", id)),
            Sorry::NoHoster => ("manage.unknown", l.t("manage.nohoster").to_owned()),
            Sorry::NoMembership => (
                "manage.members.none",
                l.t("manage.members.none.lead").to_owned(),
            ),
            Sorry::NoToken => (
                "manage.access.unknown",
                l.t("manage.access.unknown.lead").to_owned(),
            ),
            Sorry::LastToken => (
                "manage.access.last",
                l.t("manage.access.last.lead").to_owned(),
            ),
            Sorry::BackupRuns => (
                "manage.backup.runs",
                l.t("manage.backup.runs.lead").to_owned(),
            ),
            Sorry::Foreign => ("manage.foreign", l.t("manage.foreign.lead").to_owned()),
            Sorry::TooLarge => (
                "manage.large",
                l.with("manage.large.lead", "n", MAX_FORM_BYTES / 1024),
            ),
            Sorry::Broken => ("manage.broken", l.t("manage.broken.lead").to_owned()),
            Sorry::Away => ("manage.away", l.t("manage.away.lead").to_owned()),
        };
        (l.t(title), lead)
    }

    /// The page.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let l = language_of(request);
        let (title, lead) = self.words(l);
        let is_founded = *self != Sorry::NotFounded;
        let Desk { page, tabs } = Desk::outside(request, l, title.to_owned());
        let sorry = SorryPage {
            page,
            tabs,
            lead,
            command: (!is_founded).then_some("archipelago init"),
            then: (!is_founded).then(|| l.t("manage.unfounded.then")),
            back: is_founded.then(|| path(l, "")),
        };
        let mut response = send(self.status(), &sorry);
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(RETRY_AFTER, COME_AGAIN.into());
        }
        response
    }

    /// The page for a failure below, whose details go to the log.
    pub(super) fn for_failure(error: federation::Error) -> Self {
        tracing::error!(
            "the owner's page cannot be answered: {:#}",
            anyhow::Error::from(error)
        );
        Sorry::Away
    }
}
