//! `vilokanam stream update`, `status` and `end`

use super::{
    describe::{decode, encode, splits, Split, Words},
    OnAir,
};
use crate::{
    amount::{Percent, Vlk},
    answer::Answer,
    context::Context,
    error::CliError,
};
use clap::Args;
use serde_json::json;
use sp_runtime::Permill;
use tick_stream_primitives::StreamId;
use vilokanam_chain::{Call, Chain, StreamUpdate};
use vilokanam_wire::StreamRef;

/// Change a stream; what is not named stays.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// The stream's number
    pub stream: StreamRef,
    /// What a second costs, in VLK
    #[arg(long, value_name = "VLK")]
    pub price: Option<Vlk>,
    /// Seconds that a viewer sees for nothing
    #[arg(long, value_name = "SECONDS")]
    pub preview: Option<u32>,
    /// The gateway's share, in percent
    #[arg(long, value_name = "PERCENT")]
    pub gateway_share: Option<Percent>,
    /// Somebody who shares what the gateway leaves; may be given again, and replaces all there are
    #[arg(long = "split", value_name = "ACCOUNT=PERCENT", conflicts_with = "no_splits")]
    pub splits: Vec<Split>,
    /// Nobody shares any more
    #[arg(long)]
    pub no_splits: bool,
    #[command(flatten)]
    pub words: Words,
}

impl Update {
    fn is_empty(&self) -> bool {
        let numbers = self.price.is_some() || self.preview.is_some() || self.gateway_share.is_some();
        !numbers && self.splits.is_empty() && !self.no_splits && self.words.is_empty()
    }
}

/// Does it.
pub async fn update(context: &Context, args: Update) -> Result<Answer, CliError> {
    if args.is_empty() {
        return Err(CliError::Usage("nothing is to change: name a price, a preview, shares or words".into()));
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
        Some(block) => format!("Stream {id} is changed; what is announced holds from block {block} on."),
        None => format!("Stream {id} is changed in block {}.", sent.block()),
    };
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "announced_for": announced }), text))
}

/// What changes; words are laid over those on chain.
async fn changes(chain: &Chain, args: Update) -> Result<StreamUpdate, CliError> {
    let metadata = match args.words.is_empty() {
        true => None,
        false => {
            let before = chain.now().stream(args.stream.0).await?.map(|stream| decode(&stream.metadata));
            Some(encode(&args.words.over(before.unwrap_or_default())?)?)
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

/// Says whether it is on air.
pub async fn set_status(context: &Context, id: StreamId, status: OnAir) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::set_stream_status(id, status.into()), &signer).await?;
    let word = if status == OnAir::Live { "live" } else { "offline" };
    let text = format!("Stream {id} is {word} since block {}.", sent.block());
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "status": word }), text))
}

/// Ends it.
pub async fn end(context: &Context, id: StreamId) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::end_stream(id), &signer).await?;
    let is_gone = chain.at(sent.0.block.hash).stream(id).await?.is_none();
    let text = match is_gone {
        true => format!("Stream {id} is over and its deposit is back."),
        false => format!("Stream {id} is over. Call again when its sessions are closed, to get its deposit back."),
    };
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": StreamRef(id), "is_removed": is_gone }), text))
}
