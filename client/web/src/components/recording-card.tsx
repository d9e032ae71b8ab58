// A recording in a list: its poster, title, kind and length.

import { imageUrl, type Recording, type RecordingKind, referenceOf } from "../gateway";
import { clock, timeOf } from "../ui/format";
import { Picture } from "../ui/picture";
import "./recording-card.css";

/** Width of the poster, in pixels. */
const WIDTH = 320;

const KINDS: Readonly<Record<RecordingKind, string>> = {
  broadcast: "Broadcast",
  upload: "Video",
  clip: "Clip",
};

/** What a recording is: `Broadcast`, `Video` or `Clip`. */
export function kindOf({ kind = "broadcast" }: Pick<Recording, "kind">): string {
  return KINDS[kind] ?? "Video";
}

/** The title of a recording; its kind and time if it has none. */
export function recordingTitle(recording: Pick<Recording, "title" | "kind" | "started_at">): string {
  return recording.title?.trim() || `${kindOf(recording)} of ${timeOf(recording.started_at)}`;
}

export function RecordingPicture({ stream, recording }: { readonly stream: string; readonly recording: Recording }) {
  const url = imageUrl(recording.poster, WIDTH);
  return (
    <span class="recording-picture">
      <Picture url={url} of={`${stream}/${recording.number}`} isLazy />
      <span class="recording-length number">{clock(recording.duration_s)}</span>
    </span>
  );
}

/** A link to a recording. */
export function RecordingCard({ stream, recording }: { readonly stream: string; readonly recording: Recording }) {
  return (
    <a class="recording" href={`/watch/${stream}/recordings/${referenceOf(recording)}`}>
      <RecordingPicture stream={stream} recording={recording} />
      <span class="stack stack-none">
        <strong class="one-line">{recordingTitle(recording)}</strong>
        <span class="faint one-line">
          {kindOf(recording)} · {timeOf(recording.started_at)}
          {recording.is_free ? " · free" : ""}
        </span>
      </span>
    </a>
  );
}
