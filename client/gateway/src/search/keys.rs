//! Accounts as the index has them.

use tick_stream_primitives::AccountId;
use vilokanam_search::Key;

/// Returns the key of a person.
pub(super) fn person_key(account: &AccountId) -> Key {
    Key::Person(account_bytes(account))
}

/// Returns the bytes of an account.
pub fn account_bytes(account: &AccountId) -> [u8; 32] {
    let bytes: &[u8; 32] = account.as_ref();
    *bytes
}
