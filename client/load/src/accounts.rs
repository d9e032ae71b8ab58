//! Accounts of the viewers: derived from one key and funded from it, each with a deposit and a session key.
//!
//! A key always derives the same accounts. A later test finds what an earlier one has left in their deposits, and adds only
//! what is missing.

use futures::{stream, StreamExt, TryStreamExt};
use sp_core::{Blake2Hasher, Hasher};
use std::time::{Duration, Instant};
use tick_stream_primitives::{Balance, BlockNumber, Delegation, Deposit};
use vilokanam_chain::{Call, Chain, ChainError, Signed, Signer};
use vilokanam_terminal::{CommandError, StatusLine};
use vilokanam_viewer::amount::Vlk;

/// Domain of the derivation of accounts.
const DOMAIN: &[u8] = b"vilokanam/load/v1";
/// Maximum number of extrinsics that wait for a block: a node's transaction pool holds some thousands, and drops the rest.
const MAX_PENDING: usize = 500;
/// Maximum number of simultaneous requests to the node.
const MAX_REQUESTS: usize = 32;
/// Maximum time for a node to include what was submitted.
const INCLUDE_TIMEOUT: Duration = Duration::from_secs(90);
/// Maximum time until the last deposits are final.
const FINAL_TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Balance for an account's own fees and its existence, in planck: 0.1 VLK.
const FEES: Balance = 100_000_000_000;
/// Balance that is sufficient for the fees of another test, in planck.
const MIN_FEES: Balance = FEES / 4;
/// Validity of a session key in blocks: a day.
const KEY_BLOCKS: BlockNumber = 86_400;

/// What every viewer needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requirements {
    /// Free amount of the deposit, and allowance of the session key, in planck.
    pub deposit: Balance,
    /// Maximum price that the session key may agree to, in planck.
    pub price_per_tick: Balance,
    /// Last block in which the session key is needed.
    pub until: BlockNumber,
}

/// Account of a viewer.
#[derive(Clone)]
pub struct Account {
    /// Key of the account.
    pub wallet: Signer,
    /// Session key of the account.
    pub session_key: Signer,
    /// Nonce of the next ticket.
    pub next_nonce: u64,
}

/// Secret from which all accounts are derived: the text of the funding key.
pub struct RootSecret(String);

impl RootSecret {
    /// Creates the secret from the text of a key. White space between its words does not matter.
    pub fn new(text: &str) -> Self {
        Self(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn signer(&self, number: u32, role: &[u8]) -> Result<Signer, ChainError> {
        let secret = [DOMAIN, self.0.as_bytes(), &number.to_le_bytes(), role].concat();
        Signer::from_seed(Blake2Hasher::hash(&secret).0)
    }

    /// Derives the accounts of this many viewers.
    pub fn accounts(&self, viewers: u32) -> Result<Vec<Account>, CommandError> {
        let account = |number| {
            let (wallet, session_key) = (self.signer(number, b"wallet")?, self.signer(number, b"session key")?);
            Ok(Account { wallet, session_key, next_nonce: 0 })
        };
        (0..viewers).map(account).collect()
    }
}

/// What a deposit lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Shortfall {
    /// Missing amount in planck.
    deposit: Balance,
    /// Whether the session key has to be authorised again.
    needs_key: bool,
}

/// Returns what this deposit lacks; `None` when it has everything.
fn shortfall(deposit: Option<&Deposit>, account: &Account, required: &Requirements) -> Option<Shortfall> {
    let free = deposit.map(|deposit| deposit.free).unwrap_or_default();
    let delegation = deposit.and_then(|deposit| deposit.delegation.as_ref());
    let has_key = delegation.is_some_and(|delegation| {
        delegation.session_key == account.session_key.account()
            && delegation.allowance >= required.deposit
            && delegation.max_price_per_tick >= required.price_per_tick
            && delegation.expires_at >= required.until
    });
    let shortfall = Shortfall { deposit: required.deposit.saturating_sub(free), needs_key: !has_key };
    (shortfall.deposit > 0 || shortfall.needs_key).then_some(shortfall)
}

/// Preparation of accounts: transfers, deposits, session keys.
pub struct Preparation<'a> {
    /// Chain.
    pub chain: &'a Chain,
    /// Key that pays for everything.
    pub funder: &'a Signer,
    /// What each account needs.
    pub required: Requirements,
    /// Line that shows the progress.
    pub line: &'a StatusLine,
}

