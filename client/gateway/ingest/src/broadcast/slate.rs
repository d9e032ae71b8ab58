//! The slate: what is shown while a broadcast waits for its publisher.

use super::{actor::Actor, stop::BroadcastOver, BroadcastEvent};
use crate::{
    plan::Plan,
    transcode::{Child, Job, JobInput},
};

/// An ffmpeg that generates the slate.
pub(super) struct Slate {
    child: Child,
    start_s: u32,
}

impl Slate {
    /// Begins the slate, with the renditions of the last source. `None` if slates are switched off or ffmpeg cannot be
    /// started: then nothing is shown.
    pub async fn begin(actor: &mut Actor) -> Result<Option<Self>, BroadcastOver> {
        if !actor.hub.config.transcode.shows_slate {
            return Ok(None);
        }
        let events = actor.emitter.as_ref().map(|emitter| emitter.events.clone());
        let (Some(plan), Some(events)) = (actor.plan.clone(), events) else { return Ok(None) };
        // A thumbnail of the slate would not show the stream.
        let plan =
            Plan { thumbnail: None, ..plan.encoded() }.with_preview(actor.hub.rules.preview_tracks(actor.stream));
        let (renditions, audio) = (plan.renditions.clone(), plan.audio_tracks());
        actor.emit(BroadcastEvent::Slate { renditions, audio }).await?;
        let start_s = actor.next_start_s();
        let job = Job { plan, input: JobInput::Slate, start_s, fragment_ms: actor.fragment_ms };
        let config = &actor.hub.config;
        match Child::start(&actor.hub.ffmpeg, &job, &config.transcode, &config.work_dir, &events) {
            Ok(child) => Ok(Some(Self { child, start_s })),
            Err(error) => {
                tracing::warn!(stream = actor.stream, %error, "the slate cannot be shown");
                Ok(None)
            }
        }
    }

    /// Ends the slate. Later media has later timestamps.
    pub async fn end(self, actor: &mut Actor) {
        let progress = self.child.stop().await;
        actor.reached(self.start_s, progress.written_ms());
    }
}
