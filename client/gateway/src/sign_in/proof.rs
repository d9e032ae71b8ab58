//! Whether a signature proves who a person is.

use super::{challenges::Pending, signature::decode_signature, SignInError, SignIns};
use sp_crypto_hashing::blake2_256;
use sp_runtime::{traits::Verify, MultiSignature};
use tick_stream_primitives::{ticket::is_signed_by, AccountId};
use vilokanam_chain::Call;
use vilokanam_wire::{auth::SignedChallenge, Account};

/// Longest payload of a transaction in hex: the call, and what the transaction extensions add.
const MAX_TRANSACTION_CHARS: usize = 4_096;
/// A longer payload is hashed before it is signed.
const HASHED_ABOVE_BYTES: usize = 256;

impl SignIns {
    /// Checks the signature of a challenge, and that the chain lists the session key that has made it.
    pub(super) async fn check_proof(&self, pending: &Pending, signed: &SignedChallenge) -> Result<(), SignInError> {
        let malformed = SignInError::Malformed("The signature must be a SCALE-encoded MultiSignature in hex.");
        let signature = decode_signature(&signed.signature).ok_or(malformed)?;
        let signer = pending.session_key.as_ref().unwrap_or(&pending.account);
        let is_signed = match &signed.transaction {
            Some(payload) => self.is_signed_remark(&signature, payload, &signed.message, signer).await?,
            None => is_signed_by(&signature, signed.message.as_bytes(), signer),
        };
        if !is_signed {
            return Err(SignInError::Signature(Account(signer.clone())));
        }
        match &pending.session_key {
            Some(key) => self.check_session_key(&pending.account, key).await,
            None => Ok(()),
        }
    }

    /// Checks that the chain lists a session key, which has not expired.
    pub(super) async fn check_session_key(&self, account: &AccountId, key: &AccountId) -> Result<(), SignInError> {
        let read = |chain: vilokanam_chain::Chain| async move { chain.now().key(account, key).await };
        let found = self.nodes.ask(read).await?;
        let block = *self.block.borrow();
        if found.is_some_and(|found| found.expires_at >= block) {
            return Ok(());
        }
        Err(SignInError::KeyUnknown { account: Account(account.clone()), key: Account(key.clone()) })
    }

    /// Returns whether a transaction was signed that does nothing but remark the message.
    async fn is_signed_remark(
        &self,
        signature: &MultiSignature,
        payload: &str,
        message: &str,
        signer: &AccountId,
    ) -> Result<bool, SignInError> {
        let malformed = || SignInError::Malformed("The transaction must be the payload that was signed, in hex.");
        let digits = payload.strip_prefix("0x").filter(|_| payload.len() <= MAX_TRANSACTION_CHARS);
        let payload = digits.and_then(|digits| hex::decode(digits).ok()).ok_or_else(malformed)?;
        let call = Call::remark(message.as_bytes());
        let call = &call;
        let read = |chain: vilokanam_chain::Chain| async move { chain.encode_call(call).await };
        let call_bytes = self.nodes.ask(read).await?;
        Ok(is_signed_payload(signature, &payload, &call_bytes, signer))
    }
}

/// Returns whether `signer` has signed a transaction's payload that begins with this call.
fn is_signed_payload(signature: &MultiSignature, payload: &[u8], call: &[u8], signer: &AccountId) -> bool {
    if matches!(signature, MultiSignature::Eth(_)) || !payload.starts_with(call) {
        return false;
    }
    if payload.len() > HASHED_ABOVE_BYTES {
        signature.verify(&blake2_256(payload)[..], signer)
    } else {
        signature.verify(payload, signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::{sr25519, Pair};

    fn pair() -> sr25519::Pair {
        sr25519::Pair::from_string("//Bob", None).unwrap()
    }

    fn is_accepted(payload: &[u8], signed: &[u8]) -> bool {
        let signature = MultiSignature::from(pair().sign(signed));
        is_signed_payload(&signature, payload, b"\x00\x00remark", &pair().public().into())
    }

    #[test]
    fn payload_of_the_remark_is_accepted_short_or_hashed() {
        let short = b"\x00\x00remark, extensions".to_vec();
        assert!(is_accepted(&short, &short));
        let long = [&short[..], &[7; 300]].concat();
        assert!(is_accepted(&long, &blake2_256(&long)));
        assert!(!is_accepted(&long, &long), "wallets sign the hash of a long one");
    }

    #[test]
    fn payload_of_another_call_is_refused() {
        let other = b"\x05\x00remark".to_vec();
        assert!(!is_accepted(&other, &other));
        let short = b"\x00\x00remark".to_vec();
        assert!(!is_accepted(&short, b"something else"));
    }
}
