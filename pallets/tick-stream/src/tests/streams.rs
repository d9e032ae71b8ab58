//! Tests of streams, call by call.

mod announcements;

use crate::{mock::*, Config, Error, Event, HoldReason, NextStream, StreamUpdate, Streams};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::InspectHold, Get},
};
use sp_runtime::{DispatchError, DispatchResult, Permill, TokenError};
use tick_stream_primitives::{
    limits::{MAX_METADATA, MAX_PREVIEW_TICKS},
    Announced, Balance, BlockNumber, Closer, RowError, RowKind, Splits, Stream, StreamId, StreamStatus, Totals,
};

fn stream_deposit() -> Balance {
    <Test as Config>::StreamDeposit::get()
}

/// Returns the amount held from `name` for streams, in planck.
fn held(name: &str) -> Balance {
    Balances::balance_on_hold(&HoldReason::StreamDeposit.into(), &account(name))
}

fn notice() -> BlockNumber {
    <Test as Config>::Notice::get()
}

/// Returns splits with these parts per million.
pub(super) fn splits(parts: &[(&str, u32)]) -> Splits {
    let parts: Vec<_> = parts.iter().map(|(name, part)| (account(name), Permill::from_parts(*part))).collect();
    parts.try_into().expect("within the bound")
}

/// Updates stream 0 as "creator".
fn update(update: StreamUpdate) -> DispatchResult {
    TickStream::update_stream(signed("creator"), 0, update)
}

/// Sets the status of stream 0 as "creator".
fn set_status(status: StreamStatus) -> DispatchResult {
    TickStream::set_stream_status(signed("creator"), 0, status)
}

/// Opens a session on stream 0 and ends the stream, so that its entry stays with the status `Ended`.
fn ended_with_a_session() -> Watch {
    fund("viewer");
    let watch = Watch::opened("viewer", 60);
    assert_ok!(TickStream::end_stream(signed("creator"), 0));
    assert_eq!(stream_of(0).status, StreamStatus::Ended);
    watch
}

/// Closes the session in the name of the gateway.
fn close(watch: &Watch) {
    let batch = batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")]);
    assert_ok!(TickStream::process_batch(signed("gateway"), batch));
    assert!(failures().is_empty());
}

/// Updates with an invalid price.
fn too_cheap() -> Vec<StreamUpdate> {
    [0, 9].map(|price| StreamUpdate { price_per_tick: Some(price), ..Default::default() }).into()
}

fn too_long_a_preview() -> Vec<StreamUpdate> {
    let with = |ticks| StreamUpdate { preview_ticks: Some(ticks), ..Default::default() };
    [MAX_PREVIEW_TICKS + 1, u32::MAX].map(with).into()
}

fn with_splits(parts: &[(&str, u32)]) -> StreamUpdate {
    StreamUpdate { splits: Some(splits(parts)), ..Default::default() }
}

fn splits_above_whole() -> Vec<StreamUpdate> {
    vec![
        with_splits(&[("friend", 999_999), ("stranger", 2)]),
        with_splits(&[("friend", 1_000_000), ("stranger", 1_000_000)]),
    ]
}

/// Updates with splits that list an account twice, or with a part of zero.
fn invalid_splits() -> Vec<StreamUpdate> {
    vec![with_splits(&[("friend", 1), ("stranger", 1), ("friend", 1)]), with_splits(&[("friend", 1), ("stranger", 0)])]
}

/// Checks that no stream can be created with any of these settings.
fn assert_no_creation(terms: Vec<StreamUpdate>, error: Error<Test>) {
    let error = DispatchError::from(error);
    for StreamUpdate { price_per_tick, preview_ticks, splits, .. } in terms {
        let mut request = stream_request(price_per_tick.unwrap_or(PRICE), splits.unwrap_or_default());
        request.preview_ticks = preview_ticks.unwrap_or_default();
        assert_noop!(TickStream::create_stream(signed("creator"), request), error);
    }
}

