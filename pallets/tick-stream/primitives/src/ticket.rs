//! Signed messages: the ticket that opens a session and the message that closes one.

use crate::ids::{session_id, AccountId, Balance, BlockNumber, GenesisHash, SessionId, StreamId};
use crate::tick_chain::TickHash;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::Verify, MultiSignature};

const TICKET_DOMAIN: &[u8] = b"vilokanam/ticket/v2";
const CLOSE_DOMAIN: &[u8] = b"vilokanam/close/v1";
const WRAP_BEFORE: &[u8] = b"<Bytes>";
const WRAP_AFTER: &[u8] = b"</Bytes>";

/// Request of a viewer to watch one stream through one gateway.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Ticket {
    /// Viewer whose deposit pays.
    pub viewer: AccountId,
    /// Session key that signs the ticket, or the viewer's own account if the wallet opens the session.
    pub session_key: AccountId,
    /// Number that makes the session's identifier unique among those of the key. It may be reused only to replace a
    /// ticket that was never opened.
    pub nonce: u64,
    /// Stream to watch.
    pub stream: StreamId,
    /// Gateway that serves the video.
    pub gateway: AccountId,
    /// Highest accepted price of a tick, in planck.
    pub price_per_tick: Balance,
    /// Maximum number of ticks (seconds) that may be claimed.
    pub max_ticks: u32,
    /// Element `w[0]` of a tick chain made from a fresh random seed.
    pub anchor: TickHash,
    /// Last block in which the ticket can open a session.
    pub expires_at: BlockNumber,
}

impl Ticket {
    /// Returns the identifier of the session that this ticket opens.
    pub fn session_id(&self, genesis: &GenesisHash) -> SessionId {
        session_id(genesis, &self.viewer, &self.session_key, self.nonce)
    }

    /// Returns the bytes that the session key signs: `"vilokanam/ticket/v2" ++ genesis ++ SCALE(ticket)`.
    pub fn message(&self, genesis: &GenesisHash) -> Vec<u8> {
        let mut message = Vec::with_capacity(TICKET_DOMAIN.len() + 32 + Self::max_encoded_len());
        message.extend_from_slice(TICKET_DOMAIN);
        message.extend_from_slice(genesis);
        self.encode_to(&mut message);
        message
    }
}

/// Ticket with the signature of the viewer's session key.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct SignedTicket {
    /// Signed ticket.
    pub ticket: Ticket,
    /// Signature of the session key over [`Ticket::message`].
    pub signature: MultiSignature,
}

impl SignedTicket {
    /// Returns whether the ticket's session key signed it for the chain with this genesis hash.
    pub fn is_signed(&self, genesis: &GenesisHash) -> bool {
        is_signed_by(&self.signature, &self.ticket.message(genesis), &self.ticket.session_key)
    }
}

/// Returns the bytes that are signed to close `session`: `"vilokanam/close/v1" ++ genesis ++ session`.
pub fn close_message(genesis: &GenesisHash, session: &SessionId) -> Vec<u8> {
    [CLOSE_DOMAIN, genesis, &session.0].concat()
}

/// Returns `message` between `<Bytes>` and `</Bytes>`, as wallets wrap it before signing.
pub fn wrapped(message: &[u8]) -> Vec<u8> {
    [WRAP_BEFORE, message, WRAP_AFTER].concat()
}

/// Returns whether `signer` signed `message`, either bare or [`wrapped`].
///
/// Signatures of the kind `Eth` are always refused: they cover a Keccak hash, which is not part of the protocol.
pub fn is_signed_by(signature: &MultiSignature, message: &[u8], signer: &AccountId) -> bool {
    if matches!(signature, MultiSignature::Eth(_)) {
        return false;
    }
    signature.verify(message, signer) || signature.verify(&wrapped(message)[..], signer)
}
