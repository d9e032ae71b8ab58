//! Amounts of VLK and shares in percent, read and written exactly. No floating-point number ever holds money.
//!
//! ```
//! use vilokanam_viewer::amount::{PerSecond, Vlk};
//!
//! let price: Vlk = "0.002".parse()?;
//! assert_eq!(price, Vlk(2_000_000_000));
//! assert_eq!(PerSecond(price.0).to_string(), "0.002 VLK/s");
//! # Ok::<(), vilokanam_viewer::amount::NumberError>(())
//! ```

use std::{fmt, str::FromStr};
use tick_stream_primitives::Balance;

/// Decimal places of one VLK in planck.
const VLK_DECIMALS: u32 = 12;
/// Decimal places of one percent in millionths of a whole.
const PERCENT_DECIMALS: u32 = 4;
/// 100 % in millionths.
const WHOLE_PPM: u128 = 1_000_000;

/// Reason why a number was not accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NumberError {
    /// The text is something other than digits with at most one point.
    #[error("'{0}' is not a decimal number; write it like 1.5, without separators between thousands")]
    Malformed(String),
    /// The number has more decimal places than its unit.
    #[error("'{text}' has more than {decimals} decimal places")]
    TooFine {
        /// Text that was given.
        text: String,
        /// Maximum number of decimal places.
        decimals: u32,
    },
    /// The number exceeds the range of its type.
    #[error("'{0}' is too large")]
    TooLarge(String),
}

/// Amount that is read and displayed in VLK and held in planck (10^-12 VLK).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Vlk(pub Balance);

impl FromStr for Vlk {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let trimmed = text.trim();
        let number = trimmed.strip_suffix("VLK").unwrap_or(trimmed).trim_end();
        parse_decimal(number, VLK_DECIMALS).map(Self)
    }
}

impl fmt::Display for Vlk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} VLK", format_decimal(self.0, VLK_DECIMALS)))
    }
}

/// Price of a tick in planck, displayed in VLK per second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PerSecond(pub Balance);

impl fmt::Display for PerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", Vlk(self.0)))
    }
}

/// Share that is read and displayed in percent and held in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Percent(pub u32);

impl FromStr for Percent {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let ppm = parse_decimal(text.trim().strip_suffix('%').unwrap_or(text.trim()), PERCENT_DECIMALS)?;
        let within = u32::try_from(ppm).ok().filter(|_| ppm <= WHOLE_PPM);
        within.map(Self).ok_or_else(|| NumberError::TooLarge(text.to_owned()))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} %", format_decimal(self.0.into(), PERCENT_DECIMALS)))
    }
}

/// Parses a decimal number as a count of `10^-decimals`.
fn parse_decimal(text: &str, decimals: u32) -> Result<u128, NumberError> {
    let malformed = || NumberError::Malformed(text.to_owned());
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let has_digits = !whole.is_empty() || !part.is_empty();
    if !has_digits || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    if part.len() > decimals as usize {
        return Err(NumberError::TooFine { text: text.to_owned(), decimals });
    }
    let digits = format!("{whole}{part:0<width$}", width = decimals as usize);
    digits.parse().map_err(|_| NumberError::TooLarge(text.to_owned()))
}

/// Formats a count of `10^-decimals` as a decimal number without trailing zeros.
fn format_decimal(units: u128, decimals: u32) -> String {
    let one = 10u128.pow(decimals);
    let part = format!("{:0width$}", units % one, width = decimals as usize);
    match part.trim_end_matches('0') {
        "" => (units / one).to_string(),
        digits => format!("{}.{digits}", units / one),
    }
}

#[cfg(test)]
mod tests;
