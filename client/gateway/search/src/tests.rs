//! Searches in a small index.

use super::*;
use std::collections::HashMap;

fn stream(id: u64, title: &str) -> Document {
    Document { title: title.into(), at_ms: id, price: Some(100 * id), ..Document::new(Key::Stream(id), 1, [1; 32]) }
}

fn index(documents: &[Document]) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    documents.iter().for_each(|document| index.put(document).unwrap());
    index.commit().unwrap();
    index
}

fn find(index: &SearchIndex, text: &str) -> Found {
    index.find(&Query::new(text, 20)).unwrap()
}

fn streams(found: &Found) -> Vec<u64> {
    found.items.iter().filter_map(Key::stream).collect()
}

/// Streams in several languages.
fn library() -> SearchIndex {
    let mut person = Document::new(Key::Person([7; 32]), 1, [7; 32]);
    person.names = vec!["Magnus Carlsen".into(), "magnus".into()];
    let mut recording = stream(1, "Endgame lesson");
    (recording.key, recording.length_s, recording.at_ms) = (Key::Recording(1, 3), Some(600), 50);
    let mut openings = stream(1, "Chess openings for everyone");
    (openings.category, openings.language) = ("Games".into(), "en".into());
    let mut music = stream(2, "Müllers Größtes Orchester");
    (music.category, music.language, music.tags) = ("Music".into(), "de-AT".into(), vec!["Brahms".into()]);
    let mut science = stream(3, "विज्ञान और तकनीक");
    (science.category, science.language) = ("music".into(), "hi".into());
    let mut cooking = stream(4, "Cooking pasta");
    cooking.description = "While the water boils we talk about chess".into();
    index(&[person, recording, openings, music, science, cooking])
}

#[test]
fn all_words_must_occur_and_the_title_counts_most() {
    let index = library();
    assert_eq!(streams(&find(&index, "chess")), [1, 4]);
    assert_eq!(streams(&find(&index, "PASTA chess")), [4]);
    assert!(find(&index, "pasta orchester").items.is_empty());
    assert_eq!(streams(&find(&index, "brahms")), [2]);
    assert_eq!(find(&index, "carlsen").items, [Key::Person([7; 32])]);
    assert_eq!(find(&index, "").total, 6);
}

#[test]
fn last_word_may_be_a_beginning_until_a_space_ends_it() {
    let index = library();
    assert_eq!(streams(&find(&index, "chess op")), [1]);
    assert_eq!(streams(&find(&index, "तक")), [3]);
    assert!(find(&index, "op chess").items.is_empty(), "only the last word");
    assert!(find(&index, "chess op ").items.is_empty());
}

#[test]
fn misspelt_titles_are_found_and_the_words_are_corrected() {
    let index = library();
    for (text, expected, corrected) in [
        ("chess openngs", 1, "chess openings"),
        ("ches opneings", 1, "chess openings"),
        ("grostes orchster", 2, "grosstes orchester"),
        ("mulers ", 2, "mullers"),
        ("विज्ञन ", 3, "विज्ञान"),
        ("coking past", 4, "cooking pasta"),
    ] {
        let found = find(&index, text);
        assert_eq!((streams(&found), found.corrected.as_deref()), (vec![expected], Some(corrected)), "{text}");
        assert_eq!(found.total, 1);
    }
    assert_eq!(find(&index, "chess").corrected, None);
    // Three letters have no mistakes, eight have two.
    let found = index.find(&Query::new("owr", 20)).unwrap();
    assert_eq!((found.items.len(), found.corrected), (0, None));
    assert!(find(&index, "xxnings ").items.is_empty());
}

