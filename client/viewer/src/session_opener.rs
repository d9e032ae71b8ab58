//! Opening sessions: from the viewer's deposit, over a signed ticket, to a session that the gateway accepts.

use crate::{
    gateway::{genesis_of, GatewayClient, GatewayError},
    session_payer::SessionPayer,
    session_store::{SavedSession, SessionStore, SessionStoreError},
    terms::{affordable_ticks, check_session_key, check_with_refund, Costs, MoneySource, Purpose, TermsError},
};
use codec::Encode;
use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, Deposit, GenesisHash, NonceWindow, SessionKey, StreamId,
};
use vilokanam_chain::{Block, Chain, ChainError, Order, Signer, Viewer, Watch};
use vilokanam_wire::{
    codes,
    gateway::GatewayInfo,
    scalars::bytes_to_hex,
    sessions::{OfferTicket, SessionPhase, SessionView},
    streams::StreamView,
    SessionRef, StreamRef,
};

/// Maximum number of times that tickets are offered: an earlier one of the viewer may wait for its block.
const MAX_OFFERS: u32 = 30;
/// Pause between two offers, and between two looks at a session key.
const OFFER_PAUSE: Duration = Duration::from_secs(1);
/// Maximum number of times that a session key is read while an earlier session of this program is being closed.
const MAX_CLOSE_POLLS: u32 = 90;
/// The same while a session of another program may be about to close: its last seconds are settled first. It may as well be
/// watched for hours.
const MAX_POLLS_FOR_OTHERS: u32 = 30;
/// Maximum number of times that a ticket is offered whose money the gateway does not see yet, although this program does.
const MAX_OFFERS_WITHOUT_MONEY: u32 = 12;
const SESSIONS_PATH: &str = "/v1/sessions";

/// Reason why no session could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The gateway does not answer, or refuses.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The session cannot be saved.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
    /// The session cannot be paid for.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The gateway and the node are on different chains.
    #[error("the gateway and the node are on different chains")]
    OtherChain,
    /// The gateway accepted another session than the ticket says. Nothing was paid.
    #[error("the gateway opened a session that differs from the ticket; nothing was paid")]
    OtherSession,
}

/// Account whose deposit pays, and the key that spends it.
pub struct ViewerAccount {
    /// Account with the deposit.
    pub account: AccountId,
    /// Session key that the wallet has added to the deposit.
    pub session_key: Signer,
    /// Maximum price of a tick in planck, besides the session key's own limit.
    pub max_price: Option<Balance>,
}

impl ViewerAccount {
    fn accepts(&self, price: Balance) -> bool {
        self.max_price.is_none_or(|limit| price <= limit)
    }
}

/// Size of the session to open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRequest {
    /// Number of ticks that are wanted.
    pub ticks: u32,
    /// Minimum number of ticks that are of use.
    pub min_ticks: u32,
    /// Maximum amount to spend in planck, the fee for opening included; `None` for no limit.
    pub budget: Option<Balance>,
    /// Amount that the close of an earlier session of this program returns, in planck.
    pub refund: Balance,
}

/// Opens one viewer's sessions for one stream at one gateway.
pub struct SessionOpener {
    chain: Chain,
    gateway: GatewayClient,
    viewer: ViewerAccount,
    store: SessionStore,
    /// Whether a session was opened or resumed. It may still be open on chain after it was left.
    has_opened: AtomicBool,
}

impl SessionOpener {
    /// Creates an opener that saves sessions in `folder`.
    ///
    /// # Errors
    ///
    /// [`OpenError::OtherChain`], or when the gateway does not answer.
    pub async fn new(
        chain: Chain,
        gateway: GatewayClient,
        viewer: ViewerAccount,
        stream: StreamId,
        folder: PathBuf,
    ) -> Result<Self, OpenError> {
        let genesis = chain.genesis_hash();
        let info = info(&gateway, &genesis).await?;
        let store = SessionStore {
            folder,
            genesis,
            viewer: viewer.account.clone(),
            session_key: viewer.session_key.account(),
            gateway: info.account.0.clone(),
            stream,
        };
        Ok(Self { chain, gateway, viewer, store, has_opened: AtomicBool::new(false) })
    }

