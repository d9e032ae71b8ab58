//! `vilokanam upload`: a finished video to the gateway, which makes a recording of it.

use super::job;
use crate::context::Context;
use clap::Args;
use std::{path::PathBuf, sync::OnceLock};
use vilokanam_terminal::{status_line::StatusLine, Answer, CommandError, Exit};
use vilokanam_wire::StreamRef;

mod source;
mod tus;

use source::Source;
use tus::Upload;

/// Upload a finished video, which becomes a recording of a stream.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Any file that ffmpeg reads. Its audio tracks and its subtitles that are text are taken as well.
An upload that is interrupted goes on where it ended when the same command is given again.
`vilokanam jobs` shows what the gateway makes of it.
  vilokanam upload film.mkv --stream 3 --title 'My film'")]
pub struct UploadFile {
    /// The file
    pub file: PathBuf,
    /// Number of the stream
    #[arg(long, value_name = "STREAM")]
    pub stream: StreamRef,
    /// Title of the recording; by default the name of the file
    #[arg(long)]
    pub title: Option<String>,
    /// Do not wait until the recording is made
    #[arg(long)]
    pub no_wait: bool,
}

/// Uploads the file, and waits until its recording is made. Ctrl-C interrupts: the upload can go on later, and the gateway goes on
/// with the recording.
pub async fn run(context: &Context, args: UploadFile) -> Result<(Answer, Exit), CommandError> {
    let source = Source::open(&args.file).await?;
    let gateway = context.gateway()?;
    let line = StatusLine::new(context.options.quiet);
    let title = args.title.clone().unwrap_or_else(|| source.stem());
    let saved = context.data.upload_path(gateway.address(), args.stream.0, &source.identity());
    let upload = Upload { gateway: &gateway, source: &source, stream: args.stream, title: &title, saved: &saved };
    let signer = context.signer()?;
    let begun = OnceLock::new();
    let work = async {
        let job = upload.run(&signer, &line).await?;
        // From here on the gateway works by itself.
        let _ = begun.set(job.clone());
        line.note(&format!("The gateway has the whole file. Its job is {job}."));
        if args.no_wait {
            return job::show(&gateway, &job).await;
        }
        job::wait(&gateway, &job, &line).await
    };
    let done = tokio::select! {
        done = work => done.map(|answer| (answer, Exit::Done)),
        _ = tokio::signal::ctrl_c() => {
            Ok((job::interrupted(args.stream, begun.get().map(String::as_str)), Exit::Interrupted))
        }
    };
    line.clear();
    done
}
