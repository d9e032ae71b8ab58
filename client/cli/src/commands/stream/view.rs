//! `vilokanam stream show`: one stream. Streams on chain are converted to the types of the gateway's API.

use super::describe::decode;
use crate::context::Context;
use tick_stream_primitives::{Stream, StreamId};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Percent, Vlk};
use vilokanam_wire::{
    streams::{NextPrice, Split, StreamStatus, StreamView},
    Account, Planck, StreamRef,
};

/// Shows a stream as the gateway has it.
pub async fn show(context: &Context, stream: StreamRef) -> Result<Answer, CommandError> {
    let view: StreamView = context.gateway()?.get(&format!("/v1/streams/{stream}"), &[]).await?;
    Ok(Answer::new(&view, facts(&lines(&view, true))))
}

/// Shows a stream as the chain has it.
pub async fn show_on_chain(context: &Context, id: StreamId) -> Result<Answer, CommandError> {
    let chain = context.chain().await?;
    let stream = chain.now().stream(id).await?;
    let stream = stream.ok_or_else(|| CommandError::Rows(format!("there is no stream {id} on this chain")))?;
    let view = from_chain(id, stream);
    Ok(Answer::new(&view, facts(&lines(&view, false))))
}

/// Converts a stream on chain. What only a gateway knows is left empty.
pub fn from_chain(id: StreamId, stream: Stream) -> StreamView {
    StreamView {
        stream: StreamRef(id),
        creator: Account(stream.creator),
        metadata: decode(&stream.metadata),
        status: stream.status.into(),
        is_live_here: false,
        price_per_tick: Planck(stream.price_per_tick),
        next_price: stream.next_price.map(|next| NextPrice { price_per_tick: Planck(next.value), from_block: next.at }),
        preview_ticks: stream.preview_ticks,
        gateway_share_ppm: stream.gateway_share.deconstruct(),
        splits: stream
            .splits
            .into_iter()
            .map(|(account, share)| Split { account: Account(account), share_ppm: share.deconstruct() })
            .collect(),
        viewers: stream.open_sessions,
        total_ticks: stream.totals.ticks,
        total_paid: Planck(stream.totals.paid),
        total_tipped: Planck(stream.totals.tipped),
        last_live: None,
        playlist: None,
        dvr_playlist: None,
        clips: None,
    }
}

/// Returns the status in one word.
pub fn status_name(status: StreamStatus) -> &'static str {
    match status {
        StreamStatus::Live => "live",
        StreamStatus::Offline => "offline",
        StreamStatus::Ended => "ended",
        StreamStatus::Suspended => "suspended",
    }
}

fn lines(view: &StreamView, is_from_gateway: bool) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("stream", view.stream.to_string()),
        ("title", view.metadata.title.clone()),
        ("creator", view.creator.to_string()),
        ("status", status_name(view.status).into()),
        ("price", PerSecond(view.price_per_tick.0).to_string()),
        ("preview", format!("{} s", view.preview_ticks)),
        ("gateway's share", Percent(view.gateway_share_ppm).to_string()),
        ("seconds sold", view.total_ticks.to_string()),
        ("paid", Vlk(view.total_paid.0).to_string()),
        ("tipped", Vlk(view.total_tipped.0).to_string()),
    ];
    let optional = [
        ("description", view.metadata.description.clone()),
        ("category", view.metadata.category.clone()),
        ("tags", view.metadata.tags.join(", ")),
    ];
    lines.extend(optional.into_iter().filter(|(_, text)| !text.is_empty()));
    lines.extend(
        view.next_price
            .iter()
            .map(|next| ("next price", format!("{} from block {}", PerSecond(next.price_per_tick.0), next.from_block))),
    );
    let splits = view.splits.iter();
    lines.extend(splits.map(|split| ("split", format!("{} to {}", Percent(split.share_ppm), split.account))));
    match is_from_gateway {
        true => lines.push(("live here", if view.is_live_here { "yes" } else { "no" }.into())),
        false => lines.push(("open sessions", view.viewers.to_string())),
    }
    lines
}
