//! Checks of the state after a step against what follows from the events.

use super::{
    env::{Opened, TestEnvironment},
    steps::ACTORS,
};
use crate::{mock::*, Event};
use frame_support::{assert_ok, traits::fungible::Inspect};
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, KeyLimits, Renewal, SessionId};

/// Viewer, session key and number of the key's entry. The wallet counts as a key with the number 0.
pub type Payer = (AccountId, AccountId, u32);

/// What a wallet has allowed a session key, and what its sessions have cost.
#[derive(Default)]
pub struct Grant {
    /// Sum of all allowances so far, without the renewals since `since`, in planck.
    allowed: Balance,
    renewal: Option<Renewal>,
    since: BlockNumber,
    /// Settled ticks and open fees, in planck.
    spent: Balance,
}

impl Grant {
    /// Returns what the key may have spent in block `now`, in planck.
    fn allowed_at(&self, now: BlockNumber) -> Balance {
        let renewals = self.renewal.map_or(0, |renewal| {
            renewal.amount.saturating_mul(Balance::from((now - self.since) / renewal.every_blocks))
        });
        self.allowed.saturating_add(renewals)
    }

    /// Replaces the limits in block `now`; `None` for a key that is removed.
    fn replace(&mut self, limits: Option<&KeyLimits>, now: BlockNumber) {
        self.allowed = self.allowed_at(now).saturating_add(limits.map_or(0, |limits| limits.allowance));
        self.renewal = limits.and_then(|limits| limits.renewal);
        self.since = now;
    }
}

/// Money of each account according to the storage.
pub struct Ledger {
    /// Sum of balance, free deposit, unspent reserves, open fees and bonds of each account, in planck.
    pub money: BTreeMap<AccountId, Balance>,
    earnings: BTreeMap<AccountId, Balance>,
    pot: Balance,
}

impl Ledger {
    pub fn read() -> Self {
        let mut money: BTreeMap<_, _> = ACTORS
            .iter()
            .chain(&["treasury"])
            .map(|name| (account(name), Balances::total_balance(&account(name))))
            .collect();
        let mut pot = ED;
        let mut add = |who: AccountId, amount: Balance| {
            pot += amount;
            *money.entry(who).or_default() += amount;
        };
        crate::Deposits::<Test>::iter().for_each(|(who, deposit)| add(who, deposit.free + deposit.bond));
        crate::Keys::<Test>::iter().for_each(|(who, _, key)| add(who, key.bond));
        crate::Sessions::<Test>::iter_values()
            .for_each(|session| add(session.viewer.clone(), session.unspent() + session.fee));
        crate::Gateways::<Test>::iter().for_each(|(who, gateway)| add(who, gateway.bond));
        let earnings: BTreeMap<_, _> = crate::Earnings::<Test>::iter().collect();
        pot += earnings.values().sum::<Balance>();
        Self { money, earnings, pot }
    }

    fn earned(&self) -> Balance {
        self.earnings.values().sum()
    }
}

/// Takes `amount` planck off an entry.
fn less(map: &mut BTreeMap<AccountId, Balance>, who: &AccountId, amount: Balance) {
    let entry = map.entry(who.clone()).or_default();
    *entry = entry.checked_sub(amount).expect("no account pays more than it has");
}

/// Adds `amount` planck to an entry.
fn more(map: &mut BTreeMap<AccountId, Balance>, who: &AccountId, amount: Balance) {
    *map.entry(who.clone()).or_default() += amount;
}

