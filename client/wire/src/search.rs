//! Search over streams, recordings and people.

use crate::{
    people::PersonRef,
    streams::{RecordingView, StreamView},
};
use serde::{Deserialize, Serialize};

/// Kind of a result of a search.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SearchKind {
    /// Stream.
    Stream,
    /// Recording.
    Recording,
    /// Person.
    Person,
}

/// Order of the results of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SearchSort {
    /// The best match first. Without words it is the newest first.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The most viewers at this gateway first.
    Viewers,
    /// The lowest price first.
    Price,
    /// The shortest first.
    Length,
}

/// A result of a search.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SearchItem {
    /// Stream.
    Stream {
        /// The stream.
        stream: Box<StreamView>,
    },
    /// Recording.
    Recording {
        /// The recording.
        recording: Box<RecordingView>,
    },
    /// Person.
    Person {
        /// The person.
        person: PersonRef,
    },
}

/// A value of a field, and the number of results that have it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facet {
    /// The value, as a filter takes it.
    pub value: String,
    /// Number of results that have it.
    pub count: u64,
}

/// The most frequent values of all results, the most frequent first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchFacets {
    /// Kinds of results.
    pub kind: Vec<Facet>,
    /// Categories.
    pub category: Vec<Facet>,
    /// Languages.
    pub language: Vec<Facet>,
}

/// A page of the results of a search.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchAnswer {
    /// Results in the order asked for.
    pub items: Vec<SearchItem>,
    /// Number of all results.
    pub total: u64,
    /// Value of `cursor` that asks for the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// What the results have in common.
    pub facets: SearchFacets,
    /// The words that were searched for in place of misspelt ones; absent if the words were found as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
}

/// Searches that begin with a text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchSuggestions {
    /// Titles, tags and names, the most frequent first.
    pub suggestions: Vec<String>,
}
