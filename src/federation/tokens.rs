//! Who manages this node: each person with a token of their own, so that one can be taken back.

use super::{Error, Federation, Token};
use crate::domain::text::Name;
use crate::store::{KnownToken, TokenAdded, TokenTakenBack};

impl Federation {
    /// Every token, the oldest first.
    pub async fn tokens(&self) -> Result<Vec<KnownToken>, Error> {
        Ok(self.0.store.tokens().await?)
    }

    /// Makes a token for somebody, which counts only if it was [`TokenAdded::Done`]. It is shown once:
    /// the store keeps its hash alone.
    pub async fn add_token(&self, name: &Name) -> Result<(Token, TokenAdded), Error> {
        let token = Token::generate();
        let store = &self.0.store;
        let added = store.add_token_for(name, &token.hash(), self.now()).await?;
        if added == TokenAdded::Done {
            self.0.gate.was_made(&token.hash());
        }
        Ok((token, added))
    }

    /// Takes a token back: from the next request on it opens nothing, on every replica.
    pub async fn take_back_token(&self, known: &KnownToken) -> Result<TokenTakenBack, Error> {
        let taken = self.0.store.take_back_token(&known.hash).await?;
        if taken == TokenTakenBack::Done {
            self.0.gate.was_wrong(&known.hash);
        }
        Ok(taken)
    }

    /// Notes once a day that a token is in use. That this fails keeps nobody out.
    pub(super) async fn note_use(&self, known: &KnownToken) {
        let today = self.now().date_naive();
        if known.used_on.is_some_and(|day| day >= today) {
            return;
        }
        if let Err(error) = self.0.store.note_use_of_token(&known.hash, today).await {
            let error = anyhow::Error::from(error);
            tracing::warn!("that a token was used today was not noted: {error:#}");
        }
    }
}
