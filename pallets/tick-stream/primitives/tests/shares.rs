//! How payments are shared out.

use proptest::{collection::vec, prelude::*};
use sp_runtime::Permill;
use tick_stream_primitives::{limits::MAX_SPLITS, AccountId, Balance, Rates, Shares, Splits};

const WHOLE_PPM: u32 = 1_000_000;

/// Splits with these rates in parts per million, each of another account.
fn splits(rates_ppm: &[u32]) -> Splits {
    let entry = |(index, ppm): (usize, &u32)| (AccountId::new([index as u8; 32]), Permill::from_parts(*ppm));
    rates_ppm.iter().enumerate().map(entry).collect::<Vec<_>>().try_into().expect("within the bound")
}

fn rates(splits: &Splits) -> Rates<'_> {
    Rates {
        protocol_fee: Permill::from_percent(1),
        submitter_share: Permill::from_parts(5_000),
        gateway_share: Permill::from_percent(10),
        splits,
    }
}

fn total(shares: &Shares) -> Balance {
    shares.protocol + shares.submitter + shares.gateway + shares.splits_sum() + shares.creator
}

#[test]
fn each_part_is_taken_of_what_the_parts_before_it_leave() {
    let splits = splits(&[500_000, 250_000]);
    let shares = Shares::of(1_000_000, &rates(&splits));
    let expected = Shares {
        protocol: 10_000,
        submitter: 5_000,
        gateway: 98_500,
        splits: vec![443_250, 221_625],
        creator: 221_625,
    };
    assert_eq!(shares, expected);
    assert_eq!(shares.splits_sum(), 664_875);
}

#[test]
fn every_part_is_rounded_down_and_the_creator_gets_the_remainder() {
    let splits = splits(&[333_333, 333_333]);
    let shares = Shares::of(1_003, &rates(&splits));
    // 10.03, 5.015, 98.8 of 988, and 296.7 of 890.
    let expected = Shares { protocol: 10, submitter: 5, gateway: 98, splits: vec![296, 296], creator: 298 };
    assert_eq!(shares, expected);
}

#[test]
fn small_and_odd_amounts_are_shared_out_as_worked_out_by_hand() {
    let splits = splits(&[333_333, 1]);
    let rates = Rates { gateway_share: Permill::from_parts(200_001), ..rates(&splits) };
    // Gross; protocol, submitter, gateway, the two splits, creator.
    let table = [
        (0, [0, 0, 0, 0, 0, 0]),
        (1, [0, 0, 0, 0, 0, 1]),
        (99, [0, 0, 19, 26, 0, 54]),
        (100, [1, 0, 19, 26, 0, 54]),
        (199, [1, 0, 39, 52, 0, 107]),
        (200, [2, 1, 39, 52, 0, 106]),
        (1_003, [10, 5, 197, 263, 0, 528]),
        (7_021, [70, 35, 1_383, 1_844, 0, 3_689]),
    ];
    for (gross, expected) in table {
        let Shares { protocol, submitter, gateway, splits, creator } = Shares::of(gross, &rates);
        assert_eq!([protocol, submitter, gateway, splits[0], splits[1], creator], expected, "of {gross}");
    }
}

#[test]
fn greatest_amount_is_shared_out_without_overflow() {
    let splits = splits(&[500_000, 500_000]);
    let rates = Rates::of_tip(Permill::zero(), &splits);
    let half = Balance::MAX / 2;
    let expected = Shares { splits: vec![half, half], creator: 1, ..Default::default() };
    assert_eq!(Shares::of(Balance::MAX, &rates), expected);
    let to_gateway = Rates { gateway_share: Permill::one(), ..rates };
    let expected = Shares { gateway: Balance::MAX, splits: vec![0, 0], ..Default::default() };
    assert_eq!(Shares::of(Balance::MAX, &to_gateway), expected);
}

#[test]
fn a_payment_too_small_to_divide_goes_to_the_creator() {
    let splits = splits(&[500_000]);
    assert_eq!(Shares::of(1, &rates(&splits)), Shares { splits: vec![0], creator: 1, ..Default::default() });
    assert_eq!(Shares::of(0, &rates(&splits)), Shares { splits: vec![0], ..Default::default() });
}

#[test]
fn splits_of_the_whole_leave_the_creator_the_rounding_only() {
    let splits = splits(&[125_000; MAX_SPLITS as usize]);
    let shares = Shares::of(1_009, &Rates::of_tip(Permill::zero(), &splits));
    assert_eq!((shares.splits, shares.creator), (vec![126; MAX_SPLITS as usize], 1));
}

