//! Settings about people: who administers the gateway, and who may publish.

use super::Network;
use serde::{Deserialize, Serialize};
use vilokanam_wire::Account;

/// Who may publish at this gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CreatorPolicy {
    /// Every creator.
    #[default]
    Open,
    /// Creators with an invitation of an administrator, and those of `listed`.
    Invited,
    /// The creators of `listed` and those to whom administrators have granted it.
    Listed,
}

/// People at this gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// Accounts that administer the gateway, besides its own and its operator's.
    pub admins: Vec<Account>,
    /// Who may publish: `open` for every creator, `invited` for those with an invitation, `listed` for those of `listed`.
    pub creators: CreatorPolicy,
    /// Accounts that may publish if not everyone may.
    pub listed: Vec<Account>,
    /// WebSockets of chats that one network may have open at a time.
    pub chat_sockets_per_network: u32,
    /// Searches at a time. Others wait for a moment, and are refused then.
    pub max_searches: usize,
    /// Currency of an additional column in statements, such as `EUR`; without it, there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiat_currency: Option<String>,
    /// Price of one token (10^12 planck) in that currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiat_per_token: Option<f64>,
    /// The server by which mail is sent: `smtps://user:password@host`, or `smtp://host:port?tls=required`; without it, no mail is
    /// sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<String>,
    /// Address from which mail is sent, such as `Videos <videos@example.org>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// Networks (CIDR) with addresses that are not public and to which push messages go all the same. With any of them, push
    /// services may have `http://` addresses.
    pub push_networks: Vec<Network>,
}

impl Default for People {
    fn default() -> Self {
        Self {
            admins: Vec::new(),
            creators: CreatorPolicy::default(),
            listed: Vec::new(),
            chat_sockets_per_network: 50,
            max_searches: 8,
            fiat_currency: None,
            fiat_per_token: None,
            smtp_url: None,
            mail_from: None,
            push_networks: Vec::new(),
        }
    }
}