impl TestEnvironment {
    /// Compares the money after a step with what follows from the money before it and the events.
    pub(super) fn check(&mut self, mut expected: Ledger) {
        let mut earned = expected.earned();
        for event in events() {
            self.note_keys(&event);
            self.note_sessions(&event);
            replay(&event, &mut expected, &mut earned, |session| self.sessions[session].payer.0.clone());
        }
        let after = Ledger::read();
        assert_eq!(after.money, expected.money, "money moved without a rule");
        assert_eq!(after.earned(), earned, "earnings differ from what was paid");
        for (who, floor) in &expected.earnings {
            assert!(after.earnings.get(who).copied().unwrap_or_default() >= *floor, "{who:?} lost earnings");
        }
        let held = Balances::total_balance(&TickStream::pot_account());
        assert_eq!(held, after.pot + self.gifts, "the pot holds exactly what it owes and the gifts");
        assert_eq!(Balances::total_issuance(), self.issuance);
        let all: Balance =
            frame_system::Account::<Test>::iter_values().map(|account| account.data.free + account.data.reserved).sum();
        assert_eq!(all, self.issuance);
        self.check_sessions();
        self.check_grants();
        assert_ok!(TickStream::do_try_state());
    }

    /// Notes what the wallets have allowed their keys.
    pub(super) fn note_keys(&mut self, event: &Event<Test>) {
        let now = System::block_number();
        match event {
            Event::KeyAdded { viewer, session_key, limits } | Event::KeyUpdated { viewer, session_key, limits } => {
                self.grants.entry((viewer.clone(), session_key.clone())).or_default().replace(Some(limits), now);
            }
            Event::KeyRemoved { viewer, session_key } => {
                self.grants.entry((viewer.clone(), session_key.clone())).or_default().replace(None, now);
                self.seen.removed_keys += 1;
            }
            Event::DepositReaped { viewer, .. } => {
                let grants = self.grants.iter_mut().filter(|((owner, _), _)| owner == viewer);
                grants.for_each(|(_, grant)| grant.replace(None, now));
            }
            _ => {}
        }
    }

    /// Notes sessions, and checks that their events agree with each other.
    fn note_sessions(&mut self, event: &Event<Test>) {
        match event {
            Event::SessionOpened { session, viewer, session_key, price_per_tick, fee, .. } => {
                self.check_limits(event);
                let payer = self.payer_of(session, viewer, session_key);
                self.note_opened(*session, payer, *price_per_tick, *fee);
            }
            Event::TicksSettled { session, ticks, settled_ticks, paid, .. } => {
                let known = self.sessions.get_mut(session).expect("a settled session was opened before");
                assert_eq!(known.settled + ticks, *settled_ticks, "ticks are settled once and in order");
                assert_eq!(known.price * Balance::from(*ticks), *paid);
                known.settled = *settled_ticks;
                let payer = known.payer.clone();
                if let Some(grant) = self.grants.get_mut(&(payer.0.clone(), payer.1.clone())) {
                    grant.spent += paid;
                }
                *self.ticks.entry(payer).or_default() += u64::from(*ticks);
                self.seen.settled += 1;
            }
            Event::SessionClosed { session, viewer, settled_ticks, paid, fee, .. } => {
                let known = &self.sessions[session];
                assert_eq!((known.settled, &known.payer.0), (*settled_ticks, viewer));
                assert_eq!(known.price * Balance::from(known.settled), *paid);
                assert_eq!(*fee, OPEN_FEE, "the fee of the opening is paid out");
                *self.open.entry(known.payer.clone()).or_default() -= 1;
                self.seen.closed += 1;
            }
            Event::PaidOut { .. } => self.seen.paid_out += 1,
            _ => {}
        }
    }

    /// Returns the payer of a session that was opened in this step. A session that was also removed in it has no entry,
    /// so its key decides.
    fn payer_of(&self, session: &SessionId, viewer: &AccountId, session_key: &AccountId) -> Payer {
        let used = crate::Sessions::<Test>::get(session).and_then(|session| session.key.map(|used| used.id));
        let key = || crate::Keys::<Test>::get(viewer, session_key).map(|key| key.id);
        (viewer.clone(), session_key.clone(), used.or_else(key).unwrap_or_default())
    }

