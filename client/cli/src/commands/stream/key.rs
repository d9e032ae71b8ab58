//! `vilokanam stream key`: publish keys of encoders. The gateway keeps them, and gives them to the creator alone.

use crate::context::Context;
use clap::Subcommand;
use reqwest::Method;
use serde_json::json;
use tick_stream_primitives::StreamId;
use vilokanam_chain::Signer;
use vilokanam_terminal::{
    answer::{facts, table, Answer},
    CommandError,
};
use vilokanam_viewer::gateway::{GatewayClient, GatewayError};
use vilokanam_wire::{
    creator::{NewPublishKey, PublishKeyInfo},
    StreamRef,
};

/// Publish keys of encoders.
#[derive(Clone, Debug, Subcommand)]
pub enum Key {
    /// Create a key, and print its secret this once
    Create {
        /// Number of the stream
        stream: StreamRef,
        /// Save the key in the data folder, for `vilokanam publish`
        #[arg(long)]
        save: bool,
    },
    /// List the keys of a stream
    List {
        /// Number of the stream
        stream: StreamRef,
    },
    /// Revoke a key
    Revoke {
        /// Number of the stream
        stream: StreamRef,
        /// Id of the key, as `list` prints it
        key_id: String,
    },
}

/// Creates, lists or revokes keys.
pub async fn run(context: &Context, key: Key) -> Result<Answer, CommandError> {
    let (gateway, signer) = (context.gateway()?, context.signer()?);
    match key {
        Key::Create { stream, save } => {
            let created = create(&gateway, &signer, stream.0).await?;
            if save {
                let path = context.data.put_publish_key(gateway.address(), stream.0, &created)?;
                context.note(format!("Saved the key in {}.", path.display()));
            }
            Ok(answer(&created))
        }
        Key::List { stream } => list(&gateway, &signer, stream).await,
        Key::Revoke { stream, key_id } => revoke(context, &gateway, &signer, stream, &key_id).await,
    }
}

/// Creates a key at the gateway.
pub async fn create(gateway: &GatewayClient, signer: &Signer, stream: StreamId) -> Result<NewPublishKey, GatewayError> {
    let path = keys_path(StreamRef(stream));
    let response = gateway.send_as(signer, Method::POST, &path, None::<&()>).await?;
    gateway.json(&path, response).await
}

fn keys_path(stream: StreamRef) -> String {
    format!("/v1/streams/{stream}/publish-keys")
}

fn answer(key: &NewPublishKey) -> Answer {
    let mut lines = vec![
        ("key id", key.id.clone()),
        ("OBS server", key.rtmp_url.clone()),
        ("OBS stream key", key.rtmp_stream_key.clone()),
        ("secret", key.key.clone()),
    ];
    lines.extend(key.put_url.clone().map(|url| ("PUT address", url)));
    Answer::new(key, facts(&lines))
}

async fn list(gateway: &GatewayClient, signer: &Signer, stream: StreamRef) -> Result<Answer, CommandError> {
    let path = keys_path(stream);
    let response = gateway.send_as(signer, Method::GET, &path, None::<&()>).await?;
    let keys: Vec<PublishKeyInfo> = gateway.json(&path, response).await?;
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
) -> Result<Answer, CommandError> {
    let is_plain = key_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if key_id.is_empty() || !is_plain {
        let message = format!("'{key_id}' is not a key id; `vilokanam stream key list {stream}` lists the ids");
        return Err(CommandError::Usage(message));
    }
    let path = format!("{}/{key_id}", keys_path(stream));
    gateway.send_as(signer, Method::DELETE, &path, None::<&()>).await?;
    context.data.remove_publish_key(gateway.address(), stream.0, key_id)?;
    let json = json!({ "stream": stream, "revoked": key_id });
    Ok(Answer::new(json, format!("The key {key_id} is revoked.")))
}
