//! The session key of this machine: a file of the data folder.

use crate::{context::Context, store::StoredSessionKey};
use rand::RngCore;
use std::path::PathBuf;
use tick_stream_primitives::AccountId;
use vilokanam_chain::{Chain, Signer};
use vilokanam_terminal::CommandError;
use vilokanam_wire::{
    scalars::{bytes_from_hex, bytes_to_hex},
    Account,
};

/// Returns a random secret of a session key.
pub fn random_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut seed);
    seed
}

/// Returns the account of this machine's session key for a wallet. Creates and saves the key if there is none, or a new one
/// is wanted, and returns its path as well.
pub fn own_or_new(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    wants_new: bool,
) -> Result<(AccountId, Option<PathBuf>), CommandError> {
    let genesis = chain.genesis_hash();
    let stored = context.data.session_key(&genesis, &wallet.account())?.filter(|_| !wants_new);
    if let Some(stored) = stored {
        return Ok((session_signer(&stored)?.account(), None));
    }
    let seed = random_seed();
    let session_key = Signer::from_seed(seed)?.account();
    let stored = StoredSessionKey {
        viewer: Account(wallet.account()),
        session_key: Account(session_key.clone()),
        seed: bytes_to_hex(seed),
    };
    let path = context.data.put_session_key(&genesis, &stored)?;
    Ok((session_key, Some(path)))
}

/// Returns the signer of a stored session key.
pub fn session_signer(stored: &StoredSessionKey) -> Result<Signer, CommandError> {
    let seed = bytes_from_hex::<32>(&stored.seed).map_err(|_| {
        CommandError::failed(
            format!("the stored session key of {} is damaged", stored.viewer),
            "Create another with `vilokanam keys add --new-key`.",
        )
    })?;
    Ok(Signer::from_seed(seed)?)
}
