//! A form that is right and was not taken: it comes back with all that was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use askama::Template;

use super::sorry::COME_AGAIN;
use crate::web::page::send;

/// Why it was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Whoever sent it is no longer logged in.
    LoggedOut,
    /// The database does not answer.
    Away,
}

impl Trouble {
    /// The key of what is said about it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Trouble::LoggedOut => "manage.login.lost",
            Trouble::Away => "manage.error.failed",
        }
    }

    /// Whether logging in helps.
    pub(super) fn is_logged_out(self) -> bool {
        self == Trouble::LoggedOut
    }

    /// Sends a form with its trouble.
    pub(super) fn send(self, page: &impl Template) -> HttpResponse {
        match self {
            Trouble::LoggedOut => send(StatusCode::FORBIDDEN, page),
            Trouble::Away => {
                let mut response = send(StatusCode::SERVICE_UNAVAILABLE, page);
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, COME_AGAIN.into());
                response
            }
        }
    }
}
