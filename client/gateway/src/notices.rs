//! What happens here that people may want to know, and how they are told.
//!
//! ```text
//!   Notices::happened ──► Worker ──► who wants it, how ──┬─► database ──► sockets of pages (all replicas)
//!   (bounded queue)       (one task)                     ├─► Web Push   (bounded queue, some at a time)
//!                                                        └─► mail
//! ```
//!
//! A notice is no record: a queue that is full drops it, and one that cannot be delivered after three attempts is given up.
//!
//! | module | its job |
//! | --- | --- |
//! | [`happening`] | what happens, and its queue |
//! | [`worker`] | who is told of what, and that nobody is told twice |
//! | [`texts`] | what notices say |
//! | [`deliver`] | push messages and mail, some at a time, with retries |
//! | [`push`] | Web Push |
//! | [`mail`] | mail |
//! | [`readers`] | sockets of people who have a page open |
//! | [`views`] | notices as their people see them |
//! | [`service`] | what requests do: lists, settings, subscriptions, mail addresses |

mod deliver;
mod happening;
mod mail;
mod push;
mod readers;
mod service;
mod texts;
mod views;
mod worker;

pub use happening::{Happening, Notices};
pub use mail::Mailer;
pub use readers::News;
pub use service::{NoticeError, NoticeParts, NoticeService};
