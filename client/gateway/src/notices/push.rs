//! Web Push: messages that push services of browsers deliver, encrypted for the browser and signed by this gateway (VAPID,
//! RFC 8291 and 8292).
//!
//! A subscription names the address that messages are sent to, and anybody can name any. So messages go through
//! [`vilokanam_outbound`]: to public addresses only, without redirects, and nothing of the answer is shown to anyone.

use crate::secrets::{self, SecretError};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use ipnet::IpNet;
use std::{fs, io, path::Path, time::Duration};
use url::Url;
use vilokanam_indexer::people::PushRow;
use vilokanam_outbound::{AddressError, Ask, FetchError, Outbound, SetupError};
use vilokanam_wire::notices::{PushSubscription, MAX_ENDPOINT_CHARS, MAX_PUSH_KEY_CHARS};
use web_push::{
    ContentEncoding, PartialVapidSignatureBuilder, SubscriptionInfo, Urgency, VapidSignatureBuilder, WebPushError,
    WebPushMessageBuilder,
};

/// File of the key that signs push messages.
const KEY_FILE: &str = "notices.key";
/// Limit for a push service to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for which a push service keeps a message for a browser that is not running, in seconds: a day.
const KEEP_S: u32 = 24 * 3_600;
/// Answers of a push service that knows the subscription no more.
const GONE: [u16; 2] = [404, 410];

/// A push subscription is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The endpoint is no address of a push service.
    #[error("The endpoint is no address that begins with https:// and has at most 1,000 characters.")]
    Endpoint,
    /// The endpoint leads to an address that messages are not sent to.
    #[error("No message is sent to this endpoint: {0}.")]
    Address(#[from] AddressError),
    /// The keys cannot be used.
    #[error("The keys of the subscription are not those of a browser.")]
    Keys,
}

/// The key cannot be read or made, or nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum PushSetupError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The file does not hold a key.
    #[error("{} in the data folder holds no key; remove it, and people have to turn on push messages again", KEY_FILE)]
    Damaged,
    /// The HTTP client cannot be set up.
    #[error(transparent)]
    Client(#[from] SetupError),
}

/// What became of an attempt to send something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attempt {
    /// It was taken.
    Done,
    /// The recipient exists no more.
    Gone,
    /// It is refused, and would be again.
    Refused(String),
    /// It may be taken later.
    Later(String),
}

