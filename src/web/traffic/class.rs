//! What kind of answer a request wants, told by its method and path alone: before anything else is known of it.

use actix_web::http::Method;

use crate::web::page::language_in;

/// Requests that are counted together, and held to a bound of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Pages for people, and feeds.
    Pages,
    /// What is posted to them: whoever sends that slowly keeps nobody from reading.
    Forms,
    /// `/api`, but for `changes`.
    Api,
    /// `/api/v1/changes`: its readers wait for news, within a bound of the publisher's.
    Changes,
    /// `/go/…`
    Go,
    /// Frames, widgets and badges on other sites.
    Embed,
    /// Style sheets, scripts, pictures.
    Assets,
    /// What others post to us.
    Inbox,
    /// Documents for other nodes and directories.
    Documents,
    /// The owner's pages.
    Manage,
    /// What is posted to them, a log-in among it: whoever sends that slowly keeps no owner from reading.
    ManageForms,
    /// `/metrics`
    Metrics,
    /// `/healthz`, `/readyz`: they cost nothing, and a supervisor believes them.
    Probes,
}

impl Class {
    /// Every class, in the order of declaration.
    pub const ALL: [Self; 13] = [
        Self::Pages,
        Self::Forms,
        Self::Api,
        Self::Changes,
        Self::Go,
        Self::Embed,
        Self::Assets,
        Self::Inbox,
        Self::Documents,
        Self::Manage,
        Self::ManageForms,
        Self::Metrics,
        Self::Probes,
    ];

    /// The class of a request, by its path as routes match it: decoded.
    pub fn of(method: &Method, path: &str) -> Self {
        match Self::of_path(path) {
            Self::Pages if *method == Method::POST => Self::Forms,
            Self::Manage if *method == Method::POST => Self::ManageForms,
            class => class,
        }
    }

    fn of_path(path: &str) -> Self {
        let first = path.get(1..).unwrap_or_default();
        let first = first.split('/').next().unwrap_or_default();
        match first {
            "fr" | "en" => match language_in(path) {
                Some((_, rest)) if rest == "/manage" || rest.starts_with("/manage/") => {
                    Self::Manage
                }
                _ => Self::Pages,
            },
            "api" if path == "/api/v1/changes" => Self::Changes,
            "api" => Self::Api,
            "go" => Self::Go,
            "embed" | "badge" | "widget.js" => Self::Embed,
            widget if widget.starts_with("widget-") => Self::Embed,
            "assets" | "favicon.ico" => Self::Assets,
            "ap" if path.ends_with("/inbox") => Self::Inbox,
            "ap" | "ns" | "nodeinfo" | ".well-known" | ".well_known" | "charter"
            | "librehost.json" => Self::Documents,
            "manage" => Self::Manage,
            "metrics" => Self::Metrics,
            "healthz" | "readyz" => Self::Probes,
            _ => Self::Pages,
        }
    }

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Forms => "forms",
            Self::Api => "api",
            Self::Changes => "changes",
            Self::Go => "go",
            Self::Embed => "embed",
            Self::Assets => "assets",
            Self::Inbox => "inbox",
            Self::Documents => "documents",
            Self::Manage => "manage",
            Self::ManageForms => "manage_forms",
            Self::Metrics => "metrics",
            Self::Probes => "probes",
        }
    }

    /// Whether it is answered before all that waits its turn: what an operator needs most when most is asked.
    pub fn goes_first(self) -> bool {
        matches!(
            self,
            Self::Manage | Self::ManageForms | Self::Metrics | Self::Probes
        )
    }

    /// How many times as many as pages may be under way; `None` for any number. What is posted to us costs a
    /// tenth of a page, a file nearly nothing; readers of changes wait for long, and the publisher bounds them.
    pub fn share(self) -> Option<u64> {
        match self {
            Self::Inbox | Self::Assets => Some(4),
            Self::Changes | Self::Probes => None,
            _ => Some(1),
        }
    }

    /// Whether people read the answer, not programs.
    pub fn is_for_people(self) -> bool {
        matches!(
            self,
            Self::Pages | Self::Forms | Self::Go | Self::Embed | Self::Manage | Self::ManageForms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_class_of_its_route() {
        for (path, class) in [
            ("/", Class::Pages),
            ("", Class::Pages),
            ("/fr", Class::Pages),
            ("/en/services", Class::Pages),
            ("/fr/manager", Class::Pages),
            ("/sitemap.xml", Class::Pages),
            ("/é", Class::Pages),
            ("/fr/manage", Class::Manage),
            ("/en/manage/services/pads", Class::Manage),
            ("/manage", Class::Manage),
            ("/api/v1/search", Class::Api),
            ("/api/docs", Class::Api),
            ("/api/v1/changes", Class::Changes),
            ("/go/polls", Class::Go),
            ("/embed", Class::Embed),
            ("/widget.js", Class::Embed),
            ("/widget-1.js", Class::Embed),
            ("/badge/infini.svg", Class::Embed),
            ("/assets/site.css", Class::Assets),
            ("/ap/inbox", Class::Inbox),
            ("/ap/org/inbox", Class::Inbox),
            ("/ap/actor", Class::Documents),
            ("/.well-known/webfinger", Class::Documents),
            ("/healthz", Class::Probes),
            ("/readyz", Class::Probes),
            ("/metrics", Class::Metrics),
        ] {
            assert_eq!(Class::of(&Method::GET, path), class, "{path}");
            let posted = match class {
                Class::Pages => Class::Forms,
                Class::Manage => Class::ManageForms,
                class => class,
            };
            assert_eq!(Class::of(&Method::POST, path), posted, "{path}");
        }
    }

    #[test]
    fn each_class_stands_in_its_own_place() {
        for (place, class) in Class::ALL.iter().enumerate() {
            assert_eq!(*class as usize, place);
        }
    }
}
