//! Test environment that carries steps out. `checks` compares their effects with accounts of its own.

use super::{
    checks::{Grant, Ledger, Payer},
    steps::{Limits, Reach, Row, Step, Who, ACTORS},
};
use crate::{mock::*, tests::attacks::dispatch, GatewayUpdate, StreamUpdate};
use frame_support::{
    assert_ok,
    traits::{fungible::Mutate, tokens::Preservation},
};
use sp_runtime::Permill;
use std::collections::BTreeMap;
use tick_stream_primitives::{
    batch::bounded, session_id, AccountId, Balance, Batch, Claim, ClaimGroup, CloseRow, Closer, KeyLimits, Renewal,
    Scope, SessionId, SignedTicket, Splits, StreamId, StreamStatus, TickChain, Ticket,
};

/// Counts of what happened in all steps.
#[derive(Debug, Default)]
pub struct Seen {
    pub opened: u32,
    /// Sessions opened by keys that were added later than the deposit.
    pub opened_by_added_keys: u32,
    /// Sessions opened from an allowance that was updated or renewed.
    pub opened_after_renewals: u32,
    pub removed_keys: u32,
    pub settled: u32,
    pub closed: u32,
    pub paid_out: u32,
}

impl Seen {
    /// Adds the counts of another sequence.
    pub fn add(&mut self, other: &Self) {
        self.opened += other.opened;
        self.opened_by_added_keys += other.opened_by_added_keys;
        self.opened_after_renewals += other.opened_after_renewals;
        self.removed_keys += other.removed_keys;
        self.settled += other.settled;
        self.closed += other.closed;
        self.paid_out += other.paid_out;
    }
}

/// Signed ticket, opened or not.
struct Signed {
    watch: Watch,
    row: SignedTicket,
    viewer: Who,
    /// Name of its session key, or of the viewer.
    session_key: String,
    gateway: Who,
}

/// Terms of a ticket to sign.
struct Terms {
    viewer: Who,
    /// Name of the session key, or of the viewer.
    session_key: String,
    /// Difference from the next nonce.
    ahead: i64,
    stream: StreamId,
    gateway: Who,
    max_ticks: u32,
    /// Whether another key signs.
    is_forged: bool,
}

/// Session that was opened, removed or not.
pub(super) struct Opened {
    pub payer: Payer,
    pub price: Balance,
    pub settled: u32,
}

/// Tickets signed, ticks revealed and sessions opened so far.
pub struct TestEnvironment {
    tickets: Vec<Signed>,
    pub(super) sessions: BTreeMap<SessionId, Opened>,
    pub(super) revealed: BTreeMap<SessionId, u32>,
    /// Number of open sessions of each payer.
    pub(super) open: BTreeMap<Payer, u32>,
    /// Maximum number of sessions that each payer had open at the same time.
    pub(super) peak: BTreeMap<Payer, u64>,
    /// Number of ticks settled in all sessions of each payer.
    pub(super) ticks: BTreeMap<Payer, u64>,
    /// What each session key of a viewer may spend and has spent, over all its entries.
    pub(super) grants: BTreeMap<(AccountId, AccountId), Grant>,
    /// Sum of all gifts to the pot, in planck.
    pub(super) gifts: Balance,
    /// Total issuance, in planck.
    pub(super) issuance: Balance,
    /// Counts of what happened.
    pub seen: Seen,
}

fn origin(who: Who) -> RuntimeOrigin {
    signed(ACTORS[who])
}

/// Returns the name of one of the session keys of a viewer. All viewers share the last one.
fn session_key(who: Who, key: usize) -> String {
    match key {
        0 => key_name(ACTORS[who]),
        1 => format!("{}-phone", ACTORS[who]),
        _ => "shared-key".to_owned(),
    }
}

fn limits_of(limits: &Limits) -> KeyLimits {
    KeyLimits {
        max_price_per_tick: limits.max_price,
        allowance: limits.allowance,
        renewal: limits.renewal.map(|(every_blocks, amount)| Renewal { every_blocks, amount }),
        max_sessions: limits.max_sessions,
        scope: match limits.scope {
            Reach::Any => Scope::Any,
            Reach::Gateway(who) => Scope::Gateway(named(who)),
            Reach::Creator(who) => Scope::Creator(named(who)),
            Reach::Stream(stream) => Scope::Stream(stream),
        },
        expires_at: System::block_number() + limits.blocks,
        ..key_limits()
    }
}

fn named(who: Who) -> AccountId {
    account(ACTORS[who])
}

fn splits_of(parts: &[(Who, u32)]) -> Splits {
    bounded(parts.iter().map(|(who, part)| (named(*who), Permill::from_parts(*part))).collect())
}

