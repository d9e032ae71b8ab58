//! Opening what makes recordings of uploads and clips, and what keeps images.

use super::error::BuildError;
use crate::{
    api::state::VideoWork,
    clips::Clips,
    config::Config,
    images::{HiddenImages, ImageLimits, Images},
    jobs::{Jobs, Maker},
    live::Recordings,
    public_fetch::Outbound,
    publishing::{BroadcastContext, Publishing},
    uploads::{UploadLimits, Uploads},
};
use std::sync::Arc;

/// Milliseconds of an hour.
const HOUR_MS: u64 = 3_600_000;

/// Opens images, uploads and jobs, and starts doing the jobs.
pub fn open_video_work(
    config: &Config,
    publishing: &Publishing,
    broadcasts: &Arc<BroadcastContext>,
    recordings: &Arc<Recordings>,
    hidden: Arc<HiddenImages>,
) -> Result<(VideoWork, Arc<Images>), BuildError> {
    let setting = |error: &dyn std::fmt::Display| BuildError::Setting(error.to_string());
    let (index, store, secrets) = (&broadcasts.index, &broadcasts.archive.store, &broadcasts.secrets);
    let outbound = Outbound::new(Vec::new()).map_err(|error| setting(&error))?;
    let images = Images::new(store.clone(), index.clone(), outbound, image_limits(config));
    let images = Arc::new(images.without(hidden));
    let folder = config.data_dir.join("uploads");
    let uploads = Uploads::open(&folder, upload_limits(config)).map_err(|error| setting(&error))?;
    let uploads = Arc::new(uploads);
    let maker = Maker {
        context: broadcasts.clone(),
        ingest: publishing.ingest().clone(),
        images: images.clone(),
        max_hours: config.uploads.max_hours,
    };
    let jobs = Arc::new(Jobs::new(index.clone(), uploads.clone(), maker, config.uploads.jobs));
    let lifetime = &broadcasts.lifetime;
    lifetime.tasks.spawn(jobs.clone().run(lifetime.clone()));
    let clips = Clips::new(
        index.clone(),
        (broadcasts.live.clone(), recordings.clone()),
        secrets.clone(),
        (uploads.clone(), jobs.clone()),
        broadcasts.uris.clone(),
    );
    Ok((VideoWork { uploads, jobs, clips, room: broadcasts.archive.room.clone() }, images))
}

fn upload_limits(config: &Config) -> UploadLimits {
    let uploads = &config.uploads;
    UploadLimits {
        max_bytes: uploads.max_bytes,
        max_total_bytes: uploads.max_total_bytes,
        max_per_account: uploads.max_per_account,
        max_uploads: uploads.max_uploads,
        expire_after_ms: u64::from(uploads.expire_after_h) * HOUR_MS,
    }
}

fn image_limits(config: &Config) -> ImageLimits {
    let images = &config.images;
    ImageLimits { max_per_account: images.max_per_account, max_total_bytes: images.max_total_bytes }
}
