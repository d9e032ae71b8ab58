//! `vilokanam-gateway admin`: administration of the running gateway.
//!
//! The commands read the gateway's settings, sign in over HTTP with the gateway's key, as an administrator does in a page, and
//! print what the gateway answers. They change nothing behind its back.

mod client;
mod print;

use crate::{config::Config, gateway::read_identity};
use clap::{Args, Subcommand};
use client::{AdminError, Client};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use vilokanam_wire::{
    admin::{BlockKind, GrantedRole, PublishingTerms},
    moderation::DecisionAction,
    Account, Planck,
};

/// Administers the running gateway.
#[derive(Args)]
pub struct AdminArgs {
    /// Print the answer as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: AdminCommand,
}

/// What to do.
#[derive(Subcommand)]
enum AdminCommand {
    /// Show the state of the gateway: node, database, journal, disks, sessions, jobs.
    Status,
    /// List the streams that are being published, with their creators.
    Publishers,
    /// End the broadcast and the sessions of a stream, and refuse it from now on. Its creator reads the reason, and can appeal.
    CutOff {
        /// Number of the stream.
        stream: u64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Lift the cut-off of a stream.
    Restore {
        /// Number of the stream.
        stream: u64,
    },
    /// Lists of blocked accounts, networks and words.
    #[command(subcommand)]
    Blocks(BlocksCommand),
    /// List moderators and creators. Administrators are named in the settings file (people.admins).
    People {
        /// Only this role: moderator or creator.
        #[arg(long)]
        role: Option<GrantedRole>,
    },
    /// Grant or revoke a role.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Make a code with which one person becomes a creator, where creators are invited.
    Invite,
    #[command(flatten)]
    Moderate(ModerationCommand),
    /// Show the terms at which streams are served, or change them. They take the place of those of the settings file.
    Terms {
        /// Lowest price of a second, in planck (10^-12 VLK).
        #[arg(long, value_name = "PLANCK")]
        set_min_price: Option<u128>,
        /// Smallest share of this gateway, in parts per million.
        #[arg(long, value_name = "PPM")]
        set_min_share: Option<u32>,
    },
}

/// What moderators do.
#[derive(Subcommand)]
enum ModerationCommand {
    /// List the reports that wait for a decision.
    Reports {
        /// List those that were decided instead.
        #[arg(long)]
        closed: bool,
        /// Cursor of the next page, as the page before says.
        #[arg(long)]
        cursor: Option<String>,
    },
    /// Decide about what was reported: dismiss, warn, hide, cut_off or ask_chain. This closes all reports of it.
    Decide {
        /// Number of a report.
        report: u64,
        /// The decision.
        action: DecisionAction,
        /// Why. Whom it concerns reads it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List the appeals that wait for an answer.
    Appeals {
        /// List those that were answered instead.
        #[arg(long)]
        closed: bool,
        /// Cursor of the next page, as the page before says.
        #[arg(long)]
        cursor: Option<String>,
    },
    /// Answer an appeal.
    Answer {
        /// Number of the appeal.
        appeal: u64,
        /// Keep the decision. Without this, it is lifted.
        #[arg(long)]
        uphold: bool,
        /// Why. Whom it concerns reads it.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// List what moderators and administrators have done, the last first.
    Audit {
        /// Cursor of the next page, as the page before says.
        #[arg(long)]
        cursor: Option<String>,
    },
}

/// What to do with the lists.
#[derive(Subcommand)]
enum BlocksCommand {
    /// List everything that is blocked.
    List,
    /// Block an account, a network or a word.
    Add {
        /// account, network or word.
        kind: BlockKind,
        /// The account (SS58), the network (203.0.113.0/24) or the word.
        value: String,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Take an account, a network or a word off its list.
    Remove {
        /// account, network or word.
        kind: BlockKind,
        /// The account (SS58), the network (203.0.113.0/24) or the word.
        value: String,
    },
}

/// What to do with a role.
#[derive(Subcommand)]
enum RoleCommand {
    /// Grant a role.
    Grant {
        /// The account (SS58).
        account: Account,
        /// moderator or creator.
        role: GrantedRole,
    },
    /// Revoke a role.
    Revoke {
        /// The account (SS58).
        account: Account,
        /// moderator or creator.
        role: GrantedRole,
    },
}

/// Runs a command against the gateway of these settings, and prints the answer.
///
/// # Errors
///
/// [`AdminError`] says what is wrong and what to do.
pub async fn run(config: &Config, args: &AdminArgs) -> Result<(), AdminError> {
    let identity = read_identity(config)?;
    let client = Client::sign_in(config, &identity).await?;
    let answer = carry_out(&client, &args.command).await;
    client.sign_out().await;
    let (value, text) = answer?;
    if args.json {
        println!("{value:#}");
    } else {
        print!("{text}");
    }
    Ok(())
}

/// An answer as JSON, and as text for a person.
type Answer = (Value, String);

async fn carry_out(client: &Client, command: &AdminCommand) -> Result<Answer, AdminError> {
    match command {
        AdminCommand::Status => read(client, "v1/admin/status", &[], print::status).await,
        AdminCommand::Publishers => {
            read(client, "v1/admin/publishers", &[], |list: &Vec<_>| print::publishers(list)).await
        }
        AdminCommand::CutOff { stream, reason } => {
            let body = json!({ "reason": reason });
            let done = format!("Stream {stream} is cut off.");
            change(client, Method::POST, &cut_off_path(*stream), Some(&body), done).await
        }
        AdminCommand::Restore { stream } => {
            let done = format!("Stream {stream} can be published and watched again.");
            change(client, Method::DELETE, &cut_off_path(*stream), None, done).await
        }
        AdminCommand::Blocks(command) => blocks(client, command).await,
        AdminCommand::People { role } => {
            let role: Vec<_> = role.iter().map(|role| ("role", role.to_string())).collect();
            read(client, "v1/admin/people", &role, |list: &Vec<_>| print::people(list)).await
        }
        AdminCommand::Role(command) => role(client, command).await,
        AdminCommand::Invite => {
            let value = client.send(Method::POST, "v1/admin/invitations", None).await?;
            let invitation = typed(&value)?;
            Ok((value, print::invitation(&invitation)))
        }
        AdminCommand::Terms { set_min_price, set_min_share } => terms(client, *set_min_price, *set_min_share).await,
        AdminCommand::Moderate(command) => moderate(client, command).await,
    }
}

async fn moderate(client: &Client, command: &ModerationCommand) -> Result<Answer, AdminError> {
    match command {
        ModerationCommand::Reports { closed, cursor } => {
            read(client, "v1/moderation/reports", &queue(*closed, cursor.as_ref()), print::reports).await
        }
        ModerationCommand::Appeals { closed, cursor } => {
            read(client, "v1/moderation/appeals", &queue(*closed, cursor.as_ref()), print::appeals).await
        }
        ModerationCommand::Decide { report, action, note } => {
            let body = json!({ "action": action, "note": note });
            let path = format!("v1/moderation/reports/{report}/decision");
            let value = client.send(Method::POST, &path, Some(&body)).await?;
            let decision = typed(&value)?;
            Ok((value, print::decision(&decision)))
        }
        ModerationCommand::Answer { appeal, uphold, note } => {
            let body = json!({ "uphold": uphold, "note": note });
            let done = match uphold {
                true => format!("Decision {appeal} stays."),
                false => format!("Decision {appeal} is lifted."),
            };
            change(client, Method::POST, &format!("v1/moderation/appeals/{appeal}"), Some(&body), done).await
        }
        ModerationCommand::Audit { cursor } => {
            let query: Vec<_> = cursor.iter().map(|cursor| ("cursor", cursor.clone())).collect();
            read(client, "v1/moderation/audit", &query, print::audit).await
        }
    }
}

fn cut_off_path(stream: u64) -> String {
    format!("v1/admin/streams/{stream}/cut-off")
}

fn queue(closed: bool, cursor: Option<&String>) -> Vec<(&'static str, String)> {
    let state = ("state", if closed { "closed" } else { "open" }.to_owned());
    std::iter::once(state).chain(cursor.map(|cursor| ("cursor", cursor.clone()))).collect()
}

async fn blocks(client: &Client, command: &BlocksCommand) -> Result<Answer, AdminError> {
    match command {
        BlocksCommand::List => read(client, "v1/admin/blocks", &[], |list: &Vec<_>| print::blocks(list)).await,
        BlocksCommand::Add { kind, value, note } => {
            let body = json!({ "note": note });
            let done = format!("The {kind} {value} is blocked.");
            change(client, Method::PUT, &block_path(*kind, value), Some(&body), done).await
        }
        BlocksCommand::Remove { kind, value } => {
            let done = format!("The {kind} {value} is no longer blocked.");
            change(client, Method::DELETE, &block_path(*kind, value), None, done).await
        }
    }
}

/// Returns the path of an entry. A network has a slash, which is no border of the path.
fn block_path(kind: BlockKind, value: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("v1/admin/blocks/{kind}/{}", escaped.replace('+', "%20"))
}

async fn role(client: &Client, command: &RoleCommand) -> Result<Answer, AdminError> {
    let (method, account, role, does) = match command {
        RoleCommand::Grant { account, role } => (Method::PUT, account, role, "has"),
        RoleCommand::Revoke { account, role } => (Method::DELETE, account, role, "no longer has"),
    };
    let done = format!("{account} {does} the role {role}.");
    change(client, method, &format!("v1/admin/people/{account}/roles/{role}"), None, done).await
}

async fn terms(client: &Client, price: Option<u128>, share: Option<u32>) -> Result<Answer, AdminError> {
    const PATH: &str = "v1/admin/terms";
    if price.is_none() && share.is_none() {
        return read(client, PATH, &[], print::terms).await;
    }
    let present: PublishingTerms = typed(&client.get(PATH, &[]).await?)?;
    let wanted = PublishingTerms {
        min_price: price.map_or(present.min_price, Planck),
        min_share_ppm: share.unwrap_or(present.min_share_ppm),
    };
    let value = client.send(Method::PUT, PATH, Some(&json!(wanted))).await?;
    let terms = typed(&value)?;
    Ok((value, print::terms(&terms)))
}

/// Reads a resource, and prints it with `print`.
async fn read<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    query: &[(&str, String)],
    print: impl Fn(&T) -> String,
) -> Result<Answer, AdminError> {
    let value = client.get(path, query).await?;
    let typed = typed(&value)?;
    Ok((value, print(&typed)))
}

/// Sends a change that is answered with nothing.
async fn change(
    client: &Client,
    method: Method,
    path: &str,
    body: Option<&Value>,
    done: String,
) -> Result<Answer, AdminError> {
    client.send(method, path, body).await?;
    Ok((json!({ "done": done }), format!("{done}\n")))
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, AdminError> {
    Ok(serde_json::from_value(value.clone())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[derive(Parser)]
    struct Test {
        #[command(flatten)]
        args: AdminArgs,
    }

    #[test]
    fn every_command_is_read_and_has_a_help_text() {
        let account = Account(tick_stream_primitives::AccountId::new([1; 32])).to_string();
        let grant = format!("role grant {account} moderator");
        let revoke = format!("role revoke {account} creator");
        let commands = [
            "status",
            "publishers --json",
            "cut-off 7 --reason spam",
            "restore 7",
            "blocks list",
            "blocks add network 203.0.113.0/24 --note spam",
            "blocks remove word swindle",
            "people --role creator",
            &grant,
            &revoke,
            "invite",
            "reports --closed",
            "decide 3 cut_off --note spam",
            "appeals",
            "answer 3 --uphold --note no",
            "audit",
            "terms --set-min-price 1000 --set-min-share 50000",
        ];
        for command in commands {
            let words = std::iter::once("admin").chain(command.split(' '));
            assert!(Test::try_parse_from(words).is_ok(), "{command}");
        }
        Test::command().get_subcommands().for_each(check_help);
    }

    fn check_help(command: &clap::Command) {
        assert!(command.get_about().is_some() || command.get_name() == "help", "{}", command.get_name());
        command.get_subcommands().for_each(check_help);
    }

    #[test]
    fn entry_of_a_list_is_one_segment_of_the_path() {
        assert_eq!(block_path(BlockKind::Network, "203.0.113.0/24"), "v1/admin/blocks/network/203.0.113.0%2F24");
        assert_eq!(block_path(BlockKind::Word, "two words"), "v1/admin/blocks/word/two%20words");
    }
}
