//! The `Payment` scheme: `Authorization` carries a payment, `WWW-Authenticate` the payment that is required.

use crate::scalars::{bytes_from_hex, bytes_to_hex, Planck, ScalarError, SessionRef};
use std::{
    fmt::{self, Write},
    time::Duration,
};
use tick_stream_primitives::TickHash;

/// Name of the scheme in both headers.
pub const SCHEME: &str = "Payment";
/// Payment method: preimages of a tick chain.
pub const METHOD: &str = "vilokanam-tick-v1";
/// Longest header that is read.
pub const MAX_HEADER_BYTES: usize = 1_024;

/// Milliseconds by which a segment may exceed a whole number of seconds without costing another tick. Frame rates such as
/// 30000/1001 turn "two seconds" into 2.002 s every other time; three ticks for those would be a quarter too much and would
/// run viewers into the chain's speed limit.
pub const TICK_GRACE_MS: u128 = 50;

/// Returns the cost in ticks of the key of a segment of this length: whole seconds, rounded up, after [`TICK_GRACE_MS`].
/// Gateway and viewers must agree whatever digits of the length a playlist prints, so milliseconds decide.
pub fn ticks_of(length: Duration) -> u32 {
    let millis = length.as_nanos().saturating_add(500_000) / 1_000_000;
    let ticks = u32::try_from(millis.saturating_sub(TICK_GRACE_MS).div_ceil(1_000)).unwrap_or(u32::MAX);
    ticks.max(u32::from(!length.is_zero()))
}

/// Why a header could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PaymentHeaderError {
    /// The header has another scheme.
    #[error("the Authorization header must begin with '{SCHEME} '")]
    Scheme,
    /// The header is longer than [`MAX_HEADER_BYTES`].
    #[error("the Authorization header is longer than {MAX_HEADER_BYTES} bytes")]
    TooLong,
    /// The header is not made of `name=value` or `name="value"`, separated by commas.
    #[error("the Authorization header must be name=\"value\" pairs separated by commas")]
    Malformed,
    /// A required pair is missing.
    #[error("the Authorization header has no {0}")]
    Missing(&'static str),
    /// The value of a pair cannot be read.
    #[error("{name} in the Authorization header: {error}")]
    Value {
        /// Name of the pair.
        name: &'static str,
        /// What is wrong with it.
        error: ScalarError,
    },
}

/// A payment in a session: a revealed tick, a token, or both.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    /// Session in which is paid.
    pub session: SessionRef,
    /// Highest tick revealed and its proof; absent when the request only shows its token.
    pub claim: Option<(u32, TickHash)>,
    /// The session's token, as the gateway returned it.
    pub token: Option<String>,
}

impl fmt::Debug for Payment {
    /// Leaves out proof and token, which are as good as money.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticks = self.claim.map(|(ticks, _)| ticks);
        f.debug_struct("Payment").field("session", &self.session).field("ticks", &ticks).finish_non_exhaustive()
    }
}

impl Payment {
    /// Reads the value of an `Authorization` header.
    ///
    /// # Errors
    ///
    /// [`PaymentHeaderError`] names the pair that is missing or wrong.
    pub fn parse(header: &str) -> Result<Self, PaymentHeaderError> {
        if header.len() > MAX_HEADER_BYTES {
            return Err(PaymentHeaderError::TooLong);
        }
        let (scheme, rest) = header.split_once(' ').ok_or(PaymentHeaderError::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(PaymentHeaderError::Scheme);
        }
        let (mut session, mut ticks, mut proof, mut token) = (None, None, None, None);
        for pair in rest.split(',') {
            let (name, value) = pair.split_once('=').ok_or(PaymentHeaderError::Malformed)?;
            let value = unquoted(value.trim()).ok_or(PaymentHeaderError::Malformed)?;
            match name.trim() {
                "session" => session = Some(value.parse::<SessionRef>().map_err(wrong("session"))?),
                "ticks" => ticks = Some(parse_ticks(value)?),
                "proof" => proof = Some(bytes_from_hex::<32>(value).map_err(wrong("proof"))?),
                "token" => token = Some(value.to_owned()),
                _ => {}
            }
        }
        let claim = match (ticks, proof) {
            (Some(ticks), Some(proof)) => Some((ticks, proof)),
            (Some(_), None) => return Err(PaymentHeaderError::Missing("proof")),
            (None, Some(_)) => return Err(PaymentHeaderError::Missing("ticks")),
            (None, None) => None,
        };
        Ok(Self { session: session.ok_or(PaymentHeaderError::Missing("session"))?, claim, token })
    }
}