#[test]
fn create_stream_stores_an_offline_stream() {
    build_and_execute(|| {
        let request = stream_request(PRICE, splits(&[("friend", 250_000)]));
        let create = || TickStream::create_stream(signed("stranger"), request.clone()).expect("the call succeeds");
        let seen = events_of(create);
        let creator = account("stranger");
        let expected = Event::StreamCreated {
            stream: 1,
            creator: creator.clone(),
            price_per_tick: PRICE,
            gateway_share: GATEWAY_SHARE,
        };
        assert_eq!(seen, [expected]);
        let stream = Stream {
            creator,
            price_per_tick: PRICE,
            next_price: None,
            preview_ticks: 30,
            gateway_share: GATEWAY_SHARE,
            splits: request.splits.clone(),
            next_splits: None,
            metadata: request.metadata.clone(),
            status: StreamStatus::Offline,
            open_sessions: 0,
            deposit: stream_deposit(),
            totals: Totals::default(),
        };
        assert_eq!(stream_of(1), stream);
        assert_eq!(NextStream::<Test>::get(), 2);
        assert_eq!(held("stranger"), stream_deposit());
        assert_eq!(balance_of("stranger"), ENDOWMENT - stream_deposit());
    });
}

#[test]
fn create_stream_accepts_the_limit_of_every_setting() {
    build_and_execute(|| {
        let whole: Vec<_> = (0..8).map(|index| format!("friend-{index}")).collect();
        let whole: Vec<_> = whole.iter().map(|name| (name.as_str(), 125_000)).collect();
        let mut request = stream_request(<Test as Config>::MinPrice::get(), splits(&whole));
        request.preview_ticks = MAX_PREVIEW_TICKS;
        request.gateway_share = Permill::one();
        request.metadata = vec![b'a'; MAX_METADATA as usize].try_into().expect("within the bound");
        assert_ok!(TickStream::create_stream(signed("creator"), request.clone()));
        let stream = stream_of(1);
        assert_eq!((stream.price_per_tick, stream.preview_ticks), (10, 600));
        assert_eq!((stream.splits, stream.metadata), (request.splits, request.metadata));
    });
}

#[test]
fn create_stream_holds_a_deposit_for_each_stream() {
    build_and_execute(|| {
        assert_eq!(held("creator"), stream_deposit());
        create_stream(PRICE, Splits::default());
        create_stream(PRICE, Splits::default());
        assert_eq!(held("creator"), 3 * stream_deposit());
        assert_ok!(TickStream::end_stream(signed("creator"), 1));
        assert_eq!(held("creator"), 2 * stream_deposit());
        assert_eq!(create_stream(PRICE, Splits::default()), 3, "no identifier is used twice");
    });
}

#[test]
fn create_stream_below_the_minimum_price_is_refused() {
    build_and_execute(|| assert_no_creation(too_cheap(), Error::PriceTooLow));
}

#[test]
fn create_stream_with_a_long_preview_is_refused() {
    build_and_execute(|| assert_no_creation(too_long_a_preview(), Error::PreviewTooLong));
}

#[test]
fn create_stream_with_splits_above_the_whole_is_refused() {
    build_and_execute(|| assert_no_creation(splits_above_whole(), Error::SplitsAboveWhole));
}

#[test]
fn create_stream_with_invalid_splits_is_refused() {
    build_and_execute(|| assert_no_creation(invalid_splits(), Error::SplitsInvalid));
}

#[test]
fn create_stream_with_a_split_of_an_unknown_account_is_refused() {
    build_and_execute(|| {
        let unknown = || vec![with_splits(&[("friend", 1), ("never-seen", 1)])];
        assert_no_creation(unknown(), Error::SplitAccountUnknown);
        endow("never-seen", ED);
        create_stream(PRICE, splits(&[("friend", 1), ("never-seen", 1)]));
        remove_account("never-seen");
        assert_no_creation(unknown(), Error::SplitAccountUnknown);
    });
}

