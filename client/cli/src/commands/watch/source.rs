//! Where the video comes from, and who pays for it.

use super::{
    args::{Target, Watch},
    gift,
};
use crate::{commands::keys::stored::session_signer, context::Context, store::StoredSessionKey};
use tick_stream_primitives::GenesisHash;
use url::Url;
use vilokanam_chain::{Chain, Signer};
use vilokanam_terminal::CommandError;
use vilokanam_viewer::{
    bought::{Buyer, Purchases},
    gateway::GatewayClient,
    gift::GiftLink,
    key_buyer::BuyingOptions,
    session_opener::{SessionOpener, ViewerAccount},
};
use vilokanam_wire::{streams::StreamView, Account, StreamRef};

/// Shown while an earlier session still holds the money for another.
pub const WAITING_FOR_CLOSE: &str = "Waiting until an earlier session is closed, which returns what it has reserved …";

/// A gateway with the stream, and a chain to pay on.
pub struct Source {
    pub gateway: GatewayClient,
    pub chain: Chain,
    pub stream: StreamRef,
    /// Gift that pays, if one does.
    pub gift: Option<GiftLink>,
}

impl Source {
    /// Finds the stream that the command line names, and a chain to pay on.
    pub async fn find(context: &Context, args: &Watch) -> Result<Self, CommandError> {
        let (link, wanted) = match (&args.target, &args.gift) {
            (Some(Target::Link(_)), Some(_)) => {
                return Err(CommandError::Usage("two gift links are given; one can pay".into()));
            }
            (Some(Target::Link(link)), None) => (Some(link.clone()), None),
            (Some(Target::Stream(stream)), link) => (link.clone(), Some(*stream)),
            (None, link) => (link.clone(), None),
        };
        if let Some(link) = link {
            let link = gift::read(&link)?;
            let gateway = GatewayClient::new(&link.gateway)?;
            let stream = gift::stream(&gateway, &link, wanted).await?;
            let chain = gift::connect(context, &gateway).await?;
            gift::check(context, &chain, &link).await?;
            return Ok(Self { gateway, chain, stream, gift: Some(link) });
        }
        let stream = wanted.ok_or_else(|| CommandError::Usage("name a stream".into()))?;
        let gateway = context.gateway()?;
        // Asked first: without something to watch, the node does not matter.
        if args.serve.is_none() {
            master(&gateway, &view(&gateway, stream).await?, args).await?;
        }
        Ok(Self { gateway, chain: context.chain().await?, stream, gift: None })
    }
}

/// Reads what the gateway says of a stream.
pub async fn view(gateway: &GatewayClient, stream: StreamRef) -> Result<StreamView, CommandError> {
    Ok(gateway.get(&format!("/v1/streams/{stream}"), &[]).await?)
}

/// Creates what opens sessions for the stream, with the session key that pays.
pub async fn opener(context: &Context, args: &Watch, source: &Source) -> Result<SessionOpener, CommandError> {
    let Source { gateway, chain, stream, gift } = source;
    let max_price = args.max_price.map(|price| price.0);
    let viewer = match gift {
        Some(link) => {
            ViewerAccount { account: link.viewer.clone(), session_key: Signer::from_seed(link.seed)?, max_price }
        }
        None => viewer(context, &chain.genesis_hash(), args)?,
    };
    let sessions = context.data.sessions(&chain.genesis_hash());
    Ok(SessionOpener::new(chain.clone(), gateway.clone(), viewer, stream.0, sessions).await?)
}

/// How much may be spent.
pub fn buying(args: &Watch, view: &StreamView) -> BuyingOptions {
    BuyingOptions {
        budget: args.max_spend.map(|most| most.0),
        session_ticks: u32::try_from(args.session_length.as_secs()).unwrap_or(u32::MAX),
        takes_preview: !args.no_preview && view.preview_ticks > 0,
    }
}

/// What the viewer has bought of the stream before. `None` with a gift, since what its giver has bought is the giver's, and from a
/// gateway that does not remember purchases.
pub async fn purchases(context: &Context, args: &Watch, source: &Source) -> Result<Option<Purchases>, CommandError> {
    let Source { gateway, chain, stream, gift } = source;
    if gift.is_some() {
        return Ok(None);
    }
    let ViewerAccount { account, session_key, .. } = viewer(context, &chain.genesis_hash(), args)?;
    let buyer = Buyer { viewer: account, session_key };
    let purchases = Purchases::load_if_kept(gateway.clone(), buyer, *stream).await?;
    if purchases.is_none() {
        context.note("This gateway does not remember what was bought before: it is paid for again.");
    }
    Ok(purchases)
}

/// Finds the multivariant playlist of a recording, or of what is live.
pub async fn master(gateway: &GatewayClient, view: &StreamView, args: &Watch) -> Result<Url, CommandError> {
    let stream = view.stream;
    if let Some(named) = &args.recording {
        return Ok(gateway.recording_playlist(stream, named).await?);
    }
    let Some(playlist) = view.playlist.as_ref().filter(|_| view.is_live_here) else {
        return Err(CommandError::failed(
            format!("stream {stream} is not live at {}", gateway.address()),
            "`vilokanam stream list --live` lists the live streams.",
        ));
    };
    let Some(from_start) = view.dvr_playlist.as_ref().filter(|_| args.from_start) else {
        return match args.from_start {
            false => Ok(gateway.url(playlist)?),
            true => Err(CommandError::failed(
                format!("viewers cannot go back in stream {stream}"),
                "Its creator has not allowed it, or nothing has been recorded yet. Watch it without --from-start.",
            )),
        };
    };
    Ok(gateway.url(from_start)?)
}

/// Returns the session key of this machine, and the account that it belongs to.
fn viewer(context: &Context, genesis: &GenesisHash, args: &Watch) -> Result<ViewerAccount, CommandError> {
    let stored = pick(context.data.all_session_keys(genesis)?, args.account.as_ref())?;
    Ok(ViewerAccount {
        session_key: session_signer(&stored)?,
        account: stored.viewer.0,
        max_price: args.max_price.map(|price| price.0),
    })
}

/// Picks the session key of an account, or the only one.
pub fn pick(stored: Vec<StoredSessionKey>, wanted: Option<&Account>) -> Result<StoredSessionKey, CommandError> {
    let mut matching = stored.into_iter().filter(|key| wanted.is_none_or(|account| key.viewer == *account));
    match (matching.next(), matching.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(CommandError::Usage(
            "this machine has session keys of several accounts: name one with --account".into(),
        )),
        (None, _) => Err(CommandError::unpaid(
            "this machine has no session key for this chain",
            "Make a deposit with `vilokanam deposit`, or add a session key with `vilokanam keys add`.",
        )),
    }
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
    fn only_or_named_session_key_is_picked() {
        assert!(pick(vec![key(1)], None).ok() == Some(key(1)));
        assert!(pick(vec![key(1), key(2)], Some(&key(2).viewer)).ok() == Some(key(2)));
    }

    #[test]
    fn ambiguous_or_missing_session_key_is_refused() {
        let exit = |picked: Result<StoredSessionKey, CommandError>| picked.err().map(|error| error.exit() as u8);
        assert_eq!(exit(pick(vec![key(1), key(2)], None)), Some(2));
        assert_eq!(exit(pick(vec![], None)), Some(4));
        assert_eq!(exit(pick(vec![key(1)], Some(&key(2).viewer))), Some(4));
    }
}
