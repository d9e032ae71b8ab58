//! Tests of the view functions and of the runtime API.

mod verdicts;

use crate::{
    mock::*, Config, DepositOfViewFunction, Deposits, Earnings, EarningsViewFunction, GatewayViewFunction, Gateways,
    KeyViewFunction, Keys, KeysViewFunction, NextStream, ParamsViewFunction, SessionViewFunction, Sessions,
    StreamUpdate, StreamViewFunction, Streams,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::{assert_ok, traits::Get, view_functions::ViewFunction};
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits::{MAX_STREAMS_PAGE, MAX_STREAMS_SCAN},
    BlockNumber, Closer, Outcome, Params, SessionId, Splits, Stream, StreamId, StreamsPage,
};

/// Calls a view function as a client does: by its identifier and encoded arguments.
fn ask<Query>(query: Query) -> Query::ReturnType
where
    Query: ViewFunction + Encode,
    Query::ReturnType: Decode,
{
    let bytes = Test::execute_view_function(Query::id(), query.encode()).expect("the function is known");
    Query::ReturnType::decode_all(&mut &bytes[..]).expect("the answer has the declared type")
}

fn notice() -> BlockNumber {
    <Test as Config>::Notice::get()
}

/// Creates an entry of every kind. Returns the session.
fn settled_session() -> Watch {
    fund("viewer");
    let mut watch = Watch::opened("viewer", 60);
    watch.settle(7);
    watch
}

/// Announces a price one planck higher for stream 0, and a split of everything to "friend". Returns the stream once
/// both are in effect.
fn announce() -> Stream {
    let parts: Splits = vec![(account("friend"), Permill::one())].try_into().expect("within the bound");
    let change = StreamUpdate { price_per_tick: Some(PRICE + 1), splits: Some(parts.clone()), ..Default::default() };
    assert_ok!(TickStream::update_stream(signed("creator"), 0, change));
    Stream { price_per_tick: PRICE + 1, next_price: None, splits: parts, next_splits: None, ..stream_of(0) }
}

/// Creates `count` streams of "creator".
fn create_streams(count: u32) {
    for _ in 0..count {
        create_stream(PRICE, Splits::default());
    }
}

#[test]
fn view_functions_agree_with_storage() {
    build_and_execute(|| {
        let watch = settled_session();
        let (viewer, gateway) = (account("viewer"), account("gateway"));
        let stored = (
            Streams::<Test>::get(0),
            Sessions::<Test>::get(watch.id),
            Deposits::<Test>::get(&viewer),
            Gateways::<Test>::get(&gateway),
            Earnings::<Test>::get(&gateway),
        );
        assert!(stored.0.is_some() && stored.1.is_some() && stored.2.is_some() && stored.3.is_some() && stored.4 > 0);
        let read = (
            ask(StreamViewFunction::<Test>::new(0)),
            ask(SessionViewFunction::<Test>::new(watch.id)),
            ask(DepositOfViewFunction::<Test>::new(viewer.clone())),
            ask(GatewayViewFunction::<Test>::new(gateway.clone())),
            ask(EarningsViewFunction::<Test>::new(gateway)),
        );
        assert_eq!(read, stored);
        add_key("viewer", "phone", |_| ());
        let phone = Keys::<Test>::get(&viewer, account("phone"));
        assert!(phone.is_some());
        assert_eq!(ask(KeyViewFunction::<Test>::new(viewer.clone(), account("phone"))), phone);
        let keys = ask(KeysViewFunction::<Test>::new(viewer.clone()));
        assert_eq!((keys.len(), &keys), (2, &TickStream::read_keys(viewer)));
        let laptop = key_of("viewer", "viewer-session");
        assert!(keys.contains(&(account("viewer-session"), laptop)));
        assert_eq!(ask(ParamsViewFunction::<Test>::new()), TickStream::read_params());
    });
}

#[test]
fn view_functions_of_missing_entries_return_nothing() {
    build_and_execute(|| {
        let stranger = account("stranger");
        assert_eq!(ask(StreamViewFunction::<Test>::new(1)), None);
        assert_eq!(ask(SessionViewFunction::<Test>::new(SessionId::default())), None);
        assert_eq!(ask(DepositOfViewFunction::<Test>::new(stranger.clone())), None);
        assert_eq!(ask(GatewayViewFunction::<Test>::new(stranger.clone())), None);
        assert_eq!(ask(KeyViewFunction::<Test>::new(stranger.clone(), account("viewer-session"))), None);
        assert_eq!(ask(KeysViewFunction::<Test>::new(stranger.clone())), []);
        assert_eq!(ask(EarningsViewFunction::<Test>::new(stranger)), 0);
    });
}

#[test]
fn stream_is_read_with_announcements_in_effect() {
    build_and_execute(|| {
        let announced = announce();
        let stored = stream_of(0);
        advance(notice() - 1);
        assert_eq!(TickStream::read_stream(0), Some(stored.clone()));
        advance(1);
        assert_eq!(TickStream::read_stream(0), Some(announced.clone()));
        assert_eq!(ask(StreamViewFunction::<Test>::new(0)), Some(announced.clone()));
        assert_eq!(TickStream::read_streams(0, 1), StreamsPage { streams: vec![(0, announced)], next: None });
        assert_eq!(stream_of(0), stored, "reading changes no state");
    });
}