#[test]
fn create_stream_without_the_deposit_is_refused() {
    build_and_execute(|| {
        let create = || TickStream::create_stream(signed("poor"), stream_request(PRICE, Splits::default()));
        assert_noop!(create(), TokenError::FundsUnavailable);
        endow("poor", stream_deposit() + ED - 1);
        assert_noop!(create(), TokenError::FundsUnavailable);
        endow("poor", 1);
        assert_ok!(create());
        assert_eq!((balance_of("poor"), held("poor")), (ED, stream_deposit()));
    });
}

#[test]
fn set_stream_status_sets_live_and_offline() {
    build_and_execute(|| {
        for status in [StreamStatus::Live, StreamStatus::Live, StreamStatus::Offline] {
            let before = stream_of(0);
            let seen = events_of(|| set_status(status).expect("the call succeeds"));
            assert_eq!(seen, [Event::StreamStatusChanged { stream: 0, status }]);
            assert_eq!(stream_of(0), Stream { status, ..before });
        }
    });
}

#[test]
fn set_stream_status_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        let set = |id| TickStream::set_stream_status(signed("creator"), id, StreamStatus::Live);
        assert_noop!(set(1), Error::<Test>::StreamUnknown);
        assert_noop!(set(StreamId::MAX), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn set_stream_status_by_another_account_is_refused() {
    build_and_execute(|| {
        let set = || TickStream::set_stream_status(signed("stranger"), 0, StreamStatus::Live);
        assert_noop!(set(), Error::<Test>::NotCreator);
    });
}

#[test]
fn set_stream_status_to_ended_or_suspended_is_refused() {
    build_and_execute(|| {
        assert_noop!(set_status(StreamStatus::Ended), Error::<Test>::StatusNotSettable);
        assert_noop!(set_status(StreamStatus::Suspended), Error::<Test>::StatusNotSettable);
    });
}

#[test]
fn set_stream_status_of_a_suspended_stream_is_refused() {
    build_and_execute(|| {
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_noop!(set_status(StreamStatus::Live), Error::<Test>::StreamNotOpen);
        assert_noop!(set_status(StreamStatus::Offline), Error::<Test>::StreamNotOpen);
    });
}

#[test]
fn set_stream_status_of_an_ended_stream_is_refused() {
    build_and_execute(|| {
        ended_with_a_session();
        assert_noop!(set_status(StreamStatus::Live), Error::<Test>::StreamNotOpen);
    });
}

#[test]
fn end_stream_without_sessions_removes_it() {
    build_and_execute(|| {
        let seen = events_of(|| TickStream::end_stream(signed("creator"), 0).expect("the call succeeds"));
        let removed = Event::StreamRemoved { stream: 0, creator: account("creator"), deposit: stream_deposit() };
        assert_eq!(seen, [Event::StreamEnded { stream: 0 }, removed]);
        assert_eq!(Streams::<Test>::get(0), None);
        assert_eq!((held("creator"), balance_of("creator")), (0, ENDOWMENT));
    });
}

#[test]
fn end_stream_with_sessions_releases_the_deposit_on_a_second_call() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let before = stream_of(0);
        let seen = events_of(|| TickStream::end_stream(signed("creator"), 0).expect("the call succeeds"));
        assert_eq!(seen, [Event::StreamEnded { stream: 0 }]);
        assert_eq!(stream_of(0), Stream { status: StreamStatus::Ended, ..before });
        assert_eq!(held("creator"), stream_deposit());
        watch.settle(10);
        close(&watch);
        assert_eq!(held("creator"), stream_deposit(), "the deposit is held until the creator calls again");
        let seen = events_of(|| TickStream::end_stream(signed("creator"), 0).expect("the call succeeds"));
        let removed = Event::StreamRemoved { stream: 0, creator: account("creator"), deposit: stream_deposit() };
        assert_eq!(seen, [removed], "the stream ends only once");
        assert_eq!((held("creator"), balance_of("creator")), (0, ENDOWMENT));
    });
}

#[test]
fn suspended_stream_can_be_ended() {
    build_and_execute(|| {
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_eq!((Streams::<Test>::get(0), held("creator")), (None, 0));
    });
}

