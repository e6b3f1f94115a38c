//! What lists of others would block, and what a person makes of it.

use super::{Error, Federation};
use crate::domain::block::Domain;
use crate::domain::text::Prose;
use crate::store::{Blocked, ProposalVerdict, Proposed};

/// How many proposals are on one page.
pub const PROPOSALS_ON_A_PAGE: u32 = 50;

impl Federation {
    /// A page, from 1, of what waits for a decision, and how much there is.
    pub async fn proposals(&self, page: u64) -> Result<(Vec<Proposed>, u64), Error> {
        let before = page
            .saturating_sub(1)
            .saturating_mul(PROPOSALS_ON_A_PAGE.into());
        Ok((self.0.store)
            .proposals(PROPOSALS_ON_A_PAGE, before)
            .await?)
    }

    /// A proposal that waits for a decision.
    pub async fn proposal(&self, domain: &Domain) -> Result<Option<Proposed>, Error> {
        Ok(self.0.store.proposal(domain).await?)
    }

    /// Blocks what is proposed, for a reason, from this moment; of this node itself it says that it is not.
    pub async fn take_proposal(
        &self,
        proposed: &Proposed,
        reason: &Prose,
    ) -> Result<Blocked, Error> {
        let (proposal, source) = (&proposed.proposal, Some(&proposed.source));
        let (domain, severity) = (&proposal.domain, proposal.severity);
        let blocked = self.block(domain, severity, reason, source).await?;
        if blocked != Blocked::Ourselves {
            let domains = std::slice::from_ref(domain);
            let (store, now) = (&self.0.store, self.now());
            let taken = store.decide_proposals(ProposalVerdict::Taken, domains, now);
            taken.await?;
        }
        Ok(blocked)
    }

    /// Leaves what is proposed alone, whatever lists say later; says of how many domains.
    pub async fn drop_proposals(&self, domains: &[Domain]) -> Result<u64, Error> {
        let (store, now) = (&self.0.store, self.now());
        let dropped = store.decide_proposals(ProposalVerdict::Dropped, domains, now);
        Ok(dropped.await?)
    }
}
