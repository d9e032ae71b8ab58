//! What any sequence of openings, claims and removals can spend.

use crate::viewer::{limits, Viewer, FEE, PREPAID_TICKS, PRICE};
use proptest::{collection::vec, option, prelude::*};
use tick_stream_primitives::{ids::TICK_MS, Balance, KeyLimits, Renewal, Session};

/// Step of a viewer with two keys.
#[derive(Clone, Debug)]
enum Step {
    Wait(u32),
    Open { key: usize, max_ticks: u32 },
    Claim { session: usize, ticks: u32 },
    Remove { session: usize },
    RemoveKey { key: usize },
    AddKey { key: usize },
    UpdateKey { key: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..15u32).prop_map(Step::Wait),
        4 => (0..2usize, 1..12u32).prop_map(|(key, max_ticks)| Step::Open { key, max_ticks }),
        4 => (any::<prop::sample::Index>(), 1..12u32).prop_map(|(i, ticks)| Step::Claim { session: i.index(64), ticks }),
        3 => any::<prop::sample::Index>().prop_map(|i| Step::Remove { session: i.index(64) }),
        1 => (0..2usize).prop_map(|key| Step::RemoveKey { key }),
        1 => (0..2usize).prop_map(|key| Step::AddKey { key }),
        1 => (0..2usize).prop_map(|key| Step::UpdateKey { key }),
    ]
}

/// Steps that leave the wallet's limits as they are.
fn step_of_devices() -> impl Strategy<Value = Step> {
    step().prop_filter("the wallet is not involved", |step| {
        !matches!(step, Step::RemoveKey { .. } | Step::AddKey { .. } | Step::UpdateKey { .. })
    })
}

prop_compose! {
    fn any_limits()(
        allowance in 0..400u128,
        renewal in option::of((1..20u32, 1..400u128)),
        max_sessions in 1..4u32,
        life in 0..120u32,
    ) -> KeyLimits {
        let renewal = renewal.map(|(every_blocks, amount)| Renewal { every_blocks, amount });
        KeyLimits { allowance, renewal, max_sessions, expires_at: 1_000 + life, ..limits() }
    }
}

/// Viewer with two keys, and the open sessions with the key of each.
struct Run {
    viewer: Viewer,
    limits: [KeyLimits; 2],
    sessions: Vec<(usize, Session)>,
    /// Planck spent by each key: settled ticks and open fees.
    spent: [Balance; 2],
}

impl Run {
    fn new(limits: [KeyLimits; 2]) -> Self {
        Self { viewer: Viewer::with_limits(&limits), limits, sessions: vec![], spent: [0, 0] }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Wait(blocks) => self.viewer.block += blocks,
            Step::Open { key, max_ticks } if self.viewer.keys[key].is_some() => {
                if let Ok(session) = self.viewer.open(key, max_ticks) {
                    self.spent[key] += FEE;
                    self.sessions.push((key, session));
                }
            }
            Step::Claim { session, ticks } if !self.sessions.is_empty() => {
                let index = session % self.sessions.len();
                let (key, session) = &mut self.sessions[index];
                if let Ok(new) = self.viewer.claim(session, ticks) {
                    self.spent[*key] += Balance::from(new) * PRICE;
                }
            }
            Step::Remove { session } if !self.sessions.is_empty() => {
                let (_, session) = self.sessions.remove(session % self.sessions.len());
                self.viewer.remove(&session);
            }
            Step::RemoveKey { key } if self.viewer.keys[key].is_some() => self.viewer.remove_key(key),
            Step::AddKey { key } if self.viewer.keys[key].is_none() => {
                self.viewer.add_key(key, self.limits[key].clone());
            }
            Step::UpdateKey { key } => {
                let block = self.viewer.block;
                if let Some(entry) = &mut self.viewer.keys[key] {
                    entry.set_limits(self.limits[key].clone(), block);
                }
            }
            _ => {}
        }
    }

    fn unspent(&self, key: usize) -> Balance {
        self.sessions.iter().filter(|(of, _)| *of == key).map(|(_, session)| session.unspent()).sum()
    }
}

