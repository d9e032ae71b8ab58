//! Test environment that carries steps out and checks their effects against accounts of its own.

use super::steps::{Row, Step, Who, ACTORS};
use crate::{mock::*, tests::attacks::dispatch, Event, GatewayUpdate, StreamUpdate};
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::Preservation,
    },
};
use sp_core::Pair;
use sp_runtime::Permill;
use std::collections::BTreeMap;
use tick_stream_primitives::{
    batch::bounded, session_id, AccountId, Balance, Batch, Claim, ClaimGroup, CloseRow, Closer, Delegation, SessionId,
    SignedTicket, Splits, StreamId, StreamStatus, TickChain, Ticket,
};

/// Counts of what happened in all steps.
#[derive(Default)]
pub struct Seen {
    pub opened: u32,
    pub settled: u32,
    pub closed: u32,
    pub paid_out: u32,
}

/// Signed ticket, opened or not.
struct Signed {
    watch: Watch,
    row: SignedTicket,
    viewer: Who,
    gateway: Who,
}

/// Session that was opened, removed or not.
struct Opened {
    viewer: AccountId,
    price: Balance,
    settled: u32,
}

/// Money of each account according to the storage.
struct Ledger {
    /// Sum of balance, free deposit, unspent reserves and bond of each account, in planck.
    money: BTreeMap<AccountId, Balance>,
    earnings: BTreeMap<AccountId, Balance>,
    pot: Balance,
}

impl Ledger {
    fn read() -> Self {
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
        crate::Deposits::<Test>::iter().for_each(|(who, deposit)| add(who, deposit.free));
        crate::Sessions::<Test>::iter_values().for_each(|session| add(session.viewer.clone(), session.unspent()));
        crate::Gateways::<Test>::iter().for_each(|(who, gateway)| add(who, gateway.bond));
        let earnings: BTreeMap<_, _> = crate::Earnings::<Test>::iter().collect();
        pot += earnings.values().sum::<Balance>();
        Self { money, earnings, pot }
    }

    fn earned(&self) -> Balance {
        self.earnings.values().sum()
    }
}

/// Tickets signed, ticks revealed and sessions opened so far.
pub struct TestEnvironment {
    tickets: Vec<Signed>,
    sessions: BTreeMap<SessionId, Opened>,
    revealed: BTreeMap<SessionId, u32>,
    /// Number of open sessions of each viewer.
    open: BTreeMap<AccountId, u32>,
    /// Maximum number of sessions that each viewer had open at the same time.
    peak: BTreeMap<AccountId, u64>,
    /// Number of ticks settled in all sessions of each viewer.
    ticks: BTreeMap<AccountId, u64>,
    /// Sum of all gifts to the pot, in planck.
    gifts: Balance,
    /// Total issuance, in planck.
    issuance: Balance,
    /// Counts of what happened.
    pub seen: Seen,
}

fn origin(who: Who) -> RuntimeOrigin {
    signed(ACTORS[who])
}

fn session_key(who: Who) -> String {
    format!("{}-session", ACTORS[who])
}

fn named(who: Who) -> AccountId {
    account(ACTORS[who])
}

fn splits_of(parts: &[(Who, u32)]) -> Splits {
    bounded(parts.iter().map(|(who, part)| (named(*who), Permill::from_parts(*part))).collect())
}

impl TestEnvironment {
    /// Creates two deposits, a second gateway and a second stream.
    pub fn new() -> Self {
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        register_gateway("second-gateway");
        create_stream(PRICE, splits_of(&[(1, 100_000), (6, 333_333)]));
        Self {
            tickets: Vec::new(),
            sessions: BTreeMap::new(),
            revealed: BTreeMap::new(),
            open: BTreeMap::new(),
            peak: BTreeMap::new(),
            ticks: BTreeMap::new(),
            gifts: 0,
            issuance: Balances::total_issuance(),
            seen: Seen::default(),
        }
    }

    /// Takes one step and checks its effects.
    pub fn take(&mut self, step: &Step) {
        System::reset_events();
        let mut expected = Ledger::read();
        if let Step::Gift { who, amount } = step {
            let pot = TickStream::pot_account();
            if Balances::transfer(&named(*who), &pot, *amount, Preservation::Preserve).is_ok() {
                self.gifts += amount;
                *expected.money.entry(named(*who)).or_default() -= amount;
            }
        }
        self.act(step);
        self.check(expected);
    }

