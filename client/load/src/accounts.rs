//! Accounts of the viewers: derived from one key and funded from it, each with a deposit and a session key.
//!
//! A key always derives the same accounts. A later test finds what an earlier one has left in their deposits, and adds only
//! what is missing.

use futures::{stream, StreamExt, TryStreamExt};
use sp_core::{Blake2Hasher, Hasher};
use std::time::{Duration, Instant};
use tick_stream_primitives::{batch::bounded, Balance, BlockNumber, Deposit, KeyLimits, Scope, SessionKey};
use vilokanam_chain::{Call, Chain, ChainError, Signed, Signer, State};
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
/// Label of the session keys.
const LABEL: &[u8] = b"load";
/// Number of sessions of a session key: the present one, and an earlier one that is being closed.
const KEY_SESSIONS: u32 = 2;

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

/// What a viewer has on chain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Found {
    deposit: Option<Deposit>,
    key: Option<SessionKey>,
}

/// What has to be done about a session key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum KeyChange {
    Nothing,
    Add,
    Update,
}

/// What a viewer lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Shortfall {
    /// Missing amount in planck.
    deposit: Balance,
    /// What has to be done about the session key.
    key: KeyChange,
}

/// Returns what a viewer lacks; `None` when it has everything. `bond` is kept for each deposit and each key.
fn shortfall(found: &Found, required: &Requirements, bond: Balance) -> Option<Shortfall> {
    let key = match &found.key {
        None => KeyChange::Add,
        Some(key) => {
            let is_sufficient = key.allowance.left >= required.deposit
                && key.max_price_per_tick >= required.price_per_tick
                && key.max_sessions >= KEY_SESSIONS
                && key.scope == Scope::Any
                && key.expires_at >= required.until;
            if is_sufficient {
                KeyChange::Nothing
            } else {
                KeyChange::Update
            }
        }
    };
    let bonds = Balance::from(found.deposit.is_none()) + Balance::from(key == KeyChange::Add);
    let needed = required.deposit.saturating_add(bond.saturating_mul(bonds));
    let free = found.deposit.as_ref().map(|deposit| deposit.free).unwrap_or_default();
    let shortfall = Shortfall { deposit: needed.saturating_sub(free), key };
    (shortfall.deposit > 0 || shortfall.key != KeyChange::Nothing).then_some(shortfall)
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
        let bond = self.chain.now().params().await?.storage_bond;
        let found = self.found(accounts).await?;
        let lacking: Vec<(usize, Shortfall)> = found
            .iter()
            .enumerate()
            .filter_map(|(place, found)| Some((place, shortfall(found, &self.required, bond)?)))
            .collect();
        if !lacking.is_empty() {
            self.fund(accounts, &lacking).await?;
            self.deposit(accounts, &lacking).await?;
            self.wait_until_final(accounts, &lacking).await?;
        }
        let found = self.found(accounts).await?;
        for (account, found) in accounts.iter_mut().zip(found) {
            account.next_nonce = found.key.map(|key| key.nonces.next()).unwrap_or_default();
        }
        Ok(())
    }

    async fn found(&self, accounts: &[Account]) -> Result<Vec<Found>, CommandError> {
        let read = stream::iter(accounts).map(|account| async move { find(&self.chain.now(), account).await });
        Ok(read.buffered(MAX_REQUESTS).try_collect().await?)
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
                let calls = self.calls(account, lack, now);
                async move {
                    let first = chain.next_nonce(&account.wallet.account()).await?;
                    for (nonce, call) in (first..).zip(&calls) {
                        let signed: Signed = anchor.sign(call, &account.wallet, nonce, 0)?;
                        chain.submit(&signed).await?;
                    }
                    Ok::<(), ChainError>(())
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

    /// Returns the calls that give a viewer what it lacks.
    fn calls(&self, account: &Account, lack: &Shortfall, now: BlockNumber) -> Vec<Call> {
        let (key, limits) = (account.session_key.account(), self.limits(now));
        let with_key = (lack.key == KeyChange::Add).then_some((&key, &limits));
        let mut calls = Vec::new();
        match (lack.deposit, with_key) {
            (0, None) => {}
            (0, Some((key, limits))) => calls.push(Call::add_key(key, limits)),
            (amount, with_key) => calls.push(Call::deposit(amount, with_key)),
        }
        calls.extend((lack.key == KeyChange::Update).then(|| Call::update_key(&key, &limits)));
        calls
    }

    fn limits(&self, now: BlockNumber) -> KeyLimits {
        KeyLimits {
            label: bounded(LABEL.to_vec()),
            max_price_per_tick: self.required.price_per_tick,
            allowance: self.required.deposit,
            renewal: None,
            max_sessions: KEY_SESSIONS,
            scope: Scope::Any,
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
            Ok::<bool, ChainError>(shortfall(&find(&state, account).await?, required, 0).is_none())
        });
        let have: Vec<bool> = read.buffer_unordered(MAX_REQUESTS).try_collect().await?;
        Ok(have.into_iter().all(|has| has))
    }
}

/// Reads what a viewer has.
async fn find(state: &State<'_>, account: &Account) -> Result<Found, ChainError> {
    let viewer = account.wallet.account();
    let deposit = state.deposit(&viewer).await?;
    let key = state.key(&viewer, &account.session_key.account()).await?;
    Ok(Found { deposit, key })
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

    const BOND: Balance = 7;

    fn found(free: Balance, allowance: Balance, expires_at: BlockNumber) -> Found {
        let limits = KeyLimits {
            label: Default::default(),
            max_price_per_tick: 5,
            allowance,
            renewal: None,
            max_sessions: KEY_SESSIONS,
            scope: Scope::Any,
            expires_at,
        };
        let key = Some(SessionKey::new(limits, 1, 0, BOND, 0));
        Found { deposit: Some(Deposit { free, ..Deposit::new(0) }), key }
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
        let lack = |found: Found| shortfall(&found, &REQUIRED, BOND);
        assert_eq!(lack(found(100, 100, 50)), None);
        assert_eq!(lack(Found::default()), Some(Shortfall { deposit: 100 + 2 * BOND, key: KeyChange::Add }));
        assert_eq!(lack(found(30, 100, 50)), Some(Shortfall { deposit: 70, key: KeyChange::Nothing }));
        assert_eq!(lack(found(100, 99, 50)), Some(Shortfall { deposit: 0, key: KeyChange::Update }));
        assert_eq!(lack(found(100, 100, 49)), Some(Shortfall { deposit: 0, key: KeyChange::Update }));
        let without_key = Found { key: None, ..found(100, 0, 0) };
        assert_eq!(lack(without_key), Some(Shortfall { deposit: BOND, key: KeyChange::Add }));
    }
}
