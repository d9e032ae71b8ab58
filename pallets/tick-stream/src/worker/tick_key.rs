//! Key that signs batches.

use tick_stream_primitives::AccountId;

mod app {
    use sp_application_crypto::{app_crypto, sr25519};
    app_crypto!(sr25519, tick_stream_primitives::worker::TICK_KEY);
}

/// Public key, as stored in the keystore.
pub type TickKey = app::Public;
/// Signature of the key.
pub type TickSignature = app::Signature;

/// Returns the account of a key.
pub fn account_of(key: &TickKey) -> AccountId {
    AccountId::new(sp_core::sr25519::Public::from(key.clone()).0)
}
