//! `vilokanam stream update`, `status` and `end`

use super::describe::{decode, encode_over, splits, Description, Split};
use crate::context::Context;
use clap::{Args, ValueEnum};
use serde_json::json;
use sp_runtime::Permill;
use tick_stream_primitives::{StreamId, StreamStatus};
use vilokanam_chain::{Call, Chain, StreamUpdate};
use vilokanam_terminal::{Answer, CommandError};
use vilokanam_viewer::amount::{Percent, Vlk};
use vilokanam_wire::StreamRef;

/// Change a stream; what is not given stays.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// Number of the stream
    pub stream: StreamRef,
    /// Price of a second in VLK
    #[arg(long, value_name = "VLK")]
    pub price: Option<Vlk>,
    /// Length of the free preview in seconds
    #[arg(long, value_name = "SECONDS")]
    pub preview: Option<u32>,
    /// Share of the gateway in percent
    #[arg(long, value_name = "PERCENT")]
    pub gateway_share: Option<Percent>,
    /// Account that receives a share of the income after the gateway's; can be repeated, and replaces all splits
    #[arg(long = "split", value_name = "ACCOUNT=PERCENT", conflicts_with = "no_splits")]
    pub splits: Vec<Split>,
    /// Remove all splits
    #[arg(long)]
    pub no_splits: bool,
    #[command(flatten)]
    pub description: Description,
}

/// Whether a stream is live.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OnAir {
    /// It can be watched now
    Live,
    /// It cannot be watched now
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

impl Update {
    fn is_empty(&self) -> bool {
        let numbers = self.price.is_some() || self.preview.is_some() || self.gateway_share.is_some();
        !numbers && self.splits.is_empty() && !self.no_splits && self.description.is_empty()
    }
}

/// Changes the stream.
pub async fn update(context: &Context, args: Update) -> Result<Answer, CommandError> {
    if args.is_empty() {
        return Err(CommandError::Usage("no change is given: name a price, a preview, shares or a description".into()));
    }
    let id = args.stream.0;
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let changes = changes(&chain, args).await?;
    let sent = context.send(&chain, &Call::update_stream(id, &changes), &signer).await?;
    let stream = chain.at(sent.0.block.hash).stream(id).await?;
    let announced = stream.and_then(|stream| {
        stream.next_price.map(|next| next.at).into_iter().chain(stream.next_splits.map(|next| next.at)).max()
    });
    let text = match announced {
        Some(block) => format!("Stream {id} is changed; what was announced takes effect in block {block}."),
        None => format!("Stream {id} was changed in block {}.", sent.block()),
    };
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "announced_for": announced }), text))
}

/// Returns the changes. A description replaces parts of the one on chain.
async fn changes(chain: &Chain, args: Update) -> Result<StreamUpdate, CommandError> {
    let metadata = match args.description.is_empty() {
        true => None,
        false => {
            let stored = chain.now().stream(args.stream.0).await?.map(|stream| stream.metadata).unwrap_or_default();
            Some(encode_over(&stored, &args.description.applied_to(decode(&stored))?)?)
        }
    };
    let has_splits = args.no_splits || !args.splits.is_empty();
    Ok(StreamUpdate {
        price_per_tick: args.price.map(|price| price.0),
        preview_ticks: args.preview,
        gateway_share: args.gateway_share.map(|share| Permill::from_parts(share.0)),
        splits: if has_splits { Some(splits(args.splits)?) } else { None },
        metadata,
    })
}

/// Sets whether the stream is live.
pub async fn set_status(context: &Context, id: StreamId, status: OnAir) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::set_stream_status(id, status.into()), &signer).await?;
    let name = if status == OnAir::Live { "live" } else { "offline" };
    let text = format!("Stream {id} has been {name} since block {}.", sent.block());
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "status": name }), text))
}

/// Ends the stream.
pub async fn end(context: &Context, id: StreamId) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::end_stream(id), &signer).await?;
    let is_gone = chain.at(sent.0.block.hash).stream(id).await?.is_none();
    let text = match is_gone {
        true => format!("Stream {id} has ended, and its deposit is returned."),
        false => {
            format!("Stream {id} has ended. Repeat the command when its sessions are closed, to get its deposit back.")
        }
    };
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "is_removed": is_gone }), text))
}
