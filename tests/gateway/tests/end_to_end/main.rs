//! End-to-end tests of gateway and command line, in one program: each linked by itself would take minutes to build.

mod attacks_http;
mod attacks_money;
mod attacks_publish;
mod broadcast;
mod main_job;
mod media;
mod operating;
mod paying;
mod players;
mod reorganisation;
mod restart;
mod settling;
