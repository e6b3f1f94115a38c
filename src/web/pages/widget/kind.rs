//! What can be put into another site, and what becomes of it there.

use crate::domain::word::worded;

use super::code::Wanted;

/// What is put into the other site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `<find-a-hoster>`
    Element,
    /// `<service-closing>`
    Banner,
    /// `/embed` in an `<iframe>`
    Frame,
    /// A form that leads through `/go`.
    Form,
    /// A link that does.
    Link,
    /// A hoster's badge.
    Badge,
}

worded!(Kind {
    Element = "element",
    Banner = "banner",
    Frame = "iframe",
    Form = "form",
    Link = "link",
    Badge = "badge",
});

/// The code of a kind.
pub struct Made {
    /// What is copied.
    pub code: String,
    /// What is shown of it.
    pub preview: String,
    /// The same without script, where that differs.
    pub without_script: Option<String>,
    /// Whether the address of its script names its content.
    pub is_pinned: bool,
    /// What a strict policy of the other site has to allow.
    pub policy: Option<String>,
}

impl Kind {
    /// Makes the code; `None` if something has yet to be chosen: the service for a banner, the hoster of a badge.
    /// `badge` is the badge's code, for an origin.
    pub fn made(self, wanted: &Wanted, badge: impl Fn(&str) -> Option<String>) -> Option<Made> {
        let origin = wanted.origin;
        let plain = |code: String, policy| Made {
            preview: code.clone(),
            code,
            without_script: None,
            is_pinned: false,
            policy,
        };
        let element = |element: String, without_script| Made {
            code: format!("{}\n{element}", wanted.script()),
            preview: element,
            without_script,
            is_pinned: wanted.pinned,
            policy: Some(format!("script-src {origin}; connect-src {origin}")),
        };
        Some(match self {
            Self::Element => element(wanted.element(), Some(wanted.frame(""))),
            Self::Banner => element(wanted.banner()?, None),
            // A preview is of the origin that shows it, whatever this node's own is.
            Self::Frame => Made {
                preview: wanted.frame(""),
                ..plain(wanted.frame(origin), Some(format!("frame-src {origin}")))
            },
            // Browsers hold the whole way to it, and that leads to whichever hoster is drawn.
            Self::Form => plain(wanted.form(), Some("form-action https:".to_owned())),
            Self::Link => plain(wanted.link(), None),
            Self::Badge => Made {
                preview: badge("")?,
                ..plain(badge(origin)?, Some(format!("img-src {origin}")))
            },
        })
    }
}