#[test]
fn filters_restrict_the_results() {
    let index = library();
    let ask = |filter: Filter| {
        let mut found = streams(&index.find(&Query { filter, ..Query::new("", 20) }).unwrap());
        found.sort_unstable();
        found
    };
    let none = Filter::default;
    assert_eq!(ask(Filter { kind: Some(Kind::Recording), ..none() }), [1]);
    assert_eq!(ask(Filter { category: Some("MUSIC".into()), ..none() }), [2, 3]);
    assert_eq!(ask(Filter { language: Some("de".into()), ..none() }), [2]);
    assert_eq!(ask(Filter { language: Some("de-at".into()), ..none() }), [2]);
    assert_eq!(ask(Filter { min_price: Some(200), max_price: Some(300), ..none() }), [2, 3]);
    assert_eq!(ask(Filter { min_s: Some(600), ..none() }), [1]);
    assert_eq!(ask(Filter { max_s: Some(599), ..none() }), [0; 0]);
    assert_eq!(ask(Filter { since_ms: Some(3), until_ms: Some(4), ..none() }), [3, 4]);
    assert_eq!(ask(Filter { account: Some([1; 32]), kind: Some(Kind::Stream), ..none() }), [1, 2, 3, 4]);
    assert_eq!(ask(Filter { live: Some(Live::Only(vec![1, 3])), ..none() }), [1, 3], "no recording is on air");
    assert_eq!(ask(Filter { live: Some(Live::Only(Vec::new())), ..none() }), [0; 0]);
    assert_eq!(ask(Filter { live: Some(Live::Except(vec![2, 3, 4])), ..none() }), [1, 1]);
    assert_eq!(
        index.find(&Query { filter: Filter { account: Some([7; 32]), ..none() }, ..Query::new("", 1) }).unwrap().total,
        1
    );
}

#[test]
fn withheld_streams_and_recordings_are_neither_found_nor_counted_nor_suggested() {
    let index = library();
    let withheld = Withheld { streams: [2].into(), recordings: [(1, 3)].into() };
    let found = index.find(&Query { withheld: withheld.clone(), ..Query::new("", 20) }).unwrap();
    assert_eq!((found.total, found.items.contains(&Key::Recording(1, 3))), (4, false));
    assert!(found.facets.language.iter().all(|language| language.value != "de-AT"));
    assert!(index.find(&Query { withheld: withheld.clone(), ..Query::new("brahms", 20) }).unwrap().items.is_empty());
    for beginning in ["endg", "brah", "mull"] {
        assert_eq!(index.suggest(beginning, 5, &Withheld::default()).unwrap().len(), 1, "{beginning}");
        assert!(index.suggest(beginning, 5, &withheld).unwrap().is_empty(), "{beginning}");
    }
}

