//! Numbers of the kinds of messages.

pub const SET_CHUNK_SIZE: u8 = 1;
pub const ABORT: u8 = 2;
pub const AUDIO: u8 = 8;
pub const VIDEO: u8 = 9;
/// Data and commands in AMF3, which are AMF0 after one more byte.
pub const DATA_AMF3: u8 = 15;
pub const COMMAND_AMF3: u8 = 17;
pub const DATA: u8 = 18;
pub const COMMAND: u8 = 20;
/// Several audio, video and data messages in one.
pub const AGGREGATE: u8 = 22;
