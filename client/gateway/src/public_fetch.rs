//! What users name is fetched from public addresses only, within limits: see the crate `vilokanam-outbound`.

#[allow(unused_imports, reason = "remote pictures are fetched with it; video is fetched by the ingest")]
pub use vilokanam_outbound::{Ask, FetchError, Fetched, Outbound};
