//! Publishers: the creator's command line, which runs an encoder, or ffmpeg alone.

use crate::gateway::Gateway;
use anyhow::{Context, Result};
use std::{
    path::Path,
    process::{Command, ExitStatus},
};
use tick_stream_primitives::StreamId;
use vilokanam_tests::{
    accounts::CREATOR,
    command_line::CommandLine,
    node::Node,
    process::{log_folder, Process},
    wait_for,
};
use vilokanam_wire::creator::NewPublishKey;

/// Maximum time until a publisher has ended.
const END_SECONDS: u64 = 30;

/// Protocol by which video is published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// RTMP.
    Rtmp,
    /// SRT.
    Srt,
    /// HLS, uploaded with PUT requests.
    Put,
}

impl Protocol {
    fn flag(self) -> Option<&'static str> {
        match self {
            Self::Rtmp => None,
            Self::Srt => Some("--srt"),
            Self::Put => Some("--put"),
        }
    }
}

/// The creator's command line. Its key and its data are in `folder`.
pub struct CreatorCli<'a> {
    /// Node that it uses.
    pub node: &'a Node,
    /// Gateway that it uses.
    pub gateway: &'a Gateway,
    /// Folder for its key and its data.
    pub folder: &'a Path,
}

impl CreatorCli<'_> {
    /// Returns the command line with the key of the streams' creator.
    pub fn command_line(&self) -> Result<CommandLine> {
        CommandLine::new(&self.node.url(), &self.gateway.url(), &self.folder.join("creator"), CREATOR)
    }

    /// Publishes a clip without transcoding it, once or in a loop.
    pub fn publish(&self, stream: StreamId, clip: &Path, protocol: Protocol, is_loop: bool) -> Result<Publisher> {
        let (clip, stream) = (clip.to_str().context("the path of the clip is no text")?, stream.to_string());
        let mut command = self.command_line()?.command(&["publish", clip, "--stream", &stream, "--copy"])?;
        command.args(protocol.flag());
        if is_loop {
            command.arg("--loop");
        }
        Ok(Publisher(Process::start(&mut command, &log_folder()?.join("publish.log"))?))
    }

    /// Settles the claims that the gateway publishes, and returns the JSON that the command prints.
    pub fn settle_from_gateway(&self) -> Result<serde_json::Value> {
        self.command_line()?.done(&["settle", "--from-gateway"])
    }

    /// Creates a publish key.
    pub fn create_publish_key(&self, stream: StreamId) -> Result<NewPublishKey> {
        let created = self.command_line()?.done(&["stream", "key", "create", &stream.to_string()])?;
        serde_json::from_value(created).context("the command does not print a key as JSON")
    }
}

/// A publisher process.
pub struct Publisher(Process);

impl Publisher {
    /// Starts ffmpeg, which publishes a clip by RTMP in a loop.
    pub fn ffmpeg(clip: &Path, url: &str, log: &str) -> Result<Self> {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-hide_banner", "-nostdin", "-loglevel", "info", "-re", "-stream_loop", "-1", "-i"])
            .arg(clip)
            .args(["-c", "copy", "-f", "flv", url]);
        Ok(Self(Process::start(&mut command, &log_folder()?.join(format!("{log}.log")))?))
    }

    /// Asks the publisher to end the broadcast, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        self.0.signal("INT")?;
        self.ended().await?;
        Ok(())
    }

    /// Waits until the publisher has ended, and returns its exit status.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        wait_for("the publisher to end", END_SECONDS, || {
            let status = self.0.exit_status();
            async move { status }
        })
        .await
    }

    /// Kills the publisher and its encoder, so that the broadcast is interrupted and not ended.
    pub fn kill(self) {
        // Dropping the process kills what it has started as well.
        drop(self);
    }

    /// Returns whether the publisher runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.0.exit_status()?.is_none())
    }

    /// Returns what the publisher has printed.
    pub fn output(&self) -> String {
        self.0.output()
    }
}
