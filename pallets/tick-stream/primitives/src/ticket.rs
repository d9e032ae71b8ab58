//! What is signed: the ticket that opens a session and the message that closes one.

use crate::ids::{session_id, AccountId, Balance, BlockNumber, GenesisHash, SessionId, StreamId};
use crate::tick_chain::TickHash;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::Verify, MultiSignature};

const TICKET_DOMAIN: &[u8] = b"vilokanam/ticket/v1";
const CLOSE_DOMAIN: &[u8] = b"vilokanam/close/v1";
const WRAP_BEFORE: &[u8] = b"<Bytes>";
const WRAP_AFTER: &[u8] = b"</Bytes>";

/// A viewer's wish to watch one stream through one gateway.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Ticket {
    /// Whose deposit pays.
    pub viewer: AccountId,
    /// Makes the session's id; used twice only to replace a ticket that was never opened.
    pub nonce: u64,
    /// What is watched.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// The most a tick may cost, in planck.
    pub price_per_tick: Balance,
    /// The most ticks that may be claimed.
    pub max_ticks: u32,
    /// `w[0]` of a tick chain made from a fresh random seed.
    pub anchor: TickHash,
    /// The last block in which the ticket opens a session.
    pub expires_at: BlockNumber,
}

impl Ticket {
    /// The session this ticket opens.
    pub fn session_id(&self, genesis: &GenesisHash) -> SessionId {
        session_id(genesis, &self.viewer, self.nonce)
    }

    /// The bytes the session key signs.
    pub fn message(&self, genesis: &GenesisHash) -> Vec<u8> {
        let mut message = Vec::with_capacity(TICKET_DOMAIN.len() + 32 + Self::max_encoded_len());
        message.extend_from_slice(TICKET_DOMAIN);
        message.extend_from_slice(genesis);
        self.encode_to(&mut message);
        message
    }
}

/// A ticket and the session key's signature under it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct SignedTicket {
    /// What is wished.
    pub ticket: Ticket,
    /// Of the session key over [`Ticket::message`].
    pub signature: MultiSignature,
}

impl SignedTicket {
    /// Whether `session_key` signed this ticket for this chain.
    pub fn is_signed_by(&self, session_key: &AccountId, genesis: &GenesisHash) -> bool {
        is_signed_by(&self.signature, &self.ticket.message(genesis), session_key)
    }
}

/// The bytes that are signed to close `session`.
pub fn close_message(genesis: &GenesisHash, session: &SessionId) -> Vec<u8> {
    [CLOSE_DOMAIN, genesis, &session.0].concat()
}

/// `message` as wallets wrap it before they sign.
pub fn wrapped(message: &[u8]) -> Vec<u8> {
    [WRAP_BEFORE, message, WRAP_AFTER].concat()
}

/// Whether `signer` signed `message`, bare or wrapped. The Ethereum kind is refused: it signs a hash of its own making,
/// which no vector covers.
pub fn is_signed_by(signature: &MultiSignature, message: &[u8], signer: &AccountId) -> bool {
    if matches!(signature, MultiSignature::Eth(_)) {
        return false;
    }
    signature.verify(message, signer) || signature.verify(&wrapped(message)[..], signer)
}