impl Preparation<'_> {
    /// Adds what the accounts lack, waits until that is final, and reads their nonces.
    pub async fn run(&self, accounts: &mut [Account]) -> Result<(), CommandError> {
        self.line.set(format!("Reading {} accounts …", accounts.len()));
        let deposits = self.deposits(accounts).await?;
        let lacking: Vec<(usize, Shortfall)> = deposits
            .iter()
            .enumerate()
            .filter_map(|(place, deposit)| {
                Some((place, shortfall(deposit.as_ref(), &accounts[place], &self.required)?))
            })
            .collect();
        if !lacking.is_empty() {
            self.fund(accounts, &lacking).await?;
            self.deposit(accounts, &lacking).await?;
            self.wait_until_final(accounts, &lacking).await?;
        }
        let deposits = self.deposits(accounts).await?;
        for (account, deposit) in accounts.iter_mut().zip(deposits) {
            account.next_nonce = deposit.map(|deposit| deposit.nonces.next()).unwrap_or_default();
        }
        Ok(())
    }

    async fn deposits(&self, accounts: &[Account]) -> Result<Vec<Option<Deposit>>, CommandError> {
        let wallets = stream::iter(accounts.iter().map(|account| account.wallet.account()));
        let read = wallets.map(|wallet| async move { self.chain.now().deposit(&wallet).await }).buffered(MAX_REQUESTS);
        Ok(read.try_collect().await?)
    }

    /// Transfers what each account lacks for its deposit and its fees.
    async fn fund(&self, accounts: &[Account], lacking: &[(usize, Shortfall)]) -> Result<(), CommandError> {
        let (chain, funder) = (self.chain, self.funder);
        let wallets = stream::iter(lacking.iter().map(|(place, _)| accounts[*place].wallet.account()));
        let read = wallets.map(|wallet| async move { chain.now().account(&wallet).await }).buffered(MAX_REQUESTS);
        let states: Vec<_> = read.try_collect().await?;
        let transfers: Vec<(usize, Balance)> = lacking
            .iter()
            .zip(states)
            .filter(|((_, lack), state)| state.free < lack.deposit.saturating_add(MIN_FEES))
            .map(|((place, lack), state)| (*place, lack.deposit.saturating_add(FEES).saturating_sub(state.free)))
            .collect();
        self.check_funds(transfers.iter().map(|(_, amount)| amount).sum()).await?;
        let mut done = 0;
        for part in transfers.chunks(MAX_PENDING) {
            self.line.set(format!("Funding viewers: {done} of {} …", transfers.len()));
            let (anchor, first) = (chain.anchor().await?, chain.next_nonce(&funder.account()).await?);
            for (nonce, (place, amount)) in (first..).zip(part) {
                let call = Call::transfer_keep_alive(&accounts[*place].wallet.account(), *amount);
                chain.submit(&anchor.sign(&call, funder, nonce, 0)?).await?;
            }
            let next = first + part.len() as u64;
            wait(INCLUDE_TIMEOUT, "the transfers to the viewers were not included", || async {
                Ok(u64::from(chain.now().account(&funder.account()).await?.nonce) >= next)
            })
            .await?;
            done += part.len();
        }
        Ok(())
    }

    async fn check_funds(&self, needed: Balance) -> Result<(), CommandError> {
        let free = self.chain.now().account(&self.funder.account()).await?.free;
        if needed <= free {
            return Ok(());
        }
        let what = format!("the viewers need {}, but the key's account has only {}", Vlk(needed), Vlk(free));
        Err(CommandError::unpaid(what, "Fund the account, or plan fewer viewers or less time."))
    }

    async fn deposit(&self, accounts: &[Account], lacking: &[(usize, Shortfall)]) -> Result<(), CommandError> {
        let chain = self.chain;
        let mut done = 0;
        for part in lacking.chunks(MAX_PENDING) {
            self.line.set(format!("Depositing: {done} of {} …", lacking.len()));
            let (anchor, now) = (chain.anchor().await?, chain.best().await?.number);
            let sent = stream::iter(part).map(|(place, lack)| {
                let (account, anchor) = (&accounts[*place], &anchor);
                let delegation = self.delegation(account, now);
                let call = if lack.deposit > 0 {
                    Call::deposit(lack.deposit, Some(&delegation))
                } else {
                    Call::delegate(&delegation)
                };
                async move {
                    let nonce = chain.next_nonce(&account.wallet.account()).await?;
                    let signed: Signed = anchor.sign(&call, &account.wallet, nonce, 0)?;
                    chain.submit(&signed).await
                }
            });
            sent.buffer_unordered(MAX_REQUESTS).try_collect::<Vec<()>>().await?;
            let place_of = |(place, _): &(usize, Shortfall)| *place;
            let places: Vec<usize> = part.iter().map(place_of).collect();
            let what = "the viewers' deposits were not included";
            wait(INCLUDE_TIMEOUT, what, || self.have_all(accounts, &places, false)).await?;
            done += part.len();
        }
        Ok(())
    }

    fn delegation(&self, account: &Account, now: BlockNumber) -> Delegation {
        Delegation {
            session_key: account.session_key.account(),
            max_price_per_tick: self.required.price_per_tick,
            allowance: self.required.deposit,
            expires_at: self.required.until.max(now.saturating_add(KEY_BLOCKS)),
        }
    }

    /// Waits until the deposits are final: a gateway accepts tickets of final deposits only.
    async fn wait_until_final(&self, accounts: &[Account], lacking: &[(usize, Shortfall)]) -> Result<(), CommandError> {
        self.line.set("Waiting until the deposits are final …");
        // The last part was included last: when it is final, all are.
        let last: Vec<usize> = lacking.iter().rev().take(MAX_PENDING).map(|(place, _)| *place).collect();
        wait(FINAL_TIMEOUT, "the viewers' deposits were not final", || self.have_all(accounts, &last, true)).await
    }

    async fn have_all(&self, accounts: &[Account], places: &[usize], is_final: bool) -> Result<bool, CommandError> {
        let (chain, required) = (self.chain, &self.required);
        let at = if is_final { Some(chain.finalized().await?.hash) } else { None };
        let wanted = stream::iter(places.iter().map(|place| &accounts[*place]));
        let read = wanted.map(|account| async move {
            let state = at.map_or_else(|| chain.now(), |hash| chain.at(hash));
            let deposit = state.deposit(&account.wallet.account()).await?;
            Ok::<bool, ChainError>(shortfall(deposit.as_ref(), account, required).is_none())
        });
        let have: Vec<bool> = read.buffer_unordered(MAX_REQUESTS).try_collect().await?;
        Ok(have.into_iter().all(|has| has))
    }
}

