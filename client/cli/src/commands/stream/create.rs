//! `vilokanam stream create`

use super::describe::{encode, splits, Description, Split};
use crate::context::{Context, Sent};
use clap::Args;
use serde_json::json;
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, BlockNumber, StreamId};
use vilokanam_chain::{Call, Chain, NewStream, TickEvent};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Percent, Vlk};
use vilokanam_wire::{streams::Metadata, Account, Planck, StreamRef};

/// Create a stream.
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// Price of a second in VLK
    #[arg(long, value_name = "VLK")]
    pub price: Vlk,
    /// Length of the free preview in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub preview: u32,
    /// Share of the gateway in percent
    #[arg(long, value_name = "PERCENT", default_value = "10")]
    pub gateway_share: Percent,
    /// Account that receives a share of the income after the gateway's; can be repeated
    #[arg(long = "split", value_name = "ACCOUNT=PERCENT")]
    pub splits: Vec<Split>,
    #[command(flatten)]
    pub description: Description,
}

/// Creates the stream.
pub async fn run(context: &Context, args: Create) -> Result<Answer, CommandError> {
    let metadata = args.description.applied_to(Metadata::default())?;
    if metadata.title.is_empty() {
        return Err(CommandError::Usage("a stream needs a title: give --title, or --metadata with a title".into()));
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
    let id = created_stream(&chain, sent, &signer.account()).await?;
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

/// Returns the number that the chain gave to the stream.
async fn created_stream(chain: &Chain, sent: Sent, creator: &AccountId) -> Result<StreamId, CommandError> {
    let events = chain.tick_events(sent.0.block.hash).await?;
    let found = events.into_iter().find_map(|event| match event {
        TickEvent::StreamCreated { stream, creator: by, .. } if by == *creator => Some(stream),
        _ => None,
    });
    found.ok_or_else(|| number_unknown(sent.block(), creator))
}

fn number_unknown(block: BlockNumber, creator: &AccountId) -> CommandError {
    let creator = Account(creator.clone());
    CommandError::failed(
        format!("the stream was created in block {block}, but its number cannot be read"),
        format!("List your streams with `vilokanam stream list --chain --creator {creator}`; the newest is the first."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn hint_is_a_complete_command_line() {
        let hint = number_unknown(7, &AccountId::from([1; 32])).hint().unwrap();
        let command = hint.split('`').nth(1).unwrap();
        let parsed = Cli::try_parse_from(command.split_whitespace());
        assert!(parsed.is_ok(), "{hint}");
    }
}
