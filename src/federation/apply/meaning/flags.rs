//! What is asked of a hoster of ours about its entry elsewhere, and what is answered to us.

use super::{Context, Meaning};
use crate::formats::activitypub::activity::{Activity, Object};
use crate::formats::activitypub::actor::ActorKind;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::flag::{self, Reply};
use crate::store::{Effect, Question};

impl Context<'_> {
    /// A Flag: a server asks about a hoster of ours. Servers pass reports on as themselves, so that nobody
    /// learns who reported; whoever reports as a person is told here by the form for it.
    pub(super) fn be_asked(&self, activity: &Activity) -> Meaning {
        if self.sender.kind != ActorKind::Application {
            return Meaning::ignored("only servers ask about an entry");
        }
        let flag = flag::read_flag(&activity.raw);
        let hoster = self.addresses.actor(Local::Hoster);
        let mut about = flag.about.iter();
        let object = about.find(|about| self.addresses.is_service(about));
        let has_hoster = self.local.iter().any(|actor| actor.role == Local::Hoster);
        let is_meant = flag.about.contains(&hoster) || object.is_some();
        if !has_hoster || !is_meant {
            return Meaning::ignored("no hoster of ours is meant by it");
        }
        let question = Question {
            flag: activity.id.clone(),
            asker: self.actor(),
            asked: hoster,
            object: object.cloned(),
            words: flag.words,
        };
        Meaning::effects(
            "a question to our hoster",
            vec![Effect::BeFlagged(Box::new(question))],
        )
    }

    /// The note of an activity, if it replies to something at this node.
    pub(super) fn reply(&self, activity: &Activity) -> Option<Reply> {
        let Object::Embedded(note) = &activity.object else {
            return None;
        };
        flag::read_reply(note).filter(|reply| self.addresses.is_ours(&reply.to))
    }

    /// A reply: it counts if it answers a question that we asked its writer, which the store knows.
    pub(super) fn be_answered(&self, reply: Reply) -> Meaning {
        if reply.by != self.sender.id || reply.id.origin() != self.sender.id.origin() {
            return Meaning::ignored("the reply is not its actor's");
        }
        let answer = Effect::AnswerFlag {
            flag: reply.to,
            actor: self.actor(),
            note: reply.id,
            words: reply.words,
        };
        Meaning::effects("an answer, if we asked", vec![answer])
    }
}