    /// Checks that a session keeps within the limits of its key. No step both opens a session and changes a key.
    fn check_limits(&mut self, event: &Event<Test>) {
        let Event::SessionOpened { viewer, session_key, stream, gateway, price_per_tick, .. } = event else { return };
        if session_key == viewer {
            return;
        }
        let key = crate::Keys::<Test>::get(viewer, session_key).expect("a key that is not known opens no session");
        assert!(System::block_number() <= key.expires_at, "an expired key has opened a session");
        assert!(*price_per_tick <= key.max_price_per_tick, "a key has accepted a higher price than it may");
        assert!(key.scope.contains(*stream, &stream_of(*stream).creator, gateway), "a key was used out of its scope");
        assert!(key.open_sessions <= key.max_sessions, "a key has more sessions open than it may");
        self.seen.opened_by_added_keys += u32::from(key.id > 1);
        self.seen.opened_after_renewals += u32::from(key.allowance.generation > 0);
    }

    fn note_opened(&mut self, session: SessionId, payer: Payer, price: Balance, fee: Balance) {
        if let Some(grant) = self.grants.get_mut(&(payer.0.clone(), payer.1.clone())) {
            grant.spent += fee;
        }
        let open = self.open.entry(payer.clone()).or_default();
        *open += 1;
        let peak = self.peak.entry(payer.clone()).or_default();
        *peak = u64::from(*open).max(*peak);
        let opened = Opened { payer, price, settled: 0 };
        assert!(self.sessions.insert(session, opened).is_none(), "no session id is used twice");
        self.seen.opened += 1;
    }

    /// Checks that no viewer has paid for unrevealed ticks, or for more seconds than have passed.
    fn check_sessions(&self) {
        for (id, session) in &self.sessions {
            let revealed = self.revealed.get(id).copied().unwrap_or_default();
            assert!(session.settled <= revealed, "{} ticks settled, {revealed} revealed", session.settled);
        }
        let elapsed = (pallet_timestamp::Now::<Test>::get() - START_MS) / 1_000;
        for (payer, ticks) in &self.ticks {
            let most = self.peak[payer] * (elapsed + 60);
            assert!(*ticks <= most, "{ticks} ticks were settled, but time allows {most}");
        }
    }

    /// Checks that no session key has spent more than its allowances and their renewals.
    fn check_grants(&self) {
        let now = System::block_number();
        for ((viewer, session_key), grant) in &self.grants {
            let allowed = grant.allowed_at(now);
            assert!(grant.spent <= allowed, "{session_key:?} of {viewer:?}: {} of {allowed}", grant.spent);
        }
    }
}

/// Applies the money that an event says was moved. `viewer_of` returns the viewer of a session.
fn replay(event: &Event<Test>, ledger: &mut Ledger, earned: &mut Balance, viewer_of: impl Fn(&SessionId) -> AccountId) {
    let Ledger { money, earnings, .. } = ledger;
    match event {
        Event::TicksSettled { session, paid, .. } => less(money, &viewer_of(session), *paid),
        Event::SessionClosed { viewer, gateway, fee, reward, remover, .. } => {
            less(money, viewer, *fee);
            more(earnings, gateway, *fee - *reward);
            more(earnings, remover, *reward);
            *earned += fee;
        }
        Event::IncomeShared { paid, protocol, submitter, gateway_part, splits, creator, .. } => {
            assert_eq!(protocol + submitter + gateway_part + splits + creator, *paid);
            *earned += paid;
        }
        Event::DepositReaped { viewer, by, bonds } => {
            less(money, viewer, *bonds);
            more(earnings, by, *bonds);
            *earned += bonds;
        }
        Event::Tipped { from, amount, .. } => {
            less(money, from, *amount);
            *earned += amount;
        }
        Event::PaidOut { account, amount } => {
            less(earnings, account, *amount);
            *earned -= amount;
            more(money, account, *amount);
        }
        Event::EarningsSwept { account: from, amount } => {
            less(earnings, from, *amount);
            more(earnings, &account("treasury"), *amount);
        }
        Event::GatewayLeft { gateway, bond } => {
            less(money, gateway, *bond);
            more(earnings, gateway, *bond);
            *earned += bond;
        }
        _ => {}
    }
}
