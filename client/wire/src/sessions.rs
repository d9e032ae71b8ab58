//! Sessions, ticks and keys.

use crate::scalars::{Account, Planck, SessionRef, StreamRef};
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/sessions`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferTicket {
    /// SCALE-encoded `SignedTicket` in hex.
    pub ticket: String,
}

/// Phase of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SessionPhase {
    /// The ticket is accepted and on its way to the chain; a few ticks are on credit.
    Offered,
    /// The open is in a block that may still be undone.
    Included,
    /// The open is in a finalized block.
    Finalized,
    /// The session is closing: no more keys are given.
    Closing,
    /// The session is removed from the chain.
    Closed,
    /// The session on chain differs from the accepted ticket; no more keys are given.
    Rejected,
}

/// A session as its gateway knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Id of the session.
    pub session: SessionRef,
    /// Stream that is watched.
    pub stream: StreamRef,
    /// Account that pays.
    pub viewer: Account,
    /// Session key that opened the session; absent if the wallet did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<Account>,
    /// Phase.
    pub phase: SessionPhase,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// Most ticks that can be revealed.
    pub max_ticks: u32,
    /// Highest tick that the viewer has revealed.
    pub revealed_ticks: u32,
    /// Ticks whose keys have been given.
    pub charged_ticks: u32,
    /// Ticks settled on chain.
    pub settled_ticks: u32,
}

/// A claim that is not settled in a finalized block, see `GET /v1/claims`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimView {
    /// Session of the claim.
    pub session: SessionRef,
    /// Cumulative ticks of the claim.
    pub ticks: u32,
    /// Element of the tick chain that proves them, in hex.
    pub proof: String,
}

/// Answer to a payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paid {
    /// Session after the payment.
    pub session: SessionView,
    /// Token to show from now on; present when the payment revealed a new tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Keys in order of their index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
}

/// Key of one segment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// Index of the segment.
    pub index: u64,
    /// Key: 16 bytes in hex.
    pub key: String,
}

/// Body of `POST /v1/sessions/{id}/ticks`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advance {
    /// Cumulative ticks revealed.
    pub ticks: u32,
    /// Element of the tick chain that proves them: 32 bytes in hex.
    pub proof: String,
}

/// Message of a viewer over `WS /v1/sessions/{id}/ws`. The first one must show the token or pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromViewer {
    /// Shows the token of the viewer who has paid so far.
    Hello {
        /// The session's token.
        token: String,
    },
    /// Pays and asks for `count` keys from `index` on; for none when `count` is 0.
    Pay {
        /// Number that the answer repeats.
        id: u32,
        /// Index of the first key.
        #[serde(default)]
        index: u64,
        /// Number of keys.
        #[serde(default)]
        count: u32,
        /// Cumulative ticks revealed.
        ticks: u32,
        /// Element of the tick chain that proves them: 32 bytes in hex.
        proof: String,
    },
    /// Asks the gateway to settle and close the session.
    Leave,
}

/// Message of the gateway over `WS /v1/sessions/{id}/ws`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromGateway {
    /// The session: at first, and whenever its phase changes.
    Session(SessionView),
    /// Answer to `pay`, accepted.
    Paid {
        /// Number of the `pay`.
        id: u32,
        /// Session, token and keys.
        #[serde(flatten)]
        paid: Paid,
    },
    /// Answer to `pay` or `hello`, refused.
    Refused {
        /// Number of the `pay`.
        id: u32,
        /// Why it was refused.
        problem: crate::Problem,
    },
}
