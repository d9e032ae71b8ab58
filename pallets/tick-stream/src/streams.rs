//! Streams of creators.

use crate::{types::StreamRequest, Config, Error, Event, HoldReason, NextStream, Pallet, StreamUpdate, Streams};
use alloc::collections::BTreeSet;
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult, Permill, Saturating};
use tick_stream_primitives::{
    limits::MAX_PREVIEW_TICKS, AccountId, Announced, Balance, Splits, Stream, StreamId, StreamStatus, Totals,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_create_stream(creator: AccountId, request: StreamRequest) -> DispatchResult {
        let StreamRequest { price_per_tick, preview_ticks, gateway_share, splits, metadata } = request;
        Self::check_price(price_per_tick)?;
        Self::check_preview(preview_ticks)?;
        Self::check_splits(&splits)?;
        let deposit = T::StreamDeposit::get();
        T::Currency::hold(&HoldReason::StreamDeposit.into(), &creator, deposit)?;
        let id = NextStream::<T>::mutate(|next| {
            let id = *next;
            next.saturating_inc();
            id
        });
        let stream = Stream {
            creator: creator.clone(),
            price_per_tick,
            next_price: None,
            preview_ticks,
            gateway_share,
            splits,
            next_splits: None,
            metadata,
            status: StreamStatus::Offline,
            open_sessions: 0,
            deposit,
            totals: Totals::default(),
        };
        Streams::<T>::insert(id, stream);
        Self::deposit_event(Event::StreamCreated { stream: id, creator, price_per_tick, gateway_share });
        Ok(())
    }

    pub(crate) fn do_update_stream(creator: AccountId, id: StreamId, update: StreamUpdate) -> DispatchResult {
        let block = Self::block();
        let at = block.saturating_add(T::Notice::get());
        let mut stream = Self::stream_of(&creator, id)?.settled_at(block);
        ensure!(stream.status != StreamStatus::Ended, Error::<T>::StreamEnded);
        if let Some(price) = update.price_per_tick {
            Self::check_price(price)?;
            if price > stream.price_per_tick {
                stream.next_price = Some(Announced { value: price, at });
            } else {
                stream.price_per_tick = price;
                stream.next_price = None;
            }
        }
        if let Some(preview_ticks) = update.preview_ticks {
            Self::check_preview(preview_ticks)?;
            stream.preview_ticks = preview_ticks;
        }
        if let Some(splits) = update.splits {
            Self::check_splits(&splits)?;
            stream.next_splits = Some(Announced { value: splits, at });
        }
        stream.gateway_share = update.gateway_share.unwrap_or(stream.gateway_share);
        if let Some(metadata) = update.metadata {
            stream.metadata = metadata;
        }
        Streams::<T>::insert(id, &stream);
        Self::deposit_event(Event::StreamUpdated { stream: id, value: stream });
        Ok(())
    }

    pub(crate) fn do_set_stream_status(creator: AccountId, id: StreamId, status: StreamStatus) -> DispatchResult {
        ensure!(matches!(status, StreamStatus::Live | StreamStatus::Offline), Error::<T>::StatusNotSettable);
        let stream = Self::stream_of(&creator, id)?;
        ensure!(matches!(stream.status, StreamStatus::Live | StreamStatus::Offline), Error::<T>::StreamNotOpen);
        Self::put_status(id, stream, status);
        Ok(())
    }

    pub(crate) fn do_end_stream(creator: AccountId, id: StreamId) -> DispatchResult {
        let mut stream = Self::stream_of(&creator, id)?;
        let is_first_call = stream.status != StreamStatus::Ended;
        ensure!(is_first_call || stream.open_sessions.is_zero(), Error::<T>::SessionsOpen);
        if is_first_call {
            stream.status = StreamStatus::Ended;
            Self::deposit_event(Event::StreamEnded { stream: id });
        }
        if !stream.open_sessions.is_zero() {
            Streams::<T>::insert(id, stream);
            return Ok(());
        }
        Streams::<T>::remove(id);
        let reason = HoldReason::StreamDeposit.into();
        T::Currency::release(&reason, &creator, stream.deposit, Precision::BestEffort)?;
        Self::deposit_event(Event::StreamRemoved { stream: id, creator, deposit: stream.deposit });
        Ok(())
    }

    pub(crate) fn do_suspend_stream(id: StreamId) -> DispatchResult {
        let stream = Streams::<T>::get(id).ok_or(Error::<T>::StreamUnknown)?;
        ensure!(stream.status != StreamStatus::Ended, Error::<T>::StreamEnded);
        Self::put_status(id, stream, StreamStatus::Suspended);
        Ok(())
    }

    pub(crate) fn do_resume_stream(id: StreamId) -> DispatchResult {
        let stream = Streams::<T>::get(id).ok_or(Error::<T>::StreamUnknown)?;
        ensure!(stream.status == StreamStatus::Suspended, Error::<T>::StreamNotSuspended);
        Self::put_status(id, stream, StreamStatus::Offline);
        Ok(())
    }

    /// Stores the stream with a new status.
    fn put_status(id: StreamId, mut stream: Stream, status: StreamStatus) {
        stream.status = status;
        Streams::<T>::insert(id, stream);
        Self::deposit_event(Event::StreamStatusChanged { stream: id, status });
    }

    /// Returns a stream of `creator`.
    fn stream_of(creator: &AccountId, id: StreamId) -> Result<Stream, DispatchError> {
        let stream = Streams::<T>::get(id).ok_or(Error::<T>::StreamUnknown)?;
        ensure!(stream.creator == *creator, Error::<T>::NotCreator);
        Ok(stream)
    }

    fn check_price(price: Balance) -> DispatchResult {
        ensure!(price >= T::MinPrice::get(), Error::<T>::PriceTooLow);
        Ok(())
    }

    fn check_preview(preview_ticks: u32) -> DispatchResult {
        ensure!(preview_ticks <= MAX_PREVIEW_TICKS, Error::<T>::PreviewTooLong);
        Ok(())
    }

    fn check_splits(splits: &Splits) -> DispatchResult {
        let whole = u64::from(Permill::one().deconstruct());
        let sum: u64 = splits.iter().map(|(_, part)| u64::from(part.deconstruct())).sum();
        ensure!(sum <= whole, Error::<T>::SplitsAboveWhole);
        let accounts: BTreeSet<_> = splits.iter().map(|(account, _)| account).collect();
        let has_nothing = splits.iter().any(|(_, part)| part.is_zero());
        ensure!(accounts.len() == splits.len() && !has_nothing, Error::<T>::SplitsInvalid);
        // An account that exists has paid for its storage, and its entry among the earnings adds at most as much again.
        let all_exist = splits.iter().all(|(account, _)| frame_system::Pallet::<T>::account_exists(account));
        ensure!(all_exist, Error::<T>::SplitAccountUnknown);
        Ok(())
    }
}
