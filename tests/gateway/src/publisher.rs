//! Publishers: the command line's `publish`, which runs an encoder, or ffmpeg by itself.

use crate::{
    node::Node,
    process::{write_key, Gateway},
    programs::{descendants, log_folder, program, Process},
    wait_for,
};
use anyhow::{ensure, Context, Result};
use std::{path::Path, process::Command};
use tick_stream_primitives::StreamId;
use vilokanam_wire::creator::NewPublishKey;

/// How long a publisher may take to say goodbye.
const END_SECONDS: u64 = 30;

/// How a clip gets to the gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Rtmp,
    Srt,
    Put,
}

impl Way {
    /// The command line's flag.
    fn flag(self) -> Option<&'static str> {
        match self {
            Self::Rtmp => None,
            Self::Srt => Some("--srt"),
            Self::Put => Some("--put"),
        }
    }
}

/// A running publisher.
pub struct Publisher(Process);

/// The creator's command line: key and data folder are below `folder`.
pub struct Creator<'a> {
    pub node: &'a Node,
    pub gateway: &'a Gateway,
    pub folder: &'a Path,
}

impl Creator<'_> {
    fn command(&self) -> Result<Command> {
        let key = self.folder.join("creator.key");
        write_key(&key, crate::books::CREATOR)?;
        let mut command = Command::new(program("vilokanam")?);
        // What a developer has set for the command line is not meant for this one.
        command.env_remove("VILOKANAM_NODE").env_remove("VILOKANAM_GATEWAY");
        command
            .args(["--node", &self.node.url(), "--gateway", &self.gateway.url()])
            .arg("--key-file")
            .arg(key)
            .arg("--data-dir")
            .arg(self.folder.join("creator"));
        Ok(command)
    }

    /// Publishes a clip as it is, again and again if it is to last.
    pub fn publish(&self, stream: StreamId, clip: &Path, way: Way, repeats: bool) -> Result<Publisher> {
        let mut command = self.command()?;
        command.arg("publish").arg(clip).args(["--stream", &stream.to_string(), "--copy"]).args(way.flag());
        if repeats {
            command.arg("--loop");
        }
        Ok(Publisher(Process::start(&mut command, &log_folder()?.join("publish.log"))?))
    }

    /// Has what the gateway publishes settled, as a watchtower. Returns what the command line answers.
    pub fn settle(&self) -> Result<serde_json::Value> {
        let settled = self.command()?.args(["--json", "settle", "--from-gateway"]).output()?;
        ensure!(settled.status.success(), "nothing was settled: {}", String::from_utf8_lossy(&settled.stderr));
        serde_json::from_slice(&settled.stdout).context("an answer as JSON")
    }

    /// Has the gateway make a publish key.
    pub fn publish_key(&self, stream: StreamId) -> Result<NewPublishKey> {
        let made = self.command()?.args(["--json", "stream", "key", "create", &stream.to_string()]).output()?;
        ensure!(made.status.success(), "no key: {}", String::from_utf8_lossy(&made.stderr));
        serde_json::from_slice(&made.stdout).context("a key as JSON")
    }
}

impl Publisher {
    /// ffmpeg, publishing a clip by RTMP under this name for ever.
    pub fn ffmpeg(clip: &Path, url: &str, log: &str) -> Result<Self> {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-hide_banner", "-nostdin", "-loglevel", "info", "-re", "-stream_loop", "-1", "-i"])
            .arg(clip)
            .args(["-c", "copy", "-f", "flv", url]);
        Ok(Self(Process::start(&mut command, &log_folder()?.join(format!("{log}.log")))?))
    }

    /// Asks it to end and waits until it has; it says goodbye to the gateway.
    pub async fn stop(mut self) -> Result<()> {
        self.0.signal("INT")?;
        self.ended().await?;
        Ok(())
    }

    /// Waits until it has ended by itself, and says how.
    pub async fn ended(&mut self) -> Result<std::process::ExitStatus> {
        wait_for("the publisher to end", END_SECONDS, || {
            let ended = self.0.ended();
            async move { ended }
        })
        .await
    }

    /// Cuts it off as a cable that is pulled: nobody says goodbye.
    pub fn vanish(self) {
        // Dropping it kills all of it.
        drop(self);
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.0.ended()?.is_none())
    }

    /// What it has said.
    pub fn said(&self) -> String {
        self.0.said()
    }

    /// The processes that it has started.
    pub fn started(&self) -> Vec<u32> {
        descendants(self.0.id())
    }
}
