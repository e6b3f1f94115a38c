//! What a directory tells its peers.

use url::Url;

use super::{Context, Meaning};
use crate::domain::vouch::is_site;
use crate::formats::Format;
use crate::store::Effect;
use crate::store::frontier::{Priority, Sown};

impl Context<'_> {
    /// A directory names hosters at which something changed: each is read where it is.
    pub(super) fn heard_of(&self, hosters: &[Url]) -> Meaning {
        if !self.is_peer {
            return Meaning::ignored("it is no peer");
        }
        let elsewhere = hosters.iter().filter(|home| !self.addresses.is_ours(home));
        let sown = elsewhere.filter_map(|home| {
            let mut home = home.clone();
            home.set_fragment(None);
            let sown = match is_site(&home) {
                true => Sown::site(&home, Priority::Listed)?,
                false => Sown::read(home, Format::Actor, Priority::Heard),
            };
            Some(Sown {
                led_by: Some(self.actor()),
                ..sown
            })
        });
        let effects = sown.map(|sown| Effect::HearFromPeer {
            peer: self.actor(),
            sown: Box::new(sown),
        });
        Meaning::effects("to be read where it changed", effects.collect())
    }
}
