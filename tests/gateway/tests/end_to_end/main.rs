//! End-to-end tests of gateway and command line. They are one program, because linking each file alone would take
//! minutes.

mod attacks_http;
mod attacks_money;
mod attacks_publish;
mod broadcast;
mod commands;
mod delivery;
mod dev_command;
mod keys;
mod media;
mod operating;
mod paying;
mod reorganisation;
mod restart;
mod settling;
mod third_party;
mod upgrade;
