//! Tickets and claims of a viewer.

use crate::{rpc::ClaimRow, signer::Signer};
use codec::{DecodeAll, Encode};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, GenesisHash, SessionId, SignedTicket, StreamId, TickChain, TickHash, Ticket,
};

/// Terms of a ticket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Stream to watch.
    pub stream: StreamId,
    /// Account of the gateway that delivers the stream.
    pub gateway: AccountId,
    /// Highest price of a tick that the viewer accepts, in planck.
    pub price_per_tick: Balance,
    /// Highest number of ticks that can be claimed. Making the ticket costs as many hashes.
    pub max_ticks: u32,
    /// Last block in which the ticket can open a session.
    pub expires_at: BlockNumber,
}

/// Viewer whose wallet has authorised a session key.
#[derive(Clone, Debug)]
pub struct Viewer {
    account: AccountId,
    session_key: Signer,
    next_nonce: u64,
    genesis: GenesisHash,
}

impl Viewer {
    /// Makes a viewer who pays from the deposit of `account`. The first ticket gets `next_nonce`, which is
    /// [`NonceWindow::next`](tick_stream_primitives::NonceWindow::next) of the session key.
    pub fn new(account: AccountId, session_key: Signer, next_nonce: u64, genesis: GenesisHash) -> Self {
        Self { account, session_key, next_nonce, genesis }
    }

    /// Returns the account whose deposit pays.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Returns the key that signs tickets.
    pub fn session_key(&self) -> &Signer {
        &self.session_key
    }

    /// Makes a ticket with the next nonce, and its tick chain from a random seed.
    pub fn ticket(&mut self, order: &Order) -> Watch {
        let mut seed = TickHash::default();
        rand::rngs::OsRng.fill_bytes(&mut seed);
        self.ticket_from_seed(order, seed)
    }

    /// Makes a ticket as [`Self::ticket`] does, but from a given seed. Meant for load generators: anyone who knows the seed can
    /// claim all ticks of the session.
    pub fn ticket_from_seed(&mut self, order: &Order, seed: TickHash) -> Watch {
        let nonce = self.next_nonce;
        self.next_nonce = nonce.saturating_add(1);
        let session_key = self.session_key.account();
        let session = tick_stream_primitives::session_id(&self.genesis, &self.account, &session_key, nonce);
        let mut chain = TickChain::new(&session, seed, order.max_ticks);
        let ticket = Ticket {
            viewer: self.account.clone(),
            session_key,
            nonce,
            stream: order.stream,
            gateway: order.gateway.clone(),
            price_per_tick: order.price_per_tick,
            max_ticks: order.max_ticks,
            anchor: chain.anchor(),
            expires_at: order.expires_at,
        };
        Watch { session, ticket: self.session_key.sign_ticket(&self.genesis, ticket), chain, seed }
    }
}

/// Signed ticket with its tick chain.
#[derive(Clone)]
pub struct Watch {
    /// Session that the ticket opens.
    pub session: SessionId,
    /// Signed ticket.
    pub ticket: SignedTicket,
    /// Tick chain. Secret: its proofs pay for all ticks of the session.
    pub chain: TickChain,
    /// Seed of the tick chain. Secret.
    seed: TickHash,
}

impl Watch {
    /// Returns the claim of all ticks up to `ticks`, or `None` when the ticket covers fewer. Fast when called with increasing
    /// numbers.
    pub fn claim(&mut self, ticks: u32) -> Option<ClaimRow> {
        let proof = self.chain.proof(ticks)?;
        Some(ClaimRow { session: self.session, ticks, proof })
    }

    /// Returns the form in which another process can continue the session after the tick `revealed_ticks`. Secret: it
    /// contains the seed.
    pub fn to_kept(&self, revealed_ticks: u32) -> KeptWatch {
        KeptWatch { ticket: hex::encode(self.ticket.encode()), seed: hex::encode(self.seed), revealed_ticks }
    }
}

/// [`Watch`] in the form in which it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWatch {
    /// Signed ticket: SCALE in hex.
    ticket: String,
    /// Seed of the tick chain: 32 bytes in hex. Secret.
    seed: String,
    /// Highest tick that the viewer has revealed. Stored before the tick is sent.
    #[serde(alias = "revealed")]
    revealed_ticks: u32,
}

