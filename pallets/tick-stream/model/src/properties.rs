//! What must hold in every state of the chain.

use crate::chain::Chain;
use crate::setting::{
    creator, gateway, limits, Bounds, Setting, EXISTENTIAL_DEPOSIT, FEE, KEYS, PREPAID_TICKS, PRICE, SESSIONS, VIEWERS,
};
use tick_stream_primitives::{ids::TICK_MS, Balance, Moment, Session, SessionKey};

/// Returns whether the pot holds exactly the free deposits, unspent reserves, open fees, bonds and earnings.
pub fn pot_covers_every_claim_on_it(chain: &Chain) -> bool {
    let deposits = chain.deposits.iter().map(|deposit| deposit.free + deposit.bond);
    let keys = chain.keys.iter().flatten().flatten().map(|key| key.bond);
    let sessions = chain.sessions.iter().flatten().map(|session| session.unspent() + session.fee);
    let owed: Balance = deposits.chain(keys).chain(sessions).sum();
    chain.pot == EXISTENTIAL_DEPOSIT + owed + chain.earned
}

/// Returns whether each tick was paid for once: as many ticks were paid for as are settled, and the earnings are their
/// price and the fees of the sessions that are removed.
pub fn no_tick_is_paid_twice(chain: &Chain) -> bool {
    let is_settled_once = |slot: usize| {
        let open = chain.sessions[slot].as_ref();
        open.is_none_or(|session| {
            chain.paid_ticks[slot] == session.settled_ticks && session.settled_ticks <= session.max_ticks
        })
    };
    let ticks: u32 = chain.paid_ticks.iter().sum();
    let opened: u8 = chain.openings.iter().sum();
    let removed = Balance::from(opened) - chain.sessions.iter().flatten().count() as Balance;
    (0..SESSIONS).all(is_settled_once) && chain.earned == PRICE * Balance::from(ticks) + FEE * removed
}

/// Returns whether the tickets of each session, which share a nonce, have opened no more than one session.
pub fn no_ticket_opens_twice(chain: &Chain) -> bool {
    chain.openings.iter().all(|openings| *openings <= 1)
}

/// Returns whether every session key has kept its scope, its number of sessions, its allowance, renewals and updates
/// included, and its last block.
pub fn no_key_exceeds_its_limits(setting: &Setting, bounds: &Bounds, chain: &Chain) -> bool {
    let is_in_scope = |slot: usize| match (&chain.sessions[slot], setting.signers[slot].key) {
        (Some(session), Some(key)) => limits(key, bounds).scope.contains(session.stream, &creator(), &gateway()),
        _ => true,
    };
    let mut entries = (0..VIEWERS).flat_map(|viewer| (0..KEYS).map(move |key| (viewer, key)));
    (0..SESSIONS).all(is_in_scope)
        && !chain.has_opened_late
        && entries.all(|(viewer, number)| {
            let Some(key) = &chain.keys[viewer][number] else { return true };
            let open: Vec<&Session> = chain.sessions_of(viewer).filter(|session| is_of(session, key)).collect();
            let limits = limits(number, bounds);
            let is_set = key.allowance.generation == chain.set_generations[viewer][number];
            let renewed = || limits.renewal.map_or(0, |renewal| renewal.amount);
            let grant = if is_set { limits.allowance } else { renewed() };
            keeps_limits(key, &open, chain.granted[viewer][number], grant, limits.max_sessions)
        })
}

/// Returns whether `session` was opened under this entry of a key.
fn is_of(session: &Session, key: &SessionKey) -> bool {
    session.key.as_ref().is_some_and(|used| used.id == key.id)
}

/// Returns whether a key with these open sessions keeps within `grant` planck of its present allowance, within `granted`
/// of all that the wallet has ever granted, and within a number of sessions.
fn keeps_limits(key: &SessionKey, open: &[&Session], granted: Balance, grant: Balance, max_sessions: u32) -> bool {
    let generation = key.allowance.generation;
    let of_generation =
        open.iter().filter(|session| session.key.as_ref().is_some_and(|used| used.generation == generation));
    let reserved: Balance = of_generation.map(|session| session.unspent()).sum();
    let spent: Balance = open.iter().map(|session| session.reserve() - session.unspent() + session.fee).sum();
    key.open_sessions as usize == open.len()
        && key.open_sessions <= max_sessions
        && key.allowance.left + reserved <= grant
        && key.spent + spent <= granted
}

/// Returns whether the reserves and counts of every deposit agree with the open sessions and keys.
pub fn reserves_and_counts_agree(chain: &Chain) -> bool {
    (0..VIEWERS).all(|viewer| {
        let deposit = &chain.deposits[viewer];
        let reserved: Balance = chain.sessions_of(viewer).map(Session::reserve).sum();
        deposit.reserved == reserved
            && deposit.open_sessions as usize == chain.sessions_of(viewer).count()
            && deposit.keys as usize == chain.keys[viewer].iter().flatten().count()
    })
}

/// Returns whether every session starts at most the prepaid window ahead, however often its key closes and reopens.
pub fn no_session_starts_beyond_the_prepaid_window(chain: &Chain) -> bool {
    let latest = chain.now() + Moment::from(PREPAID_TICKS) * TICK_MS;
    chain.sessions.iter().flatten().all(|session| session.opened_at <= latest)
}
