//! `vilokanam chain validators`

use crate::context::Context;
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use tick_stream_primitives::{Balance, BlockNumber};
use vilokanam_chain::{
    validators::{SessionKeys, Validator, ValidatorSet},
    Call, Chain, ChainError, Signer,
};
use vilokanam_terminal::{
    answer::{facts, table, Answer},
    duration::in_words,
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{
    scalars::{bytes_from_hex, bytes_to_hex},
    Account, Planck,
};

/// Number of turns that an active validator may miss before it counts as away.
const MISSED_TURNS: u32 = 20;
/// Part of another candidate's bond by which a bond in place of it has to be higher: the runtime's `MIN_RAISE`, 10 %.
const LEAST_RAISE_DIVISOR: Balance = 10;
/// Maximum length of a proof of session keys in bytes.
const MAX_PROOF_BYTES: usize = 1_024;

/// List the validators and candidates, or change the wallet's own entry.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
To become a validator, with the wallet's account:
  vilokanam chain validators set-keys --rotate --node ws://127.0.0.1:9944    on the machine that will write blocks
  vilokanam chain validators join --bond 10000
To stop:
  vilokanam chain validators leave                  keep the machine running for two more sessions
  vilokanam chain validators purge-keys
  vilokanam chain validators release-bond           when the bond is no longer at stake
Amounts are VLK.")]
pub struct Validators {
    #[command(subcommand)]
    pub command: Option<ValidatorCommand>,
}

/// Changes of the wallet's own entry.
#[derive(Clone, Debug, Subcommand)]
pub enum ValidatorCommand {
    /// Register the session keys of the machine that will write blocks
    SetKeys(SetKeys),
    /// Become a candidate: the candidates with the highest bonds write blocks
    Join {
        /// Bond in VLK; the lowest possible by default
        #[arg(long, value_name = "VLK")]
        bond: Option<Vlk>,
        /// Candidate with a lower bond whose place is taken, if all places are
        #[arg(long, value_name = "ACCOUNT", requires = "bond")]
        in_place_of: Option<Account>,
    },
    /// Change the bond of the candidacy
    Bond {
        /// New bond in VLK
        bond: Vlk,
    },
    /// End the candidacy. The machine has to run for two more sessions, and the bond stays at stake for a while
    Leave,
    /// Remove the registered session keys, after the last session as a validator
    PurgeKeys,
    /// Return the bond of a candidate that has left, once it is no longer at stake
    ReleaseBond {
        /// Account; the wallet's own by default
        account: Option<Account>,
    },
}

/// Register session keys.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
--node must be the machine that will write blocks, and accept unsafe methods (--rpc-methods unsafe). It is asked whether
it has the keys. Its RPC method author_rotateKeysWithOwner makes keys and their proof; --rotate calls it.")]
pub struct SetKeys {
    /// Make new keys in the keystore of the node of --node
    #[arg(long, conflicts_with_all = ["keys", "proof"], required_unless_present = "keys")]
    pub rotate: bool,
    /// Public keys: 64 bytes in hex, the Aura key and the GRANDPA key
    #[arg(long, value_name = "HEX", value_parser = keys, requires = "proof")]
    pub keys: Option<SessionKeys>,
    /// Proof that the keys belong to the wallet's account, in hex
    #[arg(long, value_name = "HEX", value_parser = proof, requires = "keys")]
    pub proof: Option<Proof>,
    /// Do not ask the node whether it has the keys: for a machine whose RPC cannot be reached
    #[arg(long, conflicts_with = "rotate")]
    pub unchecked: bool,
}

/// Proof of session keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof(Vec<u8>);

fn keys(text: &str) -> Result<SessionKeys, String> {
    let bytes = bytes_from_hex::<{ SessionKeys::BYTES }>(text).map_err(|error| error.to_string())?;
    let keys = SessionKeys::from_bytes(bytes);
    match keys.aura == keys.grandpa {
        true => Err("the Aura key and the GRANDPA key are the same".into()),
        false => Ok(keys),
    }
}

fn proof(text: &str) -> Result<Proof, String> {
    let digits = text.strip_prefix("0x").ok_or("it must begin with 0x")?;
    let bytes = hex::decode(digits).map_err(|error| format!("it is not hex: {error}"))?;
    match bytes.len() {
        1..=MAX_PROOF_BYTES => Ok(Proof(bytes)),
        length => Err(format!("it has {length} bytes, and must have from 1 to {MAX_PROOF_BYTES}")),
    }
}

/// Lists the validators, or changes the wallet's own entry.
pub async fn run(context: &Context, args: Validators) -> Result<Answer, CommandError> {
    let Some(command) = args.command else { return list(context).await };
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let call = match command {
        ValidatorCommand::SetKeys(args) => return set_keys(context, &chain, &signer, args).await,
        ValidatorCommand::Join { bond, in_place_of } => {
            let bond = bond.map(|bond| bond.0);
            return join(context, &chain, &signer, bond, in_place_of).await;
        }
        ValidatorCommand::Bond { bond } => {
            let set = chain.now().validators().await?;
            let own = candidate(&set, &signer)?;
            check_bond(&set, bond.0)?;
            check_balance(&chain, &signer, bond.0.saturating_sub(own.bond.unwrap_or_default())).await?;
            Call::update_candidate_bond(bond.0)
        }
        ValidatorCommand::Leave => {
            candidate(&chain.now().validators().await?, &signer)?;
            Call::leave_candidacy()
        }
        ValidatorCommand::PurgeKeys => {
            check_purge(&chain, &signer).await?;
            Call::purge_session_keys()
        }
        ValidatorCommand::ReleaseBond { account } => {
            Call::release_bond(&account.map_or_else(|| signer.account(), |account| account.0))
        }
    };
    let sent = context.send(&chain, &call, &signer).await?;
    let account = Account(signer.account());
    let json = json!({ "sent": sent.to_json(), "account": account, "call": call.name() });
    let done = format!("{}.{}", call.pallet(), call.name());
    Ok(Answer::new(
        json,
        facts(&[("account", account.to_string()), ("done", done), ("in block", sent.block().to_string())]),
    ))
}

async fn list(context: &Context) -> Result<Answer, CommandError> {
    let chain = context.chain().await?;
    let now = chain.best().await?;
    let set = chain.at(now.hash).validators().await?;
    let active = set.validators.iter().filter(|validator| validator.is_active).count() as u32;
    let online = |validator: &Validator| validator.is_active.then(|| is_online(validator, active, now.number));
    let row = |validator: &Validator| {
        [
            Account(validator.account.clone()).to_string(),
            state_text(validator).to_owned(),
            match (validator.is_invulnerable, validator.bond) {
                (true, _) => "appointed".to_owned(),
                (false, Some(bond)) => Vlk(bond).to_string(),
                (false, None) => String::new(),
            },
            validator.last_block.map_or_else(String::new, |block| {
                format!("{block}, {} ago", in_words(now.number.saturating_sub(block).into()))
            }),
            online(validator).map_or_else(String::new, |online| if online { "yes" } else { "no" }.to_owned()),
            validator.keys.map_or_else(|| "no keys".into(), |keys| short_key(&keys)),
        ]
    };
    let rows = set.validators.iter().map(row);
    let list = table(&["account", "state", "bond", "last block", "online", "keys"], rows);
    let terms = facts(&[
        ("session", format!("{}, of {}", set.session, in_words(set.session_blocks.into()))),
        ("lowest bond", Vlk(set.candidacy_bond).to_string()),
        ("candidates chosen", set.desired_candidates.to_string()),
    ]);
    let json = json!({
        "block": now.number,
        "session": set.session,
        "session_blocks": set.session_blocks,
        "candidacy_bond": Planck(set.candidacy_bond),
        "desired_candidates": set.desired_candidates,
        "validators": set.validators.iter().map(|one| validator_json(one, online(one))).collect::<Vec<_>>(),
    });
    Ok(Answer::new(json, format!("{list}\n\n{terms}")))
}

fn validator_json(validator: &Validator, is_online: Option<bool>) -> Value {
    json!({
        "account": Account(validator.account.clone()),
        "is_active": validator.is_active,
        "is_queued": validator.is_queued,
        "is_invulnerable": validator.is_invulnerable,
        "bond": validator.bond.map(Planck),
        "last_block": validator.last_block,
        "is_online": is_online,
        "keys": validator.keys.map(|keys| bytes_to_hex(keys.to_bytes())),
    })
}

/// Returns whether an active validator has written a block within its last turns.
fn is_online(validator: &Validator, active: u32, now: BlockNumber) -> bool {
    let silent = now.saturating_sub(validator.last_block.unwrap_or_default());
    silent <= active.saturating_mul(MISSED_TURNS)
}

fn state_text(validator: &Validator) -> &'static str {
    match (validator.is_active, validator.is_queued) {
        (true, true) => "writes blocks",
        (true, false) => "writes blocks, leaves after this session",
        (false, true) => "begins with the next session",
        (false, false) if validator.keys.is_none() => "waits, has no keys",
        (false, false) => "waits",
    }
}