#[test]
fn rates_above_the_whole_take_no_more_than_there_is() {
    let whole = splits(&[WHOLE_PPM; 2]);
    let rates = Rates {
        protocol_fee: Permill::one(),
        submitter_share: Permill::one(),
        gateway_share: Permill::one(),
        splits: &whole,
    };
    let shares = Shares::of(100, &rates);
    assert_eq!((shares.gateway, shares.splits_sum(), shares.creator), (0, 0, 0));
}

#[test]
fn a_tip_pays_neither_submitter_nor_gateway() {
    let splits = splits(&[500_000]);
    let shares = Shares::of(1_000, &Rates::of_tip(Permill::from_percent(5), &splits));
    assert_eq!(shares, Shares { protocol: 50, splits: vec![475], creator: 475, ..Default::default() });
}

#[test]
fn shares_with_fewer_splits_are_added_from_the_first() {
    let mut sum = Shares { splits: vec![1], ..Default::default() };
    sum.accrue(&Shares { splits: vec![10, 20], ..Default::default() });
    sum.accrue(&Shares { splits: vec![100], ..Default::default() });
    assert_eq!(sum.splits, [111, 20]);
}

#[test]
fn sums_above_the_greatest_balance_saturate() {
    let most = Shares {
        protocol: Balance::MAX,
        submitter: Balance::MAX,
        gateway: Balance::MAX,
        splits: vec![Balance::MAX; 2],
        creator: Balance::MAX,
    };
    let mut sum = most.clone();
    sum.accrue(&most);
    assert_eq!(sum, most);
    assert_eq!(sum.splits_sum(), Balance::MAX);
}

/// Up to [`MAX_SPLITS`] rates that add up to at most the whole.
fn split_rates() -> impl Strategy<Value = Vec<u32>> {
    vec(0..=WHOLE_PPM / MAX_SPLITS, 0..=MAX_SPLITS as usize)
}

/// A protocol fee and a submitter's share that leave something.
fn fee_rates() -> impl Strategy<Value = (u32, u32)> {
    (0..=50_000u32, 0..=WHOLE_PPM / 2)
}

proptest! {
    #[test]
    fn parts_add_up_to_the_gross(
        gross: Balance, (protocol_ppm, submitter_ppm) in fee_rates(), gateway_ppm in 0..=WHOLE_PPM, ppm in split_rates(),
    ) {
        let splits = splits(&ppm);
        let rates = Rates {
            protocol_fee: Permill::from_parts(protocol_ppm),
            submitter_share: Permill::from_parts(submitter_ppm),
            gateway_share: Permill::from_parts(gateway_ppm),
            splits: &splits,
        };
        let shares = Shares::of(gross, &rates);
        prop_assert_eq!(total(&shares), gross);
        prop_assert_eq!(shares.splits.len(), splits.len());
    }

    /// Checked by long multiplication: the rate of what is shared out is missed by less than a planck.
    #[test]
    fn no_part_is_above_its_rate_or_a_planck_below(gross in 0..Balance::MAX / 1_000_000, ppm in split_rates()) {
        let splits = splits(&ppm);
        let rates = rates(&splits);
        let shares = Shares::of(gross, &rates);
        let is_floor = |part: Balance, rate: Permill, of: Balance| {
            let exact_millionths = of * Balance::from(rate.deconstruct());
            part * 1_000_000 <= exact_millionths && exact_millionths < (part + 1) * 1_000_000
        };
        let after_fees = gross - shares.protocol - shares.submitter;
        prop_assert!(is_floor(shares.protocol, rates.protocol_fee, gross));
        prop_assert!(is_floor(shares.submitter, rates.submitter_share, gross));
        prop_assert!(is_floor(shares.gateway, rates.gateway_share, after_fees));
        for ((_, rate), part) in splits.iter().zip(&shares.splits) {
            prop_assert!(is_floor(*part, *rate, after_fees - shares.gateway));
        }
    }

    #[test]
    fn adding_up_shares_adds_up_every_part(payments in vec(0..Balance::MAX / 100, 0..20), ppm in split_rates()) {
        let splits = splits(&ppm);
        let shares: Vec<_> = payments.iter().map(|gross| Shares::of(*gross, &rates(&splits))).collect();
        let mut sum = Shares::default();
        shares.iter().for_each(|part| sum.accrue(part));
        prop_assert_eq!(total(&sum), payments.iter().sum::<Balance>());
        let of_creator: Balance = shares.iter().map(|part| part.creator).sum();
        prop_assert_eq!(sum.creator, of_creator);
    }
}
