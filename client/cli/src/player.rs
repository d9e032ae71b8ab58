//! Watching: from a playlist to clear video, paying on the way.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`playlist`] | what there is to fetch, and what it costs |
//! | [`purse`] | what has been let go of, and how much more may be |
//! | [`till`] | buying keys: previews, payments, refusals |
//! | [`kept`] | open sessions on disk, for whoever is interrupted |
//! | [`order`] | how large a session is to be |
//! | [`opening`] | the ticket: from the deposit to a session |
//! | [`crypt`] | decryption |
//! | [`sink`] | where the video goes |
//! | [`screening`] | the loop that ties them together |
//! | [`status`] | the line that tells how it is going |

pub mod crypt;
pub mod kept;
pub mod opening;
pub mod order;
pub mod playlist;
pub mod purse;
pub mod screening;
pub mod sink;
pub mod status;
pub mod till;
