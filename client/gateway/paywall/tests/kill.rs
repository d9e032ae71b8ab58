//! `kill -9` at random moments: every release that was acknowledged is recovered by the restart.
//!
//! The test starts itself as a child process, which pays until it is killed and prints a line for each acknowledged
//! release. A line that was cut off does not count.
#![allow(clippy::unwrap_used)]

use rand::Rng;
use sp_core::{crypto::Pair, sr25519};
use sp_runtime::Permill;
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{IpAddr, Ipv4Addr},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tick_stream_primitives::{
    session_id, AccountId, Deposit, KeyLimits, KeyUse, Scope, Session as ChainSession, SessionId, SessionKey,
    SignedTicket, TickChain, Ticket,
};
use vilokanam_paywall::{
    Config, IpPrefix, KeyRange, OfferRequest, PayRequest, Payer, Paywall, Seen, StreamTerms, TickRequest,
};

const CHILD: &str = "--child-that-pays";
const KILLS: u32 = 20;
const VIEWERS: u8 = 8;
const STREAM: u64 = 1;
const MAX_TICKS: u32 = 40_000;
/// Late enough that no tick is ahead of time.
const NOW: u64 = 1_700_000_000_000;
const LATER: u64 = NOW + 1_000_000_000;

/// Name of the test for test runners.
const NAME: &str = "kill";

