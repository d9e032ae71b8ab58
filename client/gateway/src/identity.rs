//! Who the gateway is on chain, and the key that it signs with.
//!
//! The account that is registered owns the bond and the earnings. It may name another account as its operator, which can do
//! no more than submit batches and sign closes. Then only the operator's key has to be on the machine that decodes what
//! strangers send.

use tick_stream_primitives::{AccountId, CloseRow, Closer, GenesisHash, SessionId};
use vilokanam_chain::{Nodes, NodesError, Signer};

/// The account of the gateway, and its key or that of its operator.
#[derive(Clone, Debug)]
pub struct Identity {
    account: AccountId,
    signer: Signer,
}

/// What the chain says against an identity.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdentityError {
    /// The account is no gateway.
    #[error("chain.account: no gateway is registered under {0}; register it, or leave the setting out")]
    Unknown(String),
    /// Its operator is another account.
    #[error("chain.account: the operator of the gateway is {operator}, and chain.key_file has the key of {own}; name the latter with 'vilokanam gateway update --operator', or use the former's key")]
    OtherOperator { operator: String, own: String },
}

impl Identity {
    /// The identity of `account`, or of the signer's own account.
    pub fn new(account: Option<AccountId>, signer: Signer) -> Self {
        Self { account: account.unwrap_or_else(|| signer.account()), signer }
    }

    /// The account of the gateway.
    pub fn account(&self) -> AccountId {
        self.account.clone()
    }

    /// The key with which batches are signed.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Signs the close of a session of this gateway.
    pub fn sign_close(&self, genesis: &GenesisHash, session: SessionId) -> CloseRow {
        self.signer.sign_close(genesis, session, self.role())
    }

    fn role(&self) -> Closer {
        if self.signer.account() == self.account {
            Closer::Gateway
        } else {
            Closer::Operator
        }
    }

    /// Checks that the chain accepts the key for the account. The gateway's own key is always accepted, also before it is
    /// registered.
    pub async fn check(&self, nodes: &Nodes) -> Result<Result<(), IdentityError>, NodesError> {
        if self.role() == Closer::Gateway {
            return Ok(Ok(()));
        }
        let account = self.account();
        let known = nodes.ask(|chain| {
            let account = account.clone();
            async move { chain.now().gateway(&account).await }
        });
        Ok(self.compare(known.await?.map(|gateway| gateway.operator)))
    }

    fn compare(&self, operator: Option<AccountId>) -> Result<(), IdentityError> {
        let text = |account: AccountId| vilokanam_wire::Account(account).to_string();
        match operator {
            None => Err(IdentityError::Unknown(text(self.account()))),
            Some(operator) if operator == self.signer.account() => Ok(()),
            Some(operator) => {
                Err(IdentityError::OtherOperator { operator: text(operator), own: text(self.signer.account()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operator_signs_closes_in_its_own_role() {
        let signer = Signer::from_seed([9; 32]).unwrap();
        let own = Identity::new(None, signer.clone());
        let cold = Identity::new(Some(AccountId::new([1; 32])), signer.clone());
        assert_eq!((own.account(), own.role()), (signer.account(), Closer::Gateway));
        assert_eq!((cold.account(), cold.role()), (AccountId::new([1; 32]), Closer::Operator));
    }

    #[test]
    fn key_of_another_account_than_the_operator_is_refused() {
        let signer = Signer::from_seed([9; 32]).unwrap();
        let cold = Identity::new(Some(AccountId::new([1; 32])), signer.clone());
        assert_eq!(cold.compare(Some(signer.account())), Ok(()));
        assert!(matches!(cold.compare(None), Err(IdentityError::Unknown(_))));
        let other = cold.compare(Some(AccountId::new([2; 32])));
        assert!(matches!(other, Err(IdentityError::OtherOperator { .. })), "{other:?}");
    }
}
