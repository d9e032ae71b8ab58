//! Answers of the server.

use bytes::Bytes;
use scuffle_rtmp::{
    chunk::{writer::ChunkWriter, Chunk, CHUNK_SIZE, CHUNK_STREAM_ID_COMMAND},
    command_messages::{
        netconnection::{NetConnectionCommand, NetConnectionCommandConnectResult},
        on_status::{OnStatus, OnStatusCode},
        Command, CommandResultLevel, CommandType,
    },
    error::RtmpError,
    messages::MessageType,
    protocol_control_messages::{
        ProtocolControlMessageAcknowledgement, ProtocolControlMessageSetChunkSize,
        ProtocolControlMessageSetPeerBandwidth, ProtocolControlMessageSetPeerBandwidthLimitType,
        ProtocolControlMessageWindowAcknowledgementSize,
    },
    user_control_messages::EventMessageStreamBegin,
};

/// Number of bytes that a peer may send before it waits for an acknowledgement. Acknowledgements are sent more often.
const WINDOW_BYTES: u32 = 5_000_000;

/// Answers that have not been sent yet.
#[derive(Default)]
pub(super) struct Replies {
    pub bytes: Vec<u8>,
    writer: ChunkWriter,
}

impl Replies {
    /// Announces the chunk size of the server.
    pub fn chunk_size(&mut self) -> Result<(), RtmpError> {
        ProtocolControlMessageSetChunkSize { chunk_size: CHUNK_SIZE as u32 }.write(&mut self.bytes, &self.writer)?;
        self.writer.set_chunk_size(CHUNK_SIZE);
        Ok(())
    }

    /// Answers `connect`.
    pub fn connected(&mut self, transaction: f64) -> Result<(), RtmpError> {
        ProtocolControlMessageWindowAcknowledgementSize { acknowledgement_window_size: WINDOW_BYTES }
            .write(&mut self.bytes, &self.writer)?;
        ProtocolControlMessageSetPeerBandwidth {
            acknowledgement_window_size: WINDOW_BYTES,
            limit_type: ProtocolControlMessageSetPeerBandwidthLimitType::Dynamic,
        }
        .write(&mut self.bytes, &self.writer)?;
        let result = NetConnectionCommand::ConnectResult(NetConnectionCommandConnectResult::default());
        self.command(transaction, CommandType::NetConnection(result))
    }

    /// Answers `createStream`. There is one message stream, with the number 1.
    pub fn created(&mut self, transaction: f64) -> Result<(), RtmpError> {
        let result = NetConnectionCommand::CreateStreamResult { stream_id: 1.0 };
        self.command(transaction, CommandType::NetConnection(result))
    }

    /// Answers a command that has no result.
    pub fn done(&mut self, transaction: f64) -> Result<(), RtmpError> {
        let body = [&b"\x02\0\x07_result\0"[..], &transaction.to_be_bytes(), b"\x05\x06"];
        self.write(body.concat())
    }

    /// Tells the publisher that its stream may be published. Some encoders wait for it between `FCPublish` and `publish`.
    pub fn announced(&mut self) -> Result<(), RtmpError> {
        const BODY: &[u8] =
            b"\x02\0\x0bonFCPublish\0\0\0\0\0\0\0\0\0\x05\x03\0\x04code\x02\0\x17NetStream.Publish.Start\0\0\x09";
        self.write(BODY.to_vec())
    }

    /// Answers `publish`.
    pub fn publishing(&mut self, on: u32) -> Result<(), RtmpError> {
        EventMessageStreamBegin { stream_id: on }.write(&self.writer, &mut self.bytes)?;
        self.status(CommandResultLevel::Status, OnStatusCode::NET_STREAM_PUBLISH_START, "the stream is being published")
    }

    /// Refuses a publisher with a reason.
    pub fn refused(&mut self, why: &str) -> Result<(), RtmpError> {
        self.status(CommandResultLevel::Error, OnStatusCode("NetStream.Publish.BadName"), why)
    }

    /// Acknowledges the bytes received so far.
    pub fn acknowledge(&mut self, received_bytes: u32) -> Result<(), RtmpError> {
        ProtocolControlMessageAcknowledgement { sequence_number: received_bytes }.write(&mut self.bytes, &self.writer)
    }

    fn status(&mut self, level: CommandResultLevel, code: OnStatusCode, text: &str) -> Result<(), RtmpError> {
        let status = OnStatus { code, description: Some(text.to_owned().into()), level, others: None };
        self.command(0.0, CommandType::OnStatus(status))
    }

    fn write(&mut self, body: Vec<u8>) -> Result<(), RtmpError> {
        let chunk = Chunk::new(CHUNK_STREAM_ID_COMMAND, 0, MessageType::CommandAMF0, 0, Bytes::from(body));
        Ok(self.writer.write_chunk(&mut self.bytes, chunk)?)
    }

    fn command(&mut self, transaction_id: f64, command_type: CommandType<'_>) -> Result<(), RtmpError> {
        Command { transaction_id, command_type }.write(&mut self.bytes, &self.writer)
    }
}