fn main() {
    // Test runners first list all tests, and then those that are ignored by default.
    if std::env::args().any(|argument| argument == "--list") {
        if !std::env::args().any(|argument| argument == "--ignored") {
            println!("{NAME}: test");
        }
        return;
    }
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(CHILD) {
        let dir = arguments.next().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(pay_until_killed(Path::new(&dir)));
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut released = HashMap::new();
    let mut lines = 0;
    for kill in 1..=KILLS {
        lines += run_and_kill(dir.path(), &mut released);
        check(dir.path(), &released);
        println!("kill {kill}: {lines} releases acknowledged so far, all of them recovered");
    }
    assert!(lines > 100, "the child process has paid too little: {lines} releases");
    assert_eq!(released.len(), usize::from(VIEWERS));
    println!("test result: ok. {KILLS} kills, {lines} releases, none lost");
}

/// Lets a child process pay for a random time, kills it, and notes its releases. Returns their number.
fn run_and_kill(dir: &Path, released: &mut HashMap<SessionId, u32>) -> usize {
    let mut child =
        Command::new(std::env::current_exe().unwrap()).arg(CHILD).arg(dir).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    std::thread::sleep(Duration::from_micros(rand::thread_rng().gen_range(0..200_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    let mut count = 0;
    for line in output.lines() {
        // The last line may be cut off: then its release was not acknowledged.
        let Some((seed, charged_ticks)) = line.unwrap().strip_suffix('.').and_then(parse) else { continue };
        released.insert(id_of(seed), charged_ticks);
        count += 1;
    }
    count
}

fn parse(line: &str) -> Option<(u8, u32)> {
    let (seed, charged_ticks) = line.split_once(' ')?;
    Some((seed.parse().ok()?, charged_ticks.parse().ok()?))
}

/// Checks that every acknowledged release is in the recovered state, with a claim that settles it.
fn check(dir: &Path, released: &HashMap<SessionId, u32>) {
    let (paywall, _) = open(dir);
    for (id, acknowledged_ticks) in released {
        let status = paywall.status(id).unwrap();
        let charged_ticks = status.charged_ticks;
        assert!(charged_ticks >= *acknowledged_ticks, "{id}: {charged_ticks} of {acknowledged_ticks} ticks recovered");
        assert!(status.revealed_ticks >= status.charged_ticks, "{id}: more ticks are charged than revealed");
        // Key i was bought with ticks 2i + 1 and 2i + 2.
        let keys = KeyRange { first: 0, count: status.charged_ticks / 2 };
        assert_eq!(status.bought, [keys], "{id}: each key is bought once");
        let claim = paywall.claim_of(id).unwrap();
        let (mut chain, _) = viewer((1..=VIEWERS).find(|seed| id_of(*seed) == *id).unwrap());
        assert_eq!(chain.proof(claim.ticks), Some(claim.proof));
    }
}

async fn pay_until_killed(dir: &Path) {
    let (paywall, _) = open(dir);
    let paywall = std::sync::Arc::new(paywall);
    paywall.stream(StreamTerms {
        stream: STREAM,
        creator: AccountId::new([2; 32]),
        gateway_share: Permill::zero(),
        price_per_tick: 1,
        next_price: None,
        preview_ticks: 0,
        is_open: true,
    });
    paywall.block(1_000, NOW, Seen::Best);
    let viewers: Vec<_> = (1..=VIEWERS).map(|seed| (seed, viewer(seed))).collect();
    print_line("ready");
    let pay = |(seed, viewer)| tokio::spawn(pay(paywall.clone(), seed, viewer));
    let payers: Vec<_> = viewers.into_iter().map(pay).collect();
    for payer in payers {
        payer.await.unwrap();
    }
}

async fn pay(paywall: std::sync::Arc<Paywall>, seed: u8, (mut chain, signed): (TickChain, SignedTicket)) {
    let id = id_of(seed);
    let payer = payer();
    let prefix = IpPrefix::of(IpAddr::V4(Ipv4Addr::new(10, 0, seed, 1)));
    let request =
        OfferRequest { signed: &signed, best: &payer, finalized: &payer, is_hosted: true, prefix, now_ms: NOW };
    paywall.offer(request).await.unwrap();
    paywall.opened(id, &on_chain(&signed), Seen::Finalized);
    let mut charged_ticks = paywall.status(&id).unwrap().charged_ticks;
    while charged_ticks + 2 <= MAX_TICKS {
        let revealed_ticks = paywall.status(&id).unwrap().revealed_ticks;
        // Without a token, each request has to reveal a new tick. Ticks may be left from before the kill.
        let ticks = (charged_ticks + 2).max(revealed_ticks + 1);
        let proof = chain.proof(ticks).unwrap();
        let tick = TickRequest { session: id, ticks, proof, token: None, now_ms: LATER };
        let wanted = KeyRange { first: u64::from(charged_ticks / 2), count: 1 };
        let paid = paywall.pay(PayRequest { tick, stream: STREAM, wanted, costs: &[2] }).await.unwrap();
        charged_ticks = paid.charged_ticks;
        print_line(&format!("{seed} {charged_ticks}."));
    }
}

fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    // This fails only if the parent has ended, which ends this process as well.
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

fn open(dir: &Path) -> (Paywall, vilokanam_paywall::RecoveryReport) {
    let mut config = Config::new([7; 32], AccountId::new([1; 32]), dir.join("journal"));
    // Small, so that some kills happen during a compaction.
    config.journal.compact_at_bytes = 20_000;
    Paywall::open(config, NOW).unwrap()
}

fn id_of(seed: u8) -> SessionId {
    session_id(&[7; 32], &AccountId::new([seed; 32]), &session_key(seed), nonce())
}

fn session_key(seed: u8) -> AccountId {
    AccountId::new(sr25519::Pair::from_seed(&[seed; 32]).public().0)
}

fn nonce() -> u64 {
    (1_000 << 32) + 1
}

fn viewer(seed: u8) -> (TickChain, SignedTicket) {
    let mut chain = TickChain::new(&id_of(seed), [seed; 32], MAX_TICKS);
    let ticket = Ticket {
        viewer: AccountId::new([seed; 32]),
        session_key: session_key(seed),
        nonce: nonce(),
        stream: STREAM,
        gateway: AccountId::new([1; 32]),
        price_per_tick: 1,
        max_ticks: MAX_TICKS,
        anchor: chain.anchor(),
        expires_at: 2_000,
    };
    let signature = sr25519::Pair::from_seed(&[seed; 32]).sign(&ticket.message(&[7; 32])).into();
    (chain, SignedTicket { ticket, signature })
}

fn payer() -> Payer {
    let limits = KeyLimits {
        label: Default::default(),
        max_price_per_tick: 1,
        allowance: 1_000_000,
        renewal: None,
        max_sessions: 1,
        scope: Scope::Any,
        expires_at: 10_000,
    };
    let deposit = Deposit { free: 1_000_000, ..Deposit::new(1_000) };
    Payer { deposit: Some(deposit), key: Some(SessionKey::new(limits, 1, 0, 0, 1_000)) }
}

fn on_chain(signed: &SignedTicket) -> ChainSession {
    let ticket = &signed.ticket;
    ChainSession {
        viewer: ticket.viewer.clone(),
        key: Some(KeyUse { session_key: ticket.session_key.clone(), id: 1, generation: 0 }),
        stream: ticket.stream,
        gateway: ticket.gateway.clone(),
        price_per_tick: ticket.price_per_tick,
        gateway_share: Permill::zero(),
        head: ticket.anchor,
        settled_ticks: 0,
        max_ticks: ticket.max_ticks,
        opened_at: NOW,
        last_claim: 1_000,
        fee: 0,
        closing: None,
    }
}