proptest! {
    /// What a page promises in the words "you can spend at most" is true of every sequence, from every moment on.
    #[test]
    fn no_sequence_spends_more_than_most_to_spend(
        limits in (any_limits(), any_limits()), steps in vec(step_of_devices(), 0..80),
    ) {
        let mut run = Run::new([limits.0, limits.1]);
        let mut promises = vec![];
        for step in &steps {
            for key in [0, 1] {
                let most = run.viewer.key(key).most_to_spend(run.viewer.block);
                promises.push((key, run.spent[key] + most + run.unspent(key)));
            }
            run.take(step);
            for (key, most) in &promises {
                prop_assert!(run.spent[*key] <= *most, "key {} has spent {} of {}", key, run.spent[*key], most);
            }
        }
    }

    #[test]
    fn renewing_allowance_never_exceeds_its_amount(
        limits in (any_limits(), any_limits()), steps in vec(step(), 0..80),
    ) {
        let mut run = Run::new([limits.0, limits.1]);
        for step in &steps {
            run.take(step);
            for (entry, limits) in run.viewer.keys.iter().zip(&run.limits) {
                let Some(key) = entry else { continue };
                let renewed = limits.renewal.map_or(0, |renewal| renewal.amount);
                let in_one_period = key.allowance.left_at(run.viewer.block);
                prop_assert!(in_one_period <= limits.allowance.max(renewed), "{:?}", key.allowance);
            }
        }
    }

    #[test]
    fn money_of_the_viewer_is_neither_made_nor_lost(
        limits in (any_limits(), any_limits()), steps in vec(step(), 0..80),
    ) {
        let mut run = Run::new([limits.0, limits.1]);
        let held = |run: &Run| {
            let bonds: Balance = run.viewer.keys.iter().flatten().map(|key| key.bond).sum();
            run.viewer.deposit.free + bonds + run.unspent(0) + run.unspent(1) + run.spent.iter().sum::<Balance>()
        };
        let before = held(&run);
        for step in &steps {
            run.take(step);
            prop_assert_eq!(held(&run), before, "after {:?}", step);
        }
    }

    #[test]
    fn counts_and_reserves_agree_with_the_open_sessions(
        limits in (any_limits(), any_limits()), steps in vec(step(), 0..80),
    ) {
        let mut run = Run::new([limits.0, limits.1]);
        for step in &steps {
            run.take(step);
            let Run { viewer, sessions, .. } = &run;
            let reserved: Balance = sessions.iter().map(|(_, session)| session.reserve()).sum();
            prop_assert_eq!(viewer.deposit.reserved, reserved);
            prop_assert_eq!(viewer.deposit.open_sessions as usize, sessions.len());
            prop_assert_eq!(viewer.deposit.keys as usize, viewer.keys.iter().flatten().count());
            for key in viewer.keys.iter().flatten() {
                let is_of_key = |session: &Session| session.key.as_ref().is_some_and(|used| used.id == key.id);
                let open = sessions.iter().filter(|(_, session)| is_of_key(session)).count();
                prop_assert_eq!(key.open_sessions as usize, open);
                prop_assert!(key.open_sessions <= key.max_sessions);
            }
        }
    }

    /// However a viewer closes and reopens, no session starts further ahead than the prepaid window.
    #[test]
    fn reopened_session_starts_at_most_the_prepaid_window_ahead(
        limits in (any_limits(), any_limits()), steps in vec(step(), 0..80),
    ) {
        let mut run = Run::new([limits.0, limits.1]);
        let window_ms = u64::from(PREPAID_TICKS) * TICK_MS;
        for step in &steps {
            run.take(step);
            let latest = run.viewer.now() + window_ms;
            for key in run.viewer.keys.iter().flatten() {
                prop_assert!(key.paid_until <= latest);
            }
            for (_, session) in &run.sessions {
                prop_assert!(session.opened_at <= latest && session.paid_until() <= latest);
            }
        }
    }
}