    /// Takes one step. Refusals are allowed: the check of the money shows whether they were right.
    fn act(&mut self, step: &Step) {
        match step {
            Step::Join { who, viewer, stream, gateway, max_ticks } => {
                let index = self.sign(*viewer, 0, *stream, *gateway, *max_ticks, &session_key(*viewer));
                let _ = TickStream::join_stream(origin(*who), self.tickets[index].row.ticket.clone());
            }
            Step::Leave { who, sessions } => {
                let ids =
                    sessions.iter().filter_map(|place| self.ticket(*place).map(|index| self.tickets[index].watch.id));
                let _ = TickStream::leave_stream(origin(*who), bounded(ids.collect()));
            }
            Step::RecordTick { who, session, ticks, lie, is_false } => {
                if let Some((_, claim)) = self.claim(*session, *ticks, *lie, *is_false) {
                    let Claim { session, from, ticks, proof } = claim;
                    let _ = TickStream::record_tick(origin(*who), session, from, ticks, proof);
                }
            }
            Step::Batch { who, rows } => {
                let batch = self.batch(rows);
                if !batch.is_empty() && batch.size().is_within_limits() {
                    assert_ok!(dispatch(ACTORS[*who], batch));
                }
            }
            Step::Advance { blocks } => advance(*blocks),
            Step::Stall { seconds } => stall(*seconds),
            Step::Gift { .. } => {}
            step => act_on_money(step).or_else(|| act_on_streams(step)).unwrap_or_else(|| act_on_gateways(step)),
        }
    }

    /// Returns the index of a ticket whose session is open, or sometimes of one of the last tickets in any state.
    fn ticket(&self, place: usize) -> Option<usize> {
        let is_open = |index: &usize| crate::Sessions::<Test>::contains_key(self.tickets[*index].watch.id);
        let open: Vec<_> = (0..self.tickets.len()).filter(is_open).collect();
        if !place.is_multiple_of(4) && !open.is_empty() {
            return Some(open[place % open.len()]);
        }
        let recent = self.tickets.len().min(12);
        (recent > 0).then(|| self.tickets.len() - 1 - place % recent)
    }

    /// Signs a ticket of `viewer` with a new seed. Returns its index.
    fn sign(&mut self, viewer: Who, ahead: i64, stream: StreamId, gateway: Who, max_ticks: u32, signer: &str) -> usize {
        let deposit = crate::Deposits::<Test>::get(named(viewer));
        let nonce = deposit.map_or(1, |deposit| deposit.nonces.next()).saturating_add_signed(ahead);
        let id = session_id(&genesis(), &named(viewer), nonce);
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&(self.tickets.len() as u64).to_le_bytes());
        let mut chain = TickChain::new(&id, seed, max_ticks);
        let ticket = Ticket {
            viewer: named(viewer),
            nonce,
            stream,
            gateway: named(gateway),
            price_per_tick: PRICE * 2,
            max_ticks,
            anchor: chain.anchor(),
            expires_at: System::block_number() + 50,
        };
        let signature = pair(signer).sign(&ticket.message(&genesis())).into();
        let row = SignedTicket { ticket: ticket.clone(), signature };
        self.tickets.push(Signed { watch: Watch { ticket, chain, id }, row, viewer, gateway });
        self.tickets.len() - 1
    }

    /// Returns a claim and its group.
    fn claim(&mut self, place: usize, ticks: u32, lie: i32, is_false: bool) -> Option<((StreamId, AccountId), Claim)> {
        let index = self.ticket(place)?;
        let watch = &mut self.tickets[index].watch;
        let settled = crate::Sessions::<Test>::get(watch.id).map_or(0, |session| session.settled_ticks);
        let ticks = settled.saturating_add(ticks);
        let from = settled.saturating_add_signed(lie);
        let proof = watch.chain.proof(ticks).filter(|_| !is_false);
        if proof.is_some() {
            let revealed = self.revealed.entry(watch.id).or_default();
            *revealed = ticks.max(*revealed);
        }
        let claim = Claim { session: watch.id, from, ticks, proof: proof.unwrap_or([9; 32]) };
        Some(((watch.ticket.stream, watch.ticket.gateway.clone()), claim))
    }

    fn close(&self, place: usize, by: u8, is_forged: bool) -> Option<CloseRow> {
        let Signed { watch, viewer, gateway, .. } = &self.tickets[self.ticket(place)?];
        let operator = || {
            let operator = crate::Gateways::<Test>::get(named(*gateway)).map(|gateway| gateway.operator);
            ACTORS.into_iter().find(|name| Some(account(name)) == operator).unwrap_or("operator")
        };
        let (by, signer) = match by {
            0 => return Some(watch.unsigned_close()),
            1 => (Closer::Gateway, ACTORS[*gateway].to_owned()),
            2 => (Closer::Operator, operator().to_owned()),
            3 => (Closer::Viewer, ACTORS[*viewer].to_owned()),
            _ => (Closer::SessionKey, session_key(*viewer)),
        };
        Some(watch.close(by, if is_forged { "another-key" } else { &signer }))
    }

    fn batch(&mut self, rows: &[Row]) -> Batch {
        let (mut opens, mut closes) = (Vec::new(), Vec::new());
        let mut groups = BTreeMap::<(StreamId, AccountId), Vec<Claim>>::new();
        let mut signed_now = BTreeMap::<Who, i64>::new();
        for row in rows {
            match row {
                Row::Open { viewer, ahead, stream, gateway, max_ticks, is_forged } => {
                    let before = signed_now.entry(*viewer).or_default();
                    let ahead = *ahead + *before;
                    *before += 1;
                    let signer = if *is_forged { "another-key".to_owned() } else { session_key(*viewer) };
                    let index = self.sign(*viewer, ahead, *stream, *gateway, *max_ticks, &signer);
                    opens.push(self.tickets[index].row.clone());
                }
                Row::Again { ticket } => {
                    opens.extend(self.ticket(*ticket).map(|index| self.tickets[index].row.clone()))
                }
                Row::Claim { session, ticks, lie, is_false, in_group } => {
                    let Some((group, claim)) = self.claim(*session, *ticks, *lie, *is_false) else { continue };
                    let group = in_group.map_or(group, |(stream, gateway)| (stream, named(gateway)));
                    groups.entry(group).or_default().push(claim);
                }
                Row::Close { session, by, is_forged } => closes.extend(self.close(*session, *by, *is_forged)),
            }
        }
        let groups = groups.into_iter().map(|((stream, gateway), claims)| ClaimGroup {
            stream,
            gateway,
            claims: bounded(claims),
        });
        Batch { opens: bounded(opens), groups: bounded(groups.collect()), closes: bounded(closes) }
    }
}

