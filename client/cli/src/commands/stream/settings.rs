//! `vilokanam stream settings`: what the creator sets for a stream at the gateway.

use crate::context::Context;
use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_wire::{settings::StreamSettings, StreamRef};

/// Show or change what the gateway does with a stream.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Settings: dvr_hours (a number, 0 or all), records (true or false), keep_days, ladder (heights: 240,720), codecs (h264,av1),
encoder, copy (auto or never), part_ms (200 to 500), clips (none or payers). An empty value takes a setting back.
For example: `vilokanam stream settings 3 dvr_hours=all keep_days=30 ladder=240,720 part_ms=`.")]
pub struct Settings {
    /// Number of the stream
    pub stream: StreamRef,
    /// Settings to change; without any, they are shown
    #[arg(value_name = "NAME=VALUE", value_parser = setting)]
    pub changes: Vec<(String, Value)>,
}

/// Settings that are lists.
const LISTS: [&str; 2] = ["ladder", "codecs"];

/// Reads `name=value`. A value that is not JSON is text; that of a list may be written with commas alone.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write a name, = and a value")?;
    let one = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let value = match value {
        "" => Value::Null,
        value if LISTS.contains(&name) && !value.starts_with('[') => {
            value.split(',').map(str::trim).map(one).collect::<Vec<_>>().into()
        }
        value => one(value),
    };
    Ok((name.to_owned(), value))
}

/// Shows or changes the settings.
pub async fn run(context: &Context, args: Settings) -> Result<Answer, CommandError> {
    let path = format!("/v1/streams/{}/settings", args.stream);
    let (gateway, signer) = (context.gateway()?, context.signer()?);
    let response = if args.changes.is_empty() {
        gateway.send_as(&signer, Method::GET, &path, None::<&()>).await?
    } else {
        let patch: Map<String, Value> = args.changes.into_iter().collect();
        gateway.send_as(&signer, Method::PATCH, &path, Some(&patch)).await?
    };
    let settings: StreamSettings = gateway.json(&path, response).await?;
    let shown = serde_json::to_value(&settings).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
    let lines: Vec<_> = shown.iter().map(|(name, value)| (name.as_str(), in_words(value))).collect();
    let text = if lines.is_empty() { "As the operator has set it.".to_owned() } else { facts(&lines) };
    Ok(Answer::new(&settings, text))
}

/// The value as the command line takes it.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(in_words).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn value_is_json_or_text_or_nothing() {
        for (text, value) in [
            ("a=4", json!(4)),
            ("a=all", json!("all")),
            ("a=true", json!(true)),
            ("a=[240,720]", json!([240, 720])),
            ("a=240,720", json!("240,720")),
            ("a=", Value::Null),
            ("a=srt://h?x=1", json!("srt://h?x=1")),
        ] {
            assert_eq!(setting(text), Ok(("a".to_owned(), value)), "{text}");
        }
        assert!(setting("a").is_err());
        for (text, value) in [
            ("ladder=240,720", json!([240, 720])),
            ("ladder=240", json!([240])),
            ("codecs=h264, av1", json!(["h264", "av1"])),
            ("codecs=[\"h264\"]", json!(["h264"])),
            ("ladder=", Value::Null),
        ] {
            let read = setting(text).unwrap();
            assert_eq!(read.1, value, "{text}");
            if let Value::Array(_) = value {
                assert_eq!(setting(&format!("{}={}", read.0, in_words(&value))), Ok(read), "as it is shown");
            }
        }
    }
}
