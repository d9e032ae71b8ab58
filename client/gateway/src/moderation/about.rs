//! Whose something is that was reported, and what it is called.

use super::{About, DecideError, Moderation};
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_indexer::{metadata::Metadata, QueryError};
use vilokanam_wire::moderation::ReportSubject;

/// Maximum number of characters of the beginning of a text that stands for it.
const MAX_TITLE_CHARS: usize = 120;

impl Moderation {
    /// Returns what is known of a subject, or `None` if there is no such thing here (any more).
    ///
    /// # Errors
    ///
    /// The index or the records cannot be read.
    pub async fn about(&self, subject: &ReportSubject) -> Result<Option<About>, DecideError> {
        match subject {
            ReportSubject::Stream(stream) => Ok(self.about_stream(*stream).await?),
            ReportSubject::Recording(stream, number) => self.about_recording(*stream, *number).await,
            ReportSubject::Comment(id) => {
                let found = self.index.comment(*id).await?;
                Ok(found.map(|comment| text_of(comment.author, &comment.text)))
            }
            ReportSubject::Message(id) => {
                let found = self.index.chat_message(*id).await?;
                Ok(found.map(|message| text_of(message.author, &message.text)))
            }
            ReportSubject::Person(person) => Ok(Some(About { person: Some(person.0.clone()), title: None })),
        }
    }

    async fn about_stream(&self, stream: StreamId) -> Result<Option<About>, QueryError> {
        let found = self.index.stream(stream).await?;
        Ok(found.map(|row| About {
            title: some(&Metadata::decode(&row.value.metadata).title),
            person: Some(row.value.creator),
        }))
    }

    async fn about_recording(&self, stream: StreamId, number: u64) -> Result<Option<About>, DecideError> {
        let found = self.index.any_recording(stream, number).await?;
        let Some(row) = found.filter(|row| row.deleted_at.is_none()) else { return Ok(None) };
        let of_stream = self.about_stream(stream).await?.unwrap_or_default();
        Ok(Some(About { title: some(&row.title).or(of_stream.title), person: of_stream.person }))
    }
}

fn text_of(author: AccountId, text: &str) -> About {
    About { person: Some(author), title: some(&text.chars().take(MAX_TITLE_CHARS).collect::<String>()) }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