/// Takes a step that concerns money. Returns `None` for other steps.
fn act_on_money(step: &Step) -> Option<()> {
    let _ = match step {
        Step::Deposit { who, amount, delegates } => {
            TickStream::deposit(origin(*who), *amount, delegates.then(|| delegation(&session_key(*who))))
        }
        Step::Withdraw { who, amount } => TickStream::withdraw(origin(*who), *amount),
        Step::WithdrawAll { who } => {
            let free = crate::Deposits::<Test>::get(named(*who)).map_or(0, |deposit| deposit.free);
            TickStream::withdraw(origin(*who), free)
        }
        Step::Delegate { who, allowance, blocks } => {
            let expires_at = System::block_number() + blocks;
            let terms = Delegation { allowance: *allowance, expires_at, ..delegation(&session_key(*who)) };
            TickStream::delegate(origin(*who), terms)
        }
        Step::Revoke { who } => TickStream::revoke_delegation(origin(*who)),
        Step::Reap { who, viewer } => TickStream::reap_deposit(origin(*who), named(*viewer)),
        Step::Payout { who, to } => TickStream::payout(origin(*who), named(*to)),
        Step::Tip { who, stream, amount } => TickStream::tip(origin(*who), *stream, *amount, Default::default()),
        _ => return None,
    };
    Some(())
}

/// Takes a step that concerns streams. Returns `None` for other steps.
fn act_on_streams(step: &Step) -> Option<()> {
    let _ = match step {
        Step::CreateStream { who, price, share, splits } => {
            let request = stream_request(*price, splits_of(splits));
            let gateway_share = Permill::from_parts(*share);
            TickStream::create_stream(origin(*who), crate::StreamRequest { gateway_share, ..request })
        }
        Step::UpdateStream { who, stream, price, share, splits } => {
            let update = StreamUpdate {
                price_per_tick: *price,
                gateway_share: share.map(Permill::from_parts),
                splits: splits.as_deref().map(splits_of),
                ..Default::default()
            };
            TickStream::update_stream(origin(*who), *stream, update)
        }
        Step::SetStatus { who, stream, is_live } => {
            let status = if *is_live { StreamStatus::Live } else { StreamStatus::Offline };
            TickStream::set_stream_status(origin(*who), *stream, status)
        }
        Step::EndStream { who, stream } => TickStream::end_stream(origin(*who), *stream),
        Step::Moderate { stream, suspends: true } => TickStream::suspend_stream(RuntimeOrigin::root(), *stream),
        Step::Moderate { stream, suspends: false } => TickStream::resume_stream(RuntimeOrigin::root(), *stream),
        Step::SetFee { fee } => TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_parts(*fee)),
        _ => return None,
    };
    Some(())
}

