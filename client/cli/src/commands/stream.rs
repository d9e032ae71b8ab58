//! `vilokanam stream`: what creators do with streams, and what there is to watch.

use crate::{answer::Answer, context::Context, error::CliError};
use clap::{Subcommand, ValueEnum};
use tick_stream_primitives::StreamStatus;
use vilokanam_wire::StreamRef;

mod create;
mod describe;
pub mod key;
mod list;
mod manage;
mod view;

/// Create, change, list and show streams, and their publish keys.
#[derive(Clone, Debug, Subcommand)]
pub enum Stream {
    /// Create a stream; the chain holds a deposit for it
    Create(create::Create),
    /// Change a stream; a higher price and other splits are announced a minute ahead
    Update(manage::Update),
    /// Say whether a stream is on air
    Status {
        /// The stream's number
        stream: StreamRef,
        /// What it is
        status: OnAir,
    },
    /// End a stream for good; once its sessions are closed, its deposit comes back
    End {
        /// The stream's number
        stream: StreamRef,
    },
    /// Make, list and revoke the keys that encoders publish with
    #[command(subcommand)]
    Key(key::Key),
    /// List streams: what the gateway serves, or all on chain
    List(list::List),
    /// Show a stream as the gateway has it, or as the chain has it
    Show {
        /// The stream's number
        stream: StreamRef,
        /// Ask the chain and not the gateway
        #[arg(long)]
        chain: bool,
    },
}

/// Whether a stream is on air.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OnAir {
    /// It can be seen now
    Live,
    /// Not now
    Offline,
}

impl From<OnAir> for StreamStatus {
    fn from(on_air: OnAir) -> Self {
        match on_air {
            OnAir::Live => Self::Live,
            OnAir::Offline => Self::Offline,
        }
    }
}

/// Does it.
pub async fn run(context: &Context, stream: Stream) -> Result<Answer, CliError> {
    match stream {
        Stream::Create(create) => create::run(context, create).await,
        Stream::Update(update) => manage::update(context, update).await,
        Stream::Status { stream, status } => manage::set_status(context, stream.0, status).await,
        Stream::End { stream } => manage::end(context, stream.0).await,
        Stream::Key(key) => key::run(context, key).await,
        Stream::List(list) => list::run(context, list).await,
        Stream::Show { stream, chain: true } => view::show_on_chain(context, stream.0).await,
        Stream::Show { stream, chain: false } => view::show(context, stream).await,
    }
}