/// Headers of a request.
type Headers = Vec<(&'static str, String)>;

/// Sends push messages.
pub struct Pusher {
    key: PartialVapidSignatureBuilder,
    /// The public key, as browsers take it.
    public: String,
    /// Who is asked if messages are a nuisance: an address of mail or of the pages.
    contact: String,
    outbound: Outbound,
    ask: Ask,
}

impl Pusher {
    /// Opens the key in the data folder, which is made if there is none. Messages go to public addresses, and to those in the
    /// networks that the operator lists.
    ///
    /// # Errors
    ///
    /// [`PushSetupError`].
    pub fn open(data: &Path, networks: Vec<IpNet>, contact: String) -> Result<Self, PushSetupError> {
        let key =
            VapidSignatureBuilder::from_base64_no_sub(&read_or_make(data)?).map_err(|_| PushSetupError::Damaged)?;
        let public = URL_SAFE_NO_PAD.encode(key.get_public_key());
        let ask = if networks.is_empty() { Ask::https(0) } else { Ask::http(0) };
        let ask = Ask { time: SEND_TIMEOUT, ..ask };
        Ok(Self { key, public, contact, outbound: Outbound::new(networks)?, ask })
    }

    /// Returns the public key, as browsers take it.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// Checks a subscription before it is stored: that messages can be encrypted for it, and that its endpoint does not point
    /// inwards. The latter is checked again with each message, since names can change what they point to.
    ///
    /// # Errors
    ///
    /// [`PushError`].
    pub async fn check(&self, subscription: &PushSubscription) -> Result<(), PushError> {
        let PushSubscription { endpoint, keys } = subscription;
        let url = self.url_of(endpoint).ok_or(PushError::Endpoint)?;
        if keys.p256dh.len() > MAX_PUSH_KEY_CHARS || keys.auth.len() > MAX_PUSH_KEY_CHARS {
            return Err(PushError::Keys);
        }
        let info = SubscriptionInfo::new(endpoint, &keys.p256dh, &keys.auth);
        self.write(&info, &url, b"{}").map_err(|_| PushError::Keys)?;
        let host = url.host().ok_or(PushError::Endpoint)?;
        self.outbound.addresses().resolve(host, url.port_or_known_default().unwrap_or(0)).await?;
        Ok(())
    }

    fn url_of(&self, endpoint: &str) -> Option<Url> {
        let is_short = endpoint.len() <= MAX_ENDPOINT_CHARS;
        let url = endpoint.parse::<Url>().ok().filter(|_| is_short)?;
        let is_allowed = url.scheme() == "https" || (self.ask.allows_http && url.scheme() == "http");
        let is_plain = url.username().is_empty() && url.password().is_none();
        (is_allowed && is_plain && url.has_host()).then_some(url)
    }

    /// Encrypts and signs a message. Returns the headers and the body of its request.
    fn write(&self, info: &SubscriptionInfo, url: &Url, content: &[u8]) -> Result<(Headers, Vec<u8>), WebPushError> {
        let mut signature = self.key.clone().add_sub_info(info);
        signature.add_claim("aud", url.origin().ascii_serialization());
        signature.add_claim("sub", self.contact.clone());
        let mut message = WebPushMessageBuilder::new(info);
        message.set_vapid_signature(signature.build()?);
        message.set_ttl(KEEP_S);
        message.set_urgency(Urgency::Normal);
        message.set_payload(ContentEncoding::Aes128Gcm, content);
        let message = message.build()?;
        let payload = message.payload.ok_or(WebPushError::InvalidCryptoKeys)?;
        let mut headers = payload.crypto_headers;
        headers.push(("content-encoding", payload.content_encoding.to_str().to_owned()));
        headers.push(("content-type", "application/octet-stream".to_owned()));
        headers.push(("ttl", KEEP_S.to_string()));
        headers.push(("urgency", Urgency::Normal.to_string()));
        Ok((headers, payload.content))
    }

    /// Sends a message once.
    pub async fn send(&self, to: &PushRow, content: &[u8]) -> Attempt {
        let Some(url) = self.url_of(&to.endpoint) else { return Attempt::Gone };
        let info = SubscriptionInfo::new(&to.endpoint, &to.p256dh, &to.auth);
        let (headers, body) = match self.write(&info, &url, content) {
            Ok(written) => written,
            Err(error) => return Attempt::Refused(error.to_string()),
        };
        match self.outbound.post(&url, &headers, body, &self.ask).await {
            Ok(status) => read_status(status),
            // It points inwards now.
            Err(
                error
                @ (FetchError::Address(AddressError::Private(_) | AddressError::Port(_)) | FetchError::Url { .. }),
            ) => Attempt::Refused(error.to_string()),
            Err(error) => Attempt::Later(error.to_string()),
        }
    }
}

fn read_status(status: u16) -> Attempt {
    match status {
        200..=299 => Attempt::Done,
        status if GONE.contains(&status) => Attempt::Gone,
        429 | 500.. => Attempt::Later(format!("the push service answers with status {status}")),
        status => Attempt::Refused(format!("the push service answers with status {status}")),
    }
}

/// Returns the key in URL-safe base64: 32 bytes, a number of P-256.
fn read_or_make(data: &Path) -> Result<String, PushSetupError> {
    let path = data.join(KEY_FILE);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
            // Made for its owner alone.
            secrets::write(data, &path, text.as_bytes())?;
            Ok(text)
        }
        Err(error) => Err(SecretError::Io { path, error }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::notices::PushKeys;

    /// Keys of a browser, from the documentation of a push library.
    const P256DH: &str = "BH1HTeKM7-NwaLGHEqxeu2IamQaVVLkcsFHPIHmsCnqxcBHPQBprF41bEMOr3O1hUQ2jU1opNEm1F_lZV_sxMP8";
    const AUTH: &str = "sBXU5_tIYz-5w7G2B25BEw";

    fn pusher(networks: &[&str]) -> (Pusher, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        (Pusher::open(folder.path(), networks, "mailto:a@example.org".into()).unwrap(), folder)
    }

    fn subscription(endpoint: &str) -> PushSubscription {
        PushSubscription { endpoint: endpoint.into(), keys: PushKeys { p256dh: P256DH.into(), auth: AUTH.into() } }
    }

    #[test]
    fn key_is_made_once_and_is_private() {
        let (pusher, folder) = pusher(&[]);
        let again = Pusher::open(folder.path(), Vec::new(), String::new()).unwrap();
        assert_eq!(pusher.public_key(), again.public_key());
        assert_eq!(URL_SAFE_NO_PAD.decode(pusher.public_key()).unwrap().len(), 65);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.path().join(KEY_FILE), "no key").unwrap();
        let damaged = Pusher::open(folder.path(), Vec::new(), String::new());
        assert!(matches!(damaged.err(), Some(PushSetupError::Damaged)));
    }

    #[tokio::test]
    async fn endpoints_that_point_inwards_are_refused() {
        let (pusher, _folder) = pusher(&[]);
        for host in ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1", "2130706433"] {
            let refused = pusher.check(&subscription(&format!("https://{host}/push"))).await;
            assert!(matches!(refused, Err(PushError::Address(_))), "{host}: {refused:?}");
        }
        for endpoint in ["http://1.1.1.1/push", "file:///etc/passwd", "https://a:b@1.1.1.1/", "nothing", ""] {
            let refused = pusher.check(&subscription(endpoint)).await;
            assert!(matches!(refused, Err(PushError::Endpoint)), "{endpoint}: {refused:?}");
        }
        let long = format!("https://1.1.1.1/{}", "x".repeat(MAX_ENDPOINT_CHARS));
        assert!(matches!(pusher.check(&subscription(&long)).await, Err(PushError::Endpoint)));
        assert!(pusher.check(&subscription("https://1.1.1.1/push")).await.is_ok());
    }

    #[tokio::test]
    async fn keys_for_which_nothing_can_be_encrypted_are_refused() {
        let (pusher, _folder) = pusher(&[]);
        let good = subscription("https://1.1.1.1/push");
        for (p256dh, auth) in [("", AUTH), (P256DH, ""), ("AAAA", AUTH), (P256DH, "!"), (P256DH, "AAAA")] {
            let keys = PushKeys { p256dh: p256dh.into(), auth: auth.into() };
            let refused = pusher.check(&PushSubscription { keys, ..good.clone() }).await;
            assert!(matches!(refused, Err(PushError::Keys)), "{p256dh} {auth}: {refused:?}");
        }
    }

    #[test]
    fn messages_are_signed_for_the_origin_of_the_endpoint() {
        let (pusher, _folder) = pusher(&["127.0.0.0/8"]);
        let info = SubscriptionInfo::new("http://127.0.0.1:9000/push/1", P256DH, AUTH);
        let (headers, body) = pusher.write(&info, &info.endpoint.parse().unwrap(), b"{}").unwrap();
        let header = |name: &str| headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).unwrap().1.clone();
        assert!(header("authorization").starts_with("vapid t="));
        assert_eq!(header("content-encoding"), "aes128gcm");
        let token = header("authorization");
        let claims = token.trim_start_matches("vapid t=").split('.').nth(1).unwrap();
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert!(claims.contains(r#""aud":"http://127.0.0.1:9000""#), "{claims}");
        assert!(claims.contains("mailto:a@example.org"), "{claims}");
        assert!(body.len() > 100);
    }

    #[test]
    fn answers_say_whether_to_try_again() {
        assert_eq!(read_status(201), Attempt::Done);
        assert_eq!((read_status(404), read_status(410)), (Attempt::Gone, Attempt::Gone));
        assert!(matches!(read_status(429), Attempt::Later(_)) && matches!(read_status(503), Attempt::Later(_)));
        assert!(matches!(read_status(302), Attempt::Refused(_)) && matches!(read_status(403), Attempt::Refused(_)));
    }
}
