//! Watching with a gift link: the link says at which gateway, and its session key pays.

use crate::context::Context;
use std::io::BufRead;
use tick_stream_primitives::SessionKey;
use vilokanam_chain::Chain;
use vilokanam_terminal::{duration::in_words, CommandError};
use vilokanam_viewer::{
    amount::Vlk,
    gateway::{GatewayClient, GatewayError},
    gift::{GiftLink, GiftTarget},
    playback::PlaybackError,
    session_opener::OpenError,
    terms::{MoneySource, TermsError},
};
use vilokanam_wire::{codes, streams::StreamView, Account, StreamRef};

/// Name of the ending of a playback that has spent its gift.
pub const SPENT: &str = "gift-spent";
/// Maximum number of live streams of a creator that are read.
const MAX_STREAMS: usize = 20;
/// Text for stdin in place of a link.
const STDIN: &str = "-";

/// Parses a link, or reads it from stdin. The error does not repeat it.
pub fn read(text: &str) -> Result<GiftLink, CommandError> {
    let mut line = String::new();
    let text = if text == STDIN {
        let read = std::io::stdin().lock().read_line(&mut line);
        read.map_err(|error| CommandError::failed(format!("cannot read the gift link: {error}"), "Use --gift LINK."))?;
        line.trim()
    } else {
        text
    };
    text.parse().map_err(|error| CommandError::Usage(format!("{error}")))
}

/// Returns the stream to watch: the one that the link or the command line names, or the creator's only live one.
pub async fn stream(
    gateway: &GatewayClient,
    link: &GiftLink,
    wanted: Option<StreamRef>,
) -> Result<StreamRef, CommandError> {
    let creator = match (&link.target, wanted) {
        (GiftTarget::Stream(given), Some(wanted)) if wanted.0 != *given => {
            return Err(CommandError::Usage(format!("the gift is for stream {given}, not for stream {wanted}")));
        }
        (GiftTarget::Stream(given), _) => return Ok(StreamRef(*given)),
        (GiftTarget::Creator(_), Some(wanted)) => return Ok(wanted),
        (GiftTarget::Creator(creator), None) => Account(creator.clone()),
    };
    let query = [("creator", creator.to_string()), ("live", "true".into())];
    let streams: Vec<StreamView> = gateway.list("/v1/streams", &query, MAX_STREAMS).await?;
    let live: Vec<StreamRef> = streams.iter().filter(|view| view.is_live_here).map(|view| view.stream).collect();
    match live[..] {
        [one] => Ok(one),
        [] => Err(CommandError::failed(format!("{creator} is not live at {}", gateway.address()), "Try again later.")),
        _ => {
            let numbers: Vec<String> = live.iter().map(StreamRef::to_string).collect();
            let what = format!("{creator} has several live streams ({}): name one", numbers.join(", "));
            Err(CommandError::Usage(what))
        }
    }
}

/// Connects to a node that the gateway names, or else to one of the command line.
pub async fn connect(context: &Context, gateway: &GatewayClient) -> Result<Chain, CommandError> {
    for node in gateway.info().await?.nodes {
        if let Ok(chain) = Chain::connect(&node).await {
            return Ok(chain);
        }
    }
    context.chain().await
}

/// Notes what the gift can spend. Fails if its session key does not exist.
pub async fn check(context: &Context, chain: &Chain, link: &GiftLink) -> Result<(), CommandError> {
    let now = chain.best().await?.number;
    let session_key = vilokanam_chain::Signer::from_seed(link.seed)?.account();
    let key = chain.now().key(&link.viewer, &session_key).await?.ok_or_else(|| refusal(&TermsError::NoSessionKey))?;
    let SessionKey { expires_at, .. } = key;
    if expires_at <= now {
        return Err(refusal(&TermsError::SessionKeyExpired { expired_at: expires_at }));
    }
    let left = in_words(u64::from(expires_at - now));
    context.note(format!("This gift can spend {} within {left}.", Vlk(key.most_to_spend(now))));
    Ok(())
}

