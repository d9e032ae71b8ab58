//! The gateway: serves live video, sells it by the second and settles the payments on chain.
//!
//! | module | its job |
//! | --- | --- |
//! | [`cli`], [`config`] | settings, read and checked as a whole before anything is opened |
//! | [`gateway`], [`lifetime`], [`http_server`] | the life of a gateway: build, serve, drain; its tasks; its port |
//! | [`identity`] | the account of the gateway, and the key that signs for it |
//! | [`follow`] | best and finalized blocks, for the paywall and the index |
//! | [`settlement`] | settles revealed ticks on chain |
//! | [`uploads`], [`jobs`] | finished videos that arrive in pieces, and the recordings made of them |
//! | [`clips`] | parts of broadcasts and recordings, as recordings of their own |
//! | [`images`] | pictures, stored under their hashes |
//! | [`public_fetch`] | what users name, fetched from public addresses only |
//! | [`proxies`] | proxies in front, and where a request came from |
//! | [`publish_key_keeper`] | publish keys that go |
//! | [`publishing`] | publish keys, the ingest, broadcasts on air |
//! | [`live`] | streams that are live, and recordings: playlists, media, keys |
//! | [`creator_settings`], [`recordings_keeper`] | what creators set for their streams; recordings that go |
//! | [`moderation`] | reports, decisions, lists of what is blocked, who may publish and at which terms |
//! | [`admin_cli`] | administration of the running gateway from the command line |
//! | [`chat`] | chat beside streams |
//! | [`stream_rules`], [`suspensions`] | streams that may not be published or served |
//! | [`use_cases`] | what can be asked of the gateway, whichever way it is asked: sessions, keys |
//! | [`api`] | HTTP and WebSocket: handlers that call the use cases |
//! | [`audience`], [`quality`] | who watches, and how well |
//! | [`people`] | profiles, and what people do besides watching |
//! | [`sign_in`] | who a person is, proved once |
//! | [`search`] | finding streams, recordings and people by their texts |
//! | [`spending`], [`time_zone`] | tables of a person's money, in days of a time zone |
//! | [`secrets`] | what keys are made from |
//! | [`telemetry`] | logs and metrics |

mod admin_cli;
mod api;
mod audience;
mod chat;
mod cli;
mod clips;
mod config;
mod creator_settings;
mod follow;
mod gateway;
mod http_server;
mod identity;
mod images;
mod jobs;
mod lifetime;
mod live;
mod moderation;
mod notices;
mod people;
mod proxies;
mod public_fetch;
mod publish_key_keeper;
mod publishing;
mod quality;
mod recordings_keeper;
mod search;
mod secrets;
mod settlement;
mod sign_in;
mod spending;
mod stream_rules;
mod suspensions;
mod telemetry;
#[cfg(test)]
mod test_stream;
mod time_zone;
mod uploads;
mod use_cases;

use clap::Parser;
use cli::{Cli, Command};
use config::{Config, ConfigError};
use gateway::Gateway;
use std::{future::Future, process::ExitCode};

/// The system's allocator took a fifth of the time of a paid key.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code when the settings cannot be used.
const EXIT_CONFIG: u8 = 2;

fn main() -> ExitCode {
    // ffmpeg is started by way of this program.
    vilokanam_sandbox::run_if_asked();
    let cli = Cli::parse();
    let outcome = match cli.command.as_ref().unwrap_or(&Command::Run) {
        Command::PrintOpenapi => return print_openapi(),
        Command::PrintConfig => cli.settings.load().map(|config| print_config(&config.without_secrets())),
        Command::CheckConfig => checked(&cli).map(|_| {
            println!("The settings can be used.");
            ExitCode::SUCCESS
        }),
        Command::ResetIndex => cli.settings.load().map(|config| reset_index(&config)),
        Command::Admin(args) => {
            cli.settings.load().map(|config| block_on(async move { admin_cli::run(&config, args).await }))
        }
        Command::Run => checked(&cli).map(run_with),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("The settings cannot be used:\n{error}");
        ExitCode::from(EXIT_CONFIG)
    })
}

fn checked(cli: &Cli) -> Result<Config, ConfigError> {
    let config = cli.settings.load()?;
    config::check::check(&config)?;
    Ok(config)
}

fn print_config(config: &Config) -> ExitCode {
    match toml::to_string_pretty(config) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn print_openapi() -> ExitCode {
    match api::openapi_json() {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn run_with(config: Config) -> ExitCode {
    block_on(async {
        let (draining, served) = Gateway::build(config).await?.serve(gateway::termination()).await;
        draining.drain().await;
        Ok::<_, gateway::BuildError>(served?)
    })
}

fn reset_index(config: &Config) -> ExitCode {
    block_on(async {
        let index = vilokanam_indexer::Store::connect(&config.database_url()).await?;
        index.reset_index().await?;
        println!("The index is empty; it is built again from the chain when the gateway starts.");
        Ok::<_, vilokanam_indexer::StoreError>(())
    })
}

fn block_on<E: std::fmt::Display>(job: impl Future<Output = Result<(), E>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(job) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("vilokanam-gateway: {error}");
    ExitCode::FAILURE
}
