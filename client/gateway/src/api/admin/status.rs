//! The state of the gateway, who publishes, and cutting streams off.

use super::super::{
    error::ApiError,
    gateway::chain_status,
    limits::MAX_PREFIXES,
    moderation::views::Persons,
    ops,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Health, VideoWork},
};
use crate::{moderation::Moderation, people::People};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{metadata::Metadata, JobState};
use vilokanam_wire::{
    admin::{AdminStatus, CutOff, DiskView, Figure, PublisherView},
    gateway::PartState,
    moderation::{DecisionAction, ReportSubject},
    Account, Problem, StreamRef,
};

/// Returns the state of the gateway and of everything that it depends on.
#[utoipa::path(get, path = "/v1/admin/status", tag = "administration", responses(
    (status = 200, body = AdminStatus), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_admin_status(State(state): State<ApiState>, signed: SignedIn) -> Result<Json<AdminStatus>, ApiError> {
    signed.require_admin()?;
    let mut parts = ops::parts(&state.health);
    parts.push(disk_part(&state.video_work));
    let disks = state.video_work.room.disks().into_iter().map(|disk| DiskView {
        folder: disk.folder.display().to_string(),
        free_bytes: disk.free,
        total_bytes: disk.total,
        min_free_bytes: disk.min_free,
    });
    Ok(Json(AdminStatus {
        account: Account(state.profile.account.clone()),
        version: env!("CARGO_PKG_VERSION").into(),
        is_draining: state.drain.is_cancelled(),
        parts,
        chain: chain_status(&state.health),
        disks: disks.collect(),
        figures: figures(&state).await?,
    }))
}

async fn figures(state: &ApiState) -> Result<Vec<Figure>, ApiError> {
    let ApiState { catalogue, limits, .. } = state;
    let config = &state.profile.config;
    let mut figures = sale_figures(&state.health, config.paywall.max_sessions);
    let on_air = catalogue.live.streams().len();
    figures.push(figure("video", "broadcasts", on_air, Some(config.ingest.max_broadcasts)));
    let (opened, max_opened) = catalogue.recordings.opened();
    figures.push(figure("video", "recordings in memory", opened, Some(max_opened)));
    figures.push(figure("video", "complete uploads", state.video_work.uploads.complete().len(), None));
    let jobs = catalogue.index.open_jobs().await?;
    let running = jobs.iter().filter(|job| job.state == JobState::Running).count();
    figures.push(figure("jobs", "running", running, Some(config.uploads.jobs)));
    figures.push(figure("jobs", "waiting", jobs.len() - running, None));
    figures.push(figure("limits", "networks with recent requests", limits.networks(), Some(MAX_PREFIXES)));
    figures.extend(moderation_figures(&state.moderation));
    Ok(figures)
}

fn disk_part(work: &VideoWork) -> PartState {
    let trouble = work.room.check_free().err().map(|error| error.to_string());
    PartState { name: "disk".into(), is_ok: trouble.is_none(), detail: trouble.unwrap_or_else(|| "works".into()) }
}

fn figure(group: &str, name: &str, value: impl TryInto<u64>, max: Option<usize>) -> Figure {
    Figure {
        group: group.into(),
        name: name.into(),
        value: value.try_into().unwrap_or(u64::MAX),
        max: max.map(|max| max as u64),
    }
}

/// Sessions and what is to be settled of them. Walks every session.
fn sale_figures(health: &Health, max_sessions: usize) -> Vec<Figure> {
    let (paywall, now) = (&health.paywall, now_ms());
    let counts = paywall.counts();
    vec![
        figure("sessions", "in memory", paywall.sessions(), Some(max_sessions)),
        figure("sessions", "tickets accepted", counts.offers_accepted, None),
        figure("sessions", "tickets refused", counts.offers_refused, None),
        figure("settlement", "sessions with claims to settle", paywall.unsettled(now).len(), None),
        figure("settlement", "alarms", paywall.alarms(now).len(), None),
        figure("settlement", "lost ticks", counts.lost_ticks, None),
        figure("journal", "records written", counts.journal_records, None),
        figure("journal", "bytes written", counts.journal_bytes, None),
        figure("journal", "failed snapshots", counts.compactions_failed, None),
    ]
}

fn moderation_figures(moderation: &Moderation) -> [Figure; 4] {
    let watched = moderation.watched();
    [
        figure("moderation", "blocked accounts", watched.accounts, None),
        figure("moderation", "blocked networks", watched.networks, None),
        figure("moderation", "blocked words", watched.words, None),
        figure("moderation", "withheld", watched.hidden, None),
    ]
}

/// Lists who publishes at this moment, by the numbers of the streams.
#[utoipa::path(get, path = "/v1/admin/publishers", tag = "administration", responses(
    (status = 200, body = Vec<PublisherView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_publishers(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
) -> Result<Json<Vec<PublisherView>>, ApiError> {
    signed.require_admin()?;
    let mut streams = catalogue.live.streams();
    streams.sort_unstable();
    let viewers = catalogue.audience.borrow().viewers.clone();
    let mut rows = Vec::with_capacity(streams.len());
    for stream in streams {
        // It may have ended meanwhile.
        let Some(channel) = catalogue.live.channel(stream) else { continue };
        rows.push((channel.health(), stream, catalogue.index.stream(stream).await?));
    }
    let creators = rows.iter().filter_map(|(_, _, row)| Some(row.as_ref()?.value.creator.clone())).collect();
    let persons = Persons::of(&people, creators).await?;
    let views = rows.into_iter().map(|(health, stream, row)| PublisherView {
        stream: StreamRef(stream),
        title: row.as_ref().map(|row| Metadata::decode(&row.value.metadata).title).unwrap_or_default(),
        creator: row.map(|row| persons.get(&row.value.creator)),
        since: health.live_since,
        state: health.state,
        protocol: health.protocol.unwrap_or_default(),
        bitrate_bps: health.bitrate_bps,
        viewers: viewers.get(&stream).copied().unwrap_or(0),
        is_well: health.is_well,
        diagnosis: health.diagnosis,
    });
    Ok(Json(views.collect()))
}

/// Cuts a stream off: its broadcast and its sessions end, it can no longer be published here, and nothing of it is given out.
/// Its creator reads the reason, and can appeal.
#[utoipa::path(post, path = "/v1/admin/streams/{id}/cut-off", tag = "administration", params(("id" = u64, Path)),
    request_body = CutOff, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn cut_off_stream(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path(stream): Path<StreamId>,
    Json(body): Json<CutOff>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    let subject = ReportSubject::Stream(stream);
    moderation.decide(&signed.account, &subject, DecisionAction::CutOff, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts every decision that cuts a stream off.
#[utoipa::path(delete, path = "/v1/admin/streams/{id}/cut-off", tag = "administration", params(("id" = u64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn restore_stream(
    State(moderation): State<Arc<Moderation>>,
    signed: SignedIn,
    Path(stream): Path<StreamId>,
) -> Result<StatusCode, ApiError> {
    signed.require_admin()?;
    match moderation.restore(&signed.account, stream).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!("Stream {stream} is not cut off at this gateway."))),
    }
}
