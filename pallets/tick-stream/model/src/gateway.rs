//! What the gateway holds off chain. A reorganisation does not undo it.

use crate::chain::Chain;
use crate::rules::Rules;
use crate::setting::{Setting, CREDIT_TICKS, MAX_TICKS, PREPAID_TICKS, SESSIONS, STREAMS};
use tick_stream_primitives::{Claim, Session};

/// When the gateway signs a close.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// When its last claim is final.
    UntilFinal,
    /// When a block has included its last claim. This is a fault: a reorganisation can put the close before the claim.
    UntilIncluded,
}

/// Ticks that the gateway holds and closes that it has signed. The gateway was offered the first ticket of each
/// session; replacements open without it.
///
/// It gives keys for [`CREDIT_TICKS`] on its own risk. Once the opening is final, it gives keys for every tick that the
/// final chain would settle, so `held` is as high as it can be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Gateway {
    /// Highest tick of each session for which keys were given after its opening was final.
    pub held: [u32; SESSIONS],
    /// Whether the gateway has signed the close of each session. It gives no further keys then.
    pub has_signed_close: [bool; SESSIONS],
}

impl Gateway {
    /// Accepts all ticks that the final chain would settle now.
    pub fn follow<R: Rules>(&mut self, setting: &Setting, last_final: &Chain) {
        for slot in 0..SESSIONS {
            let Some(session) = own_session(last_final, slot) else { continue };
            let accepted = (self.held[slot] + 1..=MAX_TICKS[0])
                .take_while(|ticks| is_claimable::<R>(setting, last_final, slot, session, *ticks));
            if !self.has_signed_close[slot] {
                self.held[slot] = accepted.last().unwrap_or(self.held[slot]).max(self.held[slot]);
            }
        }
    }

    /// Returns the highest tick of a session that the gateway knows: those it holds, and those it gave credit for.
    pub fn known_ticks(&self, slot: usize) -> u32 {
        self.held[slot].max(CREDIT_TICKS)
    }

    /// Returns whether the gateway has signed the close of a session, or would sign it: its opening is final, and
    /// nothing is left to claim.
    pub fn closes(&self, slot: usize, patience: Patience, last_final: &Chain, best: &Chain) -> bool {
        let known = match patience {
            Patience::UntilFinal => last_final,
            Patience::UntilIncluded => best,
        };
        let has_claimed = own_session(known, slot).is_some_and(|session| session.settled_ticks >= self.held[slot]);
        self.has_signed_close[slot] || has_claimed && own_session(last_final, slot).is_some()
    }

    /// Returns whether the claim that the gateway holds of a session can be settled in this state, or is settled.
    pub fn can_claim<R: Rules>(&self, setting: &Setting, chain: &Chain, slot: usize) -> bool {
        own_session(chain, slot).is_none_or(|session| {
            session.settled_ticks >= self.held[slot]
                || is_claimable::<R>(setting, chain, slot, session, self.held[slot])
        })
    }
}

/// Returns the session if it was opened with the ticket that the gateway was offered.
fn own_session(chain: &Chain, slot: usize) -> Option<&Session> {
    chain.sessions[slot].as_ref().filter(|session| session.stream == STREAMS[0])
}

fn is_claimable<R: Rules>(setting: &Setting, chain: &Chain, slot: usize, session: &Session, ticks: u32) -> bool {
    let Some(proof) = setting.elements[slot][0].get(ticks as usize) else { return false };
    let claim = Claim { session: setting.ids[slot], from: session.settled_ticks, ticks, proof: *proof };
    let result = R::check_claim(&claim, session, chain.now(), PREPAID_TICKS);
    result.is_ok() || ticks <= session.settled_ticks
}
