//! Tests of the view functions and of the runtime API.

mod verdicts;

use crate::{
    mock::*, Config, DepositOfViewFunction, Deposits, Earnings, EarningsViewFunction, GatewayViewFunction, Gateways,
    ParamsViewFunction, SessionViewFunction, Sessions, StreamUpdate, StreamViewFunction, Streams,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::{assert_ok, traits::Get, view_functions::ViewFunction};
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits::MAX_STREAMS_PAGE, BlockNumber, Closer, Outcome, Params, SessionId, Splits, Stream, StreamId,
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
        assert_eq!(TickStream::read_streams(0, 1), [(0, announced)]);
        assert_eq!(stream_of(0), stored, "reading changes no state");
    });
}

#[test]
fn streams_are_read_in_pages_without_gaps() {
    build_and_execute(|| {
        create_streams(MAX_STREAMS_PAGE + 3);
        for gone in [0, 50, 51, 103] {
            assert_ok!(TickStream::end_stream(signed("creator"), gone));
        }
        let ids = |from, limit| TickStream::read_streams(from, limit).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let all: Vec<StreamId> = (1..50).chain(52..103).collect();
        assert_eq!(all.len(), 100);
        assert_eq!(ids(0, 1_000), all, "at most 100, and removed streams do not count");
        assert_eq!(ids(0, u32::MAX), all);
        assert_eq!(ids(1, 100), all);
        assert_eq!(ids(48, 4), [48, 49, 52, 53]);
        assert_eq!(ids(50, 1), [52]);
        assert_eq!(ids(102, 100), [102], "the last stream");
        let mut pages = Vec::new();
        while let Some(page) = Some(ids(pages.last().map_or(0, |last| last + 1), 33)).filter(|page| !page.is_empty()) {
            pages.extend(page);
        }
        assert_eq!(pages, all);
    });
}

#[test]
fn page_of_streams_has_at_most_a_hundred() {
    build_and_execute(|| {
        create_streams(MAX_STREAMS_PAGE);
        let page = TickStream::read_streams(0, u32::MAX);
        assert_eq!(page.len(), 100);
        assert_eq!(page.last().map(|(id, _)| *id), Some(99));
        assert_eq!(TickStream::read_streams(100, u32::MAX), [(100, stream_of(100))]);
    });
}

#[test]
fn page_of_streams_can_be_empty() {
    build_and_execute(|| {
        assert_eq!(TickStream::read_streams(0, 0), []);
        assert_eq!(TickStream::read_streams(1, 100), []);
        assert_eq!(TickStream::read_streams(StreamId::MAX, 100), []);
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
