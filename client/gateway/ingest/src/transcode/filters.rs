//! The filter graphs of ffmpeg. Whatever the source sends, what comes out is progressive, upright, has square pixels, 8 bits
//! and 4:2:0, a constant frame rate, and stereo sound.

use super::{
    job::{Job, JobInput, SAMPLE_RATE_HZ},
    output::Output,
};
use crate::{
    plan::Plan,
    tracks::{Kind, Track, Tracks},
};

/// The filter graphs of a job. The frame rate is made constant before the video is split, so that the frames of all
/// renditions have the same timestamps.
///
/// A source without sound gets silence, so that players, which cannot add a track while they play, hear the sound when it
/// comes. The silence is a graph of its own: the end of the picture is the end of the first graph, and ends the outputs.
pub(super) fn graphs(job: &Job, outputs: &[Output]) -> Vec<String> {
    let Job { plan, input, .. } = job;
    let tracks = match input {
        JobInput::Pipe { tracks, .. } => *tracks,
        JobInput::Slate => Tracks::default(),
    };
    let of = |track: Option<Track>, kind| track.unwrap_or_default().specifier(kind);
    let with_audio: Vec<&Output> = outputs.iter().filter(|output| output.has_audio()).collect();
    let to_audio = links("a", with_audio.iter().copied());
    // `async` fills gaps in the audio with silence, also before its first sample, and keeps it in step with the video.
    let audio = format!(
        "[0:{}]aresample={SAMPLE_RATE_HZ}:async=1000:first_pts=0,aformat=channel_layouts=stereo",
        of(tracks.audio, Kind::Audio)
    );
    if !plan.has_video {
        return vec![waveform(plan, outputs, &format!("{audio},asplit={}[wave]{to_audio}", with_audio.len() + 1))];
    }
    // Interlaced frames are recognised one by one, because a source may change.
    let mut video = vec![format!(
        "[0:{}]bwdif=mode=send_frame:deint=interlaced,format=yuv420p,fps={},split={}{}",
        of(tracks.video, Kind::Video),
        plan.frames_per_second,
        outputs.len(),
        links("s", outputs.iter())
    )];
    video.extend(outputs.iter().map(|output| branch(output, plan.frames_per_second)));
    let split = format!("asplit={}{to_audio}", with_audio.len());
    if plan.has_audio {
        video.push(format!("{audio},{split}"));
        return vec![video.join(";")];
    }
    vec![video.join(";"), format!("{},{split}", silence())]
}

fn waveform(plan: &Plan, outputs: &[Output], audio: &str) -> String {
    let (width, height) = plan.renditions.first().map_or((426, 240), |first| (first.width, first.height));
    let rate = plan.frames_per_second;
    let waves = format!(
        "[wave]showwaves=s={width}x{height}:mode=cline:rate={rate}:colors=0x3fa7ff,fps={rate},split={}{}",
        outputs.len(),
        links("s", outputs.iter())
    );
    let branches = outputs.iter().map(|output| branch(output, rate));
    [audio.to_owned(), waves].into_iter().chain(branches).collect::<Vec<_>>().join(";")
}

/// The links of that kind to the outputs.
fn links<'a>(kind: &str, outputs: impl Iterator<Item = &'a Output>) -> String {
    outputs.map(|output| format!("[{kind}_{}]", output.name())).collect()
}

/// The chain from the split video to one output.
fn branch(output: &Output, rate: u32) -> String {
    let name = output.name();
    match output {
        Output::Rendition(rendition) | Output::Preview(rendition) => {
            let reduced = if rendition.frames_per_second == rate {
                String::new()
            } else {
                format!("fps={},", rendition.frames_per_second)
            };
            format!("[s_{name}]{reduced}{}[v_{name}]", fitted(rendition.width, rendition.height))
        }
        Output::Thumbnail(still) => {
            let every = format!("select='isnan(prev_selected_t)+gte(t-prev_selected_t,{})'", still.interval_s);
            format!("[s_{name}]{every},{}[v_{name}]", fitted(still.width, still.height))
        }
    }
}

/// The source of the slate: silence, and dark colours that move slowly, so that a viewer sees that the player plays.
/// Pages show their own text over it.
pub(super) fn slate(plan: &Plan) -> String {
    let (width, height) = plan.renditions.last().map_or((640, 360), |top| (top.width, top.height));
    let rate = plan.frames_per_second;
    let picture =
        format!("gradients=s={width}x{height}:r={rate}:c0=0x10141c:c1=0x26304a:nb_colors=2:speed=0.002[out0]");
    match (plan.has_video, plan.has_audio) {
        (true, true) => format!("{picture};{}[out1]", silence()),
        (true, false) => picture,
        (false, _) => format!("{}[out0]", silence()),
    }
}

fn silence() -> String {
    format!("anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo")
}

/// Scales to a fixed size and fills the rest with bars, so that a source may change its size, or the shape of its pixels,
/// without a restart of the encoders. `dar` are the proportions as shown.
fn fitted(width: u32, height: u32) -> String {
    let even = |side: String| format!("2*floor({side}/2+0.49)");
    let (wide, high) = (even(format!("min({width},{height}*dar)")), even(format!("min({height},{width}/dar)")));
    format!(
        "scale=w='max(2,{wide})':h='max(2,{high})':eval=frame,\
         pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:eval=frame,setsar=1,format=yuv420p"
    )
}

#[cfg(test)]
mod tests;
