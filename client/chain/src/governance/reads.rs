//! State of governance.

use super::types::{Hash, ReferendumIndex};
use crate::{chain::Chain, error::ChainError, reads::State, runtime::text_of, submit::Receipt};
use std::collections::BTreeMap;
use subxt::{
    ext::{scale_decode::DecodeAsType, scale_value::Value},
    utils::{AccountId32, H256},
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber};

const REFERENDA: &str = "Referenda";
const COMMITTEE: &str = "TechnicalCommittee";
const TREASURY: &str = "Treasury";

/// Kind of referendum: its authority, deposit and periods.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct TrackInfo {
    name: String,
    decision_deposit: Balance,
    prepare_period: BlockNumber,
    decision_period: BlockNumber,
    confirm_period: BlockNumber,
    min_enactment_period: BlockNumber,
}

/// Kind of referendum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Track {
    /// Number of the track.
    pub id: u16,
    /// Name of the track.
    pub name: String,
    /// Deposit without which a referendum is not decided, in planck.
    pub decision_deposit: Balance,
    /// Least number of blocks from the submission to the beginning of the decision.
    pub prepare: BlockNumber,
    /// Greatest number of blocks of the decision.
    pub decision: BlockNumber,
    /// Number of blocks for which a referendum has to pass before it is approved.
    pub confirm: BlockNumber,
    /// Least number of blocks from the approval to the enactment.
    pub enactment: BlockNumber,
}

/// Call that a referendum proposes.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum Bounded {
    Legacy { hash: H256 },
    Inline(Vec<u8>),
    Lookup { hash: H256, len: u32 },
}

/// Call that a referendum proposes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proposal {
    /// Encoding of the call.
    Inline(Vec<u8>),
    /// Hash of the encoding, which is stored as a preimage, and its length if it is known.
    Preimage {
        /// Hash of the encoding.
        hash: Hash,
        /// Length in bytes.
        length: Option<u32>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Deposit {
    who: AccountId32,
    amount: Balance,
}

/// Decision on a referendum that is under way.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Deciding {
    /// Block in which it began.
    pub since: BlockNumber,
    /// Block in which the referendum is approved if it still passes then.
    pub confirming: Option<BlockNumber>,
}

#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Tally {
    ayes: Balance,
    nays: Balance,
    support: Balance,
}

#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ReferendumStatus {
    track: u16,
    origin: Value,
    proposal: Bounded,
    submitted: BlockNumber,
    submission_deposit: Deposit,
    decision_deposit: Option<Deposit>,
    deciding: Option<Deciding>,
    tally: Tally,
    in_queue: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum ReferendumInfo {
    Ongoing(ReferendumStatus),
    Approved(BlockNumber, Option<Deposit>, Option<Deposit>),
    Rejected(BlockNumber, Option<Deposit>, Option<Deposit>),
    Cancelled(BlockNumber, Option<Deposit>, Option<Deposit>),
    TimedOut(BlockNumber, Option<Deposit>, Option<Deposit>),
    Killed(BlockNumber),
}

/// Referendum that is not decided yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ongoing {
    /// Number of its track.
    pub track: u16,
    /// Authority with which the proposal is carried out.
    pub origin: String,
    /// Call that is proposed.
    pub proposal: Proposal,
    /// Block in which it was submitted.
    pub submitted: BlockNumber,
    /// Account that submitted it.
    pub submitter: AccountId,
    /// Whether the decision deposit is placed.
    pub has_decision_deposit: bool,
    /// Decision, if it is under way.
    pub deciding: Option<Deciding>,
    /// Votes for it, with their conviction, in planck.
    pub ayes: Balance,
    /// Votes against it, with their conviction, in planck.
    pub nays: Balance,
    /// Amount that has voted for it, in planck.
    pub support: Balance,
    /// Whether it waits until fewer referenda of its track are being decided.
    pub is_queued: bool,
}

/// Way in which a referendum has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Cancelled.
    Cancelled,
    /// Never decided, because the decision deposit was not placed in time.
    TimedOut,
    /// Cancelled, with its deposits forfeited.
    Killed,
}

/// State of a referendum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReferendumState {
    /// Not decided yet.
    Ongoing(Box<Ongoing>),
    /// Ended in this block.
    Ended(Ending, BlockNumber),
}

/// Referendum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Referendum {
    /// Number of the referendum.
    pub index: ReferendumIndex,
    /// State.
    pub state: ReferendumState,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Votes {
    index: u32,
    threshold: u32,
    ayes: Vec<AccountId32>,
    nays: Vec<AccountId32>,
    end: BlockNumber,
}

