//! Names of the gateway's own HTTP headers, in lower case.

/// The session's token, in an answer to a request that revealed a new tick.
pub const TOKEN: &str = "x-vilokanam-token";
/// Cumulative ticks revealed in the session, in an answer that sells keys.
pub const REVEALED_TICKS: &str = "x-vilokanam-revealed-ticks";
/// Ticks of the session whose keys have been given, in an answer that sells keys.
pub const CHARGED_TICKS: &str = "x-vilokanam-charged-ticks";
/// Free ticks left, in an answer that gives keys within a preview.
pub const PREVIEW_TICKS_LEFT: &str = "x-vilokanam-preview-ticks-left";
/// Key that has signed a proof of purchases, SS58.
pub const ACCOUNT: &str = "x-vilokanam-account";
/// Time of signing a proof of purchases, in milliseconds since the Unix epoch.
pub const TIME: &str = "x-vilokanam-time";
/// Signature of a proof of purchases: a SCALE-encoded `MultiSignature` in hex.
pub const SIGNATURE: &str = "x-vilokanam-signature";
/// Account whose purchases a device asks for with its session key, SS58.
pub const VIEWER: &str = "x-vilokanam-viewer";