#[test]
fn end_stream_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::end_stream(signed("creator"), 1), Error::<Test>::StreamUnknown);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_noop!(TickStream::end_stream(signed("creator"), 0), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn end_stream_by_another_account_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::end_stream(signed("gateway"), 0), Error::<Test>::NotCreator);
    });
}

#[test]
fn second_end_stream_with_sessions_is_refused() {
    build_and_execute(|| {
        ended_with_a_session();
        assert_noop!(TickStream::end_stream(signed("creator"), 0), Error::<Test>::SessionsOpen);
    });
}

#[test]
fn suspend_stream_stops_opens_but_not_claims() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_ok!(set_status(StreamStatus::Live));
        let before = stream_of(0);
        let seen = events_of(|| TickStream::suspend_stream(RuntimeOrigin::root(), 0).expect("the call succeeds"));
        let status = StreamStatus::Suspended;
        assert_eq!(seen, [Event::StreamStatusChanged { stream: 0, status }]);
        assert_eq!(stream_of(0), Stream { status, ..before });
        let late = Watch::new("viewer", 60);
        let open = batch_of_opens(vec![late.signed_by("viewer-session")]);
        assert_ok!(TickStream::process_batch(signed("operator"), open));
        assert_eq!(failures(), [(RowKind::Open, 0, RowError::StreamNotOpen)]);
        let of_wallet = Watch::of_wallet("viewer", 60).ticket;
        assert_noop!(TickStream::join_stream(signed("viewer"), of_wallet), Error::<Test>::StreamNotOpen);
        watch.settle(10);
        assert_eq!(stream_of(0).totals.ticks, 10, "claims are still settled");
    });
}

#[test]
fn suspend_stream_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::suspend_stream(RuntimeOrigin::root(), 1), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn suspend_stream_of_an_ended_stream_is_refused() {
    build_and_execute(|| {
        ended_with_a_session();
        assert_noop!(TickStream::suspend_stream(RuntimeOrigin::root(), 0), Error::<Test>::StreamEnded);
    });
}

#[test]
fn resume_stream_sets_the_status_offline() {
    build_and_execute(|| {
        assert_ok!(set_status(StreamStatus::Live));
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        let before = stream_of(0);
        let seen = events_of(|| TickStream::resume_stream(RuntimeOrigin::root(), 0).expect("the call succeeds"));
        let status = StreamStatus::Offline;
        assert_eq!(seen, [Event::StreamStatusChanged { stream: 0, status }]);
        assert_eq!(stream_of(0), Stream { status, ..before });
        assert_ok!(set_status(StreamStatus::Live));
        fund("viewer");
        Watch::opened("viewer", 60);
    });
}

#[test]
fn resume_stream_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::resume_stream(RuntimeOrigin::root(), 1), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn resume_stream_that_is_not_suspended_is_refused() {
    build_and_execute(|| {
        let resume = || TickStream::resume_stream(RuntimeOrigin::root(), 0);
        assert_noop!(resume(), Error::<Test>::StreamNotSuspended);
        assert_ok!(set_status(StreamStatus::Live));
        assert_noop!(resume(), Error::<Test>::StreamNotSuspended);
        ended_with_a_session();
        assert_noop!(resume(), Error::<Test>::StreamNotSuspended);
    });
}

#[test]
fn moderation_by_another_origin_is_refused() {
    build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), signed("creator"), signed("stranger")] {
            assert_noop!(TickStream::suspend_stream(origin.clone(), 0), DispatchError::BadOrigin);
            assert_noop!(TickStream::resume_stream(origin, 0), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn unsigned_calls_of_creators_are_refused() {
    build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let request = stream_request(PRICE, Splits::default());
            let update = StreamUpdate::default();
            let live = StreamStatus::Live;
            assert_noop!(TickStream::create_stream(origin.clone(), request), DispatchError::BadOrigin);
            assert_noop!(TickStream::update_stream(origin.clone(), 0, update), DispatchError::BadOrigin);
            assert_noop!(TickStream::set_stream_status(origin.clone(), 0, live), DispatchError::BadOrigin);
            assert_noop!(TickStream::end_stream(origin, 0), DispatchError::BadOrigin);
        }
    });
}
