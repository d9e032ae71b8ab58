//! What the runtime API answers.

use crate::{types::Context, Config, Event, Pallet, ProtocolFee, Streams};
use alloc::vec::Vec;
use frame_support::traits::Get;
use tick_stream_primitives::{
    limits::MAX_STREAMS_PAGE, AccountId, Batch, Outcome, Params, RowVerdict, Stream, StreamId,
};

impl<T: Config> Pallet<T> {
    /// One stream, announcements applied.
    pub fn read_stream(id: StreamId) -> Option<Stream> {
        Streams::<T>::get(id).map(|stream| stream.settled_at(Self::block()))
    }

    /// Up to `limit` streams from id `from` on, in order. Ids are dense but for streams that are gone, so they are counted
    /// through and not searched for: off chain only.
    pub fn read_streams(from: StreamId, limit: u32) -> Vec<(StreamId, Stream)> {
        let limit = limit.min(MAX_STREAMS_PAGE) as usize;
        let end = crate::NextStream::<T>::get();
        (from..end).filter_map(|id| Self::read_stream(id).map(|stream| (id, stream))).take(limit).collect()
    }

    /// The protocol's parameters.
    pub fn read_params() -> Params {
        Params {
            min_price: T::MinPrice::get(),
            min_deposit: T::MinDeposit::get(),
            stream_deposit: T::StreamDeposit::get(),
            gateway_bond: T::GatewayBond::get(),
            open_fee: T::OpenFee::get(),
            protocol_fee: ProtocolFee::<T>::get(),
            submitter_share: T::SubmitterShare::get(),
            max_prepaid_ticks: T::MaxPrepaidTicks::get(),
            close_period: T::ClosePeriod::get(),
            gateway_silence: T::GatewaySilence::get(),
            notice: T::Notice::get(),
            ticket_lifetime: T::TicketLifetime::get(),
        }
    }

    /// What would become of each row. For calls whose state is thrown away afterwards: off chain only.
    pub fn check_batch(batch: Batch) -> Vec<RowVerdict> {
        // Nobody's account: whose extrinsic it is decides only who earns the open fee.
        let nobody = AccountId::new([0; 32]);
        if !batch.size().is_within_limits() {
            return Vec::new();
        }
        Self::run_batch(&Context::read::<T>(nobody), &batch).verdicts
    }

    /// What this block did to sessions, read from its events. For the runtime API only: events are not consensus.
    pub fn outcomes() -> Vec<Outcome> {
        frame_system::Pallet::<T>::read_events_no_consensus()
            .filter_map(|record| record.event.try_into().ok())
            .filter_map(|event: Event<T>| match event {
                Event::SessionOpened { session, .. } => Some(Outcome::Opened(session)),
                Event::TicksSettled { session, settled_ticks, .. } => Some(Outcome::Settled(session, settled_ticks)),
                Event::SessionClosing { session, .. } => Some(Outcome::Closing(session)),
                Event::SessionClosed { session, .. } => Some(Outcome::Closed(session)),
                _ => None,
            })
            .collect()
    }
}
