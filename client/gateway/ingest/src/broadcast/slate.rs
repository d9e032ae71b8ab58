//! What is shown while a broadcast waits for its publisher.

use super::{actor::Actor, emitter::Over, BroadcastEvent};
use crate::{
    ladder::Plan,
    transcode::{Child, Job, JobInput},
};

/// An ffmpeg that makes the slate.
pub(super) struct Slate {
    child: Child,
    start_s: u32,
}

impl Slate {
    /// Begins to show it, in the renditions that the publisher had. Nothing, if that is not wanted or does not work: then
    /// nothing is shown.
    pub async fn begin(actor: &mut Actor) -> Result<Option<Self>, Over> {
        if !actor.hub.config.transcode.shows_slate {
            return Ok(None);
        }
        let (Some(plan), Some(events)) = (actor.plan.clone(), actor.emitter.as_ref().map(|known| known.events.clone()))
        else {
            return Ok(None);
        };
        // A slate is no picture of the stream.
        let plan = Plan { thumbnail: None, ..plan };
        actor.emit(BroadcastEvent::Slate { renditions: plan.renditions.clone() }).await?;
        let start_s = actor.next_start_s();
        let job = Job { plan, input: JobInput::Slate, start_s };
        let config = &actor.hub.config;
        match Child::start(&actor.hub.ffmpeg, &job, &config.transcode, &config.work_dir, &events) {
            Ok(child) => Ok(Some(Self { child, start_s })),
            Err(error) => {
                tracing::warn!(stream = actor.stream, %error, "there is no slate");
                Ok(None)
            }
        }
    }

    /// Ends it; times go on after it.
    pub async fn end(self, actor: &mut Actor) {
        let progress = self.child.stop().await;
        actor.reached(self.start_s, progress.out_time_ms);
    }
}
