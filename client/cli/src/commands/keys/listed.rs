//! Finding a session key by what its owner calls it.

use super::describe::Listed;
use crate::context::Context;
use tick_stream_primitives::AccountId;
use vilokanam_chain::Chain;
use vilokanam_terminal::CommandError;
use vilokanam_wire::Account;

/// Name of this machine's key on the command line.
const OWN: &str = "this";

/// Reads the session keys of a viewer, and the account of this machine's key for it.
pub async fn read(
    context: &Context,
    chain: &Chain,
    viewer: &AccountId,
) -> Result<(Vec<Listed>, Option<AccountId>), CommandError> {
    let keys = chain.now().keys(viewer).await?;
    let own = context.data.session_key(&chain.genesis_hash(), viewer)?.map(|stored| stored.session_key.0);
    Ok((keys.into_iter().map(Listed::from).collect(), own))
}

/// Finds the key with this account or label, or that of this machine.
pub fn find<'a>(keys: &'a [Listed], text: &str, own: Option<&AccountId>) -> Result<&'a Listed, CommandError> {
    let account = match text {
        OWN => Some(own.cloned().ok_or_else(|| {
            CommandError::failed("this machine has no session key of this account", "See `vilokanam keys list`.")
        })?),
        text => text.parse::<Account>().ok().map(|account| account.0),
    };
    let matching = |key: &&Listed| match &account {
        Some(account) => key.account == *account,
        None => key.label() == text,
    };
    let mut found = keys.iter().filter(matching);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            Err(CommandError::Usage(format!("several session keys have the label '{text}': name one by its account")))
        }
        (None, _) => Err(CommandError::failed(
            format!("the deposit has no session key '{text}'"),
            "`vilokanam keys list` shows all of them.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{KeyLimits, Scope, SessionKey};

    fn listed(byte: u8, label: &str) -> Listed {
        let limits = KeyLimits {
            label: label.as_bytes().to_vec().try_into().unwrap(),
            max_price_per_tick: 1,
            allowance: 1,
            renewal: None,
            max_sessions: 1,
            scope: Scope::Any,
            expires_at: 1,
        };
        Listed { account: [byte; 32].into(), key: SessionKey::new(limits, 1, 0, 0, 0) }
    }

    #[test]
    fn key_is_found_by_account_label_or_machine() {
        let keys = [listed(1, "phone"), listed(2, "laptop")];
        let name = |text: &str, own: Option<&AccountId>| find(&keys, text, own).ok().map(Listed::label);
        assert_eq!(name("phone", None).as_deref(), Some("phone"));
        assert_eq!(name(&Account([2; 32].into()).to_string(), None).as_deref(), Some("laptop"));
        assert_eq!(name("this", Some(&[1; 32].into())).as_deref(), Some("phone"));
    }

    #[test]
    fn unknown_or_ambiguous_key_is_refused() {
        let keys = [listed(1, "phone"), listed(2, "phone")];
        let exit = |text: &str, own: Option<&AccountId>| find(&keys, text, own).err().map(|error| error.exit() as u8);
        assert_eq!(exit("phone", None), Some(2));
        assert_eq!(exit("tablet", None), Some(1));
        assert_eq!(exit("this", None), Some(1));
        assert_eq!(exit("this", Some(&[3; 32].into())), Some(1), "it was removed");
    }
}
