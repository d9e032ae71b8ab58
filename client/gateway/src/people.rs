//! People: profiles, and what they do besides watching.

pub mod comment;
pub mod discover;
pub mod follow;
mod known;
pub mod leaderboards;
pub mod limits;
mod profile;
pub mod progress;
mod recent;
pub mod views;

pub use known::People;
pub use profile::{cleaned, ChangeError};

use std::sync::Arc;

/// What people watch, and what follows from it.
pub struct Watching {
    pub progress: Arc<progress::Progress>,
    pub leaderboards: leaderboards::Leaderboards,
    pub trending: discover::Trending,
}
