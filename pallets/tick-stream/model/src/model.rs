//! Steps of the model, for the model checker.

use crate::chain::{Chain, Shared};
use crate::gateway::{Gateway, Patience};
use crate::properties;
use crate::rules::Rules;
use crate::setting::{Bounds, Setting, KEYS, MAX_TICKS, SESSIONS, VARIANTS, VIEWERS};
use stateright::{Model, Property};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

/// Property: the pot holds exactly what it owes.
pub const POT_COVERS: &str = "the pot covers every claim on it";
/// Property: each tick is paid for once.
pub const PAID_ONCE: &str = "no tick is paid twice";
/// Property: the tickets with one nonce open one session.
pub const OPENED_ONCE: &str = "no ticket opens twice";
/// Property: what the gateway holds of a session whose opening is final can be settled until the closing period is
/// over.
pub const NOTHING_LOST: &str = "no honest claim is lost";
/// Property: every key keeps its scope, number of sessions, allowance and last block.
pub const LIMITS_KEPT: &str = "no key exceeds its limits";
/// Property: reserves and counts agree with the sessions and keys.
pub const COUNTS_AGREE: &str = "reserves and counts agree";
/// Property: reopening does not move the start of a session beyond the prepaid window.
pub const STARTS_IN_TIME: &str = "no session starts beyond the prepaid window";

/// Step of the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The next block begins.
    NextBlock,
    /// All blocks so far become final.
    Finalize,
    /// The chain falls back to its last final state.
    Reorganise,
    /// A session is opened with its first ticket (0) or the one that replaces it (1).
    Open(usize, usize),
    /// Ticks of a session are claimed with the tick chain of one of its tickets, by any account.
    Claim(usize, usize, u32),
    /// The viewer or its session key starts to close a session.
    CloseByViewer(usize),
    /// Any account starts to close a session that is older than its ticks.
    CloseUnsigned(usize),
    /// A close that the gateway signs, or has signed before, removes a session. After a reorganisation the same row may
    /// be submitted again, by any account.
    CloseByGateway(usize),
    /// Any account removes a session whose time is over.
    Remove(usize),
    /// A wallet removes a session key.
    RemoveKey(usize, usize),
    /// A wallet adds a session key again.
    AddKey(usize, usize),
    /// A wallet withdraws its free deposit.
    Withdraw(usize),
    /// A wallet updates the limits of a session key.
    UpdateKey(usize, usize),
}

impl Step {
    /// Names of all kinds of steps, in the order of [`Step::kind`].
    pub const KINDS: [&'static str; 13] = [
        "next block",
        "finalize",
        "reorganise",
        "open",
        "claim",
        "close by viewer",
        "close unsigned",
        "close by gateway",
        "remove",
        "remove key",
        "add key",
        "withdraw",
        "update key",
    ];

    /// Returns the position of the step's kind in [`Step::KINDS`].
    pub fn kind(&self) -> usize {
        match self {
            Self::NextBlock => 0,
            Self::Finalize => 1,
            Self::Reorganise => 2,
            Self::Open(..) => 3,
            Self::Claim(..) => 4,
            Self::CloseByViewer(_) => 5,
            Self::CloseUnsigned(_) => 6,
            Self::CloseByGateway(_) => 7,
            Self::Remove(_) => 8,
            Self::RemoveKey(..) => 9,
            Self::AddKey(..) => 10,
            Self::Withdraw(_) => 11,
            Self::UpdateKey(..) => 12,
        }
    }
}

/// State of the model: the chain as it is final and as its best block has it, and what the gateway holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    /// Number of the setting.
    pub setting: usize,
    /// Last final state.
    pub last_final: Shared,
    /// State of the best block.
    pub best: Shared,
    /// Number of steps from the last final state to the best one.
    pub unfinal_steps: u8,
    /// What the gateway holds.
    pub gateway: Gateway,
}

