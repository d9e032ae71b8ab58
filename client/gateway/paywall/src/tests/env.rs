//! The environment of the tests: a paywall with a journal in a temporary folder, and viewers with real keys and tick
//! chains.

use crate::*;
use sp_core::{crypto::Pair, sr25519};
use sp_runtime::Permill;
use std::net::{IpAddr, Ipv4Addr};
use tick_stream_primitives::{
    AccountId, Balance, Deposit, GenesisHash, KeyLimits, KeyUse, Scope, Session as ChainSession, SessionId, SessionKey,
    SignedTicket, StreamId, TickChain, TickHash, Ticket,
};

pub const GENESIS: GenesisHash = [7; 32];
pub const STREAM: StreamId = 5;
pub const PRICE: Balance = 100;
pub const NOW: u64 = 1_700_000_000_000;
/// Late enough that no tick of a test is ahead of time.
pub const LATER: u64 = NOW + 10_000_000;
/// Number of the best block at the start of a test.
pub const BEST: u32 = 1_000;
pub const MAX_TICKS: u32 = 500;

pub fn gateway() -> AccountId {
    AccountId::new([1; 32])
}

/// The gateway's share of the test streams.
pub const SHARE: Permill = Permill::from_percent(10);

pub fn creator() -> AccountId {
    AccountId::new([2; 32])
}

pub fn config(dir: &tempfile::TempDir) -> Config {
    Config { open_fee: 10, ..Config::new(GENESIS, gateway(), dir.path().join("journal")) }
}

pub fn terms(stream: StreamId) -> StreamTerms {
    StreamTerms {
        stream,
        creator: creator(),
        gateway_share: SHARE,
        price_per_tick: PRICE,
        next_price: None,
        preview_ticks: 10,
        is_open: true,
    }
}

/// The prefix of one of several networks.
pub fn prefix(network: u8) -> IpPrefix {
    IpPrefix::of(IpAddr::V4(Ipv4Addr::new(10, 0, network, 77)))
}

pub fn range(first: u64, count: u32) -> KeyRange {
    KeyRange { first, count }
}

/// A running paywall.
pub struct TestEnvironment {
    pub dir: tempfile::TempDir,
    pub paywall: Paywall,
    pub config: Config,
}

impl TestEnvironment {
    pub fn new() -> Self {
        Self::with_config(|_| {})
    }

    /// An environment whose configuration is changed before the start.
    pub fn with_config(tune: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(&dir);
        tune(&mut config);
        let paywall = open_paywall(&config);
        Self { dir, paywall, config }
    }

    /// The environment after a restart: what was only in memory is lost.
    pub fn restart(self) -> Self {
        let Self { dir, paywall, config } = self;
        drop(paywall);
        let paywall = open_paywall(&config);
        Self { dir, paywall, config }
    }

    pub async fn offer(&self, viewer: &Viewer) -> Result<Offered, OfferError> {
        self.offer_from(viewer, 0).await
    }

    pub async fn offer_from(&self, viewer: &Viewer, network: u8) -> Result<Offered, OfferError> {
        self.offer_at(viewer, network, NOW).await
    }

    pub async fn offer_at(&self, viewer: &Viewer, network: u8, now_ms: u64) -> Result<Offered, OfferError> {
        let payer = viewer.payer();
        let request = OfferRequest { prefix: prefix(network), now_ms, ..request_of(viewer, &payer, &payer) };
        self.paywall.offer(request).await
    }

    /// Reports the viewer's deposit and key of the finalized block.
    pub fn report_payer(&self, viewer: &Viewer) {
        let ticket = &viewer.signed.ticket;
        let keys = [(ticket.session_key.clone(), viewer.key.clone())];
        self.paywall.payer(&ticket.viewer, Some(&viewer.deposit), &keys);
    }

    /// A viewer whose session is opened in a finalized block.
    pub async fn open_session(&self, seed: u8) -> Viewer {
        let viewer = Viewer::new(seed);
        self.offer(&viewer).await.unwrap();
        self.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
        viewer
    }

    pub fn status(&self, viewer: &Viewer) -> Status {
        self.paywall.status(&viewer.id).unwrap()
    }
}

/// Opens a paywall that knows [`STREAM`] and the block heights.
pub fn open_paywall(config: &Config) -> Paywall {
    let (paywall, _) = Paywall::open(config.clone(), NOW).unwrap();
    paywall.stream(terms(STREAM));
    paywall.block(BEST, NOW, Seen::Best);
    paywall.block(BEST - 3, NOW, Seen::Finalized);
    paywall
}

/// The offer of a viewer's ticket for a stream that the gateway hosts.
pub fn request_of<'a>(viewer: &'a Viewer, best: &'a Payer, finalized: &'a Payer) -> OfferRequest<'a> {
    OfferRequest { signed: &viewer.signed, best, finalized, is_hosted: true, prefix: prefix(0), now_ms: NOW }
}