/// Returns the name of the ending if the gift is used up, or the error in words for the recipient.
pub fn ending(error: PlaybackError, has_paid: bool) -> Result<&'static str, CommandError> {
    match error {
        PlaybackError::Open(OpenError::Terms(terms)) => match terms {
            TermsError::NotEnoughMoney { limited_by: MoneySource::Allowance, .. } if has_paid => Ok(SPENT),
            terms => Err(refusal(&terms)),
        },
        PlaybackError::Open(OpenError::Gateway(error)) => match code(&error) {
            Some(codes::ALLOWANCE_TOO_LOW) if has_paid => Ok(SPENT),
            Some(code) => Err(refused_by_gateway(code).unwrap_or_else(|| error.into())),
            None => Err(error.into()),
        },
        error => Err(error.into()),
    }
}

fn code(error: &GatewayError) -> Option<&str> {
    match error {
        GatewayError::Refused { problem, .. } => Some(&problem.code),
        _ => None,
    }
}

fn refused_by_gateway(code: &str) -> Option<CommandError> {
    Some(match code {
        codes::KEY_UNKNOWN => removed(),
        codes::KEY_EXPIRED => expired(),
        codes::TOO_MANY_KEY_SESSIONS => busy(),
        codes::ALLOWANCE_TOO_LOW => used_up(),
        _ => return None,
    })
}

/// Returns the error for terms that the gift does not meet.
fn refusal(terms: &TermsError) -> CommandError {
    match terms {
        TermsError::NoDeposit | TermsError::NoSessionKey => removed(),
        TermsError::SessionKeyExpired { .. } => expired(),
        TermsError::TooManySessions { .. } => busy(),
        TermsError::NotEnoughMoney { limited_by: MoneySource::Allowance, .. } => used_up(),
        TermsError::NotEnoughMoney { limited_by: MoneySource::Deposit, .. } => {
            CommandError::unpaid(format!("the giver's deposit is too small: {terms}"), "Ask the giver to deposit more.")
        }
        terms => CommandError::unpaid(format!("the gift cannot pay: {terms}"), "Ask the giver for another one."),
    }
}

fn removed() -> CommandError {
    CommandError::unpaid(
        "this gift does not exist any more: its giver has removed it",
        "Ask the giver for another one.",
    )
}

fn expired() -> CommandError {
    CommandError::unpaid("this gift has expired", "Ask the giver for another one.")
}

fn busy() -> CommandError {
    CommandError::unpaid(
        "this gift is being watched somewhere else, or was until a moment ago; it pays for one session at a time",
        "End the other session, and wait a minute until the gateway has closed it.",
    )
}

fn used_up() -> CommandError {
    CommandError::unpaid("this gift is used up", "Ask the giver for another one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(limited_by: MoneySource) -> PlaybackError {
        let terms = TermsError::NotEnoughMoney { limited_by, available: 1, price_per_tick: 2, open_fee: 3 };
        PlaybackError::Open(terms.into())
    }

    #[test]
    fn used_up_gift_ends_the_playback_and_refuses_another() {
        assert_eq!(ending(lacking(MoneySource::Allowance), true).unwrap(), SPENT);
        let error = ending(lacking(MoneySource::Allowance), false).unwrap_err();
        assert_eq!((error.exit() as u8, error.to_string().as_str()), (4, "this gift is used up"));
        let error = ending(lacking(MoneySource::Deposit), true).unwrap_err();
        assert!(error.to_string().starts_with("the giver's deposit"), "{error}");
    }

    #[test]
    fn gift_in_use_is_refused_clearly() {
        let terms = TermsError::TooManySessions { open: 1, limit: 1 };
        let error = ending(PlaybackError::Open(terms.into()), false).unwrap_err();
        assert!(error.to_string().contains("somewhere else"), "{error}");
    }

    #[test]
    fn malformed_link_is_not_repeated() {
        let error = read("https://g.example/gift#v=1&key=secret").unwrap_err();
        assert_eq!(error.exit() as u8, 2);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
