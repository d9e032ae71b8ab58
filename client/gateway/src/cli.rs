//! The command line.

use crate::{
    admin_cli::AdminArgs,
    config::{self, Config, ConfigError},
};
use clap::{Args, Parser, Subcommand};
use figment::{
    providers::{Env, Format, Serialized, Toml},
    Figment,
};
use std::path::PathBuf;

/// Serves live video, sells it by the second and settles the payments on chain.
///
/// Settings come from a TOML file, then from the environment (VILOKANAM_GATEWAY_HTTP__LISTEN is `listen` in `[http]`), then
/// from flags; later sources override earlier ones. `print-config` prints the result, `check-config` reports what is wrong.
#[derive(Parser)]
#[command(name = "vilokanam-gateway", version, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

/// The command.
#[derive(Subcommand)]
pub enum Command {
    /// Run the gateway (the default).
    Run,
    /// Check all settings, report everything that is wrong, and exit: with 0 when nothing is.
    CheckConfig,
    /// Print the settings in force, as TOML. Secrets are in files and are not printed.
    PrintConfig,
    /// Empty the index; the next start builds it again from the chain. Publish keys, key indices and recordings stay. The
    /// gateway must not be running.
    ResetIndex,
    /// Print the OpenAPI document of the API, as JSON.
    PrintOpenapi,
    /// Administer the running gateway: see its state, cut streams off, decide about reports, block, grant roles.
    ///
    /// The command reads the gateway's settings, signs in at its port with the gateway's key, and prints what it answers.
    Admin(AdminArgs),
}

/// The settings file, and the settings that are most often given by hand.
#[derive(Args)]
pub struct Settings {
    /// Settings file (TOML); by default `vilokanam-gateway.toml` in the working directory, if it exists.
    #[arg(long, short, global = true, value_name = "FILE", env = "VILOKANAM_GATEWAY_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of everything that must not be lost: journal, keys, secrets, recordings, database.
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Address and port of HTTP.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// URL under which viewers reach this gateway.
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Folder of the built pages.
    #[arg(long, global = true, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// WebSocket URL of a node's JSON-RPC. Can be given more than once; the first node is preferred.
    #[arg(long = "node", global = true, value_name = "URL")]
    nodes: Vec<String>,
    /// File with the gateway's key: a secret phrase or URI, or 32 bytes in hex.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Address and port of RTMP.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    rtmp_listen: Option<String>,
    /// File with a certificate chain (PEM): serve HTTPS. It is read again when it changes.
    #[arg(long, global = true, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// File with the private key of the certificate (PEM).
    #[arg(long, global = true, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Database of the index: `postgres://…` or `sqlite://…`; by default a SQLite file in the data folder.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Lowest price of a second at which streams are served, in planck (10^-12 VLK).
    #[arg(long, global = true, value_name = "PLANCK")]
    min_price: Option<u64>,
    /// Smallest share of this gateway at which streams are served, in parts per million.
    #[arg(long, global = true, value_name = "PPM")]
    min_share: Option<u32>,
    /// Object store of recordings: `s3://bucket/prefix`, with credentials from the environment as AWS tools read them, or
    /// `file:///folder`; by default `media` in the data folder.
    #[arg(long, global = true, value_name = "URL")]
    storage_url: Option<String>,
}

/// The settings file that is read when none is named.
const DEFAULT_FILE: &str = "vilokanam-gateway.toml";
/// Prefix of environment variables.
const ENV_PREFIX: &str = "VILOKANAM_GATEWAY_";

impl Settings {
    /// Reads all settings, without checking them.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let file = match &self.config {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.clone())),
            Some(path) => Some(path.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.is_file()),
        };
        // The name of the settings file is not a setting itself.
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
        if let Some(price) = self.min_price {
            figment = figment.merge(("paywall.min_price", price));
        }
        if let Some(share) = self.min_share {
            figment = figment.merge(("paywall.min_share_ppm", share));
        }
        if !self.nodes.is_empty() {
            figment = figment.merge(("chain.nodes", self.nodes.clone()));
        }
        figment
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use figment::value::Value;

    #[test]
    fn ipv6_address_to_listen_on_is_read_from_flags_and_variables() {
        let cli = Cli::try_parse_from(["gateway", "--listen", "[::1]:8080", "--rtmp-listen", "[::]:1935"]).unwrap();
        let figment = cli.settings.flags(Figment::from(Serialized::defaults(Config::default())));
        let config: Config = figment.extract().unwrap();
        assert_eq!(config.http.listen, "[::1]:8080".parse().unwrap());
        assert_eq!(config.ingest.rtmp_listen, "[::]:1935".parse().unwrap());
        // Variables are read as TOML is, in which brackets begin a list.
        let read = |text: &str| text.parse::<Value>().unwrap().into_string();
        assert_eq!(read("[::]:8080").as_deref(), Some("[::]:8080"));
        assert_eq!(read("[2001:db8::1]:8080").as_deref(), Some("[2001:db8::1]:8080"));
    }

    #[test]
    fn proxies_are_read_from_settings() {
        let toml = r#"
            [http]
            trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]
            proxy_hops = 2
            forwarded_header = "forwarded"
        "#;
        let config: Config =
            Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(toml)).extract().unwrap();
        assert_eq!((config.http.trusted_proxies.len(), config.http.proxy_hops), (3, 2));
        let wrong = Toml::string("[http]\ntrusted_proxies = [\"proxy\"]");
        let refused = Figment::from(Serialized::defaults(Config::default())).merge(wrong).extract::<Config>();
        let words = config::words_of(refused.unwrap_err());
        assert!(words.contains("http.trusted_proxies") && words.contains("10.0.0.0/8"), "{words}");
    }
}
