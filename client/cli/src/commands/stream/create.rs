//! `vilokanam stream create`

use super::describe::{encode, splits, Split, Words};
use crate::{
    amount::{PerSecond, Percent, Vlk},
    answer::{facts, Answer},
    context::{Context, Sent},
    error::CliError,
};
use clap::Args;
use serde_json::json;
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_chain::{Call, Chain, NewStream, TickEvent};
use vilokanam_wire::{streams::Metadata, Planck, StreamRef};

/// Create a stream.
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// What a second costs, in VLK
    #[arg(long, value_name = "VLK")]
    pub price: Vlk,
    /// Seconds that a viewer sees for nothing
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub preview: u32,
    /// The gateway's share, in percent
    #[arg(long, value_name = "PERCENT", default_value = "10")]
    pub gateway_share: Percent,
    /// Somebody who shares what the gateway leaves; may be given again
    #[arg(long = "split", value_name = "ACCOUNT=PERCENT")]
    pub splits: Vec<Split>,
    #[command(flatten)]
    pub words: Words,
}

/// Does it.
pub async fn run(context: &Context, args: Create) -> Result<Answer, CliError> {
    let metadata = args.words.over(Metadata::default())?;
    if metadata.title.is_empty() {
        return Err(CliError::Usage("a stream needs a title: give --title, or --metadata with one".into()));
    }
    let stream = NewStream {
        price_per_tick: args.price.0,
        preview_ticks: args.preview,
        gateway_share: Permill::from_parts(args.gateway_share.0),
        splits: splits(args.splits)?,
        metadata: encode(&metadata)?,
    };
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::create_stream(&stream), &signer).await?;
    let id = created(&chain, sent, &signer.account()).await?;
    context
        .note(format!("Next: `vilokanam publish FILE --stream {id}`, or `vilokanam stream key create {id}` for OBS."));
    let lines = [
        ("stream", id.to_string()),
        ("title", metadata.title.clone()),
        ("price", PerSecond(args.price.0).to_string()),
        ("preview", format!("{} s", args.preview)),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({
        "sent": sent.to_json(),
        "stream": StreamRef(id),
        "price_per_tick": Planck(args.price.0),
        "metadata": metadata,
    });
    Ok(Answer::new(json, facts(&lines)))
}

/// The number that the chain gave it.
async fn created(chain: &Chain, sent: Sent, by: &AccountId) -> Result<StreamId, CliError> {
    let events = chain.tick_events(sent.0.block.hash).await?;
    let found = events.into_iter().find_map(|event| match event {
        TickEvent::StreamCreated { stream, creator, .. } if creator == *by => Some(stream),
        _ => None,
    });
    found.ok_or_else(|| {
        CliError::failed(
            format!("the stream was created in block {}, but its number cannot be read", sent.block()),
            "Find it with `vilokanam stream list --chain --creator`.",
        )
    })
}
