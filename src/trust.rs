//! Which vouches are good, and what follows from them for whom.
//!
//! Pure: no I/O, no clock, no addresses. [`holds`] says whether one vouch is good by itself; [`assess`]
//! takes those that are as edges between numbered actors and says who is reached from the anchors, by
//! which path, on how many independent ones, and of every vouch whether it counts. Neither ranks anybody.
//!
//! The rule ([`assess`] has it in full):
//!
//! 1. What anchors vouch for counts without end.
//! 2. Anybody else brings in no more actors than its quota, those it vouched for first: a collective 300,
//!    a hoster three. A quota covers whoever comes in through an actor, near or far: those it vouches
//!    for, then those whom these vouch for.
//! 3. Nobody is reached in more than three steps; the last one's vouches do not count.
//! 4. Who is blocked neither counts nor vouches.
//!
//! So whatever fakes say of each other, at most the sum of the quotas of those they fooled is reached.

mod assess;
mod corroboration;
mod evidence;
mod graph;
mod marks;
mod policy;
mod reach;
#[cfg(test)]
mod tests;

pub use assess::{Assessment, Reached, assess};
pub use evidence::{MISSING_FOR, holds, next_change};
pub use graph::{Actor, Edge, Graph, Kind};
pub use policy::Policy;
