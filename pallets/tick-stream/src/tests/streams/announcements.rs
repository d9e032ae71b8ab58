//! `update_stream`: what holds at once, and what is announced and holds from a later block on.

use super::*;

/// The price that a session opened now has.
fn price_of_a_new_session() -> Balance {
    let mut watch = Watch::new("viewer", 1);
    watch.ticket.price_per_tick = 10 * PRICE;
    let open = batch_of_opens(vec![watch.signed_by("viewer-session")]);
    assert_ok!(TickStream::process_batch(signed("operator"), open));
    session_of(watch.id).price_per_tick
}

/// Lets blocks pass until block `number`.
fn advance_to(number: BlockNumber) {
    advance(number - System::block_number());
}

fn price(price_per_tick: Balance) -> StreamUpdate {
    StreamUpdate { price_per_tick: Some(price_per_tick), ..Default::default() }
}

/// Each of these terms is refused for stream 0, with whatever else is changed.
fn assert_no_update(terms: Vec<StreamUpdate>, error: Error<Test>) {
    let error = DispatchError::from(error);
    for terms in terms {
        assert_noop!(update(StreamUpdate { gateway_share: Some(Permill::zero()), ..terms }), error);
    }
}

/// What "creator" and "friend" get of a tip of 10,000 planck in this block.
fn tip_shared() -> (Balance, Balance) {
    let before = (earned("creator"), earned("friend"));
    assert_ok!(TickStream::tip(signed("stranger"), 0, 10_000, Default::default()));
    (earned("creator") - before.0, earned("friend") - before.1)
}

#[test]
fn update_stream_works() {
    build_and_execute(|| {
        advance(4);
        let before = stream_of(0);
        let change = StreamUpdate {
            price_per_tick: Some(PRICE - 1),
            preview_ticks: Some(MAX_PREVIEW_TICKS),
            gateway_share: Some(Permill::one()),
            splits: Some(splits(&[("friend", 1_000_000)])),
            metadata: Some(b"{}".to_vec().try_into().expect("short")),
        };
        let seen = events_of(|| update(change.clone()).expect("is in order"));
        let value = Stream {
            price_per_tick: PRICE - 1,
            preview_ticks: 600,
            gateway_share: Permill::one(),
            next_splits: Some(Announced { value: splits(&[("friend", 1_000_000)]), at: 5 + notice() }),
            metadata: b"{}".to_vec().try_into().expect("short"),
            ..before
        };
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: value.clone() }]);
        assert_eq!(stream_of(0), value);
        assert_eq!(held("creator"), stream_deposit());
    });
}

#[test]
fn update_stream_with_nothing_changes_nothing_works() {
    build_and_execute(|| {
        let before = stream_of(0);
        let seen = events_of(|| update(StreamUpdate::default()).expect("is in order"));
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: before.clone() }]);
        assert_eq!(stream_of(0), before);
    });
}

#[test]
fn update_stream_that_is_suspended_works() {
    build_and_execute(|| {
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_ok!(update(price(PRICE - 1)));
        let stream = stream_of(0);
        assert_eq!((stream.price_per_tick, stream.status), (PRICE - 1, StreamStatus::Suspended));
    });
}

#[test]
fn update_stream_announces_a_higher_price_works() {
    build_and_execute(|| {
        fund("viewer");
        advance(1);
        let before = stream_of(0);
        let at = 2 + notice();
        let seen = events_of(|| update(price(PRICE + 1)).expect("is in order"));
        let value = Stream { next_price: Some(Announced { value: PRICE + 1, at }), ..before };
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: value.clone() }]);
        assert_eq!(stream_of(0), value);
        advance_to(at - 1);
        assert_eq!(price_of_a_new_session(), PRICE);
        advance_to(at);
        assert_eq!(price_of_a_new_session(), PRICE + 1);
        let stored = stream_of(0);
        assert_eq!((stored.price_per_tick, stored.next_price), (PRICE, value.next_price), "applied when it is read");
        assert_ok!(update(StreamUpdate { preview_ticks: Some(1), ..Default::default() }));
        let stored = stream_of(0);
        assert_eq!((stored.price_per_tick, stored.next_price), (PRICE + 1, None), "the next change writes it");
    });
}

#[test]
fn update_stream_keeps_an_announcement_that_is_not_named_works() {
    build_and_execute(|| {
        assert_ok!(update(price(PRICE + 1)));
        assert_ok!(update(with_splits(&[("friend", 1)])));
        let before = stream_of(0);
        advance(notice() - 1);
        assert_ok!(update(StreamUpdate { gateway_share: Some(Permill::zero()), ..Default::default() }));
        assert_eq!(stream_of(0), Stream { gateway_share: Permill::zero(), ..before });
    });
}

