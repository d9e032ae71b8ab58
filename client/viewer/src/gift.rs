//! Gift links: a session key in an address. Its secret is in the fragment, which browsers send to no server.
//!
//! ```text
//! https://gateway.example/gift#v=1&from=5Grw…&key=BwcH…&stream=3
//! https://gateway.example/gift#v=1&from=5Grw…&key=BwcH…&creator=5FHn…
//! ```
//!
//! `from` is the viewer whose deposit pays, `key` the secret of one of its session keys: 32 bytes in base64url. The key's
//! limits are on chain: anyone who has the link can spend up to them.

use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use std::{fmt, str::FromStr};
use tick_stream_primitives::{AccountId, Scope, StreamId};
use url::{form_urlencoded, Url};
use vilokanam_wire::{Account, StreamRef};

/// Version of the format.
const VERSION: &str = "1";
/// Path of the page that plays a gift.
const PATH: &str = "/gift";
/// Maximum length of a link in bytes.
const MAX_LINK_BYTES: usize = 2_048;
/// Beginning of the label of a gift's session key.
pub const GIFT_LABEL: &str = "Gift";

/// What a gift can be watched for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GiftTarget {
    /// One stream.
    Stream(StreamId),
    /// All streams of a creator.
    Creator(AccountId),
}

impl GiftTarget {
    /// Returns the scope of the gift's session key.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Stream(stream) => Scope::Stream(*stream),
            Self::Creator(creator) => Scope::Creator(creator.clone()),
        }
    }
}

/// Link with which somebody else can watch at a viewer's expense. `Display` shows its secret, `Debug` does not.
#[derive(Clone, PartialEq, Eq)]
pub struct GiftLink {
    /// Address of the gateway.
    pub gateway: Url,
    /// Account whose deposit pays.
    pub viewer: AccountId,
    /// Secret of the session key.
    pub seed: [u8; 32],
    /// What the gift is for.
    pub target: GiftTarget,
}

/// Reason why a text is no gift link.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GiftLinkError {
    /// The text is no address of a web page.
    #[error("this is not a gift link: it must begin with http:// or https://")]
    Address,
    /// The address is of another page.
    #[error("this is not a gift link: its path must end with {PATH}")]
    Path,
    /// The link is too long.
    #[error("the gift link is longer than {MAX_LINK_BYTES} bytes")]
    TooLong,
    /// A part is missing.
    #[error("the gift link has no `{0}`; copy all of it, including what follows the #")]
    Missing(&'static str),
    /// A part cannot be read.
    #[error("the gift link's `{0}` cannot be read; copy all of it")]
    Malformed(&'static str),
    /// The link is of another version.
    #[error("the gift link has version {0}; this program knows version {VERSION}")]
    Version(String),
}

impl fmt::Display for GiftLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = form_urlencoded::Serializer::new(String::new());
        parts.append_pair("v", VERSION);
        parts.append_pair("from", &Account(self.viewer.clone()).to_string());
        parts.append_pair("key", &URL_SAFE_NO_PAD.encode(self.seed));
        match &self.target {
            GiftTarget::Stream(stream) => parts.append_pair("stream", &stream.to_string()),
            GiftTarget::Creator(creator) => parts.append_pair("creator", &Account(creator.clone()).to_string()),
        };
        write!(f, "{}{PATH}#{}", self.gateway.as_str().trim_end_matches('/'), parts.finish())
    }
}

impl fmt::Debug for GiftLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gateway, viewer, target, .. } = self;
        write!(f, "GiftLink {{ gateway: {gateway}, viewer: {viewer}, target: {target:?} }}")
    }
}

impl FromStr for GiftLink {
    type Err = GiftLinkError;

