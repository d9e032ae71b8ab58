//! Preparation of every load: a stream, viewers with deposits, open sessions.

use crate::report::progress;
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use sp_crypto_hashing::blake2_256;
use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::{
    batch::bounded,
    limits::{MAX_BATCH_OPENS, MAX_SESSIONS_PER_KEY, MAX_SESSIONS_PER_VIEWER},
    AccountId, Balance, Batch, KeyLimits, Scope, StreamId,
};
use vilokanam_chain::{Call, Chain, NewStream, Order, Signer, TickEvent, Viewer, Watch};
use vilokanam_tests::accounts::{CREATOR, GATEWAY};

/// Price of a tick in planck. At this price, a claim of a single tick earns its gateway more than the fee, so the
/// worker does not delay it.
pub const PRICE: Balance = 10_000_000_000;
/// Gateway's share of a stream in percent.
const GATEWAY_SHARE: u32 = 10;
/// Deposit of a viewer's account in planck: enough for as many sessions as it can have.
const DEPOSIT: Balance = 200_000_000_000_000;
/// Amount that Alice sends to a viewer's account for its deposit, in planck.
const FUNDING: Balance = DEPOSIT + 100_000_000_000;
/// Maximum number of extrinsics that are being submitted at once.
const CONCURRENCY: usize = 64;
/// Maximum number of extrinsics of one signer in the transaction pool.
const WINDOW: usize = 512;
/// Number of blocks in which a ticket can open a session.
const TICKET_BLOCKS: u32 = 3_000;

/// Terms of the sessions of a load.
#[derive(Clone, Copy)]
pub struct Terms {
    /// Stream to watch.
    pub stream: StreamId,
    /// Price of a tick in planck.
    pub price_per_tick: Balance,
    /// Maximum number of ticks of a session.
    pub max_ticks: u32,
}

/// Returns the wallet of account `index`.
pub fn wallet(index: u32) -> Result<Signer> {
    let seed = blake2_256(&[b"vilokanam/bench/wallet".as_slice(), &index.to_le_bytes()].concat());
    Ok(Signer::from_seed(seed)?)
}

/// Returns account `index` of a specification made by `make-spec`. It has no wallet, because only its session key
/// signs.
pub fn account_of(index: u32) -> AccountId {
    AccountId::new(blake2_256(&[b"vilokanam/bench/account".as_slice(), &index.to_le_bytes()].concat()))
}

/// Returns the session key that all viewers share.
pub fn session_key() -> Result<Signer> {
    Ok(Signer::from_uri("//bench//session")?)
}

/// Returns the number of accounts that are needed for this many sessions.
pub fn accounts_for(sessions: u32) -> u32 {
    sessions.div_ceil(MAX_SESSIONS_PER_VIEWER)
}

/// Returns the seed of the tick chain of session `index`.
fn seed(index: u64) -> [u8; 32] {
    blake2_256(&[b"vilokanam/bench/seed".as_slice(), &index.to_le_bytes()].concat())
}

/// Signs calls with consecutive nonces and submits them, at most [`WINDOW`] ahead of the chain. Waits until the chain
/// has included all of them.
pub async fn send_all(chain: &Chain, signer: &Signer, calls: &[Call], what: &str) -> Result<()> {
    let account = signer.account();
    let first = chain.next_nonce(&account).await?;
    let mut sent = 0;
    for part in calls.chunks(WINDOW / 2) {
        wait_for_nonce(chain, &account, (first + sent).saturating_sub(WINDOW as u64 / 2)).await?;
        let anchor = chain.anchor().await?;
        let signed = (first + sent..).zip(part).map(|(nonce, call)| anchor.sign(call, signer, nonce, 0));
        let signed = signed.collect::<Result<Vec<_>, _>>()?;
        let submissions = stream::iter(signed.iter().map(|signed| chain.submit(signed)));
        submissions.buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
        sent += part.len() as u64;
        progress(&format!("{what}: {sent} of {} extrinsics sent", calls.len()));
    }
    wait_for_nonce(chain, &account, first + sent).await
}

