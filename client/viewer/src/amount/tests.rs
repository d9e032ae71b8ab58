use super::*;

fn vlk(text: &str) -> Result<u128, NumberError> {
    text.parse::<Vlk>().map(|amount| amount.0)
}

#[test]
fn amounts_are_parsed_exactly() {
    let cases = [
        ("1.5", 1_500_000_000_000),
        ("0.002", 2_000_000_000),
        ("0", 0),
        ("1", 1_000_000_000_000),
        ("1.", 1_000_000_000_000),
        (".5", 500_000_000_000),
        ("0.000000000001", 1),
        ("0.100000000000", 100_000_000_000),
        ("007", 7_000_000_000_000),
        (" 2 VLK ", 2_000_000_000_000),
        ("340282366920938463463374607.431768211455", u128::MAX),
    ];
    for (text, planck) in cases {
        assert_eq!(vlk(text), Ok(planck), "{text}");
    }
}

#[test]
fn malformed_amounts_are_refused() {
    for text in ["", ".", "-1", "+1", "1e3", "1,5", "1,000", "1.2.3", "0x10", "1 000", "NaN", "VLK", "1.-5", "١"] {
        assert!(matches!(vlk(text), Err(NumberError::Malformed(_))), "{text}");
    }
}

#[test]
fn amounts_finer_than_a_planck_are_refused() {
    assert!(matches!(vlk("0.0000000000001"), Err(NumberError::TooFine { decimals: 12, .. })));
    assert!(
        matches!(vlk("1.0000000000000"), Err(NumberError::TooFine { .. })),
        "even if the additional digits are zeros"
    );
}

#[test]
fn amounts_above_the_range_are_refused() {
    assert!(matches!(vlk("340282366920938463463374607.431768211456"), Err(NumberError::TooLarge(_))));
    assert!(matches!(vlk("99999999999999999999999999999999999999999"), Err(NumberError::TooLarge(_))));
}

#[test]
fn amounts_are_displayed_as_they_are_parsed() {
    for (planck, text) in [
        (0, "0 VLK"),
        (1, "0.000000000001 VLK"),
        (2_000_000_000, "0.002 VLK"),
        (1_500_000_000_000, "1.5 VLK"),
        (10_000_000_000_000, "10 VLK"),
        (u128::MAX, "340282366920938463463374607.431768211455 VLK"),
    ] {
        assert_eq!(Vlk(planck).to_string(), text);
        assert_eq!(vlk(text), Ok(planck), "what is displayed can be parsed");
    }
    assert_eq!(PerSecond(2_000_000_000).to_string(), "0.002 VLK/s");
}

#[test]
fn shares_are_parsed_and_displayed() {
    for (text, ppm) in [("10%", 100_000), ("12.5", 125_000), ("0.0001", 1), ("100", 1_000_000), ("0", 0)] {
        assert_eq!(text.parse::<Percent>(), Ok(Percent(ppm)), "{text}");
    }
    assert_eq!(Percent(125_000).to_string(), "12.5 %");
}

#[test]
fn shares_out_of_range_are_refused() {
    assert!(matches!("100.0001".parse::<Percent>(), Err(NumberError::TooLarge(_))));
    assert!(matches!("0.00001".parse::<Percent>(), Err(NumberError::TooFine { .. })));
    assert!(matches!("ten".parse::<Percent>(), Err(NumberError::Malformed(_))));
}
