//! `vilokanam keys`: session keys, which spend from the deposit within limits. Usually each device has one.

use crate::context::{Context, Sent};
use clap::{Args, Subcommand};
use serde_json::json;
use tick_stream_primitives::{AccountId, KeyLimits};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_wire::Account;

pub mod describe;
pub mod limits;
pub mod listed;
pub mod spending;
pub mod stored;

use describe::{limits_json, limits_lines, Listed};
use limits::{Changes, Limits};
use listed::{find, read};
use spending::OpenSpending;

/// Authorise session keys to spend from the deposit, change their limits, list and remove them.
#[derive(Clone, Debug, Subcommand)]
pub enum Keys {
    /// List the session keys of an account: what each may spend, and has spent. What is spent in open sessions comes from the
    /// gateway
    List {
        /// Account; the wallet's own by default
        account: Option<Account>,
    },
    /// Authorise the session key of this machine, or that of another device
    Add(Add),
    /// Change the limits of a session key; what is not named stays as it is
    Update(Update),
    /// Remove a session key: it opens no more sessions, and those that are open go on
    Remove {
        /// Account of the key, its label, or `this` for the key of this machine
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Remove all session keys, for example because a device was lost
    RemoveAll,
}

/// Authorise a session key.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Amounts are VLK, times are such as 30d, 12h or 90s. Examples:
  vilokanam keys add --allowance 5                              5 VLK in total, for 30 days
  vilokanam keys add --daily 1 --sessions 1 --label laptop      1 VLK a day
  vilokanam keys add --every 12h --budget 0.5 --expires-in 90d
  vilokanam keys add --allowance 2 --only-creator 5Grw… --session-key 5FHn… --label tablet
What is left of a budget when it is renewed is not added to the next one.")]
pub struct Add {
    #[command(flatten)]
    pub limits: Limits,
    /// Account of another device's session key; by default the key of this machine
    #[arg(long, value_name = "ACCOUNT")]
    pub session_key: Option<Account>,
    /// Create another key for this machine; the one that it has stays authorised until it is removed
    #[arg(long, conflicts_with = "session_key")]
    pub new_key: bool,
}

/// Change the limits of a session key.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The allowance begins anew: with --allowance at that amount, else with a renewal at its budget, else at what is left.
Refunds of sessions that are open now do not restore it. Examples:
  vilokanam keys update this --allowance 5
  vilokanam keys update laptop --daily 2 --expires-in 30d
  vilokanam keys update laptop --no-renewal --any-scope")]
pub struct Update {
    /// Account of the key, its label, or `this` for the key of this machine
    #[arg(value_name = "KEY")]
    pub key: String,
    #[command(flatten)]
    pub changes: Changes,
}

/// Lists or changes session keys.
pub async fn run(context: &Context, keys: Keys) -> Result<Answer, CommandError> {
    match keys {
        Keys::List { account } => list(context, account).await,
        Keys::Add(args) => add(context, args).await,
        Keys::Update(args) => update(context, args).await,
        Keys::Remove { key } => remove(context, &key).await,
        Keys::RemoveAll => remove_all(context).await,
    }
}

async fn list(context: &Context, account: Option<Account>) -> Result<Answer, CommandError> {
    let account = match account {
        Some(account) => account.0,
        None => context.signer()?.account(),
    };
    let chain = context.chain().await?;
    let now = chain.best().await?;
    let own = context.data.session_key(&chain.genesis_hash(), &account)?.map(|stored| stored.session_key.0);
    let keys: Vec<Listed> = chain.at(now.hash).keys(&account).await?.into_iter().map(Listed::from).collect();
    let spending = OpenSpending::read(context, &chain, &account, keys.iter().map(|listed| &listed.key)).await;
    let json: Vec<_> = keys.iter().map(|key| key.to_json(now.number, own.as_ref(), spending.as_ref())).collect();
    let texts: Vec<_> = keys.iter().map(|key| key.to_text(now.number, own.as_ref(), spending.as_ref())).collect();
    let text = match texts.is_empty() {
        true => "The deposit has no session key. Add one with `vilokanam keys add`.".into(),
        false => texts.join("\n"),
    };
    Ok(Answer::new(json!({ "account": Account(account), "block": now.number, "keys": json }), text))
}

async fn add(context: &Context, args: Add) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let now = chain.best().await?.number;
    let limits = args.limits.to_key_limits(now, None)?;
    let (session_key, path) = match args.session_key {
        Some(Account(other)) => (other, None),
        None => stored::own_or_new(context, &chain, &signer, args.new_key)?,
    };
    check_new(&chain, &signer, &session_key).await?;
    if let Some(path) = path {
        context.note(format!("Created a session key and saved it in {}.", path.display()));
    }
    let sent = context.send(&chain, &Call::add_key(&session_key, &limits), &signer).await?;
    Ok(changed(&session_key, &limits, sent))
}

