//! Tests of `update_stream`: settings that apply at once, and announced ones that apply from a later block on.

use super::*;

/// Opens a session and returns its price, in planck.
fn price_of_a_new_session() -> Balance {
    let mut watch = Watch::new("viewer", 1);
    watch.ticket.price_per_tick = 10 * PRICE;
    let open = batch_of_opens(vec![watch.signed_by("viewer-session")]);
    assert_ok!(TickStream::process_batch(signed("operator"), open));
    session_of(watch.id).price_per_tick
}

/// Advances the chain to block `number`.
fn advance_to(number: BlockNumber) {
    advance(number - System::block_number());
}

fn price(price_per_tick: Balance) -> StreamUpdate {
    StreamUpdate { price_per_tick: Some(price_per_tick), ..Default::default() }
}

/// Checks that no update with any of these settings is accepted for stream 0.
fn assert_no_update(terms: Vec<StreamUpdate>, error: Error<Test>) {
    let error = DispatchError::from(error);
    for terms in terms {
        assert_noop!(update(StreamUpdate { gateway_share: Some(Permill::zero()), ..terms }), error);
    }
}

/// Tips 10,000 planck and returns what "creator" and "friend" earn, in planck.
fn tip_shared() -> (Balance, Balance) {
    let before = (earned("creator"), earned("friend"));
    assert_ok!(TickStream::tip(signed("stranger"), 0, 10_000, Default::default()));
    (earned("creator") - before.0, earned("friend") - before.1)
}

#[test]
fn update_stream_applies_or_announces_every_setting() {
    build_and_execute(|| {
        advance(4);
        let before = stream_of(0);
        let change = StreamUpdate {
            price_per_tick: Some(PRICE - 1),
            preview_ticks: Some(MAX_PREVIEW_TICKS),
            gateway_share: Some(Permill::one()),
            splits: Some(splits(&[("friend", 1_000_000)])),
            metadata: Some(b"{}".to_vec().try_into().expect("within the bound")),
        };
        let seen = events_of(|| update(change.clone()).expect("the call succeeds"));
        let value = Stream {
            price_per_tick: PRICE - 1,
            preview_ticks: 600,
            gateway_share: Permill::one(),
            next_splits: Some(Announced { value: splits(&[("friend", 1_000_000)]), at: 5 + notice() }),
            metadata: b"{}".to_vec().try_into().expect("within the bound"),
            ..before
        };
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: value.clone() }]);
        assert_eq!(stream_of(0), value);
        assert_eq!(held("creator"), stream_deposit());
    });
}

#[test]
fn empty_update_stream_changes_nothing() {
    build_and_execute(|| {
        let before = stream_of(0);
        let seen = events_of(|| update(StreamUpdate::default()).expect("the call succeeds"));
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: before.clone() }]);
        assert_eq!(stream_of(0), before);
    });
}

#[test]
fn suspended_stream_can_be_updated() {
    build_and_execute(|| {
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_ok!(update(price(PRICE - 1)));
        let stream = stream_of(0);
        assert_eq!((stream.price_per_tick, stream.status), (PRICE - 1, StreamStatus::Suspended));
    });
}

#[test]
fn update_stream_announces_a_higher_price() {
    build_and_execute(|| {
        fund("viewer");
        advance(1);
        let before = stream_of(0);
        let at = 2 + notice();
        let seen = events_of(|| update(price(PRICE + 1)).expect("the call succeeds"));
        let value = Stream { next_price: Some(Announced { value: PRICE + 1, at }), ..before };
        assert_eq!(seen, [Event::StreamUpdated { stream: 0, value: value.clone() }]);
        assert_eq!(stream_of(0), value);
        advance_to(at - 1);
        assert_eq!(price_of_a_new_session(), PRICE);
        advance_to(at);
        assert_eq!(price_of_a_new_session(), PRICE + 1);
        let stored = stream_of(0);
        assert_eq!(
            (stored.price_per_tick, stored.next_price),
            (PRICE, value.next_price),
            "it is applied when it is read"
        );
        assert_ok!(update(StreamUpdate { preview_ticks: Some(1), ..Default::default() }));
        let stored = stream_of(0);
        assert_eq!((stored.price_per_tick, stored.next_price), (PRICE + 1, None), "the next update stores it");
    });
}

