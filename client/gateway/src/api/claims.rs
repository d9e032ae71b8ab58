//! `GET /v1/claims`: claims that are not settled yet, for watchtowers. Anyone can have a claim settled and cannot change it.
//!
//! A published claim buys nothing here: a key costs a tick that was not revealed before, and the claims are on disk before
//! they are published, so a crash cannot make one new again. The first tick of a session is not published for a minute, since
//! a viewer whose answer got lost shows the right to the session with it.

use super::{error::ApiError, page::PageQuery};
use axum::{
    extract::{Query, State},
    Json,
};
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, Claim, SessionId};
use vilokanam_paywall::Paywall;
use vilokanam_wire::{
    scalars::{bytes_from_hex, bytes_to_hex},
    sessions::ClaimView,
    streams::Page,
    Problem, SessionRef,
};

/// Age at which the claims are read again: reading walks the whole table.
const MAX_AGE: Duration = Duration::from_secs(2);
/// Claims on a page, and the most that can be asked for.
const PAGE_CLAIMS: usize = 100;

/// The claims that are not settled for good, as they were last read from the paywall.
pub struct PublishedClaims {
    paywall: Arc<Paywall>,
    last: Mutex<Option<(Instant, Arc<Vec<Claim>>)>>,
}

impl PublishedClaims {
    pub fn new(paywall: Arc<Paywall>) -> Self {
        Self { paywall, last: Mutex::default() }
    }

    /// The claims, at most [`MAX_AGE`] old. All of them are on disk when this returns.
    async fn claims(&self) -> Result<Arc<Vec<Claim>>, ApiError> {
        let claims = self.read();
        self.paywall.flush().await.map_err(|error| ApiError::unavailable(error.to_string()))?;
        Ok(claims)
    }

    fn read(&self) -> Arc<Vec<Claim>> {
        let mut last = self.last.lock();
        if let Some((_, claims)) = last.as_ref().filter(|(at, _)| at.elapsed() < MAX_AGE) {
            return claims.clone();
        }
        let claims = Arc::new(self.paywall.unsettled(now_ms()));
        *last = Some((Instant::now(), claims.clone()));
        claims
    }
}

/// Lists the highest claim of each session of which something is not settled for good. At most two seconds old.
#[utoipa::path(get, path = "/v1/claims", tag = "sessions", operation_id = "list_claims", params(PageQuery),
    responses((status = 200, body = Page<ClaimView>), (status = 400, body = Problem)))]
pub async fn list_claims(
    State(published): State<Arc<PublishedClaims>>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ClaimView>>, ApiError> {
    let after = query.cursor().map(session_of).transpose()?;
    let limit = query.limit().map_or(PAGE_CLAIMS, |limit| (limit as usize).clamp(1, PAGE_CLAIMS));
    Ok(Json(page(&published.claims().await?, after, limit)))
}

fn session_of(cursor: &str) -> Result<SessionId, ApiError> {
    let wrong = |_| ApiError::bad_request("The parameter cursor must be the next_cursor of the page before.");
    bytes_from_hex(cursor).map(SessionId).map_err(wrong)
}

fn page(claims: &[Claim], after: Option<SessionId>, limit: usize) -> Page<ClaimView> {
    let first = after.map_or(0, |after| claims.partition_point(|claim| claim.session <= after));
    let rest = &claims[first..];
    let items: Vec<_> = rest.iter().take(limit).map(view).collect();
    let next_cursor = (rest.len() > limit).then(|| rest[limit - 1].session.to_string());
    Page { items, next_cursor }
}

fn view(claim: &Claim) -> ClaimView {
    ClaimView { session: SessionRef(claim.session), ticks: claim.ticks, proof: bytes_to_hex(claim.proof) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gaps() {
        let claim = |number| Claim { session: SessionId([number; 16]), from: 0, ticks: number.into(), proof: [7; 32] };
        let claims: Vec<_> = (1..=5).map(claim).collect();
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = page(&claims, after, 2);
            seen.extend(page.items.iter().map(|view| view.ticks));
            pages += 1;
            let Some(cursor) = page.next_cursor else { break };
            after = Some(session_of(&cursor).unwrap());
        }
        assert_eq!((seen, pages), (vec![1, 2, 3, 4, 5], 3));
        assert!(session_of("x").is_err());
        assert!(page(&[], None, 2).items.is_empty());
    }
}