/// Returns the identifiers of a page, and where the next one starts.
fn page(from: StreamId, limit: u32) -> (Vec<StreamId>, Option<StreamId>) {
    let StreamsPage { streams, next } = TickStream::read_streams(from, limit);
    (streams.into_iter().map(|(id, _)| id).collect(), next)
}

/// Reads all streams in pages of `limit`. Returns their identifiers and the number of pages.
fn read_all(limit: u32) -> (Vec<StreamId>, u32) {
    let (mut ids, mut pages, mut from) = (Vec::new(), 0, Some(0));
    while let Some(start) = from {
        let (more, next) = page(start, limit);
        ids.extend(more);
        pages += 1;
        from = next;
    }
    (ids, pages)
}

#[test]
fn streams_are_read_in_pages_without_gaps() {
    build_and_execute(|| {
        create_streams(MAX_STREAMS_PAGE + 3);
        for gone in [0, 50, 51, 103] {
            assert_ok!(TickStream::end_stream(signed("creator"), gone));
        }
        let all: Vec<StreamId> = (1..50).chain(52..103).collect();
        assert_eq!(all.len(), 100);
        assert_eq!(page(0, 1_000), (all.clone(), Some(103)), "at most 100, and removed streams do not count");
        assert_eq!(page(0, u32::MAX), (all.clone(), Some(103)));
        assert_eq!(page(103, 100), (vec![], None), "the last identifier is that of a removed stream");
        assert_eq!(page(48, 4), (vec![48, 49, 52, 53], Some(54)));
        assert_eq!(page(50, 1), (vec![52], Some(53)));
        assert_eq!(page(102, 100), (vec![102], None));
        assert_eq!(read_all(33), (all.clone(), 4));
        assert_eq!(read_all(1), (all, 101));
    });
}

#[test]
fn page_of_streams_has_at_most_a_hundred() {
    build_and_execute(|| {
        create_streams(MAX_STREAMS_PAGE);
        let (ids, next) = page(0, u32::MAX);
        assert_eq!((ids.len(), ids.last(), next), (100, Some(&99), Some(100)));
        assert_eq!(page(100, u32::MAX), (vec![100], None));
    });
}

#[test]
fn page_of_streams_can_be_empty() {
    build_and_execute(|| {
        assert_eq!(page(0, 0), (vec![], Some(0)));
        assert_eq!(page(1, 100), (vec![], None));
        assert_eq!(page(StreamId::MAX, 100), (vec![], None));
    });
}

#[test]
fn page_of_streams_tries_a_limited_number_of_identifiers() {
    build_and_execute(|| {
        let scan = StreamId::from(MAX_STREAMS_SCAN);
        // Stream 0 exists; the ones up to the last are gone, as if they had been created and ended.
        NextStream::<Test>::put(3 * scan);
        let last = create_stream(PRICE, Splits::default());
        assert_eq!(page(0, 100), (vec![0], Some(scan)));
        assert_eq!(page(scan, 100), (vec![], Some(2 * scan)), "an empty page names where to go on");
        assert_eq!(page(2 * scan + 1, 100), (vec![last], None));
        assert_eq!(read_all(100), (vec![0, last], 4));
    });
}

#[test]
fn params_are_those_of_the_runtime() {
    build_and_execute(|| {
        let expected = Params {
            min_price: 10,
            min_deposit: 1_000,
            stream_deposit: 500,
            gateway_bond: 5_000,
            open_fee: 7,
            storage_bond: 20,
            protocol_fee: Permill::from_percent(1),
            submitter_share: Permill::from_parts(5_000),
            max_prepaid_ticks: 60,
            close_period: 10,
            gateway_silence: 5,
            notice: 6,
            ticket_lifetime: 100,
        };
        assert_eq!(TickStream::read_params(), expected);
        let protocol_fee = Permill::from_parts(12_345);
        assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), protocol_fee));
        assert_eq!(ask(ParamsViewFunction::<Test>::new()), Params { protocol_fee, ..expected }, "the current fee");
    });
}

#[test]
fn outcomes_of_a_block_are_listed_in_order() {
    build_and_execute(|| {
        fund("viewer");
        System::reset_events();
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(7);
        watch.settle(9);
        assert_ok!(TickStream::leave_stream(signed("viewer"), vec![watch.id].try_into().expect("within the bound")));
        let again = batch_of_closes(vec![watch.unsigned_close()]);
        assert_ok!(TickStream::process_batch(signed("operator"), again));
        let close = batch_of_closes(vec![watch.close(Closer::Operator, "operator")]);
        assert_ok!(TickStream::process_batch(signed("operator"), close));
        assert_ok!(TickStream::tip(signed("stranger"), 0, 1, Default::default()));
        let id = watch.id;
        let expected = [
            Outcome::Opened(id),
            Outcome::Settled(id, 7),
            Outcome::Settled(id, 9),
            Outcome::Closing(id),
            Outcome::Closed(id),
        ];
        assert_eq!(TickStream::outcomes(), expected, "in order, without the refused row");
        System::reset_events();
        assert_eq!(TickStream::outcomes(), []);
    });
}
