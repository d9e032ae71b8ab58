//! Amounts of VLK and shares, read and written exactly: no floating point ever touches money.

use std::{fmt, str::FromStr};
use tick_stream_primitives::Balance;

/// Digits behind the point that a planck is away from a VLK.
const VLK_DECIMALS: u32 = 12;
/// Digits behind the point that a millionth is away from a percent.
const PERCENT_DECIMALS: u32 = 4;
/// A whole, in millionths.
const WHOLE_PPM: u128 = 1_000_000;

/// Why a number was not understood.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NumberError {
    /// Not digits with at most one point.
    #[error("'{0}' is not a decimal number; write it like 1.5")]
    Malformed(String),
    /// Finer than what there is.
    #[error("'{text}' has more than {decimals} digits behind the point")]
    TooFine {
        /// What was given.
        text: String,
        /// How many there may be.
        decimals: u32,
    },
    /// Larger than what there can be.
    #[error("'{0}' is too large")]
    TooLarge(String),
}

/// An amount, given and shown in VLK, held in planck (10^-12 VLK).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Vlk(pub Balance);

impl FromStr for Vlk {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let trimmed = text.trim();
        let number = trimmed.strip_suffix("VLK").unwrap_or(trimmed).trim_end();
        decimal(number, VLK_DECIMALS).map(Self)
    }
}

impl fmt::Display for Vlk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} VLK", undecimal(self.0, VLK_DECIMALS)))
    }
}

/// A price of a tick: as it is shown.
pub struct PerSecond(pub Balance);

impl fmt::Display for PerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", Vlk(self.0)))
    }
}

/// A share, given and shown in percent, held in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Percent(pub u32);

impl FromStr for Percent {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let ppm = decimal(text.trim().strip_suffix('%').unwrap_or(text.trim()), PERCENT_DECIMALS)?;
        let within = u32::try_from(ppm).ok().filter(|_| ppm <= WHOLE_PPM);
        within.map(Self).ok_or_else(|| NumberError::TooLarge(text.to_owned()))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} %", undecimal(self.0.into(), PERCENT_DECIMALS)))
    }
}

/// Reads a decimal number as so many of its `10^-decimals`.
fn decimal(text: &str, decimals: u32) -> Result<u128, NumberError> {
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

/// Writes so many `10^-decimals` as a decimal number, without idle zeros.
fn undecimal(units: u128, decimals: u32) -> String {
    let one = 10u128.pow(decimals);
    let part = format!("{:0width$}", units % one, width = decimals as usize);
    match part.trim_end_matches('0') {
        "" => (units / one).to_string(),
        digits => format!("{}.{digits}", units / one),
    }
}

#[cfg(test)]
mod tests;
