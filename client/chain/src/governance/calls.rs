//! Calls of governance.

use super::types::{Hash, ReferendumIndex, MAX_INLINE_BYTES};
use crate::{
    call::{Args, Call},
    runtime::address_value,
};
use sp_crypto_hashing::blake2_256;
use subxt::ext::scale_value::{Value, ValueDef, Variant};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, StreamId};

const REFERENDA: &str = "Referenda";
const VOTING: &str = "ConvictionVoting";
const COMMITTEE: &str = "TechnicalCommittee";
const WHITELIST: &str = "Whitelist";
const SYSTEM: &str = "System";

/// Authority with which a proposal is carried out. Each has a track of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Everything.
    Root,
    /// Calls that the technical committee has put on the whitelist, with the authority of [`Self::Root`].
    WhitelistedCaller,
    /// Spending from the treasury.
    Treasurer,
    /// Appointment of moderators.
    Moderation,
}

impl Origin {
    fn value(self) -> Value {
        let custom = |name: &str| Value::unnamed_variant("Origins", [Value::unnamed_variant(name, [])]);
        match self {
            Self::Root => Value::unnamed_variant("system", [Value::unnamed_variant("Root", [])]),
            Self::WhitelistedCaller => custom("WhitelistedCaller"),
            Self::Treasurer => custom("Treasurer"),
            Self::Moderation => custom("Moderation"),
        }
    }
}

/// Weight of a vote, and for how long its amount stays locked if it was on the winning side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Conviction {
    /// A tenth of the amount; no lock.
    None,
    /// The amount; one period.
    #[default]
    Locked1x,
    /// Twice the amount; two periods.
    Locked2x,
    /// Three times the amount; four periods.
    Locked3x,
    /// Four times the amount; eight periods.
    Locked4x,
    /// Five times the amount; sixteen periods.
    Locked5x,
    /// Six times the amount; thirty-two periods.
    Locked6x,
}

/// Vote on a referendum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vote {
    /// Whether the vote is for the proposal.
    pub is_aye: bool,
    /// Amount that votes, in planck. It stays in the account and can vote on other referenda as well.
    pub amount: Balance,
    /// Weight of the vote.
    pub conviction: Conviction,
}

/// Returns the hash of an encoded call or of a runtime's code, by which governance refers to it.
pub fn hash_of(bytes: &[u8]) -> Hash {
    blake2_256(bytes)
}

impl Call {
    /// Returns the call as a value in another call. A call in SCALE has no such form.
    fn to_value(&self) -> Option<Value> {
        let Args::Named(args) = self.args() else { return None };
        let values = args.clone();
        let call = Value::without_context(ValueDef::Variant(Variant { name: self.name().into(), values }));
        Some(Value::unnamed_variant(self.pallet(), [call]))
    }

    /// Stores the encoding of a call, so that a referendum can refer to it by its hash.
    pub fn note_preimage(bytes: &[u8]) -> Self {
        Self::new("Preimage", "note_preimage", bytes)
    }

    /// Submits a referendum on the call with this encoding. After approval it is carried out `delay` blocks later, or after
    /// the track's least delay. An encoding of more than [`MAX_INLINE_BYTES`] needs a preimage.
    pub fn submit_referendum(origin: Origin, call: &[u8], delay: BlockNumber) -> Self {
        let proposal = if call.len() > MAX_INLINE_BYTES {
            let (hash, length) = (Value::from_bytes(hash_of(call)), Value::u128(call.len() as u128));
            Value::named_variant("Lookup", [("hash", hash), ("len", length)])
        } else {
            Value::unnamed_variant("Inline", [Value::from_bytes(call)])
        };
        let moment = Value::unnamed_variant("After", [Value::u128(delay.into())]);
        let args = [("proposal_origin", origin.value()), ("proposal", proposal), ("enactment_moment", moment)];
        Self::named(REFERENDA, "submit", args)
    }

    /// Places the deposit without which a referendum is not decided.
    pub fn place_decision_deposit(index: ReferendumIndex) -> Self {
        Self::named(REFERENDA, "place_decision_deposit", [("index", Value::u128(index.into()))])
    }

    /// Returns the decision deposit of a referendum that has ended.
    pub fn refund_decision_deposit(index: ReferendumIndex) -> Self {
        Self::named(REFERENDA, "refund_decision_deposit", [("index", Value::u128(index.into()))])
    }

    /// Returns the submission deposit of a referendum that was approved or cancelled.
    pub fn refund_submission_deposit(index: ReferendumIndex) -> Self {
        Self::named(REFERENDA, "refund_submission_deposit", [("index", Value::u128(index.into()))])
    }

