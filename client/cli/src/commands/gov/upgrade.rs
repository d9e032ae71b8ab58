//! `vilokanam gov apply-upgrade`

use super::code::Code;
use crate::context::Context;
use serde_json::json;
use std::path::Path;
use vilokanam_chain::Call;
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_wire::scalars::bytes_to_hex;

/// Sends the code whose hash was authorised.
pub async fn apply(context: &Context, file: &Path) -> Result<Answer, CommandError> {
    let code = Code::read(file)?;
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let authorized = chain.now().authorized_upgrade().await?.ok_or_else(|| {
        CommandError::failed("no upgrade is authorised", "Propose it with `vilokanam gov submit upgrade`.")
    })?;
    if authorized.code_hash != code.hash {
        let (expected, found) = (bytes_to_hex(authorized.code_hash), bytes_to_hex(code.hash));
        let what = format!("the authorised code has the hash {expected}, and the file has {found}");
        return Err(CommandError::failed(what, "Give the file that was voted on, byte for byte."));
    }
    if authorized.checks_version {
        code.check_against(&chain.runtime_version().await?)?;
    }
    let sent = context.send(&chain, &Call::apply_authorized_upgrade(&code.bytes), &signer).await?;
    let lines = [
        ("runtime", format!("{} {}", code.version.spec_name, code.version.spec_version)),
        ("in use after block", sent.block().to_string()),
    ];
    let json = json!({
        "sent": sent.to_json(),
        "code_hash": bytes_to_hex(code.hash),
        "spec_version": code.version.spec_version,
    });
    Ok(Answer::new(json, facts(&lines)))
}