impl fmt::Display for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME} session=\"{}\"", self.session)?;
        if let Some((ticks, proof)) = &self.claim {
            write!(f, ", ticks={ticks}, proof=\"{}\"", bytes_to_hex(proof))?;
        }
        self.token.as_ref().map_or(Ok(()), |token| write!(f, ", token=\"{token}\""))
    }
}

fn wrong(name: &'static str) -> impl Fn(ScalarError) -> PaymentHeaderError {
    move |error| PaymentHeaderError::Value { name, error }
}

fn parse_ticks(text: &str) -> Result<u32, PaymentHeaderError> {
    text.parse().map_err(|_| wrong("ticks")(ScalarError::Number(text.chars().take(60).collect())))
}

/// Returns the value without its quotes, if it has any; nothing if it has only one.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"'),
        None => (!value.ends_with('"')).then_some(value),
    }
}

/// The payment that is required, for `WWW-Authenticate`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Challenge {
    /// Stream whose key was asked for.
    pub stream: u64,
    /// Session in which was paid, if there is one.
    pub session: Option<SessionRef>,
    /// Price of a tick.
    pub price_per_tick: Option<Planck>,
    /// Cumulative tick count that the next claim must reach.
    pub required_ticks: Option<u32>,
    /// Code of the problem, see [`crate::problem`].
    pub code: String,
}

impl Challenge {
    /// Returns the value of the header.
    pub fn to_header(&self) -> String {
        let mut header = format!("{SCHEME} method=\"{METHOD}\", stream=\"{}\", error=\"{}\"", self.stream, self.code);
        let mut add = |name: &str, value: Option<String>| {
            // Writing to a String cannot fail.
            let _ = value.map(|value| write!(header, ", {name}=\"{value}\""));
        };
        add("session", self.session.map(|session| session.to_string()));
        add("amount", self.price_per_tick.map(|price| price.to_string()));
        add("required_ticks", self.required_ticks.map(|ticks| ticks.to_string()));
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_is_the_same_for_any_digits_of_a_length() {
        let cases =
            [(0.0, 0), (0.001, 1), (0.7, 1), (1.05, 1), (1.051, 2), (2.0, 2), (2.002, 2), (4.05, 4), (16.051, 17)];
        for (seconds, ticks) in cases {
            assert_eq!(ticks_of(Duration::from_secs_f64(seconds)), ticks, "{seconds} s");
            assert_eq!(ticks_of(Duration::from_secs_f32(seconds as f32)), ticks, "{seconds} s, read from few digits");
        }
    }
    use tick_stream_primitives::SessionId;

    #[test]
    fn a_payment_is_written_as_it_is_read() {
        let payment =
            Payment { session: SessionRef(SessionId([7; 16])), claim: Some((12, [9; 32])), token: Some("abc".into()) };
        assert_eq!(Payment::parse(&payment.to_string()), Ok(payment.clone()));
        let shown = Payment { claim: None, ..payment };
        assert_eq!(Payment::parse(&shown.to_string()), Ok(shown));
    }

    #[test]
    fn malformed_payments_are_refused() {
        let session = format!("session=\"0x{}\"", "07".repeat(16));
        let cases = [
            ("Bearer abc".to_owned(), PaymentHeaderError::Scheme),
            ("Payment".to_owned(), PaymentHeaderError::Scheme),
            ("Payment session".to_owned(), PaymentHeaderError::Malformed),
            ("Payment session=\"0x".to_owned(), PaymentHeaderError::Malformed),
            ("Payment ticks=1".to_owned(), PaymentHeaderError::Missing("proof")),
            (format!("Payment {session}, ticks=1"), PaymentHeaderError::Missing("proof")),
            (format!("Payment proof=\"0x{}\"", "07".repeat(32)), PaymentHeaderError::Missing("ticks")),
            ("Payment token=\"a\"".to_owned(), PaymentHeaderError::Missing("session")),
            (format!("Payment {}", "a".repeat(2_000)), PaymentHeaderError::TooLong),
        ];
        for (header, error) in cases {
            assert_eq!(Payment::parse(&header), Err(error), "{header}");
        }
        let huge = format!("Payment {session}, ticks=4294967296, proof=\"0x00\"");
        assert!(matches!(Payment::parse(&huge), Err(PaymentHeaderError::Value { name: "ticks", .. })));
    }

    #[test]
    fn a_challenge_names_what_is_required() {
        let challenge =
            Challenge { stream: 3, required_ticks: Some(8), code: "out-of-prepaid-ticks".into(), ..Default::default() };
        assert_eq!(
            challenge.to_header(),
            "Payment method=\"vilokanam-tick-v1\", stream=\"3\", error=\"out-of-prepaid-ticks\", required_ticks=\"8\""
        );
    }
}
