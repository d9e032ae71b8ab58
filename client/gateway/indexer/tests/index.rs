//! The index on real databases. Every test runs on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

/// Turns each `async fn(Database)` into one test on each database.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::common::Database::sqlite().expect("SQLite is built in")).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some(database) = crate::common::Database::postgres() else { return };
                super::$name(database).await;
            })*
        }
    };
}

#[path = "index/apply.rs"]
mod apply;
#[path = "index/chat.rs"]
mod chat;
#[path = "index/earnings.rs"]
mod earnings;
#[path = "index/gateway_state.rs"]
mod gateway_state;
#[path = "index/jobs.rs"]
mod jobs;
#[path = "index/leaderboards.rs"]
mod leaderboards;
#[path = "index/moderation.rs"]
mod moderation;
#[path = "index/money.rs"]
mod money;
#[path = "index/notices.rs"]
mod notices;
#[path = "index/people.rs"]
mod people;
#[path = "index/personal_data.rs"]
mod personal_data;
#[path = "index/property.rs"]
mod property;
#[path = "index/recordings.rs"]
mod recordings;
#[path = "index/search.rs"]
mod search;
#[path = "index/sessions.rs"]
mod sessions;
#[path = "index/sign_ins.rs"]
mod sign_ins;
#[path = "index/store.rs"]
mod store;
#[path = "index/streams.rs"]
mod streams;