/// Takes a step that concerns gateways.
fn act_on_gateways(step: &Step) {
    let _ = match step {
        Step::Register { who, operator } => {
            let endpoint = b"https://gateway.example".to_vec().try_into().expect("within the bound");
            TickStream::register_gateway(origin(*who), endpoint, named(*operator))
        }
        Step::UpdateGateway { who, operator } => {
            let update = GatewayUpdate { operator: Some(named(*operator)), ..Default::default() };
            TickStream::update_gateway(origin(*who), update)
        }
        Step::Deregister { who } => TickStream::deregister_gateway(origin(*who)),
        step => unreachable!("{step:?} is handled elsewhere"),
    };
}

/// Checks against the money that follows from the events.
impl TestEnvironment {
    /// Compares the money after a step with what follows from the money before it and the events.
    fn check(&mut self, mut expected: Ledger) {
        let mut earned = expected.earned();
        for event in events() {
            self.replay(&event, &mut expected, &mut earned);
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
        assert_ok!(TickStream::do_try_state());
    }

    fn replay(&mut self, event: &Event<Test>, ledger: &mut Ledger, earned: &mut Balance) {
        let Ledger { money, earnings, .. } = ledger;
        let less = |map: &mut BTreeMap<AccountId, Balance>, who: &AccountId, amount: &Balance| {
            let entry = map.entry(who.clone()).or_default();
            *entry = entry.checked_sub(*amount).expect("no account pays more than it has");
        };
        match event {
            Event::SessionOpened { session, viewer, price_per_tick, fee, .. } => {
                less(money, viewer, fee);
                *earned += fee;
                self.note_opened(*session, viewer, *price_per_tick);
            }
            Event::TicksSettled { session, ticks, settled_ticks, paid, .. } => {
                let known = self.sessions.get_mut(session).expect("a settled session was opened before");
                assert_eq!(known.settled + ticks, *settled_ticks, "ticks are settled once and in order");
                assert_eq!(known.price * Balance::from(*ticks), *paid);
                known.settled = *settled_ticks;
                less(money, &known.viewer, paid);
                *self.ticks.entry(known.viewer.clone()).or_default() += u64::from(*ticks);
                self.seen.settled += 1;
            }
            Event::SessionClosed { session, viewer, settled_ticks, paid, .. } => {
                let known = &self.sessions[session];
                assert_eq!((known.settled, &known.viewer), (*settled_ticks, viewer));
                assert_eq!(known.price * Balance::from(known.settled), *paid);
                *self.open.entry(viewer.clone()).or_default() -= 1;
                self.seen.closed += 1;
            }
            Event::IncomeShared { paid, protocol, submitter, gateway_part, splits, creator, .. } => {
                assert_eq!(protocol + submitter + gateway_part + splits + creator, *paid);
                *earned += paid;
            }
            Event::Tipped { from, amount, .. } => {
                less(money, from, amount);
                *earned += amount;
            }
            Event::PaidOut { account, amount } => {
                less(earnings, account, amount);
                *earned -= amount;
                *money.entry(account.clone()).or_default() += amount;
                self.seen.paid_out += 1;
            }
            Event::GatewayLeft { gateway, bond } => {
                less(money, gateway, bond);
                *earned += bond;
                *earnings.entry(gateway.clone()).or_default() += bond;
            }
            _ => {}
        }
    }

    fn note_opened(&mut self, session: SessionId, viewer: &AccountId, price: Balance) {
        let opened = Opened { viewer: viewer.clone(), price, settled: 0 };
        assert!(self.sessions.insert(session, opened).is_none(), "no session id is used twice");
        let open = self.open.entry(viewer.clone()).or_default();
        *open += 1;
        let peak = self.peak.entry(viewer.clone()).or_default();
        *peak = u64::from(*open).max(*peak);
        self.seen.opened += 1;
    }

    /// Checks that no viewer has paid for unrevealed ticks, or for more seconds than have passed.
    fn check_sessions(&self) {
        for (id, session) in &self.sessions {
            let revealed = self.revealed.get(id).copied().unwrap_or_default();
            assert!(session.settled <= revealed, "{} ticks settled, {revealed} revealed", session.settled);
        }
        let elapsed = (pallet_timestamp::Now::<Test>::get() - START_MS) / 1_000;
        for (viewer, ticks) in &self.ticks {
            let most = self.peak[viewer] * (elapsed + 60);
            assert!(*ticks <= most, "{ticks} ticks were settled, but time allows {most}");
        }
    }
}
