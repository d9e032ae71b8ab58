//! `vilokanam watch --serve`: the stream at an address of this machine, for any player.

use super::{
    args::Watch,
    source::{buying, opener, purchases, view, Source, WAITING_FOR_CLOSE},
};
use crate::context::Context;
use serde_json::{json, Value};
use std::{
    io::{self, Write},
    net::SocketAddr,
};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError, Exit, StatusLine,
};
use vilokanam_viewer::{
    amount::Vlk,
    key_buyer::{KeyBuyer, SessionEvent},
    local_server::{LocalServer, ServerEvent, Shown, Spending},
};
use vilokanam_wire::{streams::StreamView, Planck, StreamRef};

/// Serves until Ctrl-C.
pub async fn run(context: &Context, args: &Watch, address: SocketAddr) -> Result<(Answer, Exit), CommandError> {
    let source = Source::find(context, args).await?;
    let view = view(&source.gateway, source.stream).await?;
    let opener = opener(context, args, &source).await?;
    let mut buyer = KeyBuyer::new(source.gateway.clone(), opener, buying(args, &view));
    if let Some(purchases) = purchases(context, args, &source).await? {
        buyer = buyer.with_purchases(purchases);
    }
    let line = StatusLine::new(context.options.quiet);
    let shown = line.clone();
    let observer = move |event| show(&shown, event);
    let server = LocalServer::bind(address, source.gateway.clone(), source.stream.0, buyer, observer).await;
    let server = server.map_err(|error| {
        let what = format!("cannot listen at {address}: {error}");
        CommandError::failed(what, "Leave the address out, so that a free port is chosen.")
    })?;
    announce(context, args, &view, &server).map_err(unprintable)?;
    let exit = server.exit();
    let end = tokio::select! {
        end = server.serve() => end,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    line.set("Leaving …");
    let spending = tokio::select! {
        spending = exit.leave() => spending,
        _ = tokio::signal::ctrl_c() => return Err(CommandError::Interrupted),
    };
    line.clear();
    end.map_err(|error| CommandError::failed(format!("no connection can be accepted: {error}"), "Start again."))?;
    let (json, text) = summary(source.stream, &spending);
    Ok((Answer::new(json, text), Exit::Done))
}

fn unprintable(error: io::Error) -> CommandError {
    CommandError::failed(format!("the address cannot be printed: {error}"), "Check where the output goes.")
}

/// Prints the address for players: alone on stdout, so that a script can read it, unless that is for JSON.
fn announce(context: &Context, args: &Watch, view: &StreamView, server: &LocalServer) -> io::Result<()> {
    let main = match &args.recording {
        Some(named) => Shown::Recording(named.clone()),
        None if view.is_live_here => Shown::Live,
        None => Shown::List,
    };
    let main = server.address(main)?;
    if context.options.json {
        context.note(format!("Play {main}"));
    } else {
        let mut out = io::stdout().lock();
        writeln!(out, "{main}")?;
        out.flush()?;
    }
    context.note(format!(
        "Open this address in mpv, VLC, streamlink or a browser. Everything that the stream has to play: {}\nThe address \
         is a secret: who has it watches at your expense. Ctrl-C ends.",
        server.address(Shown::List)?
    ));
    if view.is_live_here && view.dvr_playlist.is_some() && args.recording.is_none() {
        context.note(format!("From the beginning: {}", server.address(Shown::LiveFromTheBeginning)?));
    }
    Ok(())
}

fn show(line: &StatusLine, event: ServerEvent) {
    match event {
        ServerEvent::Session(SessionEvent::Resumed(session)) => line.note(&format!("Resuming session {session}.")),
        ServerEvent::Session(SessionEvent::Opening) => line.note("Opening a session …"),
        ServerEvent::Session(SessionEvent::WaitingForClose) => line.note(WAITING_FOR_CLOSE),
        ServerEvent::Session(SessionEvent::Opened(session)) => line.note(&format!("Session {session} is open.")),
        ServerEvent::Key { index, is_free, spent } => line.set(key_text(index, is_free, spent)),
        ServerEvent::Refused(reason) => line.note(&format!("A player was refused: {reason}.")),
    }
}

fn key_text(index: u64, is_free: bool, spent: u128) -> String {
    let price = if is_free { "free" } else { "bought" };
    format!("segment {index} {price} · paid {}", Vlk(spent))
}

/// Returns what was paid, as JSON and as text.
fn summary(stream: StreamRef, spending: &Spending) -> (Value, String) {
    let Spending { sessions, open_fees, spent, keys } = spending;
    let ticks: u64 = sessions.iter().map(|left| u64::from(left.ticks)).sum();
    let json = json!({
        "stream": stream,
        "keys": keys,
        "ticks": ticks,
        "spent": Planck(*spent),
        "open_fees": Planck(*open_fees),
        "sessions": sessions.iter().map(|left| json!({
            "session": left.session,
            "ticks": left.ticks,
            "paid": Planck(left.paid),
            "is_closed": left.is_closed,
        })).collect::<Vec<_>>(),
    });
    let mut lines = vec![
        ("segments", keys.to_string()),
        ("paid", format!("{} for {ticks} s, fees included", Vlk(*spent))),
        ("open fees", Vlk(*open_fees).to_string()),
    ];
    lines.extend(sessions.iter().map(|left| {
        let closed = if left.is_closed { "" } else { ", not closed yet: the gateway closes it when it has been idle" };
        ("session", format!("{}{closed}", left.session))
    }));
    (json, facts(&lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_one_line() {
        assert_eq!(key_text(42, false, 8_000_000_000), "segment 42 bought · paid 0.008 VLK");
        assert_eq!(key_text(42, true, 0), "segment 42 free · paid 0 VLK");
    }

    #[test]
    fn summary_names_what_was_spent() {
        let spending = Spending { open_fees: 5, spent: 105, keys: 3, sessions: Vec::new() };
        let (json, text) = summary(StreamRef(3), &spending);
        assert_eq!((&json["keys"], &json["spent"]), (&json!(3), &json!("105")));
        assert!(text.contains("open fees"), "{text}");
    }
}
