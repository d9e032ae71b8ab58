//! Options that every command has.

use crate::{
    error::CommandError,
    wallet::{self, Phrase},
};
use clap::Args;
use std::path::PathBuf;
use url::Url;
use vilokanam_chain::{Chain, Signer};
use vilokanam_viewer::gateway::GatewayClient;

const HEADING: &str = "Global options";

/// Options that every command has.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// WebSocket address of a node; several are tried in order
    #[arg(
        long = "node",
        global = true,
        value_name = "URL",
        env = "VILOKANAM_NODE",
        value_delimiter = ',',
        default_value = "ws://127.0.0.1:9944",
        help_heading = HEADING
    )]
    pub nodes: Vec<String>,
    /// Address of the gateway
    #[arg(id = "gateway_url", long = "gateway", global = true, value_name = "URL", env = "VILOKANAM_GATEWAY",
          default_value = "http://127.0.0.1:8080", value_parser = web_address, help_heading = HEADING)]
    pub gateway: Url,
    /// File with the wallet's phrase
    #[arg(long, global = true, value_name = "FILE", env = "VILOKANAM_KEY_FILE", help_heading = HEADING)]
    pub key_file: Option<PathBuf>,
    /// Folder for session keys, publish keys and open sessions
    #[arg(long, global = true, value_name = "FOLDER", env = "VILOKANAM_DATA_DIR", help_heading = HEADING)]
    pub data_dir: Option<PathBuf>,
    /// Print one JSON document on stdout, errors included
    #[arg(long, global = true, help_heading = HEADING)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub quiet: bool,
}

impl Options {
    /// Connects to the first node that answers.
    ///
    /// # Errors
    ///
    /// The error of the last node, when none answers.
    pub async fn connect_chain(&self) -> Result<Chain, CommandError> {
        let mut last = None;
        for node in &self.nodes {
            match Chain::connect(node).await {
                Ok(chain) => return Ok(chain),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(no_node, CommandError::from))
    }

    /// Creates a client of the gateway.
    ///
    /// # Errors
    ///
    /// When this machine cannot make HTTP requests.
    pub fn gateway_client(&self) -> Result<GatewayClient, CommandError> {
        Ok(GatewayClient::new(&self.gateway)?)
    }

    /// Returns the data folder: the one that was named, or this user's.
    ///
    /// # Errors
    ///
    /// When no folder was named and the user has no home folder.
    pub fn data_folder(&self) -> Result<PathBuf, CommandError> {
        let of_user = || directories::ProjectDirs::from("org", "vilokanam", "vilokanam");
        let found = self.data_dir.clone().or_else(|| of_user().map(|folders| folders.data_dir().to_path_buf()));
        found.ok_or_else(|| CommandError::failed("this user has no home folder", "Name a folder with --data-dir."))
    }

    /// Finds the wallet's phrase: in the file that was named, the environment, or the data folder. `None` when it is in none
    /// of them.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn phrase(&self) -> Result<Option<Phrase>, CommandError> {
        wallet::find(self.key_file.as_deref(), &self.data_folder()?)
    }

    /// Returns the wallet's key. Asks for its phrase in a terminal when [`Self::phrase`] finds none.
    ///
    /// # Errors
    ///
    /// When there is no phrase, or it is malformed.
    pub fn wallet(&self) -> Result<Signer, CommandError> {
        match self.phrase()? {
            Some(phrase) => phrase.signer(),
            None => wallet::prompt()?.signer(),
        }
    }

    /// Prints a note for people on stderr.
    pub fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", text.as_ref());
        }
    }
}

/// Error of a command line without a node.
pub fn no_node() -> CommandError {
    CommandError::Usage("no --node is given".into())
}

/// Parses an address that is fetched over HTTP.
///
/// # Errors
///
/// A sentence for the user.
pub fn web_address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err("it must begin with http:// or https://".into()),
    }
}