#[test]
fn facets_count_all_results_and_not_only_the_page() {
    let index = library();
    let found = index.find(&Query::new("", 1)).unwrap();
    assert_eq!((found.items.len(), found.total), (1, 6));
    let counts = |facet: &[Facet]| facet.iter().map(|f| (f.value.clone(), f.count)).collect::<HashMap<_, _>>();
    let expected = [("stream", 4), ("recording", 1), ("person", 1)].map(|(value, n)| (value.to_owned(), n));
    assert_eq!(counts(&found.facets.kind), expected.into());
    assert_eq!(found.facets.category.iter().map(|f| f.count).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(found.facets.language.len(), 3);
}

#[test]
fn results_come_in_the_order_asked_for() {
    let index = library();
    let ask = |sort, viewers: &[(u64, u32)]| {
        let filter = Filter { kind: Some(Kind::Stream), ..Filter::default() };
        let viewers = viewers.iter().copied().collect();
        streams(&index.find(&Query { filter, sort, viewers, ..Query::new("", 20) }).unwrap())
    };
    assert_eq!(ask(Sort::Newest, &[]), [4, 3, 2, 1]);
    assert_eq!(ask(Sort::Relevance, &[]), [4, 3, 2, 1], "without words");
    assert_eq!(ask(Sort::Price, &[]), [1, 2, 3, 4]);
    assert_eq!(ask(Sort::Viewers, &[(2, 50), (1, 9)]), [2, 1, 4, 3]);
    let all = index.find(&Query { sort: Sort::Length, ..Query::new("", 20) }).unwrap();
    assert_eq!(all.items[0], Key::Recording(1, 3), "what has no length comes last");
    assert_eq!(all.items.len(), 6);
}

#[test]
fn pages_follow_one_another() {
    let documents: Vec<Document> = (1..=25).map(|id| stream(id, "same title")).collect();
    let index = index(&documents);
    let mut found = Vec::new();
    for offset in [0, 10, 20, 30] {
        found.extend(streams(&index.find(&Query { offset, ..Query::new("title", 10) }).unwrap()));
    }
    found.sort_unstable();
    assert_eq!(found, (1..=25).collect::<Vec<_>>());
}

#[test]
fn documents_are_replaced_and_removed_by_their_keys() {
    let index = index(&[stream(1, "first"), stream(2, "second")]);
    index.put(&Document { version: 2, ..stream(1, "changed") }).unwrap();
    index.remove(&Key::Stream(2));
    index.remove(&Key::Stream(99));
    assert_eq!(find(&index, "first").total, 1, "until it is committed");
    index.commit().unwrap();
    assert_eq!((find(&index, "first").total, find(&index, "changed").total, find(&index, "second").total), (0, 1, 0));
    assert_eq!(index.versions().unwrap(), [(Key::Stream(1), 2)].into());
    assert!(index.suggest("sec", 5, &Withheld::default()).unwrap().is_empty());
}

#[test]
fn suggestions_are_titles_tags_and_names_as_they_are_written() {
    let index = library();
    let suggest = |text: &str| index.suggest(text, 5, &Withheld::default()).unwrap();
    assert_eq!(suggest("chess OP"), ["Chess openings for everyone"]);
    assert_eq!(suggest("mag"), ["Magnus Carlsen", "magnus"]);
    assert_eq!(suggest("brah"), ["Brahms"]);
    assert!(suggest("").is_empty() && suggest("zzz").is_empty());
    assert_eq!(index.suggest("c", 1, &Withheld::default()).unwrap().len(), 1);
}

#[test]
fn queries_above_the_limits_are_refused() {
    let index = index(&[]);
    let refused = |query: Query| index.find(&query).unwrap_err();
    assert!(matches!(refused(Query::new("x".repeat(201), 20)), SearchError::TooLong));
    assert!(matches!(refused(Query::new("a ".repeat(11), 20)), SearchError::TooLong));
    assert!(matches!(refused(Query::new("", 0)), SearchError::Limit));
    assert!(matches!(refused(Query::new("", 101)), SearchError::Limit));
    assert!(matches!(refused(Query { offset: 981, ..Query::new("", 20) }), SearchError::TooFar));
    assert_eq!(find(&index, &"a ".repeat(10)).total, 0);
}

#[test]
fn index_in_a_folder_is_opened_again_and_begun_anew_when_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let index = SearchIndex::open(&path).unwrap();
    index.put(&stream(1, "kept")).unwrap();
    index.commit().unwrap();
    assert!(SearchIndex::open(&path).is_err(), "two processes cannot write");
    drop(index);
    let index = SearchIndex::open(&path).unwrap();
    assert_eq!((index.len(), find(&index, "kept").total), (1, 1));
    drop(index);
    let place = path.join(format!("v{}", schema::VERSION));
    std::fs::write(place.join("meta.json"), "no index").unwrap();
    let index = SearchIndex::open(&path).unwrap();
    assert!(index.is_empty());
    // Another version leaves nothing behind.
    drop(index);
    std::fs::rename(&place, path.join("v0")).unwrap();
    assert!(SearchIndex::open(&path).unwrap().is_empty());
    assert!(!path.join("v0").exists());
}

#[test]
fn commit_fails_when_the_folder_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let index = SearchIndex::open(&path).unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    index.put(&stream(1, "lost")).unwrap();
    assert!(index.commit().is_err());
    drop(index);
    assert!(SearchIndex::open(&path).unwrap().is_empty());
}
