//! Implementation of the runtime API.

use crate::{context::Context, Config, Event, Keys, Pallet, ProtocolFee, Streams};
use alloc::vec::Vec;
use frame_support::traits::Get;
use sp_runtime::Saturating;
use tick_stream_primitives::{
    limits::{MAX_STREAMS_PAGE, MAX_STREAMS_SCAN},
    AccountId, Batch, Outcome, Params, RowVerdict, SessionKey, Stream, StreamId, StreamsPage,
};

impl<T: Config> Pallet<T> {
    /// Returns a stream with the announcements that have taken effect.
    pub fn read_stream(id: StreamId) -> Option<Stream> {
        Streams::<T>::get(id).map(|stream| stream.settled_at(Self::block()))
    }

    /// Returns up to `limit` streams, at most [`MAX_STREAMS_PAGE`], with identifiers of `from` and above, in ascending
    /// order, and the identifier from which to go on.
    ///
    /// It tries at most [`MAX_STREAMS_SCAN`] identifiers: those of removed streams are missing, and anyone can make long
    /// gaps.
    pub fn read_streams(from: StreamId, limit: u32) -> StreamsPage {
        let limit = limit.min(MAX_STREAMS_PAGE) as usize;
        let end = crate::NextStream::<T>::get();
        let scan_end = from.saturating_add(MAX_STREAMS_SCAN.into()).min(end);
        let mut streams = Vec::new();
        let mut next = from;
        while next < scan_end && streams.len() < limit {
            streams.extend(Self::read_stream(next).map(|stream| (next, stream)));
            next.saturating_inc();
        }
        StreamsPage { streams, next: (next < end).then_some(next) }
    }

    /// Returns all session keys of a viewer.
    pub fn read_keys(viewer: AccountId) -> Vec<(AccountId, SessionKey)> {
        Keys::<T>::iter_prefix(viewer).collect()
    }

    /// Returns the parameters of the protocol.
    pub fn read_params() -> Params {
        Params {
            min_price: T::MinPrice::get(),
            min_deposit: T::MinDeposit::get(),
            stream_deposit: T::StreamDeposit::get(),
            gateway_bond: T::GatewayBond::get(),
            open_fee: T::OpenFee::get(),
            storage_bond: T::StorageBond::get(),
            protocol_fee: ProtocolFee::<T>::get(),
            submitter_share: T::SubmitterShare::get(),
            max_prepaid_ticks: T::MaxPrepaidTicks::get(),
            close_period: T::ClosePeriod::get(),
            gateway_silence: T::GatewaySilence::get(),
            notice: T::Notice::get(),
            ticket_lifetime: T::TicketLifetime::get(),
        }
    }

    /// Returns the result of each row of a batch, or no results for a batch above its limits.
    ///
    /// It carries the rows out, so the caller must discard the changes to the state. Use it off chain only.
    pub fn check_batch(batch: Batch) -> Vec<RowVerdict> {
        // The submitter has no influence on the results: it only earns fees and shares.
        let submitter = AccountId::new([0; 32]);
        if !batch.size().is_within_limits() {
            return Vec::new();
        }
        Self::run_batch(&Context::read::<T>(submitter), &batch).verdicts
    }

    /// Returns the effects of this block on sessions, read from its events. Use it off chain only: reading events is
    /// not part of consensus.
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
