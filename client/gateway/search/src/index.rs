//! Opening, changing and reading an index.

use crate::{
    document::{Document, Key},
    error::SearchError,
    schema::{columns, Fields, VERSION},
};
use parking_lot::Mutex;
use std::{collections::HashMap, fs, path::Path};
use tantivy::{
    schema::{TantivyDocument, Value},
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
};

/// Memory for documents that are not committed, in bytes. What is more is written to the disk earlier.
const WRITER_BYTES: usize = 50_000_000;

/// An index in a folder or in memory. Changes are seen by queries when they are committed.
pub struct SearchIndex {
    pub(crate) fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
}

impl SearchIndex {
    /// Opens the index in a folder, which no other process has open. An index that is missing, damaged or of another version is
    /// begun anew, and is empty.
    ///
    /// # Errors
    ///
    /// The folder cannot be used, or another process has it open.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let (schema, fields) = Fields::new();
        let wrap = |error| SearchError::Folder { path: folder.to_owned(), error };
        let place = folder.join(format!("v{VERSION}"));
        if let Some(index) = Index::open_in_dir(&place).ok().filter(|index| index.schema() == schema) {
            match Self::with(index, fields.clone()) {
                Err(SearchError::Index(error)) if !matches!(error, TantivyError::LockFailure(..)) => {}
                opened => return opened,
            }
        }
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(wrap)?;
        }
        fs::create_dir_all(&place).map_err(wrap)?;
        Self::with(Index::create_in_dir(&place, schema)?, fields)
    }

    /// Makes an index in memory.
    ///
    /// # Errors
    ///
    /// There is no memory or no thread for it.
    pub fn in_memory() -> Result<Self, SearchError> {
        let (schema, fields) = Fields::new();
        Self::with(Index::create_in_ram(schema), fields)
    }

    fn with(index: Index, fields: Fields) -> Result<Self, SearchError> {
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, reader, writer: Mutex::new(writer) })
    }

    /// Adds a document, or replaces the one with the same key.
    ///
    /// # Errors
    ///
    /// The index cannot be written.
    pub fn put(&self, document: &Document) -> Result<(), SearchError> {
        let writer = self.writer.lock();
        writer.delete_term(self.key_term(&document.key));
        writer.add_document(self.fields.encode(document))?;
        Ok(())
    }

    /// Removes a document. There need not be one.
    pub fn remove(&self, key: &Key) {
        self.writer.lock().delete_term(self.key_term(key));
    }

    /// Lets queries see all changes, and writes them to the disk.
    ///
    /// # Errors
    ///
    /// The index cannot be written; it is to be opened again.
    pub fn commit(&self) -> Result<(), SearchError> {
        self.writer.lock().commit()?;
        self.reader.reload()?;
        Ok(())
    }

    /// Returns the number of documents.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Returns whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the keys of all documents with their versions.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn versions(&self) -> Result<HashMap<Key, u64>, SearchError> {
        let searcher = self.searcher();
        let mut found = HashMap::new();
        for segment in searcher.segment_readers() {
            let Some(keys) = segment.fast_fields().str(columns::KEY)? else { continue };
            let versions = segment.fast_fields().column_opt::<u64>(columns::VERSION)?;
            let mut text = String::new();
            for doc in segment.doc_ids_alive() {
                let Some(ord) = keys.ords().first(doc) else { continue };
                keys.ord_to_str(ord, &mut text)?;
                let version = versions.as_ref().and_then(|versions| versions.first(doc)).unwrap_or(0);
                if let Ok(key) = text.parse() {
                    found.insert(key, version);
                }
            }
        }
        Ok(found)
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(crate) fn key_term(&self, key: &Key) -> Term {
        Term::from_field_text(self.fields.key, &key.to_string())
    }

    /// Reads the key of a document that was found.
    pub(crate) fn key_of(&self, document: &TantivyDocument) -> Option<Key> {
        document.get_first(self.fields.key)?.as_str()?.parse().ok()
    }
}
