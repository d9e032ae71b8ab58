//! `vilokanam stream`: streams, for creators and for viewers.

use crate::context::Context;
use clap::Subcommand;
use vilokanam_terminal::{Answer, CommandError};
use vilokanam_wire::StreamRef;

mod create;
mod describe;
pub mod key;
mod list;
mod manage;
mod settings;
mod view;

/// Create, change, list and show streams, and manage their publish keys.
#[derive(Clone, Debug, Subcommand)]
pub enum Stream {
    /// Create a stream; the chain holds a deposit for it
    Create(create::Create),
    /// Change a stream; a higher price and other splits take effect a minute later
    Update(manage::Update),
    /// Set whether a stream is live
    Status {
        /// Number of the stream
        stream: StreamRef,
        /// Status
        status: manage::OnAir,
    },
    /// End a stream for good; its deposit is returned once its sessions are closed
    End {
        /// Number of the stream
        stream: StreamRef,
    },
    /// Create, list and revoke the publish keys of encoders
    #[command(subcommand)]
    Key(key::Key),
    /// Show or change what the gateway does with a stream: how far viewers may go back, recordings, encoding
    Settings(settings::Settings),
    /// List the streams of the gateway, or all streams on chain
    List(list::List),
    /// Show a stream as the gateway or the chain has it
    Show {
        /// Number of the stream
        stream: StreamRef,
        /// Read the chain instead of asking the gateway
        #[arg(long)]
        chain: bool,
    },
}

/// Carries out a command on streams.
pub async fn run(context: &Context, stream: Stream) -> Result<Answer, CommandError> {
    match stream {
        Stream::Create(create) => create::run(context, create).await,
        Stream::Update(update) => manage::update(context, update).await,
        Stream::Status { stream, status } => manage::set_status(context, stream.0, status).await,
        Stream::End { stream } => manage::end(context, stream.0).await,
        Stream::Key(key) => key::run(context, key).await,
        Stream::Settings(settings) => settings::run(context, settings).await,
        Stream::List(list) => list::run(context, list).await,
        Stream::Show { stream, chain: true } => view::show_on_chain(context, stream.0).await,
        Stream::Show { stream, chain: false } => view::show(context, stream).await,
    }
}
