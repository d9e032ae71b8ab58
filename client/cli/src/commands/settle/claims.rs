//! Published claims, from a file or a gateway.

use std::{collections::BTreeMap, path::Path};
use tick_stream_primitives::SessionId;
use vilokanam_chain::ClaimRow;
use vilokanam_terminal::CommandError;
use vilokanam_viewer::{files::FileError, gateway::GatewayClient};
use vilokanam_wire::{
    scalars::{bytes_from_hex, ScalarError},
    sessions::ClaimView,
};

/// Path of the highest claim of each session of a gateway.
const CLAIMS_PATH: &str = "/v1/claims";
/// Maximum number of claims that are settled at once.
const MAX_CLAIMS: usize = 100_000;
/// Maximum size of a file of claims, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a file of claims.
pub fn from_file(path: &Path) -> Result<Vec<ClaimRow>, CommandError> {
    let unreadable = |source| FileError::Read { path: path.to_owned(), source };
    let damaged = |reason: String| FileError::Damaged { path: path.to_owned(), reason };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { path: path.to_owned(), max_bytes: MAX_FILE_BYTES }.into());
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let claims: Vec<ClaimView> = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
    if claims.len() > MAX_CLAIMS {
        return Err(damaged(format!("it has more than {MAX_CLAIMS} claims")).into());
    }
    Ok(claims.into_iter().map(row).collect::<Result<_, _>>().map_err(|error| damaged(error.to_string()))?)
}

/// Fetches the claims that a gateway publishes.
pub async fn from_gateway(gateway: &GatewayClient) -> Result<Vec<ClaimRow>, CommandError> {
    let claims: Vec<ClaimView> = gateway.list(CLAIMS_PATH, &[], MAX_CLAIMS).await?;
    let rows = claims.into_iter().map(row).collect::<Result<_, _>>();
    rows.map_err(|error| CommandError::Media(format!("the gateway published a malformed claim: {error}")))
}

fn row(claim: ClaimView) -> Result<ClaimRow, ScalarError> {
    Ok(ClaimRow { session: claim.session.0, ticks: claim.ticks, proof: bytes_from_hex(&claim.proof)? })
}

/// Returns the highest claim of each session: it proves all that the others do.
pub fn highest(claims: Vec<ClaimRow>) -> Vec<ClaimRow> {
    let mut highest: BTreeMap<SessionId, ClaimRow> = BTreeMap::new();
    for claim in claims {
        let is_higher = highest.get(&claim.session).is_none_or(|known| known.ticks < claim.ticks);
        if is_higher {
            highest.insert(claim.session, claim);
        }
    }
    highest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(session: u8, ticks: u32) -> ClaimRow {
        ClaimRow { session: SessionId([session; 16]), ticks, proof: [0; 32] }
    }

    #[test]
    fn highest_claim_of_each_session_is_kept() {
        let claims = highest(vec![claim(2, 5), claim(1, 3), claim(2, 9), claim(2, 7)]);
        let left: Vec<(u8, u32)> = claims.iter().map(|claim| (claim.session.0[0], claim.ticks)).collect();
        assert_eq!(left, [(1, 3), (2, 9)]);
    }

    #[test]
    fn file_of_claims_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.json");
        let (session, proof) = ("01".repeat(16), "02".repeat(32));
        let text = format!(r#"[{{"session":"0x{session}","ticks":60,"proof":"0x{proof}","stream":"3"}}]"#);
        std::fs::write(&path, text).unwrap();
        let claims = from_file(&path).unwrap();
        assert_eq!(claims.len(), 1);
        assert_eq!((claims[0].ticks, claims[0].proof), (60, [2; 32]));
    }

    #[test]
    fn malformed_file_of_claims_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.json");
        let session = "01".repeat(16);
        let short_proof = format!(r#"[{{"session":"0x{session}","ticks":1,"proof":"0x02"}}]"#);
        for text in ["", "{}", r#"[{"session":"0x01","ticks":1,"proof":"0x02"}]"#, &short_proof] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(from_file(&path).unwrap_err().exit() as u8, 1, "{text}");
        }
    }
}
