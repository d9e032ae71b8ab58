//! `vilokanam stream key`: the keys that encoders publish with. They are the gateway's; the creator signs for them.

use crate::{
    answer::{facts, table, Answer},
    context::Context,
    error::CliError,
    gateway::{json_of, GatewayClient},
};
use clap::Subcommand;
use reqwest::Method;
use serde_json::json;
use tick_stream_primitives::StreamId;
use vilokanam_chain::Signer;
use vilokanam_wire::{
    creator::{NewPublishKey, PublishKeyInfo},
    StreamRef,
};

/// The keys that encoders publish with.
#[derive(Clone, Debug, Subcommand)]
pub enum Key {
    /// Make a key, and tell its secret once
    Create {
        /// The stream's number
        stream: StreamRef,
        /// Keep it in the data folder, for `vilokanam publish`
        #[arg(long)]
        save: bool,
    },
    /// List the keys of a stream
    List {
        /// The stream's number
        stream: StreamRef,
    },
    /// Make a key worthless
    Revoke {
        /// The stream's number
        stream: StreamRef,
        /// The key's id, as `list` has it
        key_id: String,
    },
}

/// Does it.
pub async fn run(context: &Context, key: Key) -> Result<Answer, CliError> {
    let (gateway, signer) = (context.gateway()?, context.signer()?);
    match key {
        Key::Create { stream, save } => {
            let made = create(&gateway, &signer, stream.0).await?;
            if save {
                let path = context.data.put_publish_key(gateway.address(), stream.0, &made)?;
                context.note(format!("Kept in {}.", path.display()));
            }
            Ok(told(&made))
        }
        Key::List { stream } => list(&gateway, &signer, stream).await,
        Key::Revoke { stream, key_id } => revoke(context, &gateway, &signer, stream, &key_id).await,
    }
}

/// Has the gateway make a key.
pub async fn create(gateway: &GatewayClient, signer: &Signer, stream: StreamId) -> Result<NewPublishKey, CliError> {
    let path = format!("/v1/streams/{stream}/publish-keys");
    let response = gateway.signed(signer, Method::POST, &path, None::<&()>).await?;
    json_of(&path, response).await
}

fn told(key: &NewPublishKey) -> Answer {
    let mut lines = vec![
        ("key id", key.id.clone()),
        ("OBS server", key.rtmp_url.clone()),
        ("OBS stream key", key.rtmp_stream_key.clone()),
        ("secret", key.key.clone()),
    ];
    lines.extend(key.put_url.clone().map(|url| ("PUT to", url)));
    Answer::new(key, facts(&lines))
}

async fn list(gateway: &GatewayClient, signer: &Signer, stream: StreamRef) -> Result<Answer, CliError> {
    let path = format!("/v1/streams/{stream}/publish-keys");
    let response = gateway.signed(signer, Method::GET, &path, None::<&()>).await?;
    let keys: Vec<PublishKeyInfo> = json_of(&path, response).await?;
    let rows = keys.iter().map(|key| {
        [key.id.clone(), key.created_at.clone(), key.last_used_at.clone().unwrap_or_else(|| "never".into())]
    });
    Ok(Answer::new(&keys, table(&["key id", "created", "last used"], rows)))
}

async fn revoke(
    context: &Context,
    gateway: &GatewayClient,
    signer: &Signer,
    stream: StreamRef,
    key_id: &str,
) -> Result<Answer, CliError> {
    let is_plain = key_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if key_id.is_empty() || !is_plain {
        return Err(CliError::Usage(format!("'{key_id}' is no key id; `vilokanam stream key list {stream}` has them")));
    }
    let path = format!("/v1/streams/{stream}/publish-keys/{key_id}");
    gateway.signed(signer, Method::DELETE, &path, None::<&()>).await?;
    context.data.forget_publish_key(gateway.address(), stream.0, key_id)?;
    let json = json!({ "stream": stream, "revoked": key_id });
    Ok(Answer::new(json, format!("The key {key_id} opens nothing any more.")))
}
