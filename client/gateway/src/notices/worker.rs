//! Who is told of what, and that nobody is told twice.

use super::{
    deliver::{Deliveries, Delivery},
    happening::Happening,
    mail::Mailer,
    readers::{News, Readers},
    texts::{self, Words},
    views::notice_view,
};
use crate::{lifetime::Lifetime, moderation::Moderation, people::People};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, StreamId};
use tokio::sync::{mpsc, Notify};
use vilokanam_indexer::{
    metadata::Metadata,
    people::{NoticeRow, KEEP_NOTICES_MS},
    GatewayStateError, QueryError, Store, StreamRow, Visibility,
};
use vilokanam_wire::{
    notices::{NoticeSettings, NoticeWays, PushMessage},
    people::{PersonRef, Subject},
    Account,
};

/// People who are told at a time.
const PORTION: u32 = 256;
/// Time within which a stream that comes back is the same broadcast to its followers.
const SAME_BROADCAST_MS: u64 = 30 * 60_000;
/// Time within which a viewer is told once that little is left.
const SAME_LIMIT_MS: u64 = 6 * 3_600_000;
/// Time before an announced broadcast at which people are reminded.
const REMIND_BEFORE_MS: u64 = 10 * 60_000;
/// Time after its beginning at which nobody is reminded any more: the gateway was not running.
const REMIND_UNTIL_MS: u64 = 30 * 60_000;
/// Interval at which announced broadcasts are looked at.
const REMIND_EVERY: Duration = Duration::from_secs(30);
/// Interval at which old notices are removed.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
/// Interval at which notices of other replicas are looked for. Those of this one reach the pages at once.
const FOLLOW_EVERY: Duration = Duration::from_secs(3);

/// Something could not be turned into notices.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error(transparent)]
    Index(#[from] QueryError),
}

/// Who is told.
enum To {
    /// Those who follow a creator.
    Followers(AccountId),
    /// Those who want to be reminded of an announced broadcast.
    Reminded(u64),
    /// One person.
    Person(AccountId),
}

/// Turns happenings into notices.
pub struct Worker {
    pub index: Store,
    pub people: Arc<People>,
    pub moderation: Arc<Moderation>,
    pub readers: Arc<Readers>,
    pub deliveries: Deliveries,
    pub mailer: Option<Arc<Mailer>>,
    /// Notified when there are new notices.
    pub wake: Arc<Notify>,
}

impl Worker {
    /// Starts the tasks.
    pub fn start(self, queue: mpsc::Receiver<Happening>, lifetime: &Lifetime) {
        let worker = Arc::new(self);
        let (tasks, stop) = (&lifetime.tasks, &lifetime.stop);
        tasks.spawn(stop.clone().run_until_cancelled_owned(worker.clone().take_all(queue)));
        tasks.spawn(stop.clone().run_until_cancelled_owned(worker.clone().remind()));
        tasks.spawn(stop.clone().run_until_cancelled_owned(worker.clone().forget()));
        tasks.spawn(stop.clone().run_until_cancelled_owned(worker.follow()));
    }

    async fn take_all(self: Arc<Self>, mut queue: mpsc::Receiver<Happening>) {
        while let Some(happening) = queue.recv().await {
            if let Err(error) = self.take(&happening).await {
                tracing::error!(%error, ?happening, "people were not told of something");
            }
        }
    }

