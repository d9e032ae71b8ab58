//! End-to-end tests of gateway and command line. They are one program, because linking each file alone would take
//! minutes.

mod attacks_http;
mod attacks_money;
mod attacks_publish;
mod attacks_sources;
mod broadcast;
mod captions;
mod commands;
mod delivery;
mod dev_command;
mod films;
mod keys;
mod media;
mod odd_sources;
mod operating;
mod paying;
mod playback;
mod recordings;
mod reorganisation;
mod restart;
mod settling;
mod third_party;
mod upgrade;
mod uploads;