/// Proposal on which the technical committee votes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitteeVote {
    /// Hash of the proposal.
    pub hash: Hash,
    /// Number of the proposal.
    pub index: u32,
    /// Description of the proposed call.
    pub call: String,
    /// Number of votes that it needs.
    pub threshold: u32,
    /// Members who have voted for it.
    pub ayes: Vec<AccountId>,
    /// Members who have voted against it.
    pub nays: Vec<AccountId>,
    /// Last block of the vote.
    pub end: BlockNumber,
}

/// Technical committee and its open votes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committee {
    /// Members.
    pub members: Vec<AccountId>,
    /// Open votes.
    pub votes: Vec<CommitteeVote>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct CodeUpgradeAuthorization {
    code_hash: H256,
    check_version: bool,
}

/// Upgrade that governance has authorised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AuthorizedUpgrade {
    /// Hash of the new code.
    pub code_hash: Hash,
    /// Whether the new code must have the same name and a higher version.
    pub checks_version: bool,
}

/// Approved spending of the treasury that is not paid yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Funds {
    /// Number of blocks from one payment of the treasury to the next.
    pub period: BlockNumber,
    /// Account that receives each approved amount, and the amount in planck.
    pub approved: Vec<(AccountId, Balance)>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct SpendProposal {
    value: Balance,
    beneficiary: AccountId32,
}

impl From<Bounded> for Proposal {
    fn from(proposal: Bounded) -> Self {
        match proposal {
            Bounded::Legacy { hash } => Self::Preimage { hash: hash.0, length: None },
            Bounded::Inline(bytes) => Self::Inline(bytes),
            Bounded::Lookup { hash, len } => Self::Preimage { hash: hash.0, length: Some(len) },
        }
    }
}

impl From<ReferendumInfo> for ReferendumState {
    fn from(info: ReferendumInfo) -> Self {
        let ongoing = |status: ReferendumStatus| Ongoing {
            track: status.track,
            origin: text_of(&status.origin),
            proposal: status.proposal.into(),
            submitted: status.submitted,
            submitter: status.submission_deposit.who.0.into(),
            has_decision_deposit: status.decision_deposit.is_some(),
            deciding: status.deciding,
            ayes: status.tally.ayes,
            nays: status.tally.nays,
            support: status.tally.support,
            is_queued: status.in_queue,
        };
        match info {
            ReferendumInfo::Ongoing(status) => Self::Ongoing(Box::new(ongoing(status))),
            ReferendumInfo::Approved(at, ..) => Self::Ended(Ending::Approved, at),
            ReferendumInfo::Rejected(at, ..) => Self::Ended(Ending::Rejected, at),
            ReferendumInfo::Cancelled(at, ..) => Self::Ended(Ending::Cancelled, at),
            ReferendumInfo::TimedOut(at, ..) => Self::Ended(Ending::TimedOut, at),
            ReferendumInfo::Killed(at) => Self::Ended(Ending::Killed, at),
        }
    }
}

