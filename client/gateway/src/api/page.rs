//! Which page of a list is asked for.

use serde::Deserialize;
use vilokanam_indexer::PageRequest;

/// Which page of a list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Items on the page, at most 100.
    limit: Option<u32>,
}

impl PageQuery {
    /// `next_cursor` of the page before, as it was sent.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The number of items asked for.
    pub fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// The page as the index reads it.
    pub fn request(&self) -> PageRequest {
        const DEFAULT: u32 = 20;
        let limit = self.limit.unwrap_or(DEFAULT);
        match &self.cursor {
            Some(cursor) => PageRequest::after(limit, cursor.clone()),
            None => PageRequest::first(limit),
        }
    }
}