fn short_key(keys: &SessionKeys) -> String {
    let hex = bytes_to_hex(keys.to_bytes());
    format!("{}…", &hex[..10])
}

fn own<'a>(set: &'a ValidatorSet, signer: &Signer) -> Option<&'a Validator> {
    let account = signer.account();
    set.validators.iter().find(|validator| validator.account == account)
}

/// Returns the wallet's candidacy.
fn candidate<'a>(set: &'a ValidatorSet, signer: &Signer) -> Result<&'a Validator, CommandError> {
    own(set, signer).filter(|validator| validator.bond.is_some()).ok_or_else(|| {
        let what = format!("{} is not a candidate", Account(signer.account()));
        CommandError::failed(what, "See `vilokanam chain validators`; invulnerables are removed by governance.")
    })
}

fn check_bond(set: &ValidatorSet, bond: Balance) -> Result<(), CommandError> {
    match bond < set.candidacy_bond {
        true => Err(CommandError::Usage(format!("the lowest bond is {}", Vlk(set.candidacy_bond)))),
        false => Ok(()),
    }
}

async fn check_balance(chain: &Chain, signer: &Signer, needed: Balance) -> Result<(), CommandError> {
    let free = chain.now().account(&signer.account()).await?.free;
    match free < needed {
        true => Err(CommandError::unpaid(
            format!("the bond takes {}, and the account has {}", Vlk(needed), Vlk(free)),
            "Fund the account first.",
        )),
        false => Ok(()),
    }
}

