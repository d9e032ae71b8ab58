//! Administration of a gateway: its state, who publishes, lists of what is blocked, roles, terms.

use crate::{
    gateway::{ChainStatus, PartState},
    people::PersonRef,
    scalars::{Account, Planck, StreamRef},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of characters of a note on an entry of a list.
pub const MAX_NOTE_CHARS: usize = 500;
/// Maximum number of characters of a blocked word.
pub const MAX_WORD_CHARS: usize = 64;

/// Answer to `GET /v1/admin/status`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminStatus {
    /// Account of the gateway.
    pub account: Account,
    /// Version of the software.
    pub version: String,
    /// Whether the gateway is ending and takes nothing new.
    pub is_draining: bool,
    /// What the gateway depends on: `node`, `database`, `journal`, `disk`, and `mail` and `push` where they are set up.
    pub parts: Vec<PartState>,
    /// Heights of the chain and of the index.
    pub chain: ChainStatus,
    /// Disks that the gateway writes to.
    pub disks: Vec<DiskView>,
    /// Numbers of what there is at this moment, by group.
    pub figures: Vec<Figure>,
}

/// A disk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiskView {
    /// Folder that the gateway writes to.
    pub folder: String,
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
    /// Bytes below which nothing is recorded or uploaded.
    pub min_free_bytes: u64,
}

/// A number of something that there is at this moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figure {
    /// Group that it belongs to: `sessions`, `settlement`, `journal`, `video`, `jobs`, `limits` or `moderation`.
    pub group: String,
    /// What is counted.
    pub name: String,
    /// How many there are.
    pub value: u64,
    /// How many there may be; absent if there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// A stream that is being published, in `GET /v1/admin/publishers`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublisherView {
    /// The stream.
    pub stream: StreamRef,
    /// Title; empty until the index knows the stream.
    pub title: String,
    /// The creator; absent until the index knows the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<PersonRef>,
    /// Time at which the broadcast began, RFC 3339; absent until the first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// `live`, or `waiting` for a publisher that disconnected.
    pub state: String,
    /// How the video arrives: `RTMP`, `SRT`, `HTTP PUT`, `WHIP` or `a pulled source`; empty until the first picture.
    pub protocol: String,
    /// Bit rate of the source, in bits per second.
    pub bitrate_bps: u64,
    /// Viewers at this gateway.
    pub viewers: u32,
    /// Whether the stream arrives and is transcoded without trouble.
    pub is_well: bool,
    /// Sentence that says what is wrong, or that all is well.
    pub diagnosis: String,
}

/// Body of `POST /v1/admin/streams/{id}/cut-off`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CutOff {
    /// Why, 1 to 2,000 characters. The creator reads it.
    pub reason: String,
}

/// What a list of blocked things holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// Accounts, which may watch and pay, but neither write nor publish.
    Account,
    /// Networks, such as `203.0.113.0/24`, from which no request is answered.
    Network,
    /// Words that no text may contain.
    Word,
}

impl BlockKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Account, Self::Network, Self::Word];

    /// Returns the text of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Network => "network",
            Self::Word => "word",
        }
    }
}

impl fmt::Display for BlockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BlockKind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or("write account, network or word")
    }
}

/// An entry of a list of what is blocked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockView {
    /// Which list.
    pub kind: BlockKind,
    /// The account, network or word.
    pub value: String,
    /// Why it is blocked.
    pub note: String,
    /// Who has blocked it.
    pub by: PersonRef,
    /// Since when, RFC 3339.
    pub at: String,
}

/// Body of `PUT /v1/admin/blocks/{kind}/{value}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewBlock {
    /// Why it is blocked, at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// A role that an administrator grants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GrantedRole {
    /// May decide about reports.
    Moderator,
    /// May publish where not everybody may.
    Creator,
}

impl GrantedRole {
    /// Returns the text of the role.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Creator => "creator",
        }
    }
}

impl fmt::Display for GrantedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GrantedRole {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Moderator, Self::Creator];
        all.into_iter().find(|role| role.as_str() == text).ok_or("write moderator or creator")
    }
}

/// A person with a role, in `GET /v1/admin/people`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleView {
    /// The person.
    pub person: PersonRef,
    /// The role.
    pub role: GrantedRole,
    /// Who has granted it.
    pub by: PersonRef,
    /// Since when, RFC 3339.
    pub at: String,
}

/// Answer to `POST /v1/admin/invitations`. No other answer contains the code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Code with which one person becomes a creator: a secret.
    pub code: String,
    /// Time at which it expires, RFC 3339.
    pub expires_at: String,
}

/// Body of `POST /v1/me/invitation`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Redemption {
    /// The code.
    pub code: String,
}

/// Terms at which streams are served: answer to `GET /v1/admin/terms`, and body of `PUT /v1/admin/terms`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishingTerms {
    /// Lowest price of a tick.
    pub min_price: Planck,
    /// Smallest share of the gateway, in parts per million of what protocol and submitter leave.
    pub min_share_ppm: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_roles_are_those_of_json() {
        for kind in BlockKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for role in [GrantedRole::Moderator, GrantedRole::Creator] {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("admin".parse::<GrantedRole>().is_err(), "administrators are named in the settings");
    }
}
