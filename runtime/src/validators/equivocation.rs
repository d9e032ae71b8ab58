//! Proof that a validator wrote two blocks for one slot.

use sp_consensus_aura::{
    digests::CompatibleDigestItem,
    sr25519::{AuthorityId, AuthoritySignature},
    Slot, AURA_ENGINE_ID,
};
use sp_runtime::{
    traits::{Header as HeaderT, SaturatedConversion},
    DigestItem, RuntimeAppPublic,
};

/// Two sealed headers of one slot, and the key that sealed both.
pub type AuraEquivocation<Header> = sp_consensus_slots::EquivocationProof<Header, AuthorityId>;

/// Returns whether the headers are two different blocks for the proof's slot, both sealed by the proof's key.
///
/// The chain to which a block belongs is not part of its header. A validator must therefore not use its keys on another
/// chain.
pub fn is_proven<H: HeaderT>(proof: &AuraEquivocation<H>) -> bool {
    proof.first_header.hash() != proof.second_header.hash()
        && [&proof.first_header, &proof.second_header]
            .into_iter()
            .all(|header| slot_of(header) == Some(proof.slot) && is_sealed_by(header, &proof.offender))
}

/// Returns the slot that the header claims, if it claims exactly one.
pub fn slot_of<H: HeaderT>(header: &H) -> Option<Slot> {
    let mut slots = header
        .digest()
        .logs()
        .iter()
        .filter_map(<DigestItem as CompatibleDigestItem<AuthoritySignature>>::as_aura_pre_digest);
    let slot = slots.next()?;
    slots.next().is_none().then_some(slot)
}

/// Returns whether the last item of the header's digest is a valid seal by this key.
pub fn is_sealed_by<H: HeaderT>(header: &H, key: &AuthorityId) -> bool {
    let mut unsealed = header.clone();
    let Some(DigestItem::Seal(AURA_ENGINE_ID, seal)) = unsealed.digest_mut().pop() else { return false };
    let Ok(signature) = AuthoritySignature::try_from(seal.as_slice()) else { return false };
    key.verify(&unsealed.hash().as_ref(), &signature)
}

/// Returns the key among `authorities` whose turn the slot is.
pub fn author_of(slot: Slot, authorities: &[AuthorityId]) -> Option<&AuthorityId> {
    let count: u64 = authorities.len().saturated_into();
    let index = u64::from(slot).checked_rem(count)?;
    authorities.get(usize::try_from(index).ok()?)
}