/// A viewer with a ticket.
pub struct Viewer {
    pub signed: SignedTicket,
    pub deposit: Deposit,
    /// The session key's entry on chain.
    pub key: SessionKey,
    pub chain: TickChain,
    pub id: SessionId,
    /// Token of the last answer, sent with every request.
    pub token: Option<Token>,
}

impl Viewer {
    pub fn new(seed: u8) -> Self {
        Self::with_ticket(seed, |_| {})
    }

    /// A viewer whose ticket is changed before it is signed.
    pub fn with_ticket(seed: u8, tune: impl FnOnce(&mut Ticket)) -> Self {
        Self::with_device(seed, seed, tune)
    }

    /// A viewer on one of several devices, each with a session key of its own.
    pub fn with_device(seed: u8, device: u8, tune: impl FnOnce(&mut Ticket)) -> Self {
        let key = sr25519::Pair::from_seed(&[device; 32]);
        let mut ticket = Ticket {
            viewer: AccountId::new([seed; 32]),
            session_key: AccountId::new(key.public().0),
            nonce: (u64::from(BEST) << 32) + 1,
            stream: STREAM,
            gateway: gateway(),
            price_per_tick: PRICE,
            max_ticks: MAX_TICKS,
            anchor: [0; 32],
            expires_at: BEST + 600,
        };
        tune(&mut ticket);
        let id = ticket.session_id(&GENESIS);
        let mut chain = TickChain::new(&id, [seed ^ 0x5a; 32], ticket.max_ticks.max(MAX_TICKS) + 100);
        if ticket.anchor == [0; 32] {
            ticket.anchor = chain.anchor();
        }
        let signature = key.sign(&ticket.message(&GENESIS)).into();
        let mut deposit = Deposit::new(BEST);
        deposit.free = 1_000_000;
        let limits = KeyLimits {
            label: b"browser".to_vec().try_into().unwrap(),
            max_price_per_tick: PRICE * 2,
            allowance: 1_000_000,
            renewal: None,
            max_sessions: 4,
            scope: Scope::Any,
            expires_at: BEST + 10_000,
        };
        let key = SessionKey::new(limits, 1, 0, 0, BEST);
        Self { signed: SignedTicket { ticket, signature }, deposit, key, chain, id, token: None }
    }

    /// What the chain stores of the viewer and the session key.
    pub fn payer(&self) -> Payer {
        Payer { deposit: Some(self.deposit.clone()), key: Some(self.key.clone()) }
    }

    pub fn proof(&mut self, ticks: u32) -> TickHash {
        self.chain.proof(ticks).unwrap_or_default()
    }

    pub fn tick(&mut self, ticks: u32) -> TickRequest {
        TickRequest { session: self.id, ticks, proof: self.proof(ticks), token: self.token, now_ms: LATER }
    }

    /// Reveals tick `ticks` for `count` keys of 2 ticks each.
    pub async fn pay(&mut self, env: &TestEnvironment, ticks: u32, first: u64, count: u32) -> Result<Paid, PayError> {
        let tick = self.tick(ticks);
        let costs = vec![2; count as usize];
        let request = PayRequest { tick, stream: STREAM, wanted: range(first, count), costs: &costs };
        let paid = env.paywall.pay(request).await;
        if let Ok(Paid { token: Some(token), .. }) = &paid {
            self.token = Some(*token);
        }
        paid
    }

    /// The session on chain when it has just been opened.
    pub fn on_chain(&self) -> ChainSession {
        let ticket = &self.signed.ticket;
        ChainSession {
            viewer: ticket.viewer.clone(),
            key: Some(KeyUse { session_key: ticket.session_key.clone(), id: 1, generation: 0 }),
            stream: ticket.stream,
            gateway: ticket.gateway.clone(),
            price_per_tick: PRICE,
            gateway_share: SHARE,
            head: ticket.anchor,
            settled_ticks: 0,
            max_ticks: ticket.max_ticks,
            opened_at: NOW,
            last_claim: BEST,
            fee: 10,
            closing: None,
        }
    }

    /// The session on chain when `ticks` are settled.
    pub fn on_chain_at(&mut self, ticks: u32) -> ChainSession {
        let head = if ticks == 0 { self.signed.ticket.anchor } else { self.proof(ticks) };
        ChainSession { settled_ticks: ticks, head, ..self.on_chain() }
    }
}

/// The refusal of a payment.
pub fn payment_required<T: std::fmt::Debug>(result: Result<T, PayError>) -> PaymentRequired {
    match result {
        Err(PayError::PaymentRequired(refusal)) => refusal,
        other => panic!("expected a refused payment, got {other:?}"),
    }
}

/// The refusal of a ticket.
pub fn refusal(result: Result<Offered, OfferError>) -> OfferRefusal {
    match result {
        Err(OfferError::Refused(refusal)) => refusal,
        other => panic!("expected a refused ticket, got {other:?}"),
    }
}
