//! `vilokanam gift`: links with which somebody else can watch at the wallet's expense, without an account of their own.

use crate::{
    commands::keys::{
        self,
        describe::{limits_json, scope_text, Listed},
        limits::{blocks_in, label},
        listed::read,
        spending::OpenSpending,
        stored::random_seed,
        Keys,
    },
    context::Context,
};
use clap::{Args, Subcommand};
use qrcode::{render::unicode::Dense1x2, EcLevel, QrCode};
use serde_json::json;
use std::time::Duration;
use tick_stream_primitives::{
    limits::MAX_STREAMS_PAGE, AccountId, Balance, BlockNumber, KeyLimits, Params, Stream, StreamId,
};
use url::Url;
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    duration::{in_words, parse_duration},
    options::web_address,
    CommandError,
};
use vilokanam_viewer::{
    amount::{PerSecond, Vlk},
    gateway::genesis_of,
    gift::{GiftLink, GiftTarget, GIFT_LABEL},
};
use vilokanam_wire::{Account, Planck, StreamRef};

/// Factor by which a stream's price may rise before a gift no longer pays for it.
const PRICE_MARGIN: Balance = 2;

/// Make a link with which somebody else can watch at your expense.
#[derive(Clone, Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
The link holds a session key: anyone who has the link can spend the gift, in one session at a time. Nothing is reserved,
so the deposit must still have the money when the gift is watched. What is not spent stays in the deposit. Examples:
  vilokanam gift --stream 3 --amount 1.2                            ten minutes at 0.002 VLK/s
  vilokanam gift --creator 5FHn… --amount 5 --expires-in 30d
  vilokanam gift list
  vilokanam gift remove 5GrK…"
)]
pub struct Gift {
    #[command(subcommand)]
    pub command: Option<GiftCommand>,
    /// Stream that can be watched
    #[arg(long, value_name = "STREAM", required_unless_present = "creator", conflicts_with = "creator")]
    pub stream: Option<StreamRef>,
    /// Creator all of whose streams can be watched
    #[arg(long, value_name = "ACCOUNT")]
    pub creator: Option<Account>,
    /// Amount that can be spent, in VLK, fees for opening sessions included
    #[arg(long, value_name = "VLK", required = true)]
    pub amount: Option<Vlk>,
    /// Validity of the gift, such as `7d` or `12h`
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = parse_duration)]
    pub expires_in: Duration,
    /// Maximum price of a second in VLK; twice the present price by default
    #[arg(long, value_name = "VLK")]
    pub max_price: Option<Vlk>,
    /// Name of the gift among the session keys, after the word `Gift`
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// Public address of the gateway; by default the one that the gateway of --gateway gives
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub gateway_url: Option<Url>,
}

/// Commands on gifts that were made.
#[derive(Clone, Debug, Subcommand)]
pub enum GiftCommand {
    /// List the gifts that are still among the session keys
    List,
    /// Remove a gift: it opens no more sessions
    Remove {
        /// Account of the gift's session key, or its label
        #[arg(value_name = "KEY")]
        key: String,
    },
}

/// Makes, lists or removes gifts.
pub async fn run(context: &Context, args: Gift) -> Result<Answer, CommandError> {
    match &args.command {
        Some(GiftCommand::List) => list(context).await,
        Some(GiftCommand::Remove { key }) => keys::run(context, Keys::Remove { key: key.clone() }).await,
        None => make(context, &args).await,
    }
}