    /// Returns the session that an earlier process has left open, if it has `min_ticks` left at an acceptable price. Removes
    /// saved sessions that are closed.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or a saved session is damaged.
    pub async fn resume(&self, min_ticks: u32) -> Result<Option<SessionPayer>, OpenError> {
        for SavedSession { watch, revealed_ticks, lock } in self.store.load()? {
            let path = format!("{SESSIONS_PATH}/{}", SessionRef(watch.session));
            let view: SessionView = match self.gateway.get(&path, &[]).await {
                Ok(view) if sells_keys(&view) => view,
                Ok(_) => {
                    lock.remove();
                    continue;
                }
                Err(error) if error.status() == Some(404) => {
                    lock.remove();
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let price = view.price_per_tick.0;
            let is_acceptable = price <= watch.ticket.ticket.price_per_tick && self.viewer.accepts(price);
            if is_acceptable && view.max_ticks.saturating_sub(revealed_ticks) >= min_ticks {
                let payer = SessionPayer::resume(watch, price, revealed_ticks, view.charged_ticks);
                self.has_opened.store(true, Ordering::Relaxed);
                return Ok(Some(payer.saved_by(lock)));
            }
        }
        Ok(None)
    }

    /// Opens a session, at the present open fee. If an earlier session still holds the money that it takes, waits for its close
    /// for a while, and reports that to `observer`.
    ///
    /// # Errors
    ///
    /// [`OpenError::Terms`] when there is too little money or the price is too high; the others when the gateway or the chain
    /// refuse or do not answer.
    pub async fn open(
        &self,
        request: SessionRequest,
        observer: &mut (dyn FnMut(OpeningEvent) + Send),
    ) -> Result<Opened, OpenError> {
        let stream = self.store.stream;
        let terms = OpeningTerms::read(&self.gateway, &self.store.genesis, stream).await?;
        let OpeningTerms { price_per_tick, creator, open_fee, ticket_lifetime_blocks } = terms;
        if let Some(limit) = self.viewer.max_price.filter(|_| !self.viewer.accepts(price_per_tick)) {
            return Err(TermsError::AbovePriceLimit { price: price_per_tick, limit }.into());
        }
        let costs = Costs { price_per_tick, open_fee, budget: request.budget };
        let (max_ticks, nonces) = self.ticks_and_nonces(&creator, &costs, &request, observer).await?;
        let order = Order {
            stream,
            gateway: self.store.gateway.clone(),
            price_per_tick,
            max_ticks,
            // Half of the maximum: enough for any queue, and valid even if this node is ahead of the gateway's.
            expires_at: self.chain.best().await?.number.saturating_add(ticket_lifetime_blocks / 2),
        };
        Ok(Opened { payer: self.offer(&order, nonces).await?, open_fee })
    }

    /// Reads deposit and session key, and returns the number of ticks to order and the key's nonces. Waits while a session
    /// that was left has the key's place or the money for another: the chain closes it some blocks later.
    async fn ticks_and_nonces(
        &self,
        creator: &AccountId,
        costs: &Costs,
        request: &SessionRequest,
        observer: &mut (dyn FnMut(OpeningEvent) + Send),
    ) -> Result<(u32, NonceWindow), OpenError> {
        let session_key = self.viewer.session_key.account();
        let mut polls = 0;
        loop {
            let Block { number: now, hash } = self.chain.best().await?;
            let state = self.chain.at(hash);
            let deposit = state.deposit(&self.viewer.account).await?.ok_or(TermsError::NoDeposit)?;
            let key = state.key(&self.viewer.account, &session_key).await?.ok_or(TermsError::NoSessionKey)?;
            let SessionStore { gateway, stream, .. } = &self.store;
            let price_per_tick = costs.price_per_tick;
            let checked = check_session_key(&key, &Purpose { stream: *stream, creator, gateway, price_per_tick, now });
            let ordered =
                checked.and_then(|()| affordable_ticks(&deposit, &key, costs, now, request.ticks, request.min_ticks));
            let error = match ordered {
                Ok(ticks) => return Ok((ticks, key.nonces)),
                Err(error) => error,
            };
            let has_opened = self.has_opened.load(Ordering::Relaxed);
            if polls >= max_polls(&error, &deposit, &key, has_opened) {
                return Err(error.into());
            }
            let refund = refund(&deposit, request, has_opened);
            if let Err(missing) = check_with_refund(&deposit, &key, costs, now, request.min_ticks, refund) {
                // There is nothing to wait for: money is missing, even if the key's place is what is missing first.
                let is_full = matches!(error, TermsError::TooManySessions { .. });
                return Err(if is_full { missing } else { error }.into());
            }
            if polls == 0 {
                observer(OpeningEvent::WaitingForClose);
            }
            polls += 1;
            tokio::time::sleep(OFFER_PAUSE).await;
        }
    }

    /// Offers tickets until the gateway accepts one. It may first wait for the block of an earlier ticket, or know a ticket
    /// with the same nonce.
    async fn offer(&self, order: &Order, nonces: NonceWindow) -> Result<SessionPayer, OpenError> {
        let (account, key) = (self.viewer.account.clone(), self.viewer.session_key.clone());
        let mut viewer = Viewer::new(account, key, nonces.next(), self.chain.genesis_hash());
        let mut watch = viewer.ticket(order);
        let mut offers = 0;
        loop {
            let ticket = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
            let error = match self.gateway.post(SESSIONS_PATH, &ticket).await {
                Ok(view) => return self.accept(watch, order, &view),
                Err(error) => error,
            };
            offers += 1;
            let has_opened = self.has_opened.load(Ordering::Relaxed);
            match retry_of(&error, has_opened).filter(|_| offers < max_offers(&error)) {
                Some(Retry::WithAnotherNonce) => watch = viewer.ticket(order),
                Some(Retry::Later) => tokio::time::sleep(OFFER_PAUSE).await,
                None => return Err(error.into()),
            }
        }
    }

    /// Checks that the accepted session is the one that was ordered, and saves it.
    fn accept(&self, watch: Watch, order: &Order, view: &SessionView) -> Result<SessionPayer, OpenError> {
        let is_as_ordered = view.session == SessionRef(watch.session)
            && view.stream == StreamRef(order.stream)
            && view.price_per_tick.0 <= order.price_per_tick
            && view.max_ticks == order.max_ticks;
        if !is_as_ordered {
            return Err(OpenError::OtherSession);
        }
        let lock = self.store.save(&watch)?;
        self.has_opened.store(true, Ordering::Relaxed);
        Ok(SessionPayer::new(watch, view.price_per_tick.0).saved_by(lock))
    }
}

/// What happens while a session is opened, for display.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpeningEvent {
    /// An earlier session of the viewer still holds the money, or the key's place, for this one. Its close is waited for.
    WaitingForClose,
}

/// Session that was opened.
pub struct Opened {
    /// Payer of the session's ticks.
    pub payer: SessionPayer,
    /// Fee for the opening in planck.
    pub open_fee: Balance,
}

/// What a ticket for a stream depends on. Read for each opening: the creator changes the price, and an upgrade of the chain
/// the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
struct OpeningTerms {
    /// Price of a tick to state in the ticket, in planck: an announced one may apply by the time the session is opened.
    price_per_tick: Balance,
    creator: AccountId,
    open_fee: Balance,
    ticket_lifetime_blocks: BlockNumber,
}

impl OpeningTerms {
    async fn read(gateway: &GatewayClient, genesis: &GenesisHash, stream: StreamId) -> Result<Self, OpenError> {
        let info = info(gateway, genesis).await?;
        let view: StreamView = gateway.get(&format!("/v1/streams/{stream}"), &[]).await?;
        let next = view.next_price.map(|next| next.price_per_tick.0).unwrap_or_default();
        Ok(Self {
            price_per_tick: view.price_per_tick.0.max(next),
            creator: view.creator.0,
            open_fee: info.open_fee.0,
            ticket_lifetime_blocks: info.ticket_lifetime_blocks,
        })
    }
}

/// Returns what the gateway says of itself and its chain, which must be the one with this genesis hash.
async fn info(gateway: &GatewayClient, genesis: &GenesisHash) -> Result<GatewayInfo, OpenError> {
    let info = gateway.info().await?;
    match genesis_of(&info)? == *genesis {
        true => Ok(info),
        false => Err(OpenError::OtherChain),
    }
}

/// Number of seconds for which another session may be waited for after this error, whose money or place is missing.
fn max_polls(error: &TermsError, deposit: &Deposit, key: &SessionKey, has_opened: bool) -> u32 {
    let holds_money = match error {
        TermsError::TooManySessions { .. } => return if has_opened { MAX_CLOSE_POLLS } else { 0 },
        TermsError::NotEnoughMoney { limited_by: MoneySource::Deposit, .. } => deposit.reserved > 0,
        TermsError::NotEnoughMoney { limited_by: MoneySource::Allowance, .. } => key.open_sessions > 0,
        _ => false,
    };
    match (holds_money, has_opened) {
        (false, _) => 0,
        (true, true) => MAX_CLOSE_POLLS,
        (true, false) => MAX_POLLS_FOR_OTHERS,
    }
}

/// Amount that the close of earlier sessions may return. How much of a session of another program is spent is not known here.
fn refund(deposit: &Deposit, request: &SessionRequest, has_opened: bool) -> Balance {
    if has_opened {
        request.refund
    } else {
        deposit.reserved
    }
}

/// Maximum number of offers of a ticket that was refused like this.
fn max_offers(error: &GatewayError) -> u32 {
    match error {
        GatewayError::Refused { problem, .. } if lacks_money(&problem.code) => MAX_OFFERS_WITHOUT_MONEY,
        _ => MAX_OFFERS,
    }
}

fn lacks_money(code: &str) -> bool {
    matches!(code, codes::FUNDS_TOO_LOW | codes::ALLOWANCE_TOO_LOW)
}

/// Way in which a refused ticket may still be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Retry {
    Later,
    WithAnotherNonce,
}

