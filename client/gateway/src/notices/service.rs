//! What requests do with notices: lists, settings, push subscriptions, mail addresses.

use super::{
    deliver::{Deliveries, Delivery},
    happening::Happening,
    mail::{address_of, MailError, Mailer},
    push::{PushError, PushSetupError, Pusher},
    readers::{News, Readers, Seat},
    views::notice_view,
    worker::Worker,
};
use crate::{
    chat::{Paces, Rate},
    config::Config,
    lifetime::Lifetime,
    moderation::Moderation,
    people::People,
};
use parking_lot::Mutex;
use rand::Rng;
use sp_crypto_hashing::blake2_256;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, AccountId};
use tokio::sync::{mpsc, Notify};
use vilokanam_indexer::{
    people::{MailRow, MailTried, PushRow},
    GatewayStateError, Page, PageRequest, QueryError, Store,
};
use vilokanam_paywall::IpPrefix;
use vilokanam_wire::notices::{MailView, Notice, NoticeSettings, PushSubscription, MAIL_CODE_DIGITS};

/// Time for which a code is valid, in minutes.
const CODE_MINUTES: u64 = 15;
/// Number of codes of six digits.
const CODES: u32 = 1_000_000;
/// How often a code is sent to one person, and to one address: three at once, then one in twenty minutes.
const CODE_RATE: Rate = Rate { every_ms: 20 * 60_000, burst: 3 };
/// Persons and addresses whose pace is remembered.
const MAX_PACES: usize = 10_000;

/// A request about notices is refused, or fails.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The push subscription is not accepted.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The mail address is not accepted.
    #[error(transparent)]
    Mail(MailError),
    /// The operator has set up no mail.
    #[error("This gateway sends no mail.")]
    NoMail,
    /// Codes were sent a moment ago.
    #[error("Several codes were sent already. Look for them in the mailbox, and in its folder of unwanted mail.")]
    TooManyCodes {
        /// Seconds until there is another one.
        retry_after_s: u32,
    },
    /// The code is another one.
    #[error("The code is wrong. {left} more tries are left.")]
    WrongCode {
        /// Tries that are left.
        left: u32,
    },
    /// No code is waited for.
    #[error("No code is waited for: it has expired, it was tried too often, or the address is verified.")]
    NoCode,
    /// The database fails.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    /// The index fails, or the page does not exist.
    #[error(transparent)]
    Index(#[from] QueryError),
}

/// What notices are made with.
pub struct NoticeParts {
    pub index: Store,
    pub people: Arc<People>,
    pub moderation: Arc<Moderation>,
}

/// Notices, as requests see them.
pub struct NoticeService {
    index: Store,
    people: Arc<People>,
    readers: Arc<Readers>,
    pusher: Arc<Pusher>,
    mailer: Option<Arc<Mailer>>,
    deliveries: Deliveries,
    /// Paces of persons and of addresses.
    codes: Mutex<(Paces<AccountId>, Paces<String>)>,
}