    /// Votes on a referendum, or changes an earlier vote.
    pub fn vote(index: ReferendumIndex, vote: &Vote) -> Self {
        // The highest bit is the side, the others the conviction.
        let byte = u128::from(vote.is_aye) << 7 | vote.conviction as u128;
        let vote = [("vote", Value::unnamed_composite([Value::u128(byte)])), ("balance", Value::u128(vote.amount))];
        let vote = Value::named_variant("Standard", vote);
        Self::named(VOTING, "vote", [("poll_index", Value::u128(index.into())), ("vote", vote)])
    }

    /// Removes the signer's vote on a referendum of this track.
    pub fn remove_vote(track: u16, index: ReferendumIndex) -> Self {
        let class = Value::unnamed_variant("Some", [Value::u128(track.into())]);
        Self::named(VOTING, "remove_vote", [("class", class), ("index", Value::u128(index.into()))])
    }

    /// Frees what earlier votes of `target` on this track have locked, as far as the time has come.
    pub fn unlock_votes(track: u16, target: &AccountId) -> Self {
        Self::named(VOTING, "unlock", [("class", Value::u128(track.into())), ("target", address_value(target))])
    }

    /// Puts the call with this hash on the whitelist. Only the technical committee can do that.
    pub fn whitelist_call(hash: &Hash) -> Self {
        Self::named(WHITELIST, "whitelist_call", [("call_hash", Value::from_bytes(hash))])
    }

    /// Carries out a call that is on the whitelist. `None` if the call is given in SCALE and not by names.
    pub fn dispatch_whitelisted(call: &Self) -> Option<Self> {
        Some(Self::named(WHITELIST, "dispatch_whitelisted_call_with_preimage", [("call", call.to_value()?)]))
    }

    /// Proposes a call of `length` bytes to the technical committee. With a threshold of one it is carried out at once.
    /// `None` if the call is given in SCALE and not by names.
    pub fn committee_propose(threshold: u32, call: &Self, length: u32) -> Option<Self> {
        let args = [
            ("threshold", Value::u128(threshold.into())),
            ("proposal", call.to_value()?),
            ("length_bound", Value::u128(length.into())),
        ];
        Some(Self::named(COMMITTEE, "propose", args))
    }

    /// Votes on a proposal of the technical committee.
    pub fn committee_vote(proposal: &Hash, index: u32, approves: bool) -> Self {
        let args = [
            ("proposal", Value::from_bytes(proposal)),
            ("index", Value::u128(index.into())),
            ("approve", Value::bool(approves)),
        ];
        Self::named(COMMITTEE, "vote", args)
    }

    /// Ends the vote on a proposal of the technical committee, and carries it out if it has enough votes. `length` and the
    /// weight are upper bounds of the proposal's.
    pub fn committee_close(proposal: &Hash, index: u32, ref_time: u64, proof_size: u64, length: u32) -> Self {
        let weight = [("ref_time", Value::u128(ref_time.into())), ("proof_size", Value::u128(proof_size.into()))];
        let args = [
            ("proposal_hash", Value::from_bytes(proposal)),
            ("index", Value::u128(index.into())),
            ("proposal_weight_bound", Value::named_composite(weight)),
            ("length_bound", Value::u128(length.into())),
        ];
        Self::named(COMMITTEE, "close", args)
    }

    /// Allows the upgrade to the code with this hash.
    pub fn authorize_upgrade(code_hash: &Hash) -> Self {
        Self::named(SYSTEM, "authorize_upgrade", [("code_hash", Value::from_bytes(code_hash))])
    }

    /// Carries out the upgrade that was authorised for this code. Any account may do it.
    pub fn apply_authorized_upgrade(code: &[u8]) -> Self {
        Self::new(SYSTEM, "apply_authorized_upgrade", code)
    }

    /// Spends `amount` planck of the treasury. It is paid at the end of the treasury's period.
    pub fn spend_local(amount: Balance, beneficiary: &AccountId) -> Self {
        let args = [("amount", Value::u128(amount)), ("beneficiary", address_value(beneficiary))];
        Self::named("Treasury", "spend_local", args)
    }

    /// Appoints a moderator.
    pub fn add_moderator(account: &AccountId) -> Self {
        Self::named("Moderators", "add_member", [("who", address_value(account))])
    }

    /// Dismisses a moderator.
    pub fn remove_moderator(account: &AccountId) -> Self {
        Self::named("Moderators", "remove_member", [("who", address_value(account))])
    }

    /// Suspends a stream. Only a moderator can do that.
    pub fn suspend_stream(stream: StreamId) -> Self {
        Self::named("TickStream", "suspend_stream", [("stream", Value::u128(stream.into()))])
    }

    /// Ends the suspension of a stream. Only a moderator can do that.
    pub fn resume_stream(stream: StreamId) -> Self {
        Self::named("TickStream", "resume_stream", [("stream", Value::u128(stream.into()))])
    }
}
