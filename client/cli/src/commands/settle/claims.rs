//! Claims, from a file or from a gateway that publishes them.

use crate::{
    error::{self, CliError},
    gateway::GatewayClient,
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use tick_stream_primitives::SessionId;
use vilokanam_chain::ClaimRow;
use vilokanam_wire::{scalars::bytes_from_hex, SessionRef};

/// Where a gateway publishes the highest claim of each of its sessions.
const CLAIMS_PATH: &str = "/v1/claims";
/// The most claims that are taken at once.
pub const MAX_CLAIMS: usize = 100_000;
/// The longest file of claims.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A claim as it is published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published(pub ClaimRow);

impl<'de> Deserialize<'de> for Published {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            session: SessionRef,
            ticks: u32,
            proof: String,
        }
        let Fields { session, ticks, proof } = Fields::deserialize(deserializer)?;
        let proof = bytes_from_hex(&proof).map_err(serde::de::Error::custom)?;
        Ok(Self(ClaimRow { session: session.0, ticks, proof }))
    }
}

/// Reads a file of claims.
pub fn from_file(path: &Path) -> Result<Vec<Published>, CliError> {
    let length = std::fs::metadata(path).map_err(|error| error::file("read", path, error))?.len();
    if length > MAX_FILE_BYTES {
        return Err(error::file("read", path, format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error::file("read", path, error))?;
    let claims: Vec<Published> = serde_json::from_str(&text).map_err(|error| error::file("understand", path, error))?;
    if claims.len() > MAX_CLAIMS {
        return Err(error::file("take", path, format!("it has more than {MAX_CLAIMS} claims")));
    }
    Ok(claims)
}

/// Fetches what a gateway publishes.
pub async fn from_gateway(gateway: &GatewayClient) -> Result<Vec<Published>, CliError> {
    gateway.list(CLAIMS_PATH, &[], MAX_CLAIMS).await
}

/// The highest claim of each session: the others say nothing more.
pub fn highest(claims: Vec<Published>) -> Vec<ClaimRow> {
    let mut best: BTreeMap<SessionId, ClaimRow> = BTreeMap::new();
    for Published(claim) in claims {
        let is_news = best.get(&claim.session).is_none_or(|known| known.ticks < claim.ticks);
        if is_news {
            best.insert(claim.session, claim);
        }
    }
    best.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(session: u8, ticks: u32) -> Published {
        Published(ClaimRow { session: SessionId([session; 16]), ticks, proof: [0; 32] })
    }

    #[test]
    fn highest_works() {
        let claims = highest(vec![claim(2, 5), claim(1, 3), claim(2, 9), claim(2, 7)]);
        let left: Vec<(u8, u32)> = claims.iter().map(|claim| (claim.session.0[0], claim.ticks)).collect();
        assert_eq!(left, [(1, 3), (2, 9)]);
    }

    #[test]
    fn from_file_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.json");
        let (session, proof) = ("01".repeat(16), "02".repeat(32));
        let text = format!(r#"[{{"session":"0x{session}","ticks":60,"proof":"0x{proof}","stream":"3"}}]"#);
        std::fs::write(&path, text).unwrap();
        let claims = from_file(&path).unwrap();
        assert_eq!(claims.len(), 1);
        assert_eq!((claims[0].0.ticks, claims[0].0.proof), (60, [2; 32]));
    }

    #[test]
    fn from_file_malformed_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.json");
        for text in ["", "{}", r#"[{"session":"0x01","ticks":1,"proof":"0x02"}]"#] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(from_file(&path).unwrap_err().exit() as u8, 1, "{text}");
        }
    }
}