/// Notices cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum NoticeSetupError {
    /// Push messages cannot be sent.
    #[error(transparent)]
    Push(#[from] PushSetupError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl NoticeService {
    /// Opens the key of push messages and starts the tasks.
    ///
    /// # Errors
    ///
    /// [`NoticeSetupError`].
    pub fn start(
        config: &Config,
        parts: NoticeParts,
        queue: mpsc::Receiver<Happening>,
        lifetime: &Lifetime,
    ) -> Result<Arc<Self>, NoticeSetupError> {
        let settings = &config.people;
        let mailer = match (&settings.smtp_url, &settings.mail_from) {
            (Some(server), Some(from)) => Some(Arc::new(Mailer::new(server, from, &config.http.public_url)?)),
            _ => None,
        };
        let networks = settings.push_networks.iter().map(|network| network.0).collect();
        let pusher = Arc::new(Pusher::open(&config.data_dir, networks, config.http.public_url.clone())?);
        let NoticeParts { index, people, moderation } = parts;
        let deliveries = Deliveries::start(&index, &pusher, mailer.as_ref(), lifetime);
        let readers = Arc::new(Readers::default());
        let worker = Worker {
            index: index.clone(),
            people: people.clone(),
            moderation,
            readers: readers.clone(),
            deliveries: deliveries.clone(),
            mailer: mailer.clone(),
            wake: Arc::new(Notify::new()),
        };
        worker.start(queue, lifetime);
        let codes = Mutex::new((Paces::new(CODE_RATE, MAX_PACES), Paces::new(CODE_RATE, MAX_PACES)));
        Ok(Arc::new(Self { index, people, readers, pusher, mailer, deliveries, codes }))
    }

    /// Returns a page of the notices of a person, the newest first.
    ///
    /// # Errors
    ///
    /// [`NoticeError::Index`], [`NoticeError::Records`].
    pub async fn list(&self, who: &AccountId, page: &PageRequest) -> Result<Page<Notice>, NoticeError> {
        let Page { items, next } = self.index.notices_of(who, page).await?;
        let authors: Vec<AccountId> = items.iter().filter_map(|row| row.author.clone()).collect();
        let authors = self.people.person_refs(&authors).await?;
        let items = items.into_iter().filter_map(|row| notice_view(row, &authors)).collect();
        Ok(Page { items, next })
    }

    /// Returns how many notices a person has not read.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn unread(&self, who: &AccountId) -> Result<u32, GatewayStateError> {
        self.index.unread_notices(who).await
    }

    /// Marks notices up to a number as read. Returns how many are unread then.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn read(&self, who: &AccountId, up_to: u64) -> Result<u32, GatewayStateError> {
        // No number is above what the database can hold.
        self.index.read_notices(who, up_to.min(i64::MAX.unsigned_abs())).await?;
        self.readers.send(who, News::Unread);
        self.unread(who).await
    }

    /// Returns what a person has set.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn settings(&self, who: &AccountId) -> Result<NoticeSettings, GatewayStateError> {
        let stored = self.index.notice_settings(std::slice::from_ref(who)).await?.remove(who);
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Replaces what a person has set.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn set(&self, who: &AccountId, settings: &NoticeSettings) -> Result<(), GatewayStateError> {
        // Flags can always be written.
        let json = serde_json::to_string(settings).unwrap_or_default();
        self.index.set_notice_settings(who, &json).await
    }

    /// Returns the key with which browsers subscribe.
    pub fn push_key(&self) -> &str {
        self.pusher.public_key()
    }

    /// Adds a browser's push subscription.
    ///
    /// # Errors
    ///
    /// [`NoticeError::Push`], [`NoticeError::Records`].
    pub async fn subscribe(&self, who: &AccountId, subscription: PushSubscription) -> Result<(), NoticeError> {
        self.pusher.check(&subscription).await?;
        let PushSubscription { endpoint, keys } = subscription;
        let (p256dh, auth, made_at) = (keys.p256dh, keys.auth, now_ms());
        Ok(self.index.set_push(&PushRow { endpoint, person: who.clone(), p256dh, auth, made_at }).await?)
    }

    /// Removes a browser's push subscription.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn unsubscribe(&self, who: &AccountId, endpoint: &str) -> Result<(), GatewayStateError> {
        self.index.end_push(who, endpoint).await
    }

    /// Returns the mail address of a person.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn mail(&self, who: &AccountId) -> Result<MailView, GatewayStateError> {
        Ok(self.mail_view(self.index.mail(who).await?))
    }

    fn mail_view(&self, row: Option<MailRow>) -> MailView {
        MailView {
            is_offered: self.mailer.is_some(),
            is_verified: row.as_ref().is_some_and(|row| row.is_verified),
            address: row.map(|row| row.address),
        }
    }

    /// Sets the mail address of a person, and sends a code to it. Until the code comes back, nothing else is sent there.
    ///
    /// # Errors
    ///
    /// [`NoticeError`] says which rule was broken.
    pub async fn set_mail(&self, who: &AccountId, address: &str) -> Result<MailView, NoticeError> {
        let mailer = self.mailer.as_ref().ok_or(NoticeError::NoMail)?;
        let address = address_of(address.trim()).map_err(NoticeError::Mail)?.to_string();
        let before = self.index.mail(who).await?;
        if let Some(row) = before.filter(|row| row.is_verified && row.address == address) {
            return Ok(self.mail_view(Some(row)));
        }
        let now = now_ms();
        self.take_code(who, &address, now)?;
        let code = new_code();
        let row = MailRow {
            person: who.clone(),
            address: address.clone(),
            is_verified: false,
            code_hash: hash_of(who, &code),
            expires_at: now + CODE_MINUTES * 60_000,
            tries: 0,
        };
        self.index.set_mail(&row).await?;
        self.deliveries.add(Delivery::Mail(address, Arc::new(mailer.code(&code, CODE_MINUTES))));
        Ok(self.mail_view(Some(row)))
    }

    fn take_code(&self, who: &AccountId, address: &str, now: u64) -> Result<(), NoticeError> {
        let mut codes = self.codes.lock();
        let of_person = codes.0.take(who.clone(), now);
        let taken = of_person.and_then(|()| codes.1.take(address.to_lowercase(), now));
        taken.map_err(|wait_ms| NoticeError::TooManyCodes {
            retry_after_s: u32::try_from(wait_ms.div_ceil(1_000)).unwrap_or(u32::MAX),
        })
    }

    /// Verifies the mail address of a person with its code.
    ///
    /// # Errors
    ///
    /// [`NoticeError::WrongCode`], [`NoticeError::NoCode`], [`NoticeError::Records`].
    pub async fn verify_mail(&self, who: &AccountId, code: &str) -> Result<MailView, NoticeError> {
        match self.index.try_mail_code(who, &hash_of(who, code.trim()), now_ms()).await? {
            MailTried::Verified => Ok(self.mail(who).await?),
            MailTried::Wrong(left) => Err(NoticeError::WrongCode { left }),
            MailTried::Over => Err(NoticeError::NoCode),
        }
    }

    /// Removes the mail address of a person.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn remove_mail(&self, who: &AccountId) -> Result<(), GatewayStateError> {
        self.index.remove_mail(who).await
    }

    /// Returns a place for a socket of a person, unless there are as many as allowed.
    pub fn enter(&self, who: &AccountId, network: IpPrefix) -> Option<Seat> {
        self.readers.enter(who, network)
    }
}

/// Returns a random code.
fn new_code() -> String {
    let code = rand::thread_rng().gen_range(0..CODES);
    format!("{code:0MAIL_CODE_DIGITS$}")
}

/// Returns the hash of a person's code, as it is stored.
fn hash_of(who: &AccountId, code: &str) -> String {
    let account: &[u8] = who.as_ref();
    hex::encode(blake2_256(&[account, code.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_six_digits_and_are_worth_nothing_to_others() {
        let code = new_code();
        assert!(code.len() == MAIL_CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let (ann, bob) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        assert_ne!(hash_of(&ann, &code), hash_of(&bob, &code));
        assert_eq!(hash_of(&ann, "000001"), hash_of(&ann, "000001"));
        assert_ne!(hash_of(&ann, "000001"), hash_of(&ann, "000010"));
    }
}