    fn from_str(text: &str) -> Result<Self, GiftLinkError> {
        if text.len() > MAX_LINK_BYTES {
            return Err(GiftLinkError::TooLong);
        }
        let mut gateway: Url = text.trim().parse().map_err(|_| GiftLinkError::Address)?;
        if !matches!(gateway.scheme(), "http" | "https") || !gateway.has_host() {
            return Err(GiftLinkError::Address);
        }
        let fragment = gateway.fragment().unwrap_or_default().to_owned();
        let origin_path =
            gateway.path().trim_end_matches('/').strip_suffix(PATH).ok_or(GiftLinkError::Path)?.to_owned();
        gateway.set_path(&origin_path);
        gateway.set_fragment(None);
        gateway.set_query(None);
        let parts = Parts(form_urlencoded::parse(fragment.as_bytes()).into_owned().collect());
        let version = parts.required("v")?;
        if version != VERSION {
            return Err(GiftLinkError::Version(version.chars().take(10).collect()));
        }
        let key = URL_SAFE_NO_PAD.decode(parts.required("key")?.trim_end_matches('='));
        let seed = key.ok().and_then(|key| key.try_into().ok()).ok_or(GiftLinkError::Malformed("key"))?;
        let target = match parts.find("stream") {
            Some(stream) => {
                GiftTarget::Stream(stream.parse::<StreamRef>().map_err(|_| GiftLinkError::Malformed("stream"))?.0)
            }
            None => GiftTarget::Creator(parts.account("creator").map_err(|error| match error {
                GiftLinkError::Missing(_) => GiftLinkError::Missing("stream"),
                error => error,
            })?),
        };
        Ok(Self { gateway, viewer: parts.account("from")?, seed, target })
    }
}

/// Named parts of a fragment.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &'static str) -> Result<&str, GiftLinkError> {
        self.find(name).ok_or(GiftLinkError::Missing(name))
    }

    fn account(&self, name: &'static str) -> Result<AccountId, GiftLinkError> {
        let account: Account = self.required(name)?.parse().map_err(|_| GiftLinkError::Malformed(name))?;
        Ok(account.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

    fn account(text: &str) -> AccountId {
        text.parse::<Account>().unwrap().0
    }

    fn link(target: GiftTarget) -> GiftLink {
        let gateway = "https://gateway.example".parse().unwrap();
        GiftLink { gateway, viewer: account(ALICE), seed: [7; 32], target }
    }

    #[test]
    fn link_has_the_documented_form() {
        let stream = link(GiftTarget::Stream(3));
        assert_eq!(stream.to_string(), format!("https://gateway.example/gift#v=1&from={ALICE}&key={KEY}&stream=3"));
        let creator = link(GiftTarget::Creator(account(BOB)));
        assert_eq!(
            creator.to_string(),
            format!("https://gateway.example/gift#v=1&from={ALICE}&key={KEY}&creator={BOB}")
        );
        assert!(!format!("{stream:?}").contains(KEY), "{stream:?}");
        for link in [stream, creator] {
            assert_eq!(link.to_string().parse(), Ok(link));
        }
    }

    #[test]
    fn gateway_behind_a_path_keeps_its_path() {
        let parsed: GiftLink =
            format!("http://g.example:8080/video/gift#v=1&from={ALICE}&key={KEY}&stream=0").parse().unwrap();
        assert_eq!(parsed.gateway.as_str(), "http://g.example:8080/video");
        assert_eq!(parsed.target, GiftTarget::Stream(0));
    }

    #[test]
    fn what_is_no_gift_link_is_refused_with_a_reason() {
        let with = |fragment: &str| format!("https://g.example/gift#{fragment}").parse::<GiftLink>().unwrap_err();
        assert_eq!("5Grw".parse::<GiftLink>(), Err(GiftLinkError::Address));
        assert_eq!("ftp://g.example/gift#v=1".parse::<GiftLink>(), Err(GiftLinkError::Address));
        assert_eq!("https://g.example/watch/3".parse::<GiftLink>(), Err(GiftLinkError::Path));
        assert_eq!(with(""), GiftLinkError::Missing("v"));
        assert_eq!(with("v=2"), GiftLinkError::Version("2".into()));
        assert_eq!(with(&format!("v=1&from={ALICE}&stream=1")), GiftLinkError::Missing("key"));
        assert_eq!(with(&format!("v=1&from={ALICE}&key=abc&stream=1")), GiftLinkError::Malformed("key"));
        assert_eq!(with(&format!("v=1&from={ALICE}&key={KEY}")), GiftLinkError::Missing("stream"));
        assert_eq!(with(&format!("v=1&from={ALICE}&key={KEY}&stream=-1")), GiftLinkError::Malformed("stream"));
        assert_eq!(with(&format!("v=1&from=me&key={KEY}&stream=1")), GiftLinkError::Malformed("from"));
        let long = format!("https://g.example/gift#{}", "x".repeat(MAX_LINK_BYTES));
        assert_eq!(long.parse::<GiftLink>(), Err(GiftLinkError::TooLong));
    }
}