/// `has_opened`: whether this program has opened a session before, which may have to be closed first.
fn retry_of(error: &GatewayError, has_opened: bool) -> Option<Retry> {
    match error {
        // The answer may have been lost: the same ticket opens no second session.
        GatewayError::Unreachable { .. } => Some(Retry::Later),
        GatewayError::Refused { problem, .. } => match problem.code.as_str() {
            codes::NONCE_TAKEN => Some(Retry::WithAnotherNonce),
            codes::TICKET_PENDING | codes::TOO_MANY_UNOPENED => Some(Retry::Later),
            codes::TOO_MANY_KEY_SESSIONS => has_opened.then_some(Retry::Later),
            // The money was there when the ticket was made: the gateway is a block behind.
            code if lacks_money(code) => Some(Retry::Later),
            _ => matches!(problem.status, 429 | 503).then_some(Retry::Later),
        },
        _ => None,
    }
}

/// Returns whether keys can be bought with the session.
fn sells_keys(view: &SessionView) -> bool {
    matches!(view.phase, SessionPhase::Offered | SessionPhase::Included | SessionPhase::Finalized)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufRead, BufReader, Write},
        net::{TcpListener, TcpStream},
    };
    use tick_stream_primitives::{KeyLimits, Scope};
    use url::Url;
    use vilokanam_wire::{
        scalars::{Account, Planck},
        streams::{Metadata, NextPrice, StreamStatus},
        Problem,
    };

    fn refusal(code: &str, status: u16) -> GatewayError {
        let problem = serde_json::json!({ "type": "", "title": "", "status": status, "detail": "", "code": code });
        serde_json::from_value::<Problem>(problem).unwrap().into()
    }

    #[test]
    fn ticket_is_offered_again_where_that_helps() {
        let retry_of = |error: &GatewayError| retry_of(error, false);
        assert_eq!(retry_of(&refusal("nonce-taken", 409)), Some(Retry::WithAnotherNonce));
        for (code, status) in [("ticket-pending", 409), ("too-many-unopened", 429), ("unavailable", 503)] {
            assert_eq!(retry_of(&refusal(code, status)), Some(Retry::Later), "{code}");
        }
        assert_eq!(retry_of(&refusal("ticket-invalid", 400)), None);
        assert_eq!(retry_of(&GatewayError::invalid("/v1/sessions", "no JSON")), None);
    }

    #[test]
    fn session_that_this_program_has_left_is_waited_for() {
        let full = refusal("too-many-key-sessions", 422);
        assert_eq!(retry_of(&full, false), None, "another program has the session open");
        assert_eq!(retry_of(&full, true), Some(Retry::Later));
    }

    #[test]
    fn money_that_the_gateway_does_not_see_is_waited_for_a_few_blocks() {
        for code in ["funds-too-low", "allowance-too-low"] {
            assert_eq!(retry_of(&refusal(code, 422), false), Some(Retry::Later), "{code}");
            assert_eq!(max_offers(&refusal(code, 422)), MAX_OFFERS_WITHOUT_MONEY, "{code}");
        }
        assert_eq!(max_offers(&refusal("ticket-pending", 409)), MAX_OFFERS);
    }

    #[test]
    fn close_of_a_session_is_waited_for_if_it_has_what_is_missing() {
        let limits = KeyLimits {
            label: Default::default(),
            max_price_per_tick: 10,
            allowance: 0,
            renewal: None,
            max_sessions: 2,
            scope: Scope::Any,
            expires_at: 100,
        };
        let idle = SessionKey::new(limits, 1, 0, 0, 0);
        let busy = SessionKey { open_sessions: 1, ..idle.clone() };
        let (empty, reserved) = (Deposit::new(0), Deposit { reserved: 100, ..Deposit::new(0) });
        let short =
            |limited_by| TermsError::NotEnoughMoney { limited_by, available: 0, price_per_tick: 1, open_fee: 1 };
        let [of_deposit, of_allowance, of_budget] =
            [MoneySource::Deposit, MoneySource::Allowance, MoneySource::Budget].map(short);
        assert_eq!(max_polls(&of_deposit, &empty, &busy, true), 0, "nothing is reserved");
        assert_eq!(max_polls(&of_deposit, &reserved, &idle, false), MAX_POLLS_FOR_OTHERS);
        assert_eq!(max_polls(&of_deposit, &reserved, &idle, true), MAX_CLOSE_POLLS);
        assert_eq!(max_polls(&of_allowance, &reserved, &idle, false), 0, "another key has reserved it");
        assert_eq!(max_polls(&of_allowance, &reserved, &busy, false), MAX_POLLS_FOR_OTHERS);
        assert_eq!(max_polls(&of_budget, &reserved, &busy, true), 0, "no close changes the budget");
        let full = TermsError::TooManySessions { open: 2, limit: 2 };
        assert_eq!(max_polls(&full, &reserved, &busy, false), 0, "another program may watch for hours");
        assert_eq!(max_polls(&full, &reserved, &busy, true), MAX_CLOSE_POLLS);
        let request = SessionRequest { ticks: 60, min_ticks: 3, budget: None, refund: 7 };
        assert_eq!((refund(&reserved, &request, true), refund(&reserved, &request, false)), (7, 100));
    }

    const GENESIS: GenesisHash = [7; 32];

    fn account() -> Account {
        Account([1; 32].into())
    }

    fn gateway_info(open_fee: Balance) -> GatewayInfo {
        GatewayInfo {
            account: account(),
            endpoint: String::new(),
            version: String::new(),
            genesis_hash: bytes_to_hex(GENESIS),
            nodes: Vec::new(),
            credit_ticks: 6,
            credit_ticks_until_final: 30,
            max_prepaid_ticks: 60,
            ticket_lifetime_blocks: 100,
            open_fee: Planck(open_fee),
            min_deposit: Planck(1),
            min_price: Planck(1),
            min_share_ppm: 0,
            rtmp_url: String::new(),
        }
    }

    fn stream_view(next_price: Option<Balance>) -> StreamView {
        StreamView {
            stream: StreamRef(5),
            creator: account(),
            metadata: Metadata::default(),
            status: StreamStatus::Live,
            is_live_here: true,
            price_per_tick: Planck(10),
            next_price: next_price.map(|price| NextPrice { price_per_tick: Planck(price), from_block: 9 }),
            preview_ticks: 0,
            gateway_share_ppm: 0,
            splits: Vec::new(),
            viewers: 0,
            total_ticks: 0,
            total_paid: Planck(0),
            total_tipped: Planck(0),
            last_live: None,
            playlist: None,
            dvr_playlist: None,
            clips: None,
        }
    }

    /// A server that gives one answer after the other, whatever it is asked. Returns its address.
    fn serve(answers: Vec<serde_json::Value>) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        std::thread::spawn(move || {
            for (connection, answer) in listener.incoming().zip(answers) {
                respond(connection.unwrap(), &answer.to_string());
            }
        });
        url
    }

    fn respond(mut connection: TcpStream, body: &str) {
        let request = BufReader::new(connection.try_clone().unwrap());
        let header = request.lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        assert!(header.count() > 0);
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n");
        write!(connection, "{head}Connection: close\r\n\r\n{body}").unwrap();
    }

    #[tokio::test]
    async fn each_opening_is_at_the_present_terms() {
        let answers = [(3, None), (8, Some(25))].map(|(open_fee, next_price)| {
            [serde_json::json!(gateway_info(open_fee)), serde_json::json!(stream_view(next_price))]
        });
        let gateway = GatewayClient::new(&serve(answers.concat())).unwrap();
        let first = OpeningTerms::read(&gateway, &GENESIS, 5).await.unwrap();
        let second = OpeningTerms::read(&gateway, &GENESIS, 5).await.unwrap();
        assert_eq!((first.open_fee, first.price_per_tick), (3, 10));
        assert_eq!((second.open_fee, second.price_per_tick), (8, 25), "the announced price may apply");
    }

    #[tokio::test]
    async fn gateway_that_has_changed_its_chain_opens_nothing() {
        let gateway = GatewayClient::new(&serve(vec![serde_json::json!(gateway_info(3))])).unwrap();
        let refused = OpeningTerms::read(&gateway, &[8; 32], 5).await;
        assert!(matches!(refused, Err(OpenError::OtherChain)), "{refused:?}");
    }
}