async fn join(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    bond: Option<Balance>,
    in_place_of: Option<Account>,
) -> Result<Answer, CommandError> {
    let state = chain.now();
    let set = state.validators().await?;
    if let Some(own) = own(&set, signer).filter(|own| own.is_invulnerable || own.bond.is_some()) {
        let what = if own.is_invulnerable {
            "the account is a validator by appointment"
        } else {
            "the account is a candidate"
        };
        return Err(CommandError::failed(what, "Change its bond with `vilokanam chain validators bond`."));
    }
    if state.session_keys(&signer.account()).await?.is_none() {
        return Err(CommandError::failed(
            "the account has no session keys",
            "Register those of its machine with `vilokanam chain validators set-keys`.",
        ));
    }
    let bond = bond.unwrap_or(set.candidacy_bond);
    check_bond(&set, bond)?;
    check_balance(chain, signer, bond).await?;
    let mut calls = Vec::new();
    match &in_place_of {
        Some(Account(target)) => {
            let theirs = set.validators.iter().find(|validator| validator.account == *target);
            let theirs = theirs.and_then(|validator| validator.bond).ok_or_else(|| {
                CommandError::failed(
                    format!("{} is not a candidate", Account(target.clone())),
                    "See `vilokanam chain validators`.",
                )
            })?;
            let least = theirs.saturating_add(theirs.div_ceil(LEAST_RAISE_DIVISOR));
            if bond < least {
                return Err(CommandError::Usage(format!(
                    "the bond must be at least {}: a tenth above the other candidate's {}",
                    Vlk(least),
                    Vlk(theirs)
                )));
            }
            calls.push(Call::take_candidate_slot(bond, target));
        }
        None => {
            calls.push(Call::register_as_candidate());
            calls.extend((bond > set.candidacy_bond).then(|| Call::update_candidate_bond(bond)));
        }
    }
    let mut sent = Vec::new();
    for call in &calls {
        sent.push(context.send(chain, call, signer).await?);
    }
    let account = Account(signer.account());
    let blocks: Vec<Value> = sent.iter().map(|sent| sent.to_json()).collect();
    let lines = [
        ("candidate", account.to_string()),
        ("bond", Vlk(bond).to_string()),
        ("writes blocks", "two sessions from now, if its bond is high enough".to_owned()),
    ];
    Ok(Answer::new(json!({ "sent": blocks, "account": account, "bond": Planck(bond) }), facts(&lines)))
}

