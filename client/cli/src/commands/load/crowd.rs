//! The viewers' accounts: derived from one key, funded from it, with a deposit and a session key each.
//!
//! Whoever runs the same key again finds the same accounts, and only tops them up: nothing is spent twice.

use crate::{
    amount::Vlk,
    context::Context,
    error::CliError,
    player::status::StatusLine,
    secrets::KEY_VARIABLE,
    store::{read_text, DataDir},
};
use futures::{stream, StreamExt, TryStreamExt};
use sp_core::{Blake2Hasher, Hasher};
use std::time::{Duration, Instant};
use tick_stream_primitives::{Balance, BlockNumber, Delegation, Deposit};
use vilokanam_chain::{Call, Chain, ChainError, Signed, Signer};

/// What tells our derivation from all others.
const DOMAIN: &[u8] = b"vilokanam/load/v1";
/// Extrinsics that are sent before it is waited for all of them: a node's pool holds some thousands, and forgets.
const MAX_IN_POOL: usize = 500;
/// Questions to the node at the same time.
const MAX_QUESTIONS: usize = 32;
/// How long a node may take to include what it was sent.
const INCLUDE_TIMEOUT: Duration = Duration::from_secs(90);
/// How long until what is included is final.
const FINAL_TIMEOUT: Duration = Duration::from_secs(120);
/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What an account keeps for its own fees and its existence, in planck: 0.1 VLK.
const FEES: Balance = 100_000_000_000;
/// What the last kept account still counts as full with: fees of the run before.
const LEAST_FEES: Balance = FEES / 4;
/// How long a session key is lent for, in blocks: a day.
const KEY_BLOCKS: BlockNumber = 86_400;

/// What every viewer needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Needs {
    /// Free in its deposit, and as the session key's allowance.
    pub deposit: Balance,
    /// The dearest second that its session key may agree to.
    pub price_per_tick: Balance,
    /// The last block that the session key is needed in.
    pub until: BlockNumber,
}

/// A viewer's account.
#[derive(Clone)]
pub struct Member {
    /// Its wallet.
    pub wallet: Signer,
    /// What the wallet lends.
    pub session_key: Signer,
    /// The nonce of its next ticket.
    pub next_nonce: u64,
}

/// The secret that all accounts derive from: the key's own text.
pub struct Root(String);