#[test]
fn update_stream_with_a_second_rise_begins_notice_anew_works() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(update(price(PRICE + 1)));
        advance(notice() - 1);
        assert_ok!(update(price(PRICE + 2)));
        advance(notice() - 1);
        assert_eq!(price_of_a_new_session(), PRICE);
        advance(1);
        assert_eq!(price_of_a_new_session(), PRICE + 2);
    });
}

#[test]
fn update_stream_with_the_same_or_a_lower_price_takes_a_rise_back_works() {
    build_and_execute(|| {
        fund("viewer");
        for lower in [PRICE, PRICE - 1] {
            assert_ok!(update(price(PRICE + 1)));
            assert_ok!(update(price(lower)));
            assert_eq!(stream_of(0).next_price, None);
            assert_eq!(price_of_a_new_session(), lower, "at once");
            advance(notice());
            assert_eq!(price_of_a_new_session(), lower);
        }
    });
}

#[test]
fn update_stream_measures_a_price_against_the_one_in_effect_works() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(update(price(PRICE + 10)));
        advance(notice());
        assert_ok!(update(price(PRICE + 9)));
        assert_eq!(price_of_a_new_session(), PRICE + 9, "a fall since the rise took effect");
        assert_ok!(update(price(PRICE + 10)));
        assert_eq!(price_of_a_new_session(), PRICE + 9, "a rise once more");
    });
}

#[test]
fn update_stream_keeps_price_and_gateway_share_of_sessions_works() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let before = session_of(watch.id);
        let change = StreamUpdate { gateway_share: Some(Permill::zero()), ..price(PRICE + 1) };
        assert_ok!(update(change));
        advance(notice());
        assert_eq!(session_of(watch.id), before);
        watch.settle(10);
        assert_eq!(stream_of(0).totals.paid, 10 * PRICE);
        assert_eq!(price_of_a_new_session(), PRICE + 1);
    });
}

#[test]
fn update_stream_announces_splits_works() {
    build_and_execute(|| {
        assert_eq!(tip_shared(), (9_900, 0));
        assert_ok!(update(with_splits(&[("friend", 500_000)])));
        advance(notice() - 1);
        assert_eq!(tip_shared(), (9_900, 0));
        advance(1);
        assert_eq!(tip_shared(), (4_950, 4_950));
        assert_ok!(update(with_splits(&[])));
        let stored = stream_of(0);
        assert_eq!(stored.splits, splits(&[("friend", 500_000)]), "what came into effect is written");
        assert_eq!(stored.next_splits, Some(Announced { value: Splits::default(), at: 1 + 2 * notice() }));
        advance(notice() - 1);
        assert_eq!(tip_shared(), (4_950, 4_950));
        advance(1);
        assert_eq!(tip_shared(), (9_900, 0));
    });
}

#[test]
fn update_stream_announces_splits_for_running_sessions_works() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_ok!(update(with_splits(&[("friend", 1_000_000)])));
        advance(notice() - 1);
        watch.settle(1);
        assert_eq!((earned("creator"), earned("friend")), (791, 0));
        advance(1);
        watch.settle(2);
        assert_eq!((earned("creator"), earned("friend")), (791, 791), "by the block of settlement");
    });
}

#[test]
fn update_stream_of_no_stream_fails() {
    build_and_execute(|| {
        let change = || TickStream::update_stream(signed("creator"), 1, price(PRICE));
        assert_noop!(change(), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn update_stream_of_anothers_stream_fails() {
    build_and_execute(|| {
        let change = || TickStream::update_stream(signed("gateway"), 0, price(PRICE));
        assert_noop!(change(), Error::<Test>::NotCreator);
    });
}

#[test]
fn update_stream_that_has_ended_fails() {
    build_and_execute(|| {
        ended_with_a_session();
        assert_noop!(update(price(PRICE - 1)), Error::<Test>::StreamEnded);
    });
}

#[test]
fn update_stream_price_too_low_fails() {
    build_and_execute(|| assert_no_update(too_cheap(), Error::PriceTooLow));
}

#[test]
fn update_stream_preview_too_long_fails() {
    build_and_execute(|| assert_no_update(too_long_a_preview(), Error::PreviewTooLong));
}

#[test]
fn update_stream_splits_above_whole_fails() {
    build_and_execute(|| assert_no_update(splits_above_whole(), Error::SplitsAboveWhole));
}

#[test]
fn update_stream_splits_invalid_fails() {
    build_and_execute(|| assert_no_update(invalid_splits(), Error::SplitsInvalid));
}
