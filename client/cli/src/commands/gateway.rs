//! `vilokanam gateway`: the entry of a gateway on chain.

use crate::context::{Context, Sent};
use clap::Subcommand;
use serde_json::json;
use tick_stream_primitives::{limits::MAX_ENDPOINT, GatewayStatus};
use vilokanam_chain::{Call, Chain, GatewayUpdate, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    options::web_address,
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

/// Register a gateway on chain, change it, or end it. The account of the wallet is the account of the gateway.
#[derive(Clone, Debug, Subcommand)]
pub enum Gateway {
    /// Register the gateway; its bond is taken from the balance
    Register {
        /// Public address of the gateway: a URL
        #[arg(value_parser = endpoint)]
        endpoint: String,
        /// Account of the node's key that settles for the gateway; the gateway's own by default
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<Account>,
    },
    /// Change the public address or the operator
    #[command(arg_required_else_help = true)]
    Update {
        /// Public address of the gateway: a URL
        #[arg(long, value_parser = endpoint)]
        endpoint: Option<String>,
        /// Account of the node's key that settles for the gateway
        #[arg(long, value_name = "ACCOUNT")]
        operator: Option<Account>,
    },
    /// Accept no more sessions; once all are closed, the bond is added to the earnings
    Deregister,
}

fn endpoint(text: &str) -> Result<String, String> {
    let url = web_address(text)?;
    if text.len() > MAX_ENDPOINT as usize {
        return Err(format!("it is longer than {MAX_ENDPOINT} bytes"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Registers, changes or ends the gateway.
pub async fn run(context: &Context, gateway: Gateway) -> Result<Answer, CommandError> {
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
    answer(&chain, &signer, sent).await
}

async fn answer(chain: &Chain, signer: &Signer, sent: Sent) -> Result<Answer, CommandError> {
    let account = Account(signer.account());
    let Some(entry) = chain.at(sent.0.block.hash).gateway(&account.0).await? else {
        let json = json!({ "sent": sent.to_json(), "gateway": account, "entry": null });
        let text = "The account is not a gateway any more. Its bond is among its earnings (`vilokanam payout`).";
        return Ok(Answer::new(json, text));
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