/// Fails unless the key can be added to the signer's deposit.
async fn check_new(chain: &Chain, signer: &Signer, session_key: &AccountId) -> Result<(), CommandError> {
    let viewer = signer.account();
    if *session_key == viewer {
        let what = "the session key must be another key than the wallet's".to_owned();
        return Err(CommandError::Usage(what));
    }
    if chain.now().deposit(&viewer).await?.is_none() {
        return Err(CommandError::unpaid(
            "the account has no deposit",
            "Make one with `vilokanam deposit`, which adds the session key of this machine as well.",
        ));
    }
    if chain.now().key(&viewer, session_key).await?.is_some() {
        return Err(CommandError::failed(
            format!("the session key {} is authorised already", Account(session_key.clone())),
            "Change its limits with `vilokanam keys update`, or create another with --new-key.",
        ));
    }
    Ok(())
}

async fn update(context: &Context, args: Update) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let (keys, own) = read(context, &chain, &signer.account()).await?;
    let found = find(&keys, &args.key, own.as_ref())?;
    let limits = args.changes.apply(&found.key, chain.best().await?.number)?;
    let sent = context.send(&chain, &Call::update_key(&found.account, &limits), &signer).await?;
    Ok(changed(&found.account, &limits, sent))
}

async fn remove(context: &Context, key: &str) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let (keys, own) = read(context, &chain, &signer.account()).await?;
    let found = find(&keys, key, own.as_ref())?;
    let sent = context.send(&chain, &Call::remove_key(&found.account), &signer).await?;
    let removed = Account(found.account.clone());
    let text = format!(
        "The session key {removed} was removed in block {}. It opens no more sessions; {} open ones go on.",
        sent.block(),
        found.key.open_sessions
    );
    Ok(Answer::new(json!({ "sent": sent.to_json(), "removed": removed }), text))
}

async fn remove_all(context: &Context) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let (keys, _) = read(context, &chain, &signer.account()).await?;
    if keys.is_empty() {
        return Err(CommandError::failed("the deposit has no session key", "There is nothing to remove."));
    }
    let sent = context.send(&chain, &Call::remove_all_keys(), &signer).await?;
    let removed: Vec<Account> = keys.into_iter().map(|key| Account(key.account)).collect();
    let text = format!("{} session keys were removed in block {}.", removed.len(), sent.block());
    Ok(Answer::new(json!({ "sent": sent.to_json(), "removed": removed }), text))
}

fn changed(session_key: &AccountId, limits: &KeyLimits, sent: Sent) -> Answer {
    let mut lines = vec![("session key", Account(session_key.clone()).to_string())];
    lines.extend(limits_lines(limits));
    lines.push(("in block", sent.block().to_string()));
    let json = json!({
        "sent": sent.to_json(),
        "session_key": Account(session_key.clone()),
        "limits": limits_json(limits),
    });
    Answer::new(json, facts(&lines))
}