impl TestEnvironment {
    /// Creates two deposits with two keys each, a second gateway and a second stream.
    pub fn new() -> Self {
        System::reset_events();
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        let renewal = Some(Renewal { every_blocks: 10, amount: DEPOSIT / 10 });
        (0..2).for_each(|who| add_key(ACTORS[who], &session_key(who, 1), |limits| limits.renewal = renewal));
        let funded = events();
        register_gateway("second-gateway");
        create_stream(PRICE, splits_of(&[(1, 100_000), (6, 333_333)]));
        let mut env = Self {
            tickets: Vec::new(),
            sessions: BTreeMap::new(),
            revealed: BTreeMap::new(),
            open: BTreeMap::new(),
            peak: BTreeMap::new(),
            ticks: BTreeMap::new(),
            grants: BTreeMap::new(),
            gifts: 0,
            issuance: Balances::total_issuance(),
            seen: Seen::default(),
        };
        funded.iter().for_each(|event| env.note_keys(event));
        env
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
                let index = self.sign(Terms {
                    viewer: *viewer,
                    session_key: ACTORS[*viewer].to_owned(),
                    ahead: 0,
                    stream: *stream,
                    gateway: *gateway,
                    max_ticks: *max_ticks,
                    is_forged: false,
                });
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
            step => act_on_money(step)
                .or_else(|| act_on_keys(step))
                .or_else(|| act_on_streams(step))
                .unwrap_or_else(|| act_on_gateways(step)),
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

    /// Signs a ticket with a new seed. Returns its index.
    fn sign(&mut self, terms: Terms) -> usize {
        let Terms { viewer, session_key, ahead, stream, gateway, max_ticks, is_forged } = terms;
        let (payer, key) = (named(viewer), account(&session_key));
        let nonces = if key == payer {
            crate::Deposits::<Test>::get(&payer).map(|deposit| deposit.nonces)
        } else {
            crate::Keys::<Test>::get(&payer, &key).map(|key| key.nonces)
        };
        let nonce = nonces.map_or(1, |nonces| nonces.next()).saturating_add_signed(ahead);
        let id = session_id(&genesis(), &payer, &key, nonce);
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&(self.tickets.len() as u64).to_le_bytes());
        let mut chain = TickChain::new(&id, seed, max_ticks);
        let ticket = Ticket {
            viewer: payer,
            session_key: key,
            nonce,
            stream,
            gateway: named(gateway),
            price_per_tick: PRICE * 2,
            max_ticks,
            anchor: chain.anchor(),
            expires_at: System::block_number() + 50,
        };
        let watch = Watch { ticket, chain, id };
        let row = watch.signed_by(if is_forged { "another-key" } else { &session_key });
        self.tickets.push(Signed { watch, row, viewer, session_key, gateway });
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
        let Signed { watch, viewer, session_key, gateway, .. } = &self.tickets[self.ticket(place)?];
        let operator = || {
            let operator = crate::Gateways::<Test>::get(named(*gateway)).map(|gateway| gateway.operator);
            ACTORS.into_iter().find(|name| Some(account(name)) == operator).unwrap_or("operator")
        };
        let (by, signer) = match by {
            0 => return Some(watch.unsigned_close()),
            1 => (Closer::Gateway, ACTORS[*gateway].to_owned()),
            2 => (Closer::Operator, operator().to_owned()),
            3 => (Closer::Viewer, ACTORS[*viewer].to_owned()),
            _ => (Closer::SessionKey, session_key.clone()),
        };
        Some(watch.close(by, if is_forged { "another-key" } else { &signer }))
    }

    fn batch(&mut self, rows: &[Row]) -> Batch {
        let (mut opens, mut closes) = (Vec::new(), Vec::new());
        let mut groups = BTreeMap::<(StreamId, AccountId), Vec<Claim>>::new();
        let mut signed_now = BTreeMap::<(Who, usize), i64>::new();
        for row in rows {
            match row {
                Row::Open { viewer, key, ahead, stream, gateway, max_ticks, is_forged } => {
                    let before = signed_now.entry((*viewer, *key)).or_default();
                    let ahead = *ahead + *before;
                    *before += 1;
                    let index = self.sign(Terms {
                        viewer: *viewer,
                        session_key: session_key(*viewer, *key),
                        ahead,
                        stream: *stream,
                        gateway: *gateway,
                        max_ticks: *max_ticks,
                        is_forged: *is_forged,
                    });
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
        Step::Deposit { who, amount, key } => {
            let key = key.as_ref().map(|(key, limits)| (account(&session_key(*who, *key)), limits_of(limits)));
            TickStream::deposit(origin(*who), *amount, key)
        }
        Step::Withdraw { who, amount } => TickStream::withdraw(origin(*who), *amount),
        Step::WithdrawAll { who } => {
            let free = crate::Deposits::<Test>::get(named(*who)).map_or(0, |deposit| deposit.free);
            TickStream::withdraw(origin(*who), free)
        }
        Step::Reap { who, viewer } => TickStream::reap_deposit(origin(*who), named(*viewer)),
        Step::Payout { who, to } => TickStream::payout(origin(*who), named(*to)),
        Step::Sweep { who, account } => TickStream::sweep_earnings(origin(*who), named(*account)),
        Step::Tip { who, stream, amount } => TickStream::tip(origin(*who), *stream, *amount, Default::default()),
        _ => return None,
    };
    Some(())
}

/// Takes a step that concerns session keys. Returns `None` for other steps.
fn act_on_keys(step: &Step) -> Option<()> {
    let named_key = |who: &Who, key: &usize| account(&session_key(*who, *key));
    let _ = match step {
        Step::AddKey { who, key, limits } => TickStream::add_key(origin(*who), named_key(who, key), limits_of(limits)),
        Step::UpdateKey { who, key, limits } => {
            TickStream::update_key(origin(*who), named_key(who, key), limits_of(limits))
        }
        Step::RemoveKey { who, key } => TickStream::remove_key(origin(*who), named_key(who, key)),
        Step::RemoveAllKeys { who } => TickStream::remove_all_keys(origin(*who)),
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