/// Waits until an account's nonce on chain is `nonce`. Fails when it does not change for a minute.
async fn wait_for_nonce(chain: &Chain, account: &AccountId, nonce: u64) -> Result<()> {
    let (mut last, mut idle_polls) = (0, 0);
    while u64::from(last) < nonce {
        let now = chain.now().account(account).await?.nonce;
        idle_polls = if now > last { 0 } else { idle_polls + 1 };
        ensure!(
            idle_polls < 300,
            "the chain has included nothing of {account} for a minute: its nonce is {now}, not {nonce}"
        );
        last = now;
        if u64::from(now) < nonce {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Creates a stream at [`PRICE`] and returns its number.
pub async fn create_stream(chain: &Chain) -> Result<StreamId> {
    create_stream_at(chain, &Signer::from_uri(CREATOR)?, PRICE, Permill::from_percent(GATEWAY_SHARE)).await
}

/// Creates a stream of `creator` at this price and returns its number.
pub async fn create_stream_at(
    chain: &Chain,
    creator: &Signer,
    price_per_tick: Balance,
    gateway_share: Permill,
) -> Result<StreamId> {
    let request = NewStream {
        price_per_tick,
        preview_ticks: 0,
        gateway_share,
        splits: Default::default(),
        metadata: br#"{"title":"Load"}"#.to_vec(),
    };
    let receipt = chain.execute(&Call::create_stream(&request), creator).await?;
    let events = chain.placed_events(receipt.block.hash).await?;
    let created = events.into_iter().filter(|placed| placed.extrinsic == Some(receipt.index));
    let stream = created.into_iter().find_map(|placed| match placed.event {
        TickEvent::StreamCreated { stream, .. } => Some(stream),
        _ => None,
    });
    stream.context("the stream was created, but its event is missing")
}

/// Funds new accounts from Alice's account, makes their deposits, and returns their viewers: enough for this many
/// sessions.
pub async fn fund_viewers(chain: &Chain, sessions: u32) -> Result<Vec<Viewer>> {
    let count = accounts_for(sessions);
    let wallets = (0..count).map(wallet).collect::<Result<Vec<_>>>()?;
    let transfers: Vec<_> =
        wallets.iter().map(|wallet| Call::transfer_keep_alive(&wallet.account(), FUNDING)).collect();
    send_all(chain, &Signer::from_uri("//Alice")?, &transfers, "funding").await?;

    let call = Call::deposit(DEPOSIT, Some((&session_key()?.account(), &wide_limits())));
    progress(&format!("{count} deposits"));
    for part in wallets.chunks(WINDOW / 2) {
        let anchor = chain.anchor().await?;
        let deposits = part.iter().map(|wallet| async {
            let nonce = chain.next_nonce(&wallet.account()).await?;
            chain.watch(anchor.sign(&call, wallet, nonce, 0)?).await?.included().await
        });
        stream::iter(deposits).buffer_unordered(WINDOW / 2).try_collect::<Vec<_>>().await?;
    }
    viewers(chain, wallets.iter().map(Signer::account).collect()).await
}

/// Returns limits of a session key that do not limit it.
pub fn wide_limits() -> KeyLimits {
    KeyLimits {
        label: Default::default(),
        max_price_per_tick: Balance::MAX,
        allowance: Balance::MAX,
        renewal: None,
        max_sessions: MAX_SESSIONS_PER_KEY,
        scope: Scope::Any,
        expires_at: u32::MAX,
    }
}

/// Returns the viewers of accounts that have deposits.
pub async fn viewers(chain: &Chain, accounts: Vec<AccountId>) -> Result<Vec<Viewer>> {
    let key = session_key()?;
    let viewers = stream::iter(accounts).map(|account| {
        let key = key.clone();
        async move {
            let entry = chain.now().key(&account, &key.account()).await?;
            let entry = entry.with_context(|| {
                format!(
                    "{account} has no deposit with the session key of this benchmark: start the chain from the \
                     specification that make-spec wrote, for at least as many viewers"
                )
            })?;
            anyhow::Ok(Viewer::new(account, key, entry.nonces.next(), chain.genesis_hash()))
        }
    });
    viewers.buffered(CONCURRENCY).try_collect().await
}

/// Makes the tickets of a load, sixteen for each viewer, with all cores.
fn tickets(viewers: &mut [Viewer], sessions: u32, order: &Order) -> Result<Vec<Watch>> {
    let per_viewer = MAX_SESSIONS_PER_VIEWER as usize;
    let count = sessions as usize;
    ensure!(viewers.len() * per_viewer >= count, "there are too few viewers for {sessions} sessions");
    let viewers = &mut viewers[..count.div_ceil(per_viewer)];
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = viewers.len().div_ceil(cores).max(1);
    let make = |first: usize, viewers: &mut [Viewer]| {
        let indices = (first * per_viewer)..count.min((first + viewers.len()) * per_viewer);
        let ticket = |index: usize| {
            let viewer = &mut viewers[index / per_viewer - first];
            viewer.ticket_from_seed(order, seed(index as u64))
        };
        indices.map(ticket).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let parts = viewers.chunks_mut(part).enumerate();
        let threads: Vec<_> =
            parts.map(|(number, part_of)| scope.spawn(move || make(number * part, part_of))).collect();
        let made = threads.into_iter().map(|thread| thread.join().ok().context("making tickets failed"));
        Ok(made.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    })
}

/// Opens sessions in batches that are sent to the chain directly, because a tick pool accepts one unopened ticket of a
/// session key at a time.
pub async fn open_sessions(chain: &Chain, viewers: &mut [Viewer], sessions: u32, terms: Terms) -> Result<Vec<Watch>> {
    let Terms { stream, price_per_tick, max_ticks } = terms;
    let submitter = Signer::from_uri("//Charlie")?;
    let gateway = Signer::from_uri(GATEWAY)?.account();
    let expires_at = chain.best().await?.number + TICKET_BLOCKS;
    let order = Order { stream, gateway, price_per_tick, max_ticks, expires_at };
    progress(&format!("making {sessions} tickets of {max_ticks} ticks"));
    let watches = tokio::task::block_in_place(|| tickets(viewers, sessions, &order))?;
    let batch = |watches: &[Watch]| {
        let opens = bounded(watches.iter().map(|watch| watch.ticket.clone()).collect());
        Call::process_batch(&Batch { opens, ..Default::default() })
    };
    let calls: Vec<_> = watches.chunks(MAX_BATCH_OPENS as usize).map(batch).collect();
    send_all(chain, &submitter, &calls, "opening").await?;
    let open = chain.now().stream(stream).await?.context("the stream does not exist")?.open_sessions;
    ensure!(open == sessions, "{open} sessions are open, not {sessions}: use a chain without other load");
    Ok(watches)
}
