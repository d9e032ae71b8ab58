//! The gateway's records of people: profiles, what they write and do, sign-ins, moderation.
//!
//! Like [`crate::gateway_state`], they cannot be built again from the chain, so [`crate::Store::reset_index`] keeps them.

mod blocks;
mod chat;
mod comments;
mod decisions;
mod follows;
mod leaderboards;
mod notice_addresses;
mod notices;
mod personal_data;
mod profiles;
mod progress;
mod reactions;
mod reports;
mod roles;
mod schedule;
mod sign_ins;
mod trends;

pub use blocks::{blocked_account, BlockRow, PublishingTermsRow, MAX_BLOCKED_STREAMS};
pub use chat::{ChatBanRow, ChatMessageRow, ChatSettingsRow, MAX_CHAT_BANS, MAX_CHAT_MESSAGES};
pub use comments::{CommentRow, CommentSort, Commented, NewCommentRow};
pub use decisions::{AppealAnswerRow, AppealRow, DecisionRow, MAX_WITHHELD};
pub use follows::{FollowRow, Followed};
pub use leaderboards::{LeaderRow, MAX_LEADERS};
pub use notice_addresses::{MailRow, MailTried, PushRow, MAX_MAIL_TRIES, MAX_PUSH_SUBSCRIPTIONS};
pub use notices::{NoticeRow, KEEP_NOTICES_MS, MAX_NOTICES};
pub use personal_data::{ExportedTable, MAX_EXPORTED_ROWS};
pub use profiles::{ChangedPerson, PersonRow};
pub use progress::{ProgressRow, MAX_HISTORY};
pub(crate) use reactions::forget_subject;
pub use reactions::{ReactionsRow, ViewRow};
pub use reports::{AuditRow, ReportNoteRow, ReportRow, Reported, MAX_NOTES};
pub use roles::{InvitationRow, RoleRow, MAX_INVITATIONS, MAX_ROLES};
pub use schedule::ScheduleRow;
pub use sign_ins::{Renewal, SignInRow, MAX_SIGN_INS};
pub use trends::{TrendHour, MAX_TREND_HOURS};