    async fn remind(self: Arc<Self>) {
        loop {
            match self.index.take_due_entries(now_ms() + REMIND_BEFORE_MS).await {
                Ok(entries) => {
                    for entry in entries {
                        if let Err(error) = self.take(&Happening::ScheduleSoon { entry }).await {
                            tracing::error!(%error, entry, "people were not reminded of a broadcast");
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "the schedules cannot be read; trying again"),
            }
            tokio::time::sleep(REMIND_EVERY).await;
        }
    }

    async fn forget(self: Arc<Self>) {
        loop {
            if let Err(error) = self.index.forget_notices(now_ms().saturating_sub(KEEP_NOTICES_MS)).await {
                tracing::warn!(%error, "old notices were not removed");
            }
            tokio::time::sleep(FORGET_EVERY).await;
        }
    }

    /// Sends new notices to the sockets of their people, whichever replica has made them.
    async fn follow(self: Arc<Self>) {
        let mut last = None;
        loop {
            match self.follow_from(last).await {
                Ok(now) => last = Some(now),
                Err(error) => tracing::warn!(%error, "new notices cannot be read; trying again"),
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(FOLLOW_EVERY) => {}
            }
        }
    }

    /// Sends the notices behind a number. Returns the number of the last one.
    async fn follow_from(&self, last: Option<u64>) -> Result<u64, WorkError> {
        let mut last = match last {
            Some(last) if !self.readers.is_empty() => last,
            _ => return Ok(self.index.last_notice().await?),
        };
        loop {
            let rows = self.index.notices_after(last, PORTION).await?;
            let is_all = rows.len() < PORTION as usize;
            last = rows.last().map_or(last, |row| row.id);
            let rows: Vec<NoticeRow> = rows.into_iter().filter(|row| self.readers.has(&row.person)).collect();
            let authors: Vec<AccountId> = rows.iter().filter_map(|row| row.author.clone()).collect();
            let authors = self.people.person_refs(&authors).await?;
            for row in rows {
                let person = row.person.clone();
                if let Some(notice) = notice_view(row, &authors) {
                    self.readers.send(&person, News::Notice(Arc::new(notice)));
                }
            }
            if is_all {
                return Ok(last);
            }
        }
    }

    async fn take(&self, happening: &Happening) -> Result<(), WorkError> {
        match happening {
            Happening::WentLive { stream } => self.went_live(*stream).await,
            Happening::NewRecording { stream, number } => self.new_recording(*stream, *number).await,
            Happening::Reply { to, by, subject, comment } if to != by => {
                let (author, text) = (self.person(by).await?, self.index.comment(*comment).await?);
                let Some(text) = text.map(|comment| comment.text) else { return Ok(()) };
                self.tell(texts::reply(&author, subject, *comment, &text), To::Person(to.clone())).await
            }
            // Who answers oneself knows it.
            Happening::Reply { .. } => Ok(()),
            Happening::Payout { account, amount } => {
                self.tell(texts::payout(*amount), To::Person(account.clone())).await
            }
            Happening::SpendingLimit { account, left } => {
                let is_news = self.is_news(&format!("limit:{}", Account(account.clone())), SAME_LIMIT_MS).await?;
                if !is_news {
                    return Ok(());
                }
                self.tell(texts::spending_limit(*left), To::Person(account.clone())).await
            }
            Happening::ScheduleSoon { entry } => self.schedule_soon(*entry).await,
            Happening::Moderated { account, .. } => self.tell(texts::moderated(), To::Person(account.clone())).await,
        }
    }

    async fn went_live(&self, stream: StreamId) -> Result<(), WorkError> {
        let now = now_ms();
        let ended = self.index.last_broadcast_end(stream).await?;
        // The mark is set in any case, so that a stream that comes back again and again is told of once.
        let is_news = self.is_news(&format!("live:{stream}"), SAME_BROADCAST_MS).await?;
        if !is_news || is_same_broadcast(ended, now) {
            return Ok(());
        }
        let Some(row) = self.shown_stream(stream).await? else { return Ok(()) };
        let creator = row.value.creator.clone();
        let words =
            texts::went_live(&self.person(&creator).await?, stream, &Metadata::decode(&row.value.metadata).title);
        self.tell(words, To::Followers(creator)).await
    }

    async fn new_recording(&self, stream: StreamId, number: u64) -> Result<(), WorkError> {
        let Some(recording) = self.index.recording(stream, number).await? else { return Ok(()) };
        let is_shown = recording.visibility == Visibility::Public
            && !self.moderation.is_hidden(&Subject::Recording(stream, number));
        if !is_shown || !self.is_news(&format!("recording:{stream}:{number}"), KEEP_NOTICES_MS).await? {
            return Ok(());
        }
        let Some(row) = self.shown_stream(stream).await? else { return Ok(()) };
        let creator = row.value.creator.clone();
        let title = match recording.title.is_empty() {
            true => Metadata::decode(&row.value.metadata).title,
            false => recording.title,
        };
        let words = texts::new_recording(&self.person(&creator).await?, (stream, number), &title);
        self.tell(words, To::Followers(creator)).await
    }

    async fn schedule_soon(&self, entry: u64) -> Result<(), WorkError> {
        let Some(row) = self.index.schedule_entry(entry).await? else { return Ok(()) };
        let now = now_ms();
        if row.starts_at + REMIND_UNTIL_MS < now {
            return Ok(());
        }
        let in_minutes = row.starts_at.saturating_sub(now) / 60_000;
        let words = texts::schedule_soon(&self.person(&row.creator).await?, &row.title, row.stream, in_minutes);
        self.tell(words, To::Reminded(entry)).await
    }

    /// Returns a stream that this gateway shows.
    async fn shown_stream(&self, stream: StreamId) -> Result<Option<StreamRow>, WorkError> {
        if self.moderation.is_hidden(&Subject::Stream(stream)) {
            return Ok(None);
        }
        Ok(self.index.stream(stream).await?)
    }

    async fn person(&self, who: &AccountId) -> Result<PersonRef, WorkError> {
        let mut found = self.people.person_refs(std::slice::from_ref(who)).await?;
        Ok(found.remove(who).unwrap_or_else(|| PersonRef::unnamed(Account(who.clone()))))
    }

    /// Returns whether people were not told of something in the last `for_ms`, and notes that they are now.
    async fn is_news(&self, name: &str, for_ms: u64) -> Result<bool, WorkError> {
        let now = now_ms();
        Ok(self.index.mark_notice(name, now, now.saturating_sub(for_ms)).await?)
    }

    /// Tells people, a portion at a time.
    async fn tell(&self, words: Words, to: To) -> Result<(), WorkError> {
        let message = PushMessage {
            title: words.title.clone(),
            text: words.text.clone(),
            url: words.url.clone(),
            tag: format!("{}:{}", words.kind, words.url),
        };
        let content: Arc<[u8]> = serde_json::to_vec(&message).unwrap_or_default().into();
        let mut after: Option<AccountId> = None;
        loop {
            let people = match &to {
                To::Followers(creator) => self.index.followers_of(creator, after.as_ref(), PORTION).await?,
                To::Reminded(entry) => self.index.reminded_people(*entry, after.as_ref(), PORTION).await?,
                To::Person(person) => vec![person.clone()],
            };
            self.tell_portion(&words, &content, &people).await?;
            if people.len() < PORTION as usize {
                return Ok(());
            }
            after = people.last().cloned();
        }
    }

    async fn tell_portion(&self, words: &Words, content: &Arc<[u8]>, people: &[AccountId]) -> Result<(), WorkError> {
        let settings = self.index.notice_settings(people).await?;
        let ways = |person: &AccountId| ways_of(settings.get(person).map(String::as_str), words);
        let want = |is_wanted: fn(NoticeWays) -> bool| -> Vec<AccountId> {
            people.iter().filter(|&person| is_wanted(ways(person))).cloned().collect()
        };
        let made_at = now_ms();
        let mut rows: Vec<NoticeRow> =
            want(|ways| ways.page).into_iter().map(|person| row_of(words, person, made_at)).collect();
        self.index.add_notices(&mut rows).await?;
        self.wake.notify_one();
        for subscription in self.index.push_of(&want(|ways| ways.push)).await? {
            self.deliveries.add(Delivery::Push(subscription, content.clone()));
        }
        if let Some(mailer) = &self.mailer {
            let letter = Arc::new(mailer.notice(words));
            for mail in self.index.mails_of(&want(|ways| ways.mail)).await? {
                self.deliveries.add(Delivery::Mail(mail.address, letter.clone()));
            }
        }
        Ok(())
    }
}

/// Whether a broadcast that begins goes on with one that has ended a moment ago.
fn is_same_broadcast(ended: Option<Moment>, now: Moment) -> bool {
    ended.is_some_and(|ended| ended + SAME_BROADCAST_MS > now)
}

/// Returns the ways on which a person is told. Settings of another version count as none.
fn ways_of(settings: Option<&str>, words: &Words) -> NoticeWays {
    let settings = settings.and_then(|json| serde_json::from_str::<NoticeSettings>(json).ok());
    settings.unwrap_or_default().ways(words.kind)
}

fn row_of(words: &Words, person: AccountId, made_at: Moment) -> NoticeRow {
    NoticeRow {
        id: 0,
        person,
        kind: words.kind.to_string(),
        title: words.title.clone(),
        body: words.text.clone(),
        url: words.url.clone(),
        author: words.author.clone(),
        made_at,
        is_read: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: Moment = 1_800_000_000_000;

    #[test]
    fn stream_that_comes_back_soon_is_no_news() {
        assert!(!is_same_broadcast(None, NOW_MS));
        assert!(is_same_broadcast(Some(NOW_MS - 60_000), NOW_MS));
        assert!(is_same_broadcast(Some(NOW_MS - SAME_BROADCAST_MS + 1), NOW_MS));
        assert!(!is_same_broadcast(Some(NOW_MS - SAME_BROADCAST_MS), NOW_MS));
    }

    #[test]
    fn settings_decide_on_the_ways() {
        let words = texts::payout(1);
        assert_eq!(ways_of(None, &words), NoticeSettings::default().payout);
        let off = r#"{"payout":{"page":false,"push":false,"mail":false}}"#;
        assert!(ways_of(Some(off), &words).is_none());
        assert_eq!(ways_of(Some(off), &texts::moderated()), NoticeSettings::default().moderated);
        assert_eq!(ways_of(Some("not JSON"), &words), NoticeSettings::default().payout);
    }

    #[test]
    fn notice_says_what_the_words_say() {
        let row = row_of(&texts::moderated(), AccountId::new([1; 32]), NOW_MS);
        assert_eq!((row.kind.as_str(), row.url.as_str(), row.is_read), ("moderated", "/me#decisions", false));
    }
}
