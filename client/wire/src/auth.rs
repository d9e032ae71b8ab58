//! Signing in at a gateway: challenges, tokens, and what the gateway says of the person who is signed in.

use crate::{
    people::{MySettings, PersonView},
    scalars::Account,
};
use serde::{Deserialize, Serialize};

/// Name of the cookie with the refresh token. It is sent to `/v1/auth` only, and no script can read it.
pub const REFRESH_COOKIE: &str = "vilokanam_refresh";
/// Maximum number of characters of the name of a sign-in.
pub const MAX_LABEL_CHARS: usize = 80;

/// How a person has signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SignedBy {
    /// With the account's own key.
    Wallet,
    /// With one of the account's session keys.
    SessionKey,
    /// As the recipient of a gift, with the gift's session key.
    Guest,
}

/// What a person may do at a gateway beyond what everyone may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Administers the gateway.
    Admin,
    /// Decides about reports.
    Moderator,
}

/// Who wants to sign in: `POST /v1/auth/challenge`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewChallenge {
    /// Account; for a guest, the account that has made the gift.
    pub account: Account,
    /// Session key of the account that will sign in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<Account>,
    /// Whether the session key is that of a gift, and the person its recipient.
    #[serde(default)]
    pub guest: bool,
}

/// A message to sign within its time, once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Challenge {
    /// Lines of text that name the gateway, the origin of its pages and the account.
    pub message: String,
    /// Time until which it is accepted, RFC 3339.
    pub expires_at: String,
}

/// A signed challenge: `POST /v1/auth/sign-in`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedChallenge {
    /// The challenge's message.
    pub message: String,
    /// SCALE-encoded `MultiSignature` in hex: over the message, or over `transaction`.
    pub signature: String,
    /// What a wallet has signed that signs transactions only: the payload of a remark with the message, in hex. The
    /// transaction is never submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// Name of this sign-in in the list of sign-ins, such as `Firefox on Linux`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A new or renewed sign-in. Its refresh token is in a cookie.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInAnswer {
    /// Token for the header `Authorization: Bearer …`.
    pub access_token: String,
    /// Time until which the token is accepted, RFC 3339.
    pub expires_at: String,
    /// The person.
    pub me: Me,
}

/// A sign-in of the person: `GET /v1/auth/sign-ins`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInView {
    /// Id.
    pub id: String,
    /// Name, as the device has given it.
    pub label: String,
    /// How the person has signed in.
    pub by: SignedBy,
    /// Time of signing in, RFC 3339.
    pub created_at: String,
    /// Time at which its token was renewed last, RFC 3339.
    pub last_used_at: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The person who is signed in: `GET /v1/me`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Account.
    pub account: Account,
    /// Whether it is the recipient of a gift.
    pub is_guest: bool,
    /// How the person has signed in.
    pub by: SignedBy,
    /// Roles at this gateway.
    pub roles: Vec<Role>,
    /// Whether this gateway takes broadcasts of the person.
    pub can_publish: bool,
    /// Profile.
    pub profile: PersonView,
    /// Settings.
    pub settings: MySettings,
    /// Notices that have not been read.
    pub unread_notices: u32,
}
