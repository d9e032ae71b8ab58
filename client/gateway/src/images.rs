//! Images: pictures of streams and recordings, and avatars. They are stored under the hash of their original, so that what is at
//! an address never changes, and metadata on chain can name it.
//!
//! ```text
//!   images/{hash}/320.webp   320.jpg   640.webp   640.jpg   1280.webp   1280.jpg
//! ```

mod fetches;
mod hidden;
mod remote;
mod store;

pub use hidden::HiddenImages;
pub use remote::RemoteError;
pub use store::{ImageError, ImageLimits, Images, MAX_IMAGE_BYTES};
