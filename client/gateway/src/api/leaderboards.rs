//! `/v1/leaderboards`: who has tipped and watched most.

use super::{
    error::ApiError,
    state::{ApiState, Catalogue},
};
use crate::people::{
    leaderboards::{Board, BoardError, Merit, Period},
    People, Watching,
};
use axum::{
    extract::{Query, State},
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_wire::{people::LeaderView, Problem};

/// Routes of leaderboards.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_leaderboard))
}

/// Who is compared.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeaderKind {
    /// Those who have tipped, by the amount.
    #[default]
    Tippers,
    /// Those who have watched, by the seconds that they have paid for.
    Watchers,
}

/// How far back.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeaderPeriod {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    #[default]
    Week,
    /// Thirty days.
    Month,
}

/// Which leaderboard.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeaderQuery {
    #[serde(default)]
    #[param(inline)]
    kind: LeaderKind,
    #[serde(default)]
    #[param(inline)]
    period: LeaderPeriod,
    /// Only what was paid for this stream.
    stream: Option<u64>,
}

impl LeaderQuery {
    fn board(&self) -> Board {
        let merit = match self.kind {
            LeaderKind::Tippers => Merit::Tips,
            LeaderKind::Watchers => Merit::WatchTime,
        };
        let period = match self.period {
            LeaderPeriod::Hour => Period::Hour,
            LeaderPeriod::Day => Period::Day,
            LeaderPeriod::Week => Period::Week,
            LeaderPeriod::Month => Period::Month,
        };
        Board { merit, period, stream: self.stream }
    }
}

/// Returns a leaderboard of at most 50 people, without those who hide from it. It is at most half a minute old.
#[utoipa::path(get, path = "/v1/leaderboards", tag = "people", params(LeaderQuery), responses(
    (status = 200, body = Vec<LeaderView>), (status = 400, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_leaderboard(
    State(watching): State<Arc<Watching>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Query(query): Query<LeaderQuery>,
) -> Result<Json<Vec<LeaderView>>, ApiError> {
    if let Some(stream) = query.stream {
        catalogue.rules.check_served(stream)?;
    }
    let leaders = watching.leaderboards.of(query.board(), &people).await?;
    Ok(Json(leaders.to_vec()))
}

impl From<BoardError> for ApiError {
    fn from(error: BoardError) -> Self {
        match error {
            BoardError::Query(error) => error.into(),
            BoardError::Profiles(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_names_a_leaderboard() {
        let board = |text: &str| {
            let uri = format!("/v1/leaderboards?{text}").parse().unwrap();
            Query::<LeaderQuery>::try_from_uri(&uri).map(|query| query.0.board())
        };
        let found = board("kind=watchers&period=hour&stream=7").unwrap();
        assert_eq!(found, Board { merit: Merit::WatchTime, period: Period::Hour, stream: Some(7) });
        assert_eq!(board("").unwrap(), Board { merit: Merit::Tips, period: Period::Week, stream: None });
        assert!(board("kind=lurkers").is_err());
    }
}