#[test]
fn update_stream_keeps_other_announcements() {
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
fn second_rise_restarts_the_notice() {
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
fn same_or_lower_price_cancels_an_announced_rise() {
    build_and_execute(|| {
        fund("viewer");
        for lower in [PRICE, PRICE - 1] {
            assert_ok!(update(price(PRICE + 1)));
            assert_ok!(update(price(lower)));
            assert_eq!(stream_of(0).next_price, None);
            assert_eq!(price_of_a_new_session(), lower, "it applies at once");
            advance(notice());
            assert_eq!(price_of_a_new_session(), lower);
        }
    });
}

#[test]
fn update_stream_compares_with_the_price_in_effect() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(update(price(PRICE + 10)));
        advance(notice());
        assert_ok!(update(price(PRICE + 9)));
        assert_eq!(price_of_a_new_session(), PRICE + 9, "it is lower than the price in effect");
        assert_ok!(update(price(PRICE + 10)));
        assert_eq!(price_of_a_new_session(), PRICE + 9, "it is a rise again");
    });
}

#[test]
fn update_stream_keeps_the_price_and_gateway_share_of_open_sessions() {
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
fn update_stream_announces_splits() {
    build_and_execute(|| {
        assert_eq!(tip_shared(), (9_900, 0));
        assert_ok!(update(with_splits(&[("friend", 500_000)])));
        advance(notice() - 1);
        assert_eq!(tip_shared(), (9_900, 0));
        advance(1);
        assert_eq!(tip_shared(), (4_950, 4_950));
        assert_ok!(update(with_splits(&[])));
        let stored = stream_of(0);
        assert_eq!(stored.splits, splits(&[("friend", 500_000)]), "splits in effect are stored");
        assert_eq!(stored.next_splits, Some(Announced { value: Splits::default(), at: 1 + 2 * notice() }));
        advance(notice() - 1);
        assert_eq!(tip_shared(), (4_950, 4_950));
        advance(1);
        assert_eq!(tip_shared(), (9_900, 0));
    });
}

#[test]
fn announced_splits_apply_to_open_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_ok!(update(with_splits(&[("friend", 1_000_000)])));
        advance(notice() - 1);
        watch.settle(1);
        assert_eq!((earned("creator"), earned("friend")), (791, 0));
        advance(1);
        watch.settle(2);
        assert_eq!((earned("creator"), earned("friend")), (791, 791), "the block of the settlement counts");
    });
}

#[test]
fn update_stream_of_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        let change = || TickStream::update_stream(signed("creator"), 1, price(PRICE));
        assert_noop!(change(), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn update_stream_by_another_account_is_refused() {
    build_and_execute(|| {
        let change = || TickStream::update_stream(signed("gateway"), 0, price(PRICE));
        assert_noop!(change(), Error::<Test>::NotCreator);
    });
}

#[test]
fn update_stream_of_an_ended_stream_is_refused() {
    build_and_execute(|| {
        ended_with_a_session();
        assert_noop!(update(price(PRICE - 1)), Error::<Test>::StreamEnded);
    });
}

#[test]
fn update_stream_below_the_minimum_price_is_refused() {
    build_and_execute(|| assert_no_update(too_cheap(), Error::PriceTooLow));
}

#[test]
fn update_stream_with_a_long_preview_is_refused() {
    build_and_execute(|| assert_no_update(too_long_a_preview(), Error::PreviewTooLong));
}

#[test]
fn update_stream_with_splits_above_the_whole_is_refused() {
    build_and_execute(|| assert_no_update(splits_above_whole(), Error::SplitsAboveWhole));
}

#[test]
fn update_stream_with_invalid_splits_is_refused() {
    build_and_execute(|| assert_no_update(invalid_splits(), Error::SplitsInvalid));
}

#[test]
fn update_stream_with_a_split_of_an_unknown_account_is_refused() {
    build_and_execute(|| {
        assert_no_update(vec![with_splits(&[("never-seen", 1)])], Error::SplitAccountUnknown);
    });
}
