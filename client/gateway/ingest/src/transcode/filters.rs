//! The filter graphs of ffmpeg. Whatever the source sends, what comes out is progressive, upright, has square pixels, 8 bits
//! and 4:2:0, a constant frame rate, and stereo sound.

use super::{
    job::{FilePart, Job, JobInput, SAMPLE_RATE_HZ},
    output::Output,
};
use crate::{
    codec::Encoder,
    plan::Plan,
    tracks::{Kind, Track},
};

/// The filter graphs of a job. The frame rate is made constant before the video is split, so that the frames of all
/// renditions have the same timestamps. What is copied is in no graph.
///
/// A source without sound gets silence, so that players, which cannot add a track while they play, hear the sound when it
/// comes. The silence is a graph of its own: the end of the picture is the end of the first graph, and ends the outputs.
pub(super) fn graphs(job: &Job, outputs: &[Output]) -> Vec<String> {
    let Job { plan, input, .. } = job;
    let tracks = input.tracks();
    let (is_file, part) = match input {
        JobInput::File { part, .. } => (true, *part),
        JobInput::Pipe { .. } | JobInput::Slate => (false, None),
    };
    let of = |track: Option<Track>, kind| match (is_file, kind) {
        // The first track with moving pictures, and not the cover of an album.
        (true, Kind::Video) => "V:0".to_owned(),
        _ => track.unwrap_or_default().specifier(kind),
    };
    let (cut_video, cut_audio) = (cut(part, ""), cut(part, "a"));
    let drawn: Vec<&Output> = outputs.iter().filter(|output| output.is_drawn()).collect();
    let mixed: Vec<&Output> = outputs.iter().filter(|output| output.is_mixed()).collect();
    let to_audio = links("a", &mixed);
    // `async` fills gaps in the audio with silence and keeps it in step with the video.
    let audio = format!("[0:{}]{cut_audio}{}", of(tracks.audio, Kind::Audio), steady_audio());
    if !plan.has_video {
        return vec![waveform(plan, &drawn, &format!("{audio},asplit={}[wave]{to_audio}", mixed.len() + 1))];
    }
    let mut graphs = Vec::new();
    let mut first = Vec::new();
    if !drawn.is_empty() {
        // Interlaced frames are recognised one by one, because a source may change.
        let steady = format!("bwdif=mode=send_frame:deint=interlaced,format=yuv420p,fps={}", plan.frames_per_second);
        let prepared = if draws_keyframes_only(plan, outputs) { "format=yuv420p" } else { &steady };
        let source = of(tracks.video, Kind::Video);
        first.push(format!("[0:{source}]{cut_video}{prepared},split={}{}", drawn.len(), links("s", &drawn)));
        first.extend(drawn.iter().map(|output| branch(output, plan)));
    }
    let split = format!("asplit={}{to_audio}", mixed.len());
    match (mixed.is_empty(), plan.has_audio) {
        (true, _) => {}
        (false, true) => first.push(format!("{audio},{split}")),
        (false, false) => graphs.push(format!("{},{split}", silence())),
    }
    if !first.is_empty() {
        graphs.insert(0, first.join(";"));
    }
    graphs
}

/// Whether the decoder needs only keyframes: everything is copied, and stills come from keyframes, which are not too rare.
pub(super) fn draws_keyframes_only(plan: &Plan, outputs: &[Output]) -> bool {
    let is_rare = |output: &Output| matches!(output, Output::Thumbnail(still) if !still.is_frequent);
    plan.has_video && outputs.iter().all(|output| !output.is_drawn() || is_rare(output))
}

/// The filters that take a part of a file; `kind` is empty for video, and "a" for audio. Both tracks are moved by the same
/// time, so that they stay in step.
fn cut(part: Option<FilePart>, kind: &str) -> String {
    let Some(FilePart { start_ms, length_ms }) = part else { return String::new() };
    format!("{kind}trim=start={start_ms}ms:duration={length_ms}ms,{kind}setpts=PTS-{start_ms}/1000/TB,")
}

/// Audio in step with its timestamps, without gaps, in stereo. It begins with its first sample: told to begin at 0
/// (`first_pts`), ffmpeg would do so again each time that the sound or the picture changes its format, and write silence for all
/// the time that has passed.
pub(super) fn steady_audio() -> String {
    format!("aresample={SAMPLE_RATE_HZ}:async=1000,aformat=channel_layouts=stereo")
}

fn waveform(plan: &Plan, drawn: &[&Output], audio: &str) -> String {
    let (width, height) = plan.renditions.first().map_or((426, 240), |first| (first.width, first.height));
    let rate = plan.frames_per_second;
    let waves = format!(
        "[wave]showwaves=s={width}x{height}:mode=cline:rate={rate}:colors=0x3fa7ff,fps={rate},split={}{}",
        drawn.len(),
        links("s", drawn)
    );
    let branches = drawn.iter().map(|output| branch(output, plan));
    [audio.to_owned(), waves].into_iter().chain(branches).collect::<Vec<_>>().join(";")
}

/// The links of that kind to the outputs.
fn links(kind: &str, outputs: &[&Output]) -> String {
    outputs.iter().map(|output| format!("[{kind}_{}]", output.name())).collect()
}

/// The chain from the split video to one output.
fn branch(output: &Output, plan: &Plan) -> String {
    let name = output.name();
    match output {
        Output::Rendition(rendition) | Output::Preview(rendition) => {
            let reduced = if rendition.frames_per_second == plan.frames_per_second {
                String::new()
            } else {
                format!("fps={},", rendition.frames_per_second)
            };
            let fitted = fitted(rendition.width, rendition.height);
            format!("[s_{name}]{reduced}{fitted}{}[v_{name}]", surface(plan.encoder))
        }
        Output::Thumbnail(still) => {
            let every_s = if still.is_frequent { "0.5".to_owned() } else { still.interval_s.to_string() };
            let every = format!("select='isnan(prev_selected_t)+gte(t-prev_selected_t,{every_s})'");
            format!("[s_{name}]{every},{}[v_{name}]", fitted(still.width, still.height))
        }
        Output::Audio(..) => String::new(),
    }
}

/// The filters that bring pictures to where an encoder takes them.
const fn surface(encoder: Encoder) -> &'static str {
    match encoder {
        Encoder::Libx264 | Encoder::Nvenc => "",
        Encoder::Vaapi => ",format=nv12,hwupload",
        Encoder::Qsv => ",format=nv12",
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
