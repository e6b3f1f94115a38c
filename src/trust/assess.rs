//! What follows from vouches for everybody.

use super::corroboration::corroborate;
use super::graph::Graph;
use super::policy::Policy;
use super::reach::Walk;
use crate::domain::policy::MOST_DEPTH;
use crate::domain::vouch::NotCounted;

/// Who is reached, and which vouches count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub(super) reached: Vec<Option<Reached>>,
    pub(super) verdicts: Vec<Option<NotCounted>>,
}

/// How somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// How many steps it stands from the nearest anchor; an anchor none.
    pub depth: u8,
    /// On how many counted paths that share nobody, no anchor either, it is reached from anchors: one,
    /// two, or three and more. An anchor: one.
    pub corroboration: u8,
    pub(super) steps: [u32; MOST_DEPTH as usize],
}

impl Reached {
    /// The vouches that lead here, the anchor's first, by their position; none for an anchor. Of the
    /// shortest paths the one whose last vouch is the oldest.
    pub fn path(&self) -> &[u32] {
        &self.steps[..self.depth.into()]
    }
}

impl Assessment {
    /// How an actor is reached, if it is; a blocked one never is.
    pub fn reached(&self, actor: u32) -> Option<&Reached> {
        self.reached[actor as usize].as_ref()
    }

    /// Whether a vouch, by its position, counts, or why not.
    pub fn verdict(&self, edge: u32) -> Result<(), NotCounted> {
        match self.verdicts[edge as usize] {
            None => Ok(()),
            Some(why) => Err(why),
        }
    }
}

/// Who is reached from the anchors, and which vouches count.
///
/// An actor is reached if a path of at most [`max_depth`](Policy::max_depth) vouches leads to it from an
/// anchor over nobody blocked, such that each actor on it that is no anchor has all who follow on the
/// path within its *reach*. The reach of an actor is as many others as its quota: first those it
/// vouches for, the oldest vouch first, then those that are in reach of these, in the same order. It
/// depends on its own vouches and on those of whom it vouches for, whether they are of use or not, so
/// nobody else can push anybody out of it.
///
/// A vouch counts if it is on such a path or leads back along one, as does another by and for the same.
///
/// The bound: on a path to a fake let the first fake come after `f`, who was fooled. If `f` is no anchor,
/// all fakes from there on are in reach of `f`. So at most the sum of the quotas of those who were fooled
/// is reached, whatever fakes are and say. An anchor's own vouches have no bound: each fake it vouches
/// for is reached, and with it as many as that one's quota.
pub fn assess(graph: &Graph, policy: &Policy) -> Assessment {
    let walk = Walk::over(graph, policy);
    let mut assessment = walk.assessment;
    corroborate(
        &mut assessment.reached,
        &walk.depths,
        &walk.counted,
        policy.max_depth(),
    );
    assessment
}
