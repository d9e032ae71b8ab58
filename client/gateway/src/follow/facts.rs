//! What the chain reports, in the words of the index.

use vilokanam_chain::TickEvent;
use vilokanam_indexer::Fact;

/// The fact that an event is, if the index cares for it.
pub fn fact_of(event: TickEvent) -> Option<Fact> {
    use TickEvent as E;
    Some(match event {
        E::Deposited { viewer, amount, free } => Fact::Deposited { viewer, amount, free },
        E::Withdrawn { viewer, amount, free } => Fact::Withdrawn { viewer, amount, free },
        E::DepositReaped { viewer } => Fact::DepositReaped { viewer },
        E::StreamCreated { stream, creator, price_per_tick, gateway_share } => {
            Fact::StreamCreated { stream, creator, price_per_tick, gateway_share }
        }
        E::StreamUpdated { stream, value } => Fact::StreamUpdated { stream, value: *value },
        E::StreamStatusChanged { stream, status } => Fact::StreamStatusChanged { stream, status },
        E::StreamEnded { stream } => Fact::StreamEnded { stream },
        E::StreamRemoved { stream, .. } => Fact::StreamRemoved { stream },
        E::Tipped { stream, from, amount, memo } => Fact::Tipped { stream, from, amount, memo },
        E::PaidOut { account, amount } => Fact::PaidOut { account, amount },
        E::GatewayUpdated { gateway, value } => Fact::GatewayUpdated { gateway, value: *value },
        E::GatewayLeaving { gateway, .. } => Fact::GatewayLeaving { gateway },
        E::GatewayLeft { gateway, .. } => Fact::GatewayLeft { gateway },
        E::ProtocolFeeSet { fee } => Fact::ProtocolFeeSet { fee },
        event => return fact_of_session(event),
    })
}

fn fact_of_session(event: TickEvent) -> Option<Fact> {
    use TickEvent as E;
    Some(match event {
        E::SessionOpened { session, viewer, stream, gateway, nonce, price_per_tick, max_ticks, opened_at, fee } => {
            Fact::SessionOpened { session, viewer, stream, gateway, nonce, price_per_tick, max_ticks, opened_at, fee }
        }
        E::TicksSettled { session, stream, ticks, settled_ticks, paid } => {
            Fact::TicksSettled { session, stream, ticks, settled_ticks, paid }
        }
        E::IncomeShared { stream, gateway, ticks, paid, protocol, submitter, gateway_part, splits, creator } => {
            Fact::IncomeShared { stream, gateway, ticks, paid, protocol, submitter, gateway_part, splits, creator }
        }
        E::SessionClosing { session, until, .. } => Fact::SessionClosing { session, until },
        E::SessionClosed { session, settled_ticks, paid, refunded, .. } => {
            Fact::SessionClosed { session, settled_ticks, paid, refunded }
        }
        _ => return None,
    })
}
