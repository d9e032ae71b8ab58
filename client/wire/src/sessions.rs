//! Selling a session and its ticks.

use crate::scalars::{Account, Planck, SessionRef, StreamRef};
use serde::{Deserialize, Serialize};

/// `POST /v1/sessions`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferTicket {
    /// The signed ticket: SCALE, in hex.
    pub ticket: String,
}

/// Where a session stands on chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SessionPhase {
    /// Its ticket has been taken and is on its way to the chain: a few ticks are on credit.
    Offered,
    /// In a block that may still be undone.
    Included,
    /// In a finalized block.
    Open,
    /// Closing: no more ticks are sold.
    Closing,
    /// Removed from the chain.
    Closed,
    /// The chain's session is not the one that was sold.
    Dead,
}

/// A session as its gateway sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Which.
    pub session: SessionRef,
    /// What is watched.
    pub stream: StreamRef,
    /// Who watches.
    pub viewer: Account,
    /// Where it stands.
    pub phase: SessionPhase,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// The most ticks it may take.
    pub max_ticks: u32,
    /// The highest tick that has been let go of.
    pub paid_ticks: u32,
    /// Ticks that keys have been given for.
    pub used_ticks: u32,
    /// Ticks that are settled on chain.
    pub settled_ticks: u32,
}

/// A claim that is not settled for good: `GET /v1/claims`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimView {
    /// Whose.
    pub session: SessionRef,
    /// The highest tick let go of.
    pub ticks: u32,
    /// The element of the tick chain that proves it, in hex.
    pub proof: String,
}

/// Answer to what pays: keys, or an advance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paid {
    /// The session now.
    pub session: SessionView,
    /// The token to show from now on; only when the request advanced the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The keys, in order of their index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
}

/// One key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// Of which segment.
    pub index: u64,
    /// 16 bytes in hex.
    pub key: String,
}

/// `POST /v1/sessions/{id}/ticks`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advance {
    /// The highest tick let go of.
    pub ticks: u32,
    /// Its proof: 32 bytes in hex.
    pub proof: String,
}

/// What a viewer says over `WS /v1/sessions/{id}`. The first message must show the token or pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromViewer {
    /// "I am the one who has paid so far."
    Hello {
        /// The session's token.
        token: String,
    },
    /// Pays, and asks for `count` keys from `index` on; none when `count` is 0.
    Pay {
        /// Comes back with the answer.
        id: u32,
        /// The first key's index.
        #[serde(default)]
        index: u64,
        /// How many keys.
        #[serde(default)]
        count: u32,
        /// The highest tick let go of.
        ticks: u32,
        /// Its proof: 32 bytes in hex.
        proof: String,
    },
    /// "I am leaving: settle and close."
    Leave,
}

/// What the gateway says over `WS /v1/sessions/{id}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromGateway {
    /// The session as it is: at first, and whenever its phase changes.
    Session(SessionView),
    /// Answer to `pay`.
    Paid {
        /// Of which `pay`.
        id: u32,
        /// What came of it.
        #[serde(flatten)]
        paid: Paid,
    },
    /// Answer to `pay`, when it was refused.
    Refused {
        /// Of which `pay`.
        id: u32,
        /// Why.
        problem: crate::Problem,
    },
}
