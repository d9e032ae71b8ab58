//! Rules about people, without storage or network: handles, names, texts, chat rooms, tokens of sign-ins.

#![deny(missing_docs)]

pub mod handle;
pub mod links;
pub mod text;
pub mod words;