/// Each function fails when the node does not answer, or its chain has no such pallets.
impl State<'_> {
    /// Reads the tracks.
    pub async fn tracks(&self) -> Result<Vec<Track>, ChainError> {
        let tracks: Vec<(u16, TrackInfo)> = self.constant(REFERENDA, "Tracks").await?;
        let track = |(id, info): (u16, TrackInfo)| Track {
            id,
            // The chain pads names to a fixed length.
            name: info.name.trim_end_matches('\0').to_owned(),
            decision_deposit: info.decision_deposit,
            prepare: info.prepare_period,
            decision: info.decision_period,
            confirm: info.confirm_period,
            enactment: info.min_enactment_period,
        };
        Ok(tracks.into_iter().map(track).collect())
    }

    /// Reads the deposit for submitting a referendum, in planck.
    pub async fn submission_deposit(&self) -> Result<Balance, ChainError> {
        self.constant(REFERENDA, "SubmissionDeposit").await
    }

    /// Reads all referenda, in their order.
    pub async fn referenda(&self) -> Result<Vec<Referendum>, ChainError> {
        let found: Vec<(ReferendumIndex, ReferendumInfo)> = self.entries(REFERENDA, "ReferendumInfoFor").await?;
        Ok(found.into_iter().map(|(index, info)| Referendum { index, state: info.into() }).collect())
    }

    /// Reads a referendum.
    pub async fn referendum(&self, index: ReferendumIndex) -> Result<Option<Referendum>, ChainError> {
        let key = vec![Value::u128(index.into())];
        let info: Option<ReferendumInfo> = self.item(REFERENDA, "ReferendumInfoFor", key).await?;
        Ok(info.map(|info| Referendum { index, state: info.into() }))
    }

    /// Reads the encoding of a proposed call; `None` if it is a preimage that is not stored.
    pub async fn proposed_call(&self, proposal: &Proposal) -> Result<Option<Vec<u8>>, ChainError> {
        match proposal {
            Proposal::Inline(bytes) => Ok(Some(bytes.clone())),
            Proposal::Preimage { length: None, .. } => Ok(None),
            Proposal::Preimage { hash, length: Some(length) } => self.preimage(hash, *length).await,
        }
    }

    /// Reads a preimage of this length.
    pub async fn preimage(&self, hash: &Hash, length: u32) -> Result<Option<Vec<u8>>, ChainError> {
        let key = Value::unnamed_composite([Value::from_bytes(hash), Value::u128(length.into())]);
        self.item("Preimage", "PreimageFor", vec![key]).await
    }

    /// Returns whether the call with this hash is on the whitelist.
    pub async fn is_whitelisted(&self, call: &Hash) -> Result<bool, ChainError> {
        let found: Option<()> = self.item("Whitelist", "WhitelistedCall", vec![Value::from_bytes(call)]).await?;
        Ok(found.is_some())
    }

    /// Reads the upgrade that governance has authorised.
    pub async fn authorized_upgrade(&self) -> Result<Option<AuthorizedUpgrade>, ChainError> {
        let found: Option<CodeUpgradeAuthorization> = self.item("System", "AuthorizedUpgrade", vec![]).await?;
        let upgrade = |found: CodeUpgradeAuthorization| AuthorizedUpgrade {
            code_hash: found.code_hash.0,
            checks_version: found.check_version,
        };
        Ok(found.map(upgrade))
    }

    /// Reads the moderators.
    pub async fn moderators(&self) -> Result<Vec<AccountId>, ChainError> {
        let members: Vec<AccountId32> = self.item("Moderators", "Members", vec![]).await?.unwrap_or_default();
        Ok(accounts(members))
    }

    /// Reads the members of the technical committee and its open votes.
    pub async fn committee(&self) -> Result<Committee, ChainError> {
        let members: Vec<AccountId32> = self.item(COMMITTEE, "Members", vec![]).await?.unwrap_or_default();
        let mut calls: BTreeMap<Hash, Value> = BTreeMap::new();
        for (hash, call) in self.entries::<H256, Value>(COMMITTEE, "ProposalOf").await? {
            calls.insert(hash.0, call);
        }
        let vote = |(hash, votes): (H256, Votes)| CommitteeVote {
            hash: hash.0,
            index: votes.index,
            call: calls.get(&hash.0).map(text_of).unwrap_or_default(),
            threshold: votes.threshold,
            ayes: accounts(votes.ayes),
            nays: accounts(votes.nays),
            end: votes.end,
        };
        let votes = self.entries(COMMITTEE, "Voting").await?.into_iter().map(vote).collect();
        Ok(Committee { members: accounts(members), votes })
    }

    /// Reads the spending of the treasury that is approved and not paid yet.
    pub async fn approved_spending(&self) -> Result<Funds, ChainError> {
        let approvals: Vec<u32> = self.item(TREASURY, "Approvals", vec![]).await?.unwrap_or_default();
        let proposals: BTreeMap<u32, SpendProposal> = self.entries(TREASURY, "Proposals").await?.into_iter().collect();
        let spending = |proposal: &SpendProposal| (AccountId::from(proposal.beneficiary.0), proposal.value);
        Ok(Funds {
            period: self.constant(TREASURY, "SpendPeriod").await?,
            approved: approvals.iter().filter_map(|index| proposals.get(index)).map(spending).collect(),
        })
    }
}

impl Chain {
    /// Returns the number of the referendum that an extrinsic has submitted.
    ///
    /// # Errors
    ///
    /// When the node does not answer or does not have the block any more.
    pub async fn submitted_referendum(&self, receipt: &Receipt) -> Result<Option<ReferendumIndex>, ChainError> {
        #[derive(DecodeAsType)]
        #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
        struct Submitted {
            index: ReferendumIndex,
        }
        let submitted: Option<Submitted> = self.event_of(receipt, REFERENDA, "Submitted").await?;
        Ok(submitted.map(|submitted| submitted.index))
    }
}

fn accounts(accounts: Vec<AccountId32>) -> Vec<AccountId> {
    accounts.into_iter().map(|account| account.0.into()).collect()
}