/// Waits until a condition holds.
async fn wait<F>(limit: Duration, failure: &str, holds: impl Fn() -> F) -> Result<(), CommandError>
where
    F: std::future::Future<Output = Result<bool, CommandError>>,
{
    let began = Instant::now();
    while !holds().await? {
        if began.elapsed() > limit {
            let what = format!("{failure} within {} s", limit.as_secs());
            let hint = "See the node's log; another run continues from here.";
            return Err(CommandError::failed(what, hint));
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: Requirements = Requirements { deposit: 100, price_per_tick: 5, until: 50 };

    fn account(number: u32) -> Account {
        RootSecret::new("//Alice").accounts(number + 1).unwrap().pop().unwrap()
    }

    fn deposit(free: Balance, allowance: Balance, expires_at: BlockNumber) -> Deposit {
        let session_key = account(0).session_key.account();
        let delegation = Delegation { session_key, max_price_per_tick: 5, allowance, expires_at };
        Deposit { free, delegation: Some(delegation), ..Deposit::new(0) }
    }

    #[test]
    fn key_always_derives_the_same_accounts() {
        let ids = |root: &str| -> Vec<_> {
            let accounts = RootSecret::new(root).accounts(3).unwrap();
            accounts.iter().flat_map(|one| [one.wallet.account(), one.session_key.account()]).collect()
        };
        let mut all = [ids("//Alice"), ids("//Bob")].concat();
        assert_eq!(ids("//Alice"), ids("//Alice"));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 12, "all accounts differ");
    }

    #[test]
    fn only_what_is_missing_is_added() {
        let lack = |deposit: Option<&Deposit>| shortfall(deposit, &account(0), &REQUIRED);
        assert_eq!(lack(Some(&deposit(100, 100, 50))), None);
        assert_eq!(lack(None), Some(Shortfall { deposit: 100, needs_key: true }));
        assert_eq!(lack(Some(&deposit(30, 100, 50))), Some(Shortfall { deposit: 70, needs_key: false }));
        assert_eq!(lack(Some(&deposit(100, 99, 50))), Some(Shortfall { deposit: 0, needs_key: true }));
        assert_eq!(lack(Some(&deposit(100, 100, 49))), Some(Shortfall { deposit: 0, needs_key: true }));
    }

    #[test]
    fn another_session_key_is_replaced() {
        let lack = shortfall(Some(&deposit(100, 100, 50)), &account(1), &REQUIRED);
        assert_eq!(lack, Some(Shortfall { deposit: 0, needs_key: true }));
    }
}