async fn make(context: &Context, args: &Gift) -> Result<Answer, CommandError> {
    let amount = args.amount.ok_or_else(|| CommandError::Usage("name the --amount of the gift".into()))?.0;
    let target = match (&args.stream, &args.creator) {
        (Some(stream), _) => GiftTarget::Stream(stream.0),
        (None, Some(creator)) => GiftTarget::Creator(creator.0.clone()),
        (None, None) => return Err(CommandError::Usage("name a --stream or a --creator".into())),
    };
    let label = label(&label_of(args, &target)).map_err(CommandError::Usage)?;
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let gateway = gateway_url(context, &chain, args).await?;
    let now = chain.best().await?.number;
    let price = price(&chain, &target, now).await?;
    let params = chain.now().params().await?;
    check_amount(amount, price, &params)?;
    check_deposit(context, &chain, &signer, amount, &params).await?;

    let seed = random_seed();
    let session_key = Signer::from_seed(seed)?.account();
    let limits = KeyLimits {
        label,
        max_price_per_tick: args.max_price.map_or(price.saturating_mul(PRICE_MARGIN), |most| most.0),
        allowance: amount,
        renewal: None,
        max_sessions: 1,
        scope: target.scope(),
        expires_at: now.saturating_add(blocks_in(args.expires_in)),
    };
    if limits.max_price_per_tick < price {
        return Err(CommandError::Usage(format!("a second costs {}, more than --max-price", PerSecond(price))));
    }
    let sent = context.send(&chain, &Call::add_key(&session_key, &limits), &signer).await?;
    let link = GiftLink { gateway, viewer: signer.account(), seed, target };
    let json = json!({
        "sent": sent.to_json(),
        "link": link.to_string(),
        "session_key": Account(session_key.clone()),
        "limits": limits_json(&limits),
        "price_per_tick": Planck(price),
    });
    let lines = [
        ("gift", Vlk(amount).to_string()),
        ("for", scope_text(&limits.scope)),
        ("lasts about", in_words(seconds(amount, price, &params))),
        ("valid for", in_words(args.expires_in.as_secs())),
        ("session key", Account(session_key).to_string()),
        ("in block", sent.block().to_string()),
    ];
    let link = link.to_string();
    Ok(Answer::new(json, format!("{}\n{link}\n\n{}", facts(&lines), qr_code(&link)?)))
}

fn label_of(args: &Gift, target: &GiftTarget) -> String {
    match (&args.label, target) {
        (Some(text), _) => format!("{GIFT_LABEL} {text}"),
        (None, GiftTarget::Stream(stream)) => format!("{GIFT_LABEL} {stream}"),
        (None, GiftTarget::Creator(_)) => GIFT_LABEL.to_owned(),
    }
}

/// Returns the address for the link.
async fn gateway_url(context: &Context, chain: &Chain, args: &Gift) -> Result<Url, CommandError> {
    if let Some(url) = &args.gateway_url {
        return Ok(url.clone());
    }
    let info = context.gateway()?.info().await?;
    if genesis_of(&info)? != chain.genesis_hash() {
        return Err(CommandError::Usage("the gateway and the node are on different chains; correct --gateway".into()));
    }
    let invalid =
        |why| CommandError::Media(format!("the gateway's public address {} is invalid: {why}", info.endpoint));
    web_address(&info.endpoint).map_err(invalid)
}

/// Returns the price that a gift has to pay: that of the stream, or the highest of the creator's streams.
async fn price(chain: &Chain, target: &GiftTarget, now: BlockNumber) -> Result<Balance, CommandError> {
    let announced = |stream: &Stream| {
        let next = stream.next_price.as_ref().map(|next| next.value).unwrap_or_default();
        stream.price_at(now).max(next)
    };
    match target {
        GiftTarget::Stream(id) => {
            let stream = chain.now().stream(*id).await?;
            let stream = stream.ok_or_else(|| unknown(format!("stream {id} does not exist")))?;
            Ok(announced(&stream))
        }
        GiftTarget::Creator(creator) => {
            let prices = streams_of(chain, creator).await?.into_iter().map(|(_, stream)| announced(&stream)).max();
            prices.ok_or_else(|| unknown(format!("{} has no stream", Account(creator.clone()))))
        }
    }
}

fn unknown(what: String) -> CommandError {
    CommandError::failed(what, "`vilokanam stream list --chain` lists all streams.")
}

/// Reads the streams of a creator from the chain.
async fn streams_of(chain: &Chain, creator: &AccountId) -> Result<Vec<(StreamId, Stream)>, CommandError> {
    let block = chain.best().await?.hash;
    let (mut next, mut found) = (Some(0), Vec::new());
    while let Some(from) = next {
        let page = chain.at(block).streams(from, MAX_STREAMS_PAGE).await?;
        next = page.next;
        found.extend(page.streams.into_iter().filter(|(_, stream)| stream.creator == *creator));
    }
    Ok(found)
}

