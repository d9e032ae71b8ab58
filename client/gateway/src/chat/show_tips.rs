//! Tips as messages: shown with the best block, gone if that is undone, and stored when it is final.
//!
//! The number of a tip's message follows from its block, so the message that is stored is the one that was shown. A tip whose
//! best block was missed, for example during a restart, appears when it is final.

use super::{
    error::ChatError,
    numbers::number_of_tip,
    open::OpenRoom,
    records::row_of,
    room::{message_of_tip, Facts, ShownTip},
    tips::{Tip, TipChange},
    writer::Write,
    ChatRooms,
};
use tick_stream_primitives::clock::now_ms;
use vilokanam_chain::Block;
use vilokanam_people::{
    text::{clean, Lines},
    words::BlockedWords,
};
use vilokanam_wire::chat::{ChatBadge, ChatMessage, MessageId, MAX_MESSAGE_CHARS};

/// Age up to which a tip that is final and was not shown is shown, in milliseconds.
const SHOWN_FOR_MS: u64 = 600_000;

impl ChatRooms {
    /// Shows, removes or stores a tip.
    pub(super) async fn show_tip(&self, change: TipChange) {
        let result = match change {
            TipChange::Best(block, tip) => self.show_best(block, tip).await,
            TipChange::Undone(block) => {
                self.hide(block);
                Ok(())
            }
            TipChange::Final(tip) => self.store_final(tip).await,
        };
        if let Err(error) = result {
            tracing::warn!(%error, reason = ?error, "a tip is missing in the chat");
        }
    }

    async fn show_best(&self, block: Block, tip: Tip) -> Result<(), ChatError> {
        let is_new = self.tips.lock().add(block, &tip);
        match self.loaded(tip.stream).filter(|_| is_new) {
            Some(room) => self.show_in(&room, tip).await.map(drop),
            None => Ok(()),
        }
    }

    fn hide(&self, block: Block) {
        let gone = self.tips.lock().take_block(block);
        for tip in gone {
            if let Some(room) = self.loaded(tip.stream) {
                room.state.lock().delete(&[MessageId(number_of_tip(tip.made_at, tip.ordinal))]);
            }
        }
    }

    /// Shows the tips in a room that has just been opened which are not final.
    pub(super) async fn show_recent_tips(&self, room: &OpenRoom) -> Result<(), ChatError> {
        let recent = self.tips.lock().of_stream(room.stream);
        for tip in recent {
            self.show_in(room, tip).await?;
        }
        Ok(())
    }

    async fn show_in(&self, room: &OpenRoom, tip: Tip) -> Result<ShownTip, ChatError> {
        let now = now_ms();
        let text = self.memo(&tip).filter(|memo| room.state.lock().shows_memo(&tip.giver, memo, now));
        let shown = self.shown(&tip, text, room.payers(&self.parts.paywall, now).contains(&tip.giver)).await?;
        if !self.tips.lock().is_deleted(shown.id) {
            room.state.lock().tip(shown.clone());
        }
        Ok(shown)
    }

    async fn store_final(&self, tip: Tip) -> Result<(), ChatError> {
        let id = number_of_tip(tip.made_at, tip.ordinal);
        let is_deleted = {
            let mut tips = self.tips.lock();
            tips.forget(&tip);
            tips.is_deleted(id)
        };
        if is_deleted {
            return Ok(());
        }
        let room = self.loaded(tip.stream);
        let is_fresh = now_ms().saturating_sub(tip.made_at) < SHOWN_FOR_MS;
        let message = match room.filter(|_| is_fresh) {
            Some(room) => {
                // What was shown is what is stored.
                let known = room.state.lock().message(MessageId(id)).cloned();
                match known {
                    Some(known) => known,
                    None => {
                        let shown = self.show_in(&room, tip.clone()).await?;
                        let badges = room.state.lock().badges_of_tip(&shown);
                        message_of_tip(shown, badges)
                    }
                }
            }
            None => self.message_of_old(&tip).await?,
        };
        let row = row_of(tip.stream, &message, tip.made_at);
        // Fails at the end only, when nothing is stored any more.
        let _ = self.writes.send(Write::Add(row)).await;
        Ok(())
    }

    /// Returns the message of a tip whose room is not open. Badges that depend on the room are left out.
    async fn message_of_old(&self, tip: &Tip) -> Result<ChatMessage, ChatError> {
        let text = match self.memo(tip) {
            Some(memo) if self.shows_in_closed(tip, &memo).await? => Some(memo),
            _ => None,
        };
        let shown = self.shown(tip, text, false).await?;
        Ok(message_of_tip(shown, vec![ChatBadge::Tipper]))
    }

    async fn shows_in_closed(&self, tip: &Tip, memo: &str) -> Result<bool, ChatError> {
        let settings = self.settings_of(tip.stream).await?;
        if BlockedWords::new(&settings.blocked_words).is_in(memo) {
            return Ok(false);
        }
        let ban = self.parts.index.chat_ban_of(tip.stream, &tip.giver).await.map_err(ChatError::failed)?;
        Ok(ban.is_none_or(|ban| ban.until.is_some_and(|until| until <= now_ms())))
    }

    async fn shown(&self, tip: &Tip, text: Option<String>, is_payer: bool) -> Result<ShownTip, ChatError> {
        let person = self.person(&tip.giver).await?;
        Ok(ShownTip {
            id: number_of_tip(tip.made_at, tip.ordinal),
            facts: Facts { person, is_follower: false, is_payer, is_tipper: true },
            amount: tip.amount,
            text: text.unwrap_or_default(),
            made_at: tip.made_at,
        })
    }

    /// Returns the memo of a tip as it may be shown at this gateway. The tip itself is always shown.
    fn memo(&self, tip: &Tip) -> Option<String> {
        let memo = clean(&String::from_utf8_lossy(&tip.memo), MAX_MESSAGE_CHARS, Lines::One).ok()?;
        let moderation = &self.parts.moderation;
        let is_allowed = moderation.check_may_speak(&tip.giver).is_ok() && moderation.check_text(&memo).is_ok();
        is_allowed.then_some(memo)
    }
}
