//! What can be asked of the gateway about sessions and keys, whichever way it is asked. HTTP and WebSocket handlers read a
//! request, call one of these and write the answer; none of the rules is in a handler.

mod bought;
mod hosting;
mod key_sales;
mod once;
mod sessions;
mod viewer_proof;

pub use bought::{contains, Bought};
pub use hosting::Hosting;
pub use key_sales::{ForSale, KeySales, SaleError, Viewer};
pub use sessions::{Known, SessionError, Sessions};
pub use viewer_proof::{ProofError, SessionProofError, SignedProof, ViewerProofs};