/// Model of two viewers with two session keys each, two sessions and one gateway.
pub struct TickModel<R> {
    /// Bounds of the model.
    pub bounds: Bounds,
    /// Choices of who signs the tickets.
    pub settings: Vec<Setting>,
    /// When the gateway signs a close.
    pub patience: Patience,
    /// Number of steps taken, by kind.
    pub taken: [AtomicU64; Step::KINDS.len()],
    rules: PhantomData<fn() -> R>,
}

impl<R: Rules> TickModel<R> {
    /// Creates the model with every choice of signers.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            settings: Setting::all(&bounds),
            patience: Patience::UntilFinal,
            taken: Default::default(),
            rules: PhantomData,
        }
    }

    /// Returns the number of steps that were taken, with the names of their kinds.
    pub fn steps_taken(&self) -> Vec<(&'static str, u64)> {
        Step::KINDS.into_iter().zip(self.taken.iter().map(|count| count.load(Ordering::Relaxed))).collect()
    }

    /// Returns the setting of a state.
    pub fn setting(&self, state: &State) -> &Setting {
        &self.settings[state.setting]
    }

    /// Carries out a step that changes the best block.
    fn on_best(&self, state: &State, step: Step) -> Option<Chain> {
        let (setting, bounds, best) = (self.setting(state), &self.bounds, &*state.best.chain);
        match step {
            Step::NextBlock => best.next_block(bounds),
            Step::Open(slot, variant) => best.open::<R>(setting, slot, variant),
            Step::Claim(slot, variant, ticks) => best.claim::<R>(setting, slot, variant, ticks),
            Step::CloseByViewer(slot) => best.close(slot, true),
            Step::CloseUnsigned(slot) => best.close(slot, false),
            Step::CloseByGateway(slot) => best.remove::<R>(setting, bounds, slot, true),
            Step::Remove(slot) => best.remove::<R>(setting, bounds, slot, false),
            Step::RemoveKey(viewer, key) => best.remove_key(viewer, key),
            Step::AddKey(viewer, key) => best.add_key::<R>(bounds, viewer, key),
            Step::Withdraw(viewer) => best.withdraw(viewer),
            Step::UpdateKey(viewer, key) => best.update_key::<R>(bounds, viewer, key),
            Step::Finalize | Step::Reorganise => None,
        }
    }

    /// Notes whether a removal came before the gateway could claim what it holds. After the closing period the gateway
    /// has had its time.
    fn note_loss(&self, state: &State, slot: usize, next: &mut Chain) {
        let Some(session) = &state.best.chain.sessions[slot] else { return };
        let had_time = session
            .closing
            .is_some_and(|closing| next.block.saturating_sub(closing.block) >= self.bounds.periods.close_period);
        let is_lost = Setting::variant_of(session.stream) == 0 && session.settled_ticks < state.gateway.held[slot];
        next.has_lost_claim |= is_lost && !had_time;
    }

    /// Adds the calls of one wallet.
    fn wallet_steps(&self, state: &State, viewer: usize, steps: &mut Vec<Step>) {
        steps.extend((0..KEYS).map(|key| Step::AddKey(viewer, key)));
        if state.best.chain.wallet_calls < self.bounds.wallet_calls {
            steps.push(Step::Withdraw(viewer));
            steps.extend((0..KEYS).map(|key| Step::RemoveKey(viewer, key)));
            steps.extend((0..KEYS).map(|key| Step::UpdateKey(viewer, key)));
        }
    }

    /// Returns whether every claim that the gateway holds can be settled now, and none was lost before.
    fn loses_no_claim(&self, state: &State) -> bool {
        let best = &state.best.chain;
        let can_claim = |slot| state.gateway.can_claim::<R>(self.setting(state), best, slot);
        !best.has_lost_claim && (0..SESSIONS).all(can_claim)
    }

    /// Adds the steps of one session.
    fn session_steps(&self, state: &State, slot: usize, steps: &mut Vec<Step>) {
        let Some(_) = &state.best.chain.sessions[slot] else {
            return steps.extend((0..VARIANTS).map(|variant| Step::Open(slot, variant)));
        };
        // The gateway has the ticks of the first ticket. The viewer reveals those of the replacement to anyone.
        steps.extend((1..=state.gateway.known_ticks(slot)).map(|ticks| Step::Claim(slot, 0, ticks)));
        steps.extend((1..=MAX_TICKS[1]).map(|ticks| Step::Claim(slot, 1, ticks)));
        steps.extend([Step::CloseByViewer(slot), Step::CloseUnsigned(slot), Step::Remove(slot)]);
        let (last_final, best) = (&state.last_final.chain, &state.best.chain);
        if state.gateway.closes(slot, self.patience, last_final, best) {
            steps.push(Step::CloseByGateway(slot));
        }
    }
}

