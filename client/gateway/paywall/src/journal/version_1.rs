//! Records of version 1, in which tickets name no session key. Journals that have them are read; new records are written
//! in the present version.
//!
//! A session that was opened under version 1 goes on. A ticket of version 1 cannot be opened any more, so a session that
//! is still [`Phase::Offered`] keeps no ticket and gets no credit; see `Paywall::drop_tickets_of_version_1`.

use super::record;
use crate::{
    keys::{BoughtKeys, KeyRange},
    phase::{Ending, Phase, Rejection},
    session::{self, Transient},
};
use codec::Decode;
use sp_runtime::{MultiSignature, Permill};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Closing, Moment, SessionId, StreamId, TickHash};

/// One record. Only sessions have other fields than in the present version.
#[derive(Decode)]
pub(super) enum Record {
    #[codec(index = 0)]
    Secret([u8; 32]),
    #[codec(index = 1)]
    Session(SessionId, Box<Session>),
    #[codec(index = 2)]
    Paid { session: SessionId, revealed_ticks: u32, proof: TickHash, charged_ticks: u32, keys: KeyRange },
    #[codec(index = 3)]
    Removed(SessionId),
    #[codec(index = 4)]
    End { sessions: u64 },
}

#[derive(Decode)]
pub(super) struct Session {
    viewer: AccountId,
    stream: StreamId,
    price_per_tick: Balance,
    max_ticks: u32,
    expires_at: BlockNumber,
    anchor: TickHash,
    base_ticks: u32,
    signed: Option<SignedTicket>,
    phase: Phase,
    opened_at: Moment,
    closing: Option<Closing>,
    is_closed: bool,
    ending: Option<Ending>,
    rejection: Option<Rejection>,
    credit_ticks: u32,
    is_uncovered: bool,
    revealed_ticks: u32,
    proof: TickHash,
    charged_ticks: u32,
    bought: BoughtKeys,
    settled_ticks: u32,
    finalized_settled_ticks: u32,
    lsn: u64,
}

#[derive(Decode)]
#[allow(dead_code, reason = "what is not used has to be decoded all the same")]
struct SignedTicket {
    ticket: Ticket,
    signature: MultiSignature,
}

#[derive(Decode)]
#[allow(dead_code, reason = "what is not used has to be decoded all the same")]
struct Ticket {
    viewer: AccountId,
    nonce: u64,
    stream: StreamId,
    gateway: AccountId,
    price_per_tick: Balance,
    max_ticks: u32,
    anchor: TickHash,
    expires_at: BlockNumber,
}

impl From<Record> for record::Record {
    fn from(old: Record) -> Self {
        match old {
            Record::Secret(secret) => Self::Secret(secret),
            Record::Session(id, session) => Self::Session(id, Box::new((*session).into())),
            Record::Paid { session, revealed_ticks, proof, charged_ticks, keys } => {
                Self::Paid { session, revealed_ticks, proof, charged_ticks, keys }
            }
            Record::Removed(id) => Self::Removed(id),
            Record::End { sessions } => Self::End { sessions },
        }
    }
}

impl From<Session> for session::Session {
    /// Session key and gateway's share are not known until the chain's state of the session is passed in.
    fn from(old: Session) -> Self {
        let is_unopened = old.phase == Phase::Offered;
        // The most that the ticket allows, until the opening is in a block.
        let price_per_tick = old.signed.filter(|_| is_unopened).map(|signed| signed.ticket.price_per_tick);
        Self {
            viewer: old.viewer,
            session_key: None,
            stream: old.stream,
            price_per_tick: price_per_tick.unwrap_or(old.price_per_tick),
            gateway_share: Permill::zero(),
            max_ticks: old.max_ticks,
            expires_at: old.expires_at,
            anchor: old.anchor,
            base_ticks: old.base_ticks,
            signed: None,
            was_offered: true,
            phase: old.phase,
            opened_at: old.opened_at,
            closing: old.closing,
            is_closed: old.is_closed,
            ending: old.ending,
            rejection: old.rejection,
            credit_ticks: if is_unopened { 0 } else { old.credit_ticks },
            is_uncovered: old.is_uncovered,
            revealed_ticks: old.revealed_ticks,
            proof: old.proof,
            charged_ticks: old.charged_ticks,
            bought: old.bought,
            settled_ticks: old.settled_ticks,
            finalized_settled_ticks: old.finalized_settled_ticks,
            lsn: old.lsn,
            transient: Transient { is_obsolete: is_unopened, ..Transient::default() },
        }
    }
}
