//! The command line.

use crate::config::{self, Config, ConfigError};
use clap::{Args, Parser, Subcommand};
use figment::{
    providers::{Env, Format, Serialized, Toml},
    Figment,
};
use std::path::PathBuf;

/// Takes live video in, sells it by the second, and has the seconds settled on chain.
///
/// Settings come from a TOML file, then from the environment (VILOKANAM_GATEWAY_HTTP__LISTEN is `listen` in `[http]`), then
/// from flags; the later wins. `print-config` shows what comes of them, `check-config` says what is wrong with it.
#[derive(Parser)]
#[command(name = "vilokanam-gateway", version, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve; also what happens without a command.
    Run,
    /// Read all settings, say everything that is wrong with them, and exit: 0 when nothing is.
    CheckConfig,
    /// Print the settings in force, as TOML. Secrets are in files and are not printed.
    PrintConfig,
    /// Empty the index, to be built again from the chain at the next start. Publish keys, key indices and recordings stay.
    /// The gateway must not be running.
    ResetIndex,
    /// Print the API's OpenAPI document, as JSON.
    PrintOpenapi,
}

/// Where settings come from, and those that are most often given by hand.
#[derive(Args)]
pub struct Settings {
    /// A TOML file; without it `vilokanam-gateway.toml` in the working directory is read if it is there.
    #[arg(long, short, global = true, value_name = "FILE", env = "VILOKANAM_GATEWAY_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where everything is kept that must not be lost.
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Where HTTP is served.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// How viewers reach this gateway.
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// The folder of the built pages.
    #[arg(long, global = true, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// A node's JSON-RPC, by WebSocket; more than once for more than one node, the first is preferred.
    #[arg(long = "node", global = true, value_name = "URL")]
    nodes: Vec<String>,
    /// A file with the gateway's key: a secret phrase or URI, or 32 bytes in hex.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Where RTMP is taken in.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    rtmp_listen: Option<String>,
    /// Serve HTTPS with this certificate chain (PEM); read again when the file changes.
    #[arg(long, global = true, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, global = true, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// The index: `postgres://…` or `sqlite://…`; by default a SQLite file in the data folder.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where recordings go: `s3://bucket/prefix`, with credentials from the environment as AWS tools take them, or
    /// `file:///folder`; by default `media` in the data folder.
    #[arg(long, global = true, value_name = "URL")]
    storage_url: Option<String>,
}

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "vilokanam-gateway.toml";
/// What names of variables begin with.
const ENV_PREFIX: &str = "VILOKANAM_GATEWAY_";

impl Settings {
    /// All settings together, not checked yet.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let file = match &self.config {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.clone())),
            Some(path) => Some(path.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.is_file()),
        };
        // The name of the file is a setting of this process, not one of the gateway's.
        let environment = Env::prefixed(ENV_PREFIX).ignore(&["config"]).split("__");
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(path) = file {
            figment = figment.merge(Toml::file_exact(path));
        }
        let config = self.flags(figment.merge(environment)).extract();
        config.map_err(|error| ConfigError::Unreadable(config::words_of(error)))
    }

    fn flags(&self, mut figment: Figment) -> Figment {
        let mut set = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                figment = std::mem::take(&mut figment).merge((key, value));
            }
        };
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        set("data_dir", path(&self.data_dir));
        set("http.listen", self.listen.clone());
        set("http.public_url", self.public_url.clone());
        set("http.pages", path(&self.pages));
        set("chain.key_file", path(&self.key_file));
        set("ingest.rtmp_listen", self.rtmp_listen.clone());
        set("http.tls_certificate", path(&self.tls_certificate));
        set("http.tls_key", path(&self.tls_key));
        set("database.url", self.database_url.clone());
        set("storage.url", self.storage_url.clone());
        if !self.nodes.is_empty() {
            figment = figment.merge(("chain.nodes", self.nodes.clone()));
        }
        figment
    }
}