impl<R: Rules> Model for TickModel<R> {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let first = Shared::from(Chain::first::<R>(&self.bounds));
        let state = |setting| State {
            setting,
            last_final: first.clone(),
            best: first.clone(),
            unfinal_steps: 0,
            gateway: Gateway::default(),
        };
        (0..self.settings.len()).map(state).collect()
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.unfinal_steps > 0 {
            steps.extend([Step::Finalize, Step::Reorganise]);
        }
        if self.bounds.unfinal_steps > 0 && state.unfinal_steps == self.bounds.unfinal_steps {
            return;
        }
        steps.push(Step::NextBlock);
        (0..SESSIONS).for_each(|slot| self.session_steps(state, slot, steps));
        // What a viewer without a ticket does has no effect on the others.
        let signs = |viewer: &usize| self.setting(state).signers.iter().any(|signer| signer.viewer == *viewer);
        (0..VIEWERS).filter(signs).for_each(|viewer| self.wallet_steps(state, viewer, steps));
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        match step {
            Step::Finalize => (next.last_final, next.unfinal_steps) = (state.best.clone(), 0),
            Step::Reorganise => (next.best, next.unfinal_steps) = (state.last_final.clone(), 0),
            _ => {
                let mut chain = self.on_best(state, step)?;
                if let Step::CloseByGateway(slot) | Step::Remove(slot) = step {
                    self.note_loss(state, slot, &mut chain);
                }
                if let Step::CloseByGateway(slot) = step {
                    next.gateway.has_signed_close[slot] = true;
                }
                next.best = chain.into();
                next.unfinal_steps += 1;
                if self.bounds.unfinal_steps == 0 {
                    (next.last_final, next.unfinal_steps) = (next.best.clone(), 0);
                }
            }
        }
        if next.last_final != state.last_final {
            next.gateway.follow::<R>(self.setting(state), &next.last_final.chain);
        }
        if next == *state {
            return None;
        }
        self.taken[step.kind()].fetch_add(1, Ordering::Relaxed);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(POT_COVERS, |_, state: &State| {
                properties::pot_covers_every_claim_on_it(&state.best.chain)
            }),
            Property::always(PAID_ONCE, |_, state: &State| properties::no_tick_is_paid_twice(&state.best.chain)),
            Property::always(OPENED_ONCE, |_, state: &State| properties::no_ticket_opens_twice(&state.best.chain)),
            Property::always(NOTHING_LOST, |model: &Self, state: &State| model.loses_no_claim(state)),
            Property::always(LIMITS_KEPT, |model: &Self, state: &State| {
                properties::no_key_exceeds_its_limits(model.setting(state), &model.bounds, &state.best.chain)
            }),
            Property::always(COUNTS_AGREE, |_, state: &State| properties::reserves_and_counts_agree(&state.best.chain)),
            Property::always(STARTS_IN_TIME, |_, state: &State| {
                properties::no_session_starts_beyond_the_prepaid_window(&state.best.chain)
            }),
        ]
    }
}
