//! Text search: every character is matched literally.

use crate::common::{metadata, Database, Ledger};
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{
    queries::MAX_SEARCH_CHARS, PageRequest, QueryError, Store, StreamFilter, StreamSort, ViewerCounts,
};

on_both!(search_matches_every_character_literally, search_above_the_limit_is_refused);

async fn search(store: &Store, words: &str) -> Vec<StreamId> {
    let filter = StreamFilter { search: Some(words.into()), ..Default::default() };
    let page =
        store.streams(&filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(100)).await.unwrap();
    page.items.iter().map(|stream| stream.id).collect()
}

async fn search_matches_every_character_literally(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let mut add = |title: &str, description: &str, category: &str, tags: &[&str]| {
        ledger.create_stream(1, 1, &[], metadata(title, description, category, tags))
    };
    let quotes = add("Rock'n'\"Roll\"; --", "", "", &[]);
    let percent = add("100% live", "", "", &[]);
    let underscore = add("snake_case", "", "", &[]);
    let marks = add("wow! back\\slash", "", "", &[]);
    let greek = add("ΣΟΦΙΑ", "ΣΊΣΥΦΟΣ", "", &[]);
    let malayalam = add("വിലോകനം", "", "", &["🎬"]);
    let german = add("x", "Straße nach Köln", "", &[]);
    let tagged = add("y", "", "Cooking", &["Pasta", "Slow Food"]);
    store.apply(&ledger.block()).await.unwrap();

    let none: [StreamId; 0] = [];
    assert_eq!(search(&store, "rock'n'\"roll\"; --").await, [quotes]);
    assert_eq!(search(&store, "'").await, [quotes]);
    assert_eq!(search(&store, "100%").await, [percent]);
    assert_eq!(search(&store, "%").await, [percent], "a wildcard is a character");
    assert_eq!(search(&store, "_").await, [underscore], "a wildcard is a character");
    assert_eq!(search(&store, "snake_case").await, [underscore]);
    assert_eq!(search(&store, "snakeXcase").await, none);
    assert_eq!(search(&store, "!").await, [marks]);
    assert_eq!(search(&store, "back\\slash").await, [marks]);
    assert_eq!(search(&store, "σοφια").await, [greek]);
    assert_eq!(search(&store, "വിലോകനം").await, [malayalam]);
    assert_eq!(search(&store, "🎬").await, [malayalam]);
    assert_eq!(search(&store, "KÖLN straße").await, [german], "all words, in any order");
    assert_eq!(search(&store, "köln pasta").await, none);
    assert_eq!(search(&store, "cooking slow").await, [tagged]);
    assert_eq!(search(&store, "nul\0l").await, none);
    assert_eq!(search(&store, "  ").await.len(), 8, "nothing to find is no condition");
}

async fn search_above_the_limit_is_refused(database: Database) {
    let store = database.store().await;
    assert!(search(&store, &"ä".repeat(MAX_SEARCH_CHARS)).await.is_empty());
    let filter = StreamFilter { search: Some("ä".repeat(MAX_SEARCH_CHARS + 1)), ..Default::default() };
    let refused =
        store.streams(&filter, StreamSort::Newest, &ViewerCounts::new(), &PageRequest::first(1)).await.unwrap_err();
    assert!(matches!(refused, QueryError::SearchTooLong { .. }), "{refused}");
}
