//! `vilokanam watch`: watching, and paying second by second.

use crate::{
    amount::Vlk,
    answer::{facts, Answer},
    commands::delegate::{lifetime, session_signer},
    context::Context,
    error::{CliError, Exit},
    gateway::{GatewayClient, MAX_TEXT_BYTES},
    player::{
        opening::{Customer, Opener},
        playlist::{choose, renditions, Quality, Rendition},
        screening::{fetch, Ending, Plan, Screening},
        sink::Sink,
        status::StatusLine,
    },
    store::StoredSessionKey,
};
use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use std::{io::IsTerminal, path::PathBuf, time::Duration};
use tick_stream_primitives::GenesisHash;
use url::Url;
use vilokanam_wire::{streams::StreamView, Account, Planck, StreamRef};

/// Watch a stream and pay for it, second by second.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Writes fragmented MP4: `vilokanam watch 3 | mpv -`, or `vilokanam watch 3 -o film.mp4`.
Pays with the session key that `vilokanam deposit` has lent; the wallet's key is not needed.
A session that an interrupted run has left open is gone on with.")]
pub struct Watch {
    /// The stream's number
    pub stream: StreamRef,
    /// Where the video goes; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// `best`, `worst`, a height like `720p`, or a rendition's name
    #[arg(long, default_value = "best")]
    pub quality: Quality,
    /// Stop after so much video, like `30s` or `5m`
    #[arg(long = "for", value_name = "TIME", value_parser = lifetime)]
    pub length: Option<SignedDuration>,
    /// Spend no more than this, in VLK, fees for opening sessions included
    #[arg(long, value_name = "VLK")]
    pub max_spend: Option<Vlk>,
    /// Agree to no dearer second than this, in VLK; the session key has its own limit
    #[arg(long, value_name = "VLK")]
    pub max_price: Option<Vlk>,
    /// How long a session is opened for at a time: its price is reserved
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = lifetime)]
    pub session_length: SignedDuration,
    /// Pay from the beginning, even if the stream has a free preview
    #[arg(long)]
    pub no_preview: bool,
    /// Whose deposit pays, if this machine keeps session keys of several
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<Account>,
}

/// Does it.
pub async fn run(context: &Context, args: Watch) -> Result<(Answer, Exit), CliError> {
    check_output(context, &args)?;
    let gateway = context.gateway()?;
    let view: StreamView = gateway.get(&format!("/v1/streams/{}", args.stream), &[]).await?;
    let master = master(&gateway, &view)?;
    let rendition = rendition(&gateway, &master, &args.quality).await?;
    let chain = context.chain().await?;
    let customer = customer(context, &chain.genesis_hash(), &args)?;
    let sessions = context.data.sessions(&chain.genesis_hash());
    let opener = Opener::new(chain, gateway.clone(), customer, args.stream.0, sessions).await?;
    let to_stdout = args.output.as_os_str() == "-";
    let sink = if to_stdout { Sink::stdout()? } else { Sink::file(&args.output).await? };
    let line = StatusLine::new(context.global.quiet);
    let mut screening = Screening::new(gateway, opener, sink, line, plan(&args, &view, master), rendition);
    let ended = tokio::select! {
        ended = screening.play() => ended,
        _ = tokio::signal::ctrl_c() => Ok(Ending::Interrupted),
    };
    screening.line.tell("Leaving …".into());
    tokio::select! {
        () = screening.leave() => {}
        _ = tokio::signal::ctrl_c() => return Err(CliError::Interrupted),
    }
    screening.line.clear();
    let exit = if matches!(ended, Ok(Ending::Interrupted)) { Exit::Interrupted } else { Exit::Done };
    let (json, text) = told(&args, &screening, ended.as_ref().ok());
    if let Err(error) = ended {
        context.note(text);
        return Err(error);
    }
    if to_stdout {
        // stdout is the video's.
        context.note(text);
        return Ok((Answer::new(json, ""), exit));
    }
    Ok((Answer::new(json, text), exit))
}

fn check_output(context: &Context, args: &Watch) -> Result<(), CliError> {
    let to_stdout = args.output.as_os_str() == "-";
    if to_stdout && context.global.json {
        return Err(CliError::Usage("stdout cannot be both video and JSON: name a file with -o".into()));
    }
    if to_stdout && std::io::stdout().is_terminal() {
        return Err(CliError::Usage("stdout is a terminal: name a file with -o, or pipe into a player".into()));
    }
    Ok(())
}

