//! Fields of the index.

use crate::{
    analysis::fold,
    document::{Document, Key},
};
use tantivy::{
    schema::{
        Field, IndexRecordOption, Schema, TantivyDocument, TextFieldIndexing, TextOptions, FAST, INDEXED, STORED,
        STRING,
    },
    Score,
};

/// Version of the fields and of what is written into them. An index of another version is built again.
pub(crate) const VERSION: u32 = 1;

/// Names of the fields that are read as columns.
pub(crate) mod columns {
    pub const KEY: &str = "key";
    pub const VERSION: &str = "version";
    pub const KIND: &str = "kind";
    pub const STREAM: &str = "stream";
    pub const LIVE: &str = "live";
    pub const CATEGORY: &str = "category";
    pub const LANGUAGE: &str = "language";
    pub const PRICE: &str = "price";
    pub const LENGTH: &str = "length";
    pub const AT: &str = "at";
}

/// Separates the folded text of a suggestion from the text as it is written.
pub(crate) const SUGGESTION_SEPARATOR: char = '\0';

/// The fields.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub key: Field,
    pub version: Field,
    pub kind: Field,
    /// Stream that the document is or belongs to.
    pub stream: Field,
    /// Number of the stream, for streams only: they can be on air.
    pub live: Field,
    pub title: Field,
    pub tags: Field,
    pub names: Field,
    pub category_words: Field,
    pub description: Field,
    /// Category as it is written.
    pub category: Field,
    pub category_key: Field,
    pub language: Field,
    /// The language, and what it is a variant of.
    pub language_key: Field,
    pub account: Field,
    pub price: Field,
    pub length: Field,
    pub at: Field,
    pub suggestion: Field,
}

impl Fields {
    /// Returns the schema and its fields.
    pub fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
        let words = TextOptions::default().set_indexing_options(indexing);
        let fields = Self {
            key: schema.add_text_field(columns::KEY, STRING | STORED | FAST),
            version: schema.add_u64_field(columns::VERSION, FAST),
            kind: schema.add_text_field(columns::KIND, STRING | FAST),
            stream: schema.add_u64_field(columns::STREAM, INDEXED | FAST),
            live: schema.add_u64_field(columns::LIVE, INDEXED | FAST),
            title: schema.add_text_field("title", words.clone()),
            tags: schema.add_text_field("tags", words.clone()),
            names: schema.add_text_field("names", words.clone()),
            category_words: schema.add_text_field("category_words", words.clone()),
            description: schema.add_text_field("description", words),
            category: schema.add_text_field(columns::CATEGORY, STRING | FAST),
            category_key: schema.add_text_field("category_key", STRING),
            language: schema.add_text_field(columns::LANGUAGE, STRING | FAST),
            language_key: schema.add_text_field("language_key", STRING),
            account: schema.add_text_field("account", STRING),
            price: schema.add_u64_field(columns::PRICE, FAST),
            length: schema.add_u64_field(columns::LENGTH, FAST),
            at: schema.add_u64_field(columns::AT, FAST),
            suggestion: schema.add_text_field("suggestion", STRING),
        };
        (schema.build(), fields)
    }

    /// Fields with words, and how much a match in each counts.
    pub fn weighted(&self) -> [(Field, Score); 5] {
        [(self.title, 5.0), (self.tags, 3.0), (self.names, 3.0), (self.category_words, 2.0), (self.description, 1.0)]
    }

    /// Returns a document as the library takes it.
    pub fn encode(&self, document: &Document) -> TantivyDocument {
        let mut doc = TantivyDocument::new();
        doc.add_text(self.key, document.key.to_string());
        doc.add_u64(self.version, document.version);
        doc.add_text(self.kind, document.key.kind().name());
        if let Some(stream) = document.key.stream() {
            doc.add_u64(self.stream, stream);
        }
        if let Key::Stream(stream) = document.key {
            doc.add_u64(self.live, stream);
        }
        doc.add_text(self.title, fold(&document.title));
        doc.add_text(self.tags, fold(&document.tags.join(" ")));
        doc.add_text(self.names, fold(&document.names.join(" ")));
        doc.add_text(self.description, fold(&document.description));
        if !document.category.is_empty() {
            doc.add_text(self.category_words, fold(&document.category));
            doc.add_text(self.category_key, fold(&document.category));
            doc.add_text(self.category, &document.category);
        }
        self.add_language(&mut doc, &document.language);
        doc.add_text(self.account, hex::encode(document.account));
        let numbers = [(self.price, document.price), (self.length, document.length_s), (self.at, Some(document.at_ms))];
        for (field, number) in numbers {
            if let Some(number) = number {
                doc.add_u64(field, number);
            }
        }
        self.add_suggestions(&mut doc, document);
        doc
    }

    fn add_language(&self, doc: &mut TantivyDocument, language: &str) {
        if language.is_empty() {
            return;
        }
        doc.add_text(self.language, language);
        let key = language.to_ascii_lowercase();
        if let Some((whole, _)) = key.split_once('-') {
            doc.add_text(self.language_key, whole);
        }
        doc.add_text(self.language_key, key);
    }

    fn add_suggestions(&self, doc: &mut TantivyDocument, document: &Document) {
        let texts = std::iter::once(&document.title).chain(&document.tags).chain(&document.names);
        for text in texts {
            let folded = fold(text);
            if !folded.is_empty() {
                doc.add_text(self.suggestion, format!("{folded}{SUGGESTION_SEPARATOR}{}", text.trim()));
            }
        }
    }
}