/// Reason why a stored watch cannot be restored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeptWatchError {
    /// The ticket or the seed cannot be decoded.
    #[error("the ticket or the seed cannot be decoded")]
    Malformed,
    /// The seed does not belong to the ticket, or the ticket belongs to another chain.
    #[error("the seed does not belong to the ticket, or the ticket belongs to another chain")]
    WrongSeed,
}

impl KeptWatch {
    /// Returns the highest tick that the viewer has revealed.
    pub fn revealed_ticks(&self) -> u32 {
        self.revealed_ticks
    }

    /// Restores the watch. Costs as many hashes as the ticket has ticks.
    ///
    /// # Errors
    ///
    /// [`KeptWatchError::Malformed`] when ticket or seed cannot be decoded, and [`KeptWatchError::WrongSeed`] when they do
    /// not belong together on the chain with this genesis hash, or more ticks are revealed than the ticket has.
    pub fn restore(&self, genesis: &GenesisHash) -> Result<Watch, KeptWatchError> {
        let bytes = hex::decode(&self.ticket).map_err(|_| KeptWatchError::Malformed)?;
        let signed = SignedTicket::decode_all(&mut &bytes[..]).map_err(|_| KeptWatchError::Malformed)?;
        let mut seed = TickHash::default();
        hex::decode_to_slice(&self.seed, &mut seed).map_err(|_| KeptWatchError::Malformed)?;
        let Ticket { viewer, session_key, nonce, max_ticks, anchor, .. } = &signed.ticket;
        let session = tick_stream_primitives::session_id(genesis, viewer, session_key, *nonce);
        let mut chain = TickChain::new(&session, seed, *max_ticks);
        if chain.anchor() != *anchor || self.revealed_ticks > *max_ticks {
            return Err(KeptWatchError::WrongSeed);
        }
        Ok(Watch { session, ticket: signed, chain, seed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(genesis: GenesisHash) -> Watch {
        let key = Signer::from_uri("//Alice").unwrap();
        let order = Order { stream: 3, gateway: key.account(), price_per_tick: 5, max_ticks: 40, expires_at: 100 };
        Viewer::new(key.account(), key, 7, genesis).ticket(&order)
    }

    #[test]
    fn restored_watch_makes_the_same_claims() {
        let genesis = [9; 32];
        let mut first = watch(genesis);
        let text = serde_json::to_string(&first.to_kept(12)).unwrap();
        let kept: KeptWatch = serde_json::from_str(&text).unwrap();
        let mut again = kept.restore(&genesis).unwrap();
        assert_eq!((again.session, &again.ticket, kept.revealed_ticks()), (first.session, &first.ticket, 12));
        assert_eq!(again.claim(13), first.claim(13));
    }

    #[test]
    fn stored_watch_with_the_former_field_name_is_read() {
        let kept = watch([9; 32]).to_kept(12);
        let former = serde_json::to_string(&kept).unwrap().replace("revealed_ticks", "revealed");
        assert!(former.contains("\"revealed\":12"), "{former}");
        assert!(serde_json::from_str::<KeptWatch>(&former).unwrap() == kept);
    }

    #[test]
    fn stored_watch_that_was_changed_is_refused() {
        let kept = watch([9; 32]).to_kept(0);
        assert_eq!(kept.restore(&[8; 32]).err(), Some(KeptWatchError::WrongSeed), "the ticket of another chain");
        let cases = [
            (KeptWatch { seed: "00".repeat(32), ..kept.clone() }, KeptWatchError::WrongSeed),
            (KeptWatch { revealed_ticks: 41, ..kept.clone() }, KeptWatchError::WrongSeed),
            (KeptWatch { seed: "00".into(), ..kept.clone() }, KeptWatchError::Malformed),
            (KeptWatch { ticket: "zz".into(), ..kept.clone() }, KeptWatchError::Malformed),
            (KeptWatch { ticket: kept.ticket[2..].into(), ..kept }, KeptWatchError::Malformed),
        ];
        for (kept, error) in cases {
            assert_eq!(kept.restore(&[9; 32]).err(), Some(error));
        }
    }
}
