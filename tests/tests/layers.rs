//! The layers of the workspace, as ARCHITECTURE.md draws them: which crate may depend on which, and no circles between the
//! files of a crate.

#[path = "layers/crates.rs"]
mod crates;
#[path = "layers/files.rs"]
mod files;