impl Root {
    /// From where the wallet's key comes from.
    pub fn of(context: &Context) -> Result<Self, CliError> {
        let text = match (&context.global.key_file, std::env::var(KEY_VARIABLE)) {
            (Some(path), _) => read_text(path)?,
            (None, Ok(text)) => text,
            (None, Err(_)) => own_key(&context.data)?,
        };
        Ok(Self(text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    fn signer(&self, number: u32, role: &[u8]) -> Result<Signer, ChainError> {
        let secret = [DOMAIN, self.0.as_bytes(), &number.to_le_bytes(), role].concat();
        Signer::from_seed(Blake2Hasher::hash(&secret).0)
    }

    /// The accounts of so many viewers.
    pub fn members(&self, viewers: u32) -> Result<Vec<Member>, CliError> {
        let member = |number| {
            let (wallet, session_key) = (self.signer(number, b"wallet")?, self.signer(number, b"session key")?);
            Ok(Member { wallet, session_key, next_nonce: 0 })
        };
        (0..viewers).map(member).collect()
    }
}

fn own_key(data: &DataDir) -> Result<String, CliError> {
    let path = data.key_file();
    if path.exists() {
        return read_text(&path);
    }
    let mend = format!("Name a file with --key-file, or set {KEY_VARIABLE}.");
    Err(CliError::failed("no key is given that could fund the viewers", mend))
}

/// What an account lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Lack {
    /// In its deposit.
    deposit: Balance,
    /// Whether its session key must be lent anew.
    needs_key: bool,
}

/// What this deposit lacks; nothing when it has everything.
fn lack(deposit: Option<&Deposit>, member: &Member, needs: &Needs) -> Option<Lack> {
    let free = deposit.map(|deposit| deposit.free).unwrap_or_default();
    let delegation = deposit.and_then(|deposit| deposit.delegation.as_ref());
    let has_key = delegation.is_some_and(|lent| {
        lent.session_key == member.session_key.account()
            && lent.allowance >= needs.deposit
            && lent.max_price_per_tick >= needs.price_per_tick
            && lent.expires_at >= needs.until
    });
    let lack = Lack { deposit: needs.deposit.saturating_sub(free), needs_key: !has_key };
    (lack.deposit > 0 || lack.needs_key).then_some(lack)
}

/// Funds, deposits and lends session keys, as far as that is not done yet.
pub async fn prepare(
    chain: &Chain,
    funder: &Signer,
    members: &mut [Member],
    needs: &Needs,
    line: &StatusLine,
) -> Result<(), CliError> {
    line.tell(format!("Looking at {} accounts …", members.len()));
    let deposits = deposits(chain, members).await?;
    let lacking: Vec<(usize, Lack)> = deposits
        .iter()
        .enumerate()
        .filter_map(|(place, deposit)| Some((place, lack(deposit.as_ref(), &members[place], needs)?)))
        .collect();
    if !lacking.is_empty() {
        fund(chain, funder, members, &lacking, line).await?;
        make_deposits(chain, members, &lacking, needs, line).await?;
        wait_until_final(chain, members, &lacking, needs, line).await?;
    }
    let nonces = self::deposits(chain, members).await?;
    for (member, deposit) in members.iter_mut().zip(nonces) {
        member.next_nonce = deposit.map(|deposit| deposit.nonces.next()).unwrap_or_default();
    }
    Ok(())
}

async fn deposits(chain: &Chain, members: &[Member]) -> Result<Vec<Option<Deposit>>, CliError> {
    let asked = stream::iter(members.iter().map(|member| member.wallet.account()));
    let read = asked.map(|account| async move { chain.now().deposit(&account).await }).buffered(MAX_QUESTIONS);
    Ok(read.try_collect().await?)
}

/// Transfers what each needs besides what it has.
async fn fund(
    chain: &Chain,
    funder: &Signer,
    members: &[Member],
    lacking: &[(usize, Lack)],
    line: &StatusLine,
) -> Result<(), CliError> {
    let asked = stream::iter(lacking.iter().map(|(place, _)| members[*place].wallet.account()));
    let read = asked.map(|account| async move { chain.now().account(&account).await }).buffered(MAX_QUESTIONS);
    let states: Vec<_> = read.try_collect().await?;
    let missing: Vec<(usize, Balance)> = lacking
        .iter()
        .zip(states)
        .filter(|((_, lack), state)| state.free < lack.deposit.saturating_add(LEAST_FEES))
        .map(|((place, lack), state)| (*place, lack.deposit.saturating_add(FEES).saturating_sub(state.free)))
        .collect();
    check_funds(chain, funder, missing.iter().map(|(_, amount)| amount).sum()).await?;
    let mut done = 0;
    for part in missing.chunks(MAX_IN_POOL) {
        line.tell(format!("Funding viewers: {done} of {} …", missing.len()));
        let (anchor, first) = (chain.anchor().await?, chain.next_nonce(&funder.account()).await?);
        for (nonce, (place, amount)) in (first..).zip(part) {
            let call = Call::transfer_keep_alive(&members[*place].wallet.account(), *amount);
            chain.submit(&anchor.sign(&call, funder, nonce, 0)?).await?;
        }
        let last = first + part.len() as u64;
        wait(INCLUDE_TIMEOUT, "the transfers that fund viewers", || async {
            Ok(u64::from(chain.now().account(&funder.account()).await?.nonce) >= last)
        })
        .await?;
        done += part.len();
    }
    Ok(())
}

async fn check_funds(chain: &Chain, funder: &Signer, needed: Balance) -> Result<(), CliError> {
    let free = chain.now().account(&funder.account()).await?.free;
    if needed <= free {
        return Ok(());
    }
    let what = format!("the viewers need {}, the key's account has {}", Vlk(needed), Vlk(free));
    Err(CliError::unpaid(what, "Fund the account, or plan fewer viewers or less time."))
}

async fn make_deposits(
    chain: &Chain,
    members: &[Member],
    lacking: &[(usize, Lack)],
    needs: &Needs,
    line: &StatusLine,
) -> Result<(), CliError> {
    let delegation = |member: &Member, now: BlockNumber| Delegation {
        session_key: member.session_key.account(),
        max_price_per_tick: needs.price_per_tick,
        allowance: needs.deposit,
        expires_at: needs.until.max(now.saturating_add(KEY_BLOCKS)),
    };
    let mut done = 0;
    for part in lacking.chunks(MAX_IN_POOL) {
        line.tell(format!("Depositing: {done} of {} …", lacking.len()));
        let (anchor, now) = (chain.anchor().await?, chain.best().await?.number);
        let sent = stream::iter(part).map(|(place, lack)| {
            let (member, anchor) = (&members[*place], &anchor);
            let delegation = delegation(member, now);
            let call = if lack.deposit > 0 {
                Call::deposit(lack.deposit, Some(&delegation))
            } else {
                Call::delegate(&delegation)
            };
            async move {
                let nonce = chain.next_nonce(&member.wallet.account()).await?;
                let signed: Signed = anchor.sign(&call, &member.wallet, nonce, 0)?;
                chain.submit(&signed).await
            }
        });
        sent.buffer_unordered(MAX_QUESTIONS).try_collect::<Vec<()>>().await?;
        let place_of = |(place, _): &(usize, Lack)| *place;
        let places: Vec<usize> = part.iter().map(place_of).collect();
        wait(INCLUDE_TIMEOUT, "the viewers' deposits", || has_all(chain, members, &places, needs, false)).await?;
        done += part.len();
    }
    Ok(())
}

/// A gateway takes tickets of final deposits only.
async fn wait_until_final(
    chain: &Chain,
    members: &[Member],
    lacking: &[(usize, Lack)],
    needs: &Needs,
    line: &StatusLine,
) -> Result<(), CliError> {
    line.tell("Waiting until the deposits are final …".into());
    // The last part was included last: when it is final, all are.
    let last: Vec<usize> = lacking.iter().rev().take(MAX_IN_POOL).map(|(place, _)| *place).collect();
    wait(FINAL_TIMEOUT, "finality of the viewers' deposits", || has_all(chain, members, &last, needs, true)).await
}

async fn has_all(
    chain: &Chain,
    members: &[Member],
    places: &[usize],
    needs: &Needs,
    is_final: bool,
) -> Result<bool, CliError> {
    let at = if is_final { Some(chain.finalized().await?.hash) } else { None };
    let asked = stream::iter(places.iter().map(|place| &members[*place]));
    let read = asked.map(|member| async move {
        let state = at.map_or_else(|| chain.now(), |hash| chain.at(hash));
        let deposit = state.deposit(&member.wallet.account()).await?;
        Ok::<bool, ChainError>(lack(deposit.as_ref(), member, needs).is_none())
    });
    let have: Vec<bool> = read.buffer_unordered(MAX_QUESTIONS).try_collect().await?;
    Ok(have.into_iter().all(|has| has))
}

/// Asks again and again, until it is so.
async fn wait<F>(limit: Duration, what: &str, is_so: impl Fn() -> F) -> Result<(), CliError>
where
    F: std::future::Future<Output = Result<bool, CliError>>,
{
    let began = Instant::now();
    while !is_so().await? {
        if began.elapsed() > limit {
            let what = format!("{what} did not come about in {} s", limit.as_secs());
            return Err(CliError::failed(what, "See the node's log; running again goes on where this has ended."));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs = Needs { deposit: 100, price_per_tick: 5, until: 50 };

    fn member(number: u32) -> Member {
        Root("//Alice".into()).members(number + 1).unwrap().pop().unwrap()
    }

    fn deposit(free: Balance, allowance: Balance, expires_at: BlockNumber) -> Deposit {
        let session_key = member(0).session_key.account();
        let delegation = Delegation { session_key, max_price_per_tick: 5, allowance, expires_at };
        Deposit { free, delegation: Some(delegation), ..Deposit::new(0) }
    }

    #[test]
    fn members_works() {
        let accounts = |root: &str| -> Vec<_> {
            let members = Root(root.into()).members(3).unwrap();
            members.iter().flat_map(|member| [member.wallet.account(), member.session_key.account()]).collect()
        };
        let mut all = [accounts("//Alice"), accounts("//Bob")].concat();
        assert_eq!(accounts("//Alice"), accounts("//Alice"), "the next run finds them again");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 12, "no two are the same");
    }

    #[test]
    fn lack_works() {
        let lack = |deposit: Option<&Deposit>| lack(deposit, &member(0), &NEEDS);
        assert_eq!(lack(Some(&deposit(100, 100, 50))), None);
        assert_eq!(lack(None), Some(Lack { deposit: 100, needs_key: true }));
        assert_eq!(lack(Some(&deposit(30, 100, 50))), Some(Lack { deposit: 70, needs_key: false }));
        assert_eq!(lack(Some(&deposit(100, 99, 50))), Some(Lack { deposit: 0, needs_key: true }));
        assert_eq!(lack(Some(&deposit(100, 100, 49))), Some(Lack { deposit: 0, needs_key: true }));
    }

    #[test]
    fn lack_of_another_key_fails() {
        let foreign = self::lack(Some(&deposit(100, 100, 50)), &member(1), &NEEDS);
        assert_eq!(foreign, Some(Lack { deposit: 0, needs_key: true }));
    }
}