async fn set_keys(context: &Context, chain: &Chain, signer: &Signer, args: SetKeys) -> Result<Answer, CommandError> {
    let account = signer.account();
    let (keys, Proof(proof)) = match (args.keys, args.proof) {
        (Some(keys), Some(proof)) => (keys, proof),
        _ => rotate(chain, signer).await?,
    };
    if let Some(owner) = chain.now().owner_of_keys(&keys).await?.filter(|owner| *owner != account) {
        return Err(CommandError::failed(
            format!("the session keys belong to {}", Account(owner)),
            "Make new ones with --rotate: each validator needs keys of its own.",
        ));
    }
    if !args.unchecked {
        let has_keys = chain.has_session_keys(&keys.to_bytes()).await.map_err(unsafe_methods)?;
        if !has_keys {
            return Err(CommandError::failed(
                "the node does not have the secrets of these session keys",
                "Give the --node of the machine that will write blocks, or make keys there with --rotate.",
            ));
        }
    }
    let sent = context.send(chain, &Call::set_session_keys(&keys, &proof), signer).await?;
    let (account, hex) = (Account(account), bytes_to_hex(keys.to_bytes()));
    let lines = [("account", account.to_string()), ("keys", hex.clone()), ("in block", sent.block().to_string())];
    Ok(Answer::new(json!({ "sent": sent.to_json(), "account": account, "keys": hex }), facts(&lines)))
}

/// Makes session keys in the keystore of the node.
async fn rotate(chain: &Chain, signer: &Signer) -> Result<(SessionKeys, Proof), CommandError> {
    let made = chain.rotate_session_keys(&signer.account()).await.map_err(unsafe_methods)?;
    let invalid = |what: String| CommandError::Rows(format!("the node has made keys that cannot be used: {what}"));
    let proof_hex = made.proof.ok_or_else(|| invalid("there is no proof".into()))?;
    Ok((keys(&made.keys).map_err(invalid)?, proof(&proof_hex).map_err(invalid)?))
}

/// Explains why a node refuses methods on its keystore.
fn unsafe_methods(error: ChainError) -> CommandError {
    match error {
        ChainError::Refused { method, message, .. } => CommandError::failed(
            format!("the node refuses {method}: {message}"),
            "Ask the validator's own machine (--node ws://127.0.0.1:9944) with --rpc-methods unsafe, or use --unchecked.",
        ),
        error => error.into(),
    }
}

async fn check_purge(chain: &Chain, signer: &Signer) -> Result<(), CommandError> {
    let state = chain.now();
    if state.session_keys(&signer.account()).await?.is_none() {
        return Err(CommandError::failed("the account has no session keys", "There is nothing to remove."));
    }
    let set = state.validators().await?;
    let Some(own) = own(&set, signer) else { return Ok(()) };
    let why = match (own.bond, own.is_invulnerable, own.is_active || own.is_queued) {
        (Some(_), ..) => "the account is a candidate; leave first",
        (_, true, _) => "the account is a validator by appointment",
        (.., true) => "the account still writes blocks; wait for two sessions",
        _ => return Ok(()),
    };
    Err(CommandError::failed(why, "See `vilokanam chain validators`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validator() -> Validator {
        Validator {
            account: [1; 32].into(),
            keys: None,
            is_active: true,
            is_queued: true,
            is_invulnerable: false,
            bond: Some(5),
            last_block: Some(100),
        }
    }

    #[test]
    fn keys_and_proof_are_read_from_hex() {
        let hex = format!("0x{}{}", "02".repeat(32), "03".repeat(32));
        assert_eq!(keys(&hex), Ok(SessionKeys { aura: [2; 32], grandpa: [3; 32] }));
        for text in ["0x00", &hex[2..], &format!("0x{}", "02".repeat(64))] {
            assert!(keys(text).is_err(), "{text}");
        }
        assert_eq!(proof("0x0102"), Ok(Proof(vec![1, 2])));
        for text in ["", "0x", "0102", "0xzz", &format!("0x{}", "00".repeat(MAX_PROOF_BYTES + 1))] {
            assert!(proof(text).is_err(), "{text}");
        }
    }

    #[test]
    fn silent_validator_is_not_online() {
        assert!(is_online(&validator(), 4, 180));
        assert!(!is_online(&validator(), 4, 181));
    }

    #[test]
    fn state_says_when_blocks_are_written() {
        assert_eq!(state_text(&validator()), "writes blocks");
        assert_eq!(state_text(&Validator { is_active: false, ..validator() }), "begins with the next session");
        assert_eq!(state_text(&Validator { is_active: false, is_queued: false, ..validator() }), "waits, has no keys");
    }

    #[test]
    fn bond_below_the_lowest_is_refused() {
        let set = ValidatorSet {
            session: 1,
            session_blocks: 60,
            candidacy_bond: 10,
            desired_candidates: 3,
            validators: vec![validator()],
        };
        assert_eq!(check_bond(&set, 9).unwrap_err().exit() as u8, 2);
        assert!(check_bond(&set, 10).is_ok());
        let signer = Signer::from_seed([7; 32]).unwrap();
        assert_eq!(candidate(&set, &signer).unwrap_err().exit() as u8, 1);
    }
}
