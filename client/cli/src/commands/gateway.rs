//! `vilokanam gateway`: a gateway's entry on chain.

use crate::{
    amount::Vlk,
    answer::{facts, Answer},
    context::{Context, Sent},
    error::CliError,
};
use clap::Subcommand;
use serde_json::json;
use tick_stream_primitives::{limits::MAX_ENDPOINT, GatewayStatus};
use vilokanam_chain::{Call, Chain, GatewayUpdate, Signer};
use vilokanam_wire::{Account, Planck};

/// Register a gateway on chain, or change or end it. The wallet's account is the gateway's.
#[derive(Clone, Debug, Subcommand)]
pub enum Gateway {
    /// Register; the bond is taken from the balance
    Register {
        /// Where viewers find it: a URL
        #[arg(value_parser = endpoint)]
        endpoint: String,
        /// The account of the node's key that settles for it; its own if nothing is said
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<Account>,
    },
    /// Change where it is found, or who settles for it
    #[command(arg_required_else_help = true)]
    Update {
        /// Where viewers find it: a URL
        #[arg(long, value_parser = endpoint)]
        endpoint: Option<String>,
        /// The account of the node's key that settles for it
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<Account>,
    },
    /// Take no more sessions; the bond is among the earnings once all are closed
    Deregister,
}

fn endpoint(text: &str) -> Result<String, String> {
    let url = crate::cli::web_address(text)?;
    if text.len() > MAX_ENDPOINT as usize {
        return Err(format!("it is longer than {MAX_ENDPOINT} bytes"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Does it.
pub async fn run(context: &Context, gateway: Gateway) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let call = match gateway {
        Gateway::Register { endpoint, operator } => {
            let operator = operator.map_or_else(|| signer.account(), |operator| operator.0);
            Call::register_gateway(&endpoint, &operator)
        }
        Gateway::Update { endpoint, operator } => Call::update_gateway(&GatewayUpdate {
            endpoint: endpoint.map(String::into_bytes),
            operator: operator.map(|operator| operator.0),
        }),
        Gateway::Deregister => Call::deregister_gateway(),
    };
    let sent = context.send(&chain, &call, &signer).await?;
    shown(&chain, &signer, sent).await
}

async fn shown(chain: &Chain, signer: &Signer, sent: Sent) -> Result<Answer, CliError> {
    let account = Account(signer.account());
    let Some(entry) = chain.at(sent.0.block.hash).gateway(&account.0).await? else {
        let json = json!({ "sent": sent.to_json(), "gateway": account, "entry": null });
        return Ok(Answer::new(
            json,
            "It is no gateway any more; its bond is among its earnings (`vilokanam payout`).",
        ));
    };
    let endpoint = String::from_utf8_lossy(&entry.endpoint).into_owned();
    let status = match entry.status {
        GatewayStatus::Active => "active",
        GatewayStatus::Leaving => "leaving",
    };
    let operator = Account(entry.operator);
    let lines = [
        ("gateway", account.to_string()),
        ("endpoint", endpoint.clone()),
        ("operator", operator.to_string()),
        ("bond", Vlk(entry.bond).to_string()),
        ("open sessions", entry.open_sessions.to_string()),
        ("status", status.to_owned()),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({
        "sent": sent.to_json(),
        "gateway": account,
        "entry": {
            "endpoint": endpoint,
            "operator": operator,
            "bond": Planck(entry.bond),
            "open_sessions": entry.open_sessions,
            "status": status,
        },
    });
    Ok(Answer::new(json, facts(&lines)))
}
