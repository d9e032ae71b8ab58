//! Amounts in the currency that the operator has set.

use crate::config::people::People;
use tick_stream_primitives::Balance;

/// Planck in a token.
const PLANCK_PER_TOKEN: Balance = 1_000_000_000_000;
/// Parts of a unit of the currency that a rate is rounded to.
const PARTS: f64 = 1_000_000.0;
/// Parts in a hundredth of a unit.
const PARTS_PER_CENT: Balance = 10_000;

/// A currency, and what a token costs in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiatRate {
    /// ISO 4217 code.
    pub currency: String,
    /// Price of a token in millionths.
    parts_per_token: Balance,
}

impl FiatRate {
    /// Returns the rate of the settings; `None` if the operator has set none.
    pub fn of(people: &People) -> Option<Self> {
        let (currency, price) = people.fiat_currency.clone().zip(people.fiat_per_token)?;
        let is_price = price.is_finite() && price > 0.0;
        is_price.then(|| Self { currency, parts_per_token: (price * PARTS).round() as Balance })
    }

    /// Writes an amount with two decimals, rounded to the nearest.
    pub fn write(&self, amount: Balance) -> String {
        // Whole tokens and the rest apart, so that the product stays within 128 bits for all the money there is.
        let whole = (amount / PLANCK_PER_TOKEN).saturating_mul(self.parts_per_token);
        let rest = (amount % PLANCK_PER_TOKEN).saturating_mul(self.parts_per_token) / PLANCK_PER_TOKEN;
        let cents = whole.saturating_add(rest).saturating_add(PARTS_PER_CENT / 2) / PARTS_PER_CENT;
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(price: f64) -> Option<FiatRate> {
        let people = People { fiat_currency: Some("EUR".into()), fiat_per_token: Some(price), ..People::default() };
        FiatRate::of(&people)
    }

    #[test]
    fn amounts_are_rounded_to_hundredths() {
        let half = rate(0.5).unwrap();
        for (amount, text) in [
            (0, "0.00"),
            (PLANCK_PER_TOKEN, "0.50"),
            (PLANCK_PER_TOKEN / 50, "0.01"),
            (PLANCK_PER_TOKEN / 101, "0.00"),
            (1_234_567 * PLANCK_PER_TOKEN, "617283.50"),
        ] {
            assert_eq!(half.write(amount), text, "{amount}");
        }
        assert_eq!(rate(0.000_001).unwrap().write(1_000_000 * PLANCK_PER_TOKEN), "1.00");
        assert!(rate(2.0).unwrap().write(Balance::MAX).len() > 20);
    }

    #[test]
    fn there_is_no_rate_without_a_currency_and_a_price() {
        assert_eq!(FiatRate::of(&People::default()), None);
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(rate(odd), None);
        }
    }
}
