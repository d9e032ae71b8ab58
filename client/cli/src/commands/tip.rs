//! `vilokanam tip`: money from the wallet to a stream.

use crate::context::Context;
use clap::Args;
use serde_json::json;
use tick_stream_primitives::limits::MAX_MEMO;
use vilokanam_chain::Call;
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Planck, StreamRef};

/// Tip a stream.
#[derive(Clone, Debug, Args)]
pub struct Tip {
    /// Number of the stream
    pub stream: StreamRef,
    /// Amount in VLK
    pub amount: Vlk,
    /// Public message, of 128 bytes at most
    #[arg(long, default_value = "", value_parser = memo)]
    pub memo: String,
}

fn memo(text: &str) -> Result<String, String> {
    let bytes = text.len();
    if bytes > MAX_MEMO as usize {
        return Err(format!("it is {bytes} bytes long; the maximum is {MAX_MEMO}"));
    }
    Ok(text.to_owned())
}

/// Tips the stream.
pub async fn run(context: &Context, args: Tip) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let call = Call::tip(args.stream.0, args.amount.0, args.memo.as_bytes());
    let sent = context.send(&chain, &call, &signer).await?;
    let lines = [
        ("tipped", args.amount.to_string()),
        ("stream", args.stream.to_string()),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({ "sent": sent.to_json(), "stream": args.stream, "tipped": Planck(args.amount.0) });
    Ok(Answer::new(json, facts(&lines)))
}
