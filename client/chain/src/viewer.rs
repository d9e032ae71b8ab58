//! The one who watches: makes tickets, lets go of ticks.

use crate::{rpc::ClaimRow, signer::Signer};
use codec::{DecodeAll, Encode};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, GenesisHash, SessionId, SignedTicket, StreamId, TickChain, TickHash, Ticket,
};

/// What is wished of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// What is watched.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// The most a tick may cost.
    pub price_per_tick: Balance,
    /// The most ticks that may be claimed: as many hashes are made at once.
    pub max_ticks: u32,
    /// The last block in which the ticket opens a session.
    pub expires_at: BlockNumber,
}

/// A viewer with a session key that the wallet has lent.
#[derive(Clone, Debug)]
pub struct Viewer {
    account: AccountId,
    session_key: Signer,
    next_nonce: u64,
    genesis: GenesisHash,
}

impl Viewer {
    /// The viewer whose deposit is `account`'s. The first ticket gets `next_nonce`: see
    /// [`tick_stream_primitives::NonceWindow::next`].
    pub fn new(account: AccountId, session_key: Signer, next_nonce: u64, genesis: GenesisHash) -> Self {
        Self { account, session_key, next_nonce, genesis }
    }

    /// Whose deposit pays.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// What signs tickets.
    pub fn session_key(&self) -> &Signer {
        &self.session_key
    }

    /// A ticket with a fresh nonce and a fresh random seed, and the chain that it is paid from.
    pub fn ticket(&mut self, order: &Order) -> Watch {
        let mut seed = TickHash::default();
        rand::rngs::OsRng.fill_bytes(&mut seed);
        self.ticket_from_seed(order, seed)
    }

    /// The same from a given seed. For load generators: who knows the seed spends the session.
    pub fn ticket_from_seed(&mut self, order: &Order, seed: TickHash) -> Watch {
        let nonce = self.next_nonce;
        self.next_nonce = nonce.saturating_add(1);
        let session = tick_stream_primitives::session_id(&self.genesis, &self.account, nonce);
        let mut chain = TickChain::new(&session, seed, order.max_ticks);
        let ticket = Ticket {
            viewer: self.account.clone(),
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

/// A ticket, and the chain whose elements pay for it.
#[derive(Clone)]
pub struct Watch {
    /// The session that the ticket opens.
    pub session: SessionId,
    /// The signed ticket.
    pub ticket: SignedTicket,
    /// Whoever holds it holds the money.
    pub chain: TickChain,
    /// What the chain is made from.
    seed: TickHash,
}

impl Watch {
    /// The claim of all ticks up to `ticks`; nothing when the ticket covers fewer. Meant to be asked upwards.
    pub fn claim(&mut self, ticks: u32) -> Option<ClaimRow> {
        let proof = self.chain.proof(ticks)?;
        Some(ClaimRow { session: self.session, ticks, proof })
    }

    /// What has to be kept so that another process can go on with it. It is as good as money.
    pub fn to_kept(&self, revealed: u32) -> KeptWatch {
        KeptWatch { ticket: hex::encode(self.ticket.encode()), seed: hex::encode(self.seed), revealed }
    }
}

/// A watch on disk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWatch {
    /// The signed ticket: SCALE, in hex.
    ticket: String,
    /// 32 bytes in hex: the secret.
    seed: String,
    /// The highest tick let go of. Written before it is told to anybody.
    revealed: u32,
}

/// Why a kept watch is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeptWatchError {
    /// Not what was written.
    #[error("it is no ticket and seed in hex")]
    Malformed,
    /// Seed and ticket are not of each other, or the ticket is another chain's.
    #[error("its seed does not lead to its ticket's anchor")]
    WrongSeed,
}

impl KeptWatch {
    /// The highest tick let go of.
    pub fn revealed(&self) -> u32 {
        self.revealed
    }

    /// The watch, to go on with. Costs as many hashes as the ticket has ticks.
    pub fn restore(&self, genesis: &GenesisHash) -> Result<Watch, KeptWatchError> {
        let bytes = hex::decode(&self.ticket).map_err(|_| KeptWatchError::Malformed)?;
        let signed = SignedTicket::decode_all(&mut &bytes[..]).map_err(|_| KeptWatchError::Malformed)?;
        let mut seed = TickHash::default();
        hex::decode_to_slice(&self.seed, &mut seed).map_err(|_| KeptWatchError::Malformed)?;
        let Ticket { viewer, nonce, max_ticks, anchor, .. } = &signed.ticket;
        let session = tick_stream_primitives::session_id(genesis, viewer, *nonce);
        let mut chain = TickChain::new(&session, seed, *max_ticks);
        if chain.anchor() != *anchor || self.revealed > *max_ticks {
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
    fn kept_watches_go_on() {
        let genesis = [9; 32];
        let mut first = watch(genesis);
        let text = serde_json::to_string(&first.to_kept(12)).unwrap();
        let kept: KeptWatch = serde_json::from_str(&text).unwrap();
        let mut again = kept.restore(&genesis).unwrap();
        assert_eq!((again.session, &again.ticket, kept.revealed()), (first.session, &first.ticket, 12));
        assert_eq!(again.claim(13), first.claim(13));
    }

    #[test]
    fn watches_kept_wrongly_are_refused() {
        let kept = watch([9; 32]).to_kept(0);
        assert_eq!(kept.restore(&[8; 32]).err(), Some(KeptWatchError::WrongSeed), "another chain's");
        let cases = [
            (KeptWatch { seed: "00".repeat(32), ..kept.clone() }, KeptWatchError::WrongSeed),
            (KeptWatch { revealed: 41, ..kept.clone() }, KeptWatchError::WrongSeed),
            (KeptWatch { seed: "00".into(), ..kept.clone() }, KeptWatchError::Malformed),
            (KeptWatch { ticket: "zz".into(), ..kept.clone() }, KeptWatchError::Malformed),
            (KeptWatch { ticket: kept.ticket[2..].into(), ..kept }, KeptWatchError::Malformed),
        ];
        for (kept, error) in cases {
            assert_eq!(kept.restore(&[9; 32]).err(), Some(error));
        }
    }
}
