//! Runtime API through which a node reports equivocations of block authors.

use super::equivocation::AuraEquivocation;

sp_api::decl_runtime_apis! {
    /// Reports of validators that wrote two blocks for one slot.
    pub trait ValidatorsApi {
        /// Submits a report to the transaction pool of the node that calls this. `None` means that it was not accepted:
        /// the proof is wrong, too old, or known already.
        fn submit_aura_equivocation(proof: AuraEquivocation<Block::Header>) -> Option<()>;
    }
}
