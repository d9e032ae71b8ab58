//! Decoding of the rows of `tickStream_submit`, one by one, so that a malformed row does not affect the others.

use serde::Deserialize;
use serde_json::{Error, Value};
use serde_with::DeserializeAs;
use tick_stream_primitives::{CloseRow, SignedTicket};
use vilokanam_rpc_types::{code, encoding::ScaleHex, ClaimRow, RowAnswer};
use vilokanam_tick_pool::{Answer, SubmittedClaim};

use super::convert::row_answer;

/// Reason of [`code::INVALID_ROW`]. The reasons of all other codes are the names of the pool's rejections.
const INVALID_ROW_REASON: &str = "InvalidRow";

/// [`vilokanam_rpc_types::SubmitRequest`] whose rows are not decoded yet.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UncheckedRows {
    /// Tickets.
    pub opens: Vec<Value>,
    /// Claims.
    pub claims: Vec<Value>,
    /// Closes.
    pub closes: Vec<Value>,
}

impl UncheckedRows {
    /// Number of rows of all kinds.
    pub fn len(&self) -> usize {
        self.opens.len() + self.claims.len() + self.closes.len()
    }
}

/// Row that can be decoded from JSON.
pub trait Row: Sized {
    /// Decodes a row.
    fn from_json(value: Value) -> Result<Self, Error>;
}

impl Row for SignedTicket {
    fn from_json(value: Value) -> Result<Self, Error> {
        ScaleHex::deserialize_as(value)
    }
}

impl Row for CloseRow {
    fn from_json(value: Value) -> Result<Self, Error> {
        ScaleHex::deserialize_as(value)
    }
}

impl Row for SubmittedClaim {
    fn from_json(value: Value) -> Result<Self, Error> {
        let ClaimRow { session, ticks, proof } = serde_json::from_value(value)?;
        Ok(Self { session, ticks, proof })
    }
}

/// Decoded rows of one kind.
pub struct DecodedRows<T> {
    valid: Vec<T>,
    /// Error of each row sent, or `None` when the row is valid.
    errors: Vec<Option<Error>>,
}

impl<T: Row> DecodedRows<T> {
    /// Decodes all rows.
    pub fn decode(values: Vec<Value>) -> Self {
        let mut rows = Self { valid: Vec::with_capacity(values.len()), errors: Vec::with_capacity(values.len()) };
        for value in values {
            let error = T::from_json(value).map(|row| rows.valid.push(row)).err();
            rows.errors.push(error);
        }
        rows
    }

    /// Takes the valid rows out.
    pub fn take_valid(&mut self) -> Vec<T> {
        std::mem::take(&mut self.valid)
    }

    /// Merges the pool's answers to the valid rows with the errors of the others, in the order in which the rows were
    /// sent.
    pub fn into_answers(self, answers: Vec<Answer>) -> Vec<RowAnswer> {
        let mut answers = answers.into_iter();
        let answer = |error: Option<Error>| match error {
            Some(error) => Some(invalid_row(&error)),
            None => answers.next().map(row_answer),
        };
        self.errors.into_iter().filter_map(answer).collect()
    }
}

fn invalid_row(error: &Error) -> RowAnswer {
    let sentence = format!(
        "The row cannot be decoded ({error}); send a ticket or a close as its SCALE encoding in hex, and a claim as an \
         object of session, ticks and proof."
    );
    RowAnswer::rejected(code::INVALID_ROW, INVALID_ROW_REASON, sentence)
}