fn plan(args: &Watch, view: &StreamView, master: Url) -> Plan {
    let length = |time: SignedDuration| Duration::from_secs(time.as_secs().unsigned_abs());
    Plan {
        length: args.length.map(length),
        budget: args.max_spend.map(|most| most.0),
        session_ticks: u32::try_from(args.session_length.as_secs()).unwrap_or(u32::MAX),
        takes_preview: !args.no_preview && view.preview_ticks > 0,
        master,
        quality: args.quality.clone(),
    }
}

fn master(gateway: &GatewayClient, view: &StreamView) -> Result<Url, CliError> {
    let Some(playlist) = view.playlist.as_ref().filter(|_| view.is_live_here) else {
        return Err(CliError::failed(
            format!("stream {} is not live at {}", view.stream, gateway.address()),
            "See what is with `vilokanam stream list --live`.",
        ));
    };
    gateway.url(playlist)
}

async fn rendition(gateway: &GatewayClient, master: &Url, wanted: &Quality) -> Result<Rendition, CliError> {
    let text = fetch(gateway, master, MAX_TEXT_BYTES).await?;
    choose(&renditions(&text, master)?, wanted).cloned()
}

/// The session key that this machine keeps, and whose it is.
fn customer(context: &Context, genesis: &GenesisHash, args: &Watch) -> Result<Customer, CliError> {
    let kept = context.data.all_session_keys(genesis)?;
    let one = pick(kept, args.account.as_ref())?;
    Ok(Customer {
        session_key: session_signer(&one)?,
        account: one.viewer.0,
        max_price: args.max_price.map(|price| price.0),
    })
}

fn pick(kept: Vec<StoredSessionKey>, wanted: Option<&Account>) -> Result<StoredSessionKey, CliError> {
    let mut fitting = kept.into_iter().filter(|key| wanted.is_none_or(|account| key.viewer == *account));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            Err(CliError::Usage("this machine keeps several session keys: name one with --account".into()))
        }
        (None, _) => Err(CliError::unpaid(
            "this machine keeps no session key for this chain",
            "Make a deposit with `vilokanam deposit`, or lend a key with `vilokanam delegate`.",
        )),
    }
}

fn told(args: &Watch, screening: &Screening, ending: Option<&Ending>) -> (serde_json::Value, String) {
    let ticks: u64 = screening.left.iter().map(|left| u64::from(left.ticks)).sum();
    let paid = screening.left.iter().map(|left| left.paid.0).sum::<u128>();
    let json = json!({
        "stream": args.stream,
        "ending": ending,
        "quality": screening.rendition.name,
        "seconds": screening.seen.as_secs_f64(),
        "seconds_free": screening.seen_free.as_secs_f64(),
        "segments_missed": screening.missed,
        "bytes": screening.sink.bytes(),
        "ticks": ticks,
        "paid": Planck(paid),
        "open_fees": Planck(screening.fees()),
        "sessions": screening.left,
    });
    let mut lines = vec![
        (
            "seen",
            format!("{:.0} s, {:.0} s of it free", screening.seen.as_secs_f64(), screening.seen_free.as_secs_f64()),
        ),
        ("paid", format!("{} for {ticks} s", Vlk(paid))),
        ("to open", Vlk(screening.fees()).to_string()),
    ];
    lines.extend(screening.left.iter().map(|left| {
        let closed = if left.is_closed { "" } else { ", not closed yet: the gateway does it by itself" };
        ("session", format!("{}{closed}", left.session))
    }));
    if screening.missed > 0 {
        lines.push(("missed", format!("{} segments", screening.missed)));
    }
    (json, facts(&lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;

    fn key(byte: u8) -> StoredSessionKey {
        let account = Account(AccountId::from([byte; 32]));
        StoredSessionKey { viewer: account.clone(), session_key: account, seed: String::new() }
    }

    #[test]
    fn pick_works() {
        assert!(pick(vec![key(1)], None).ok() == Some(key(1)));
        assert!(pick(vec![key(1), key(2)], Some(&key(2).viewer)).ok() == Some(key(2)));
    }

    #[test]
    fn pick_without_a_choice_fails() {
        assert_eq!(pick(vec![key(1), key(2)], None).err().map(|error| error.exit() as u8), Some(2));
        assert_eq!(pick(vec![], None).err().map(|error| error.exit() as u8), Some(4));
        assert_eq!(pick(vec![key(1)], Some(&key(2).viewer)).err().map(|error| error.exit() as u8), Some(4));
    }
}