/// Returns the number of seconds that an amount buys in one session.
fn seconds(amount: Balance, price: Balance, params: &Params) -> u64 {
    let seconds = amount.saturating_sub(params.open_fee).checked_div(price).unwrap_or(Balance::MAX);
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

/// Fails if the gift is too small for the shortest session that plays anything.
fn check_amount(amount: Balance, price: Balance, params: &Params) -> Result<(), CommandError> {
    /// Length of a segment, which is bought as a whole, and a second for rounding.
    const LEAST_SECONDS: u64 = 5;
    if seconds(amount, price, params) >= LEAST_SECONDS {
        return Ok(());
    }
    let least = price.saturating_mul(LEAST_SECONDS.into()).saturating_add(params.open_fee);
    Err(CommandError::Usage(format!(
        "{} buys too little: a session costs {} to open and {}, so give at least {}",
        Vlk(amount),
        Vlk(params.open_fee),
        PerSecond(price),
        Vlk(least)
    )))
}

/// Fails if the deposit cannot pay the bond of another key. Notes if it cannot pay the whole gift at present.
async fn check_deposit(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    amount: Balance,
    params: &Params,
) -> Result<(), CommandError> {
    let deposit = chain.now().deposit(&signer.account()).await?;
    let Some(deposit) = deposit else {
        return Err(CommandError::unpaid("the account has no deposit", "Make one with `vilokanam deposit`."));
    };
    let free = deposit.free.checked_sub(params.storage_bond).ok_or_else(|| {
        let what = format!(
            "a session key takes a bond of {}, and the deposit has {}",
            Vlk(params.storage_bond),
            Vlk(deposit.free)
        );
        CommandError::unpaid(what, "Deposit more with `vilokanam deposit`.")
    })?;
    if free < amount {
        context.note(format!("The deposit has only {}: deposit more before the gift is watched.", Vlk(free)));
    }
    Ok(())
}

/// Returns a QR code for a terminal.
fn qr_code(link: &str) -> Result<String, CommandError> {
    let code = QrCode::with_error_correction_level(link, EcLevel::L).map_err(|error| {
        CommandError::failed(format!("the link does not fit into a QR code: {error}"), "Use --json.")
    })?;
    // Terminals are mostly dark: the light modules are drawn.
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

async fn list(context: &Context) -> Result<Answer, CommandError> {
    let viewer = context.signer()?.account();
    let chain = context.chain().await?;
    let now = chain.best().await?.number;
    let (keys, own) = read(context, &chain, &viewer).await?;
    let gifts: Vec<Listed> = keys.into_iter().filter(is_gift).collect();
    let spending = OpenSpending::read(context, &chain, &viewer, gifts.iter().map(|listed| &listed.key)).await;
    let json: Vec<_> = gifts.iter().map(|gift| gift.to_json(now, own.as_ref(), spending.as_ref())).collect();
    let texts: Vec<_> = gifts.iter().map(|gift| gift.to_text(now, own.as_ref(), spending.as_ref())).collect();
    let text = if texts.is_empty() { "There are no gifts.".into() } else { texts.join("\n") };
    Ok(Answer::new(json!({ "account": Account(viewer), "block": now, "keys": json }), text))
}

fn is_gift(key: &Listed) -> bool {
    key.label().starts_with(GIFT_LABEL) && key.key.max_sessions == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr_code_is_drawn_in_half_blocks() {
        let code = qr_code("https://gateway.example/gift#v=1").unwrap();
        let lines: Vec<&str> = code.lines().collect();
        assert!(lines.len() > 10 && lines.iter().all(|line| line.chars().count() == lines[0].chars().count()));
        assert!(code.chars().all(|module| " ▀▄█\n".contains(module)), "{code}");
        assert!(qr_code(&"x".repeat(4_000)).is_err());
    }
}
