//! Preparation of every load: a stream, viewers with deposits, open sessions.

use crate::report::progress;
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use tick_stream_primitives::{
    batch::bounded,
    limits::{MAX_BATCH_OPENS, MAX_SESSIONS_PER_VIEWER},
    AccountId, Balance, Batch, Delegation, StreamId,
};
use vilokanam_chain::{Call, Chain, NewStream, Order, Signer, Viewer, Watch};
use vilokanam_tests::accounts::{CREATOR, GATEWAY};

/// Price of a tick in planck. At this price, a claim of a single tick earns its gateway more than the fee, so the
/// worker does not delay it.
pub const PRICE: Balance = 10_000_000_000;
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

/// Creates a stream and returns its number.
pub async fn create_stream(chain: &Chain) -> Result<StreamId> {
    let request = NewStream {
        price_per_tick: PRICE,
        preview_ticks: 0,
        gateway_share: sp_runtime::Permill::from_percent(10),
        splits: Default::default(),
        metadata: br#"{"title":"Load"}"#.to_vec(),
    };
    chain.execute(&Call::create_stream(&request), &Signer::from_uri(CREATOR)?).await?;
    let (mut from, mut newest) = (0, None);
    loop {
        let page = chain.now().streams(from, 100).await?;
        let Some((last, _)) = page.last() else { break };
        (from, newest) = (last + 1, Some(*last));
    }
    newest.context("the stream was created, but the chain does not have it")
}

/// Funds new accounts from Alice's account, makes their deposits, and returns their viewers: enough for this many
/// sessions.
pub async fn fund_viewers(chain: &Chain, sessions: u32) -> Result<Vec<Viewer>> {
    let count = accounts_for(sessions);
    let wallets = (0..count).map(wallet).collect::<Result<Vec<_>>>()?;
    let transfers: Vec<_> =
        wallets.iter().map(|wallet| Call::transfer_keep_alive(&wallet.account(), FUNDING)).collect();
    send_all(chain, &Signer::from_uri("//Alice")?, &transfers, "funding").await?;

    let delegation = Delegation {
        session_key: session_key()?.account(),
        max_price_per_tick: Balance::MAX,
        allowance: Balance::MAX,
        expires_at: u32::MAX,
    };
    let call = Call::deposit(DEPOSIT, Some(&delegation));
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

/// Returns the viewers of accounts that have deposits.
pub async fn viewers(chain: &Chain, accounts: Vec<AccountId>) -> Result<Vec<Viewer>> {
    let key = session_key()?;
    let viewers = stream::iter(accounts).map(|account| {
        let key = key.clone();
        async move {
            let deposit = chain.now().deposit(&account).await?;
            let deposit = deposit.with_context(|| {
                format!(
                    "{account} has no deposit: start the chain from the specification that make-spec wrote, \
                     for at least as many viewers"
                )
            })?;
            anyhow::Ok(Viewer::new(account, key, deposit.nonces.next(), chain.genesis_hash()))
        }
    });
    viewers.buffered(CONCURRENCY).try_collect().await
}

/// Opens sessions in batches that are sent to the chain directly, because a tick pool accepts one ticket of a viewer at
/// a time.
pub async fn open_sessions(
    chain: &Chain,
    viewers: &mut [Viewer],
    sessions: u32,
    stream: StreamId,
    max_ticks: u32,
) -> Result<Vec<Watch>> {
    let submitter = Signer::from_uri("//Charlie")?;
    let gateway = Signer::from_uri(GATEWAY)?.account();
    let expires_at = chain.best().await?.number + TICKET_BLOCKS;
    let order = Order { stream, gateway, price_per_tick: PRICE, max_ticks, expires_at };
    progress(&format!("making {sessions} tickets of {max_ticks} ticks"));
    let mut watches = Vec::with_capacity(sessions as usize);
    for index in 0..sessions {
        let viewer = viewers
            .get_mut((index / MAX_SESSIONS_PER_VIEWER) as usize)
            .context("there are too few viewers for these sessions")?;
        watches.push(viewer.ticket_from_seed(&order, seed(index.into())));
    }
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
