// The creator's library of a stream: uploads, the gateway's work on them, and all recordings.

import { useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { kindOf, RecordingPicture, recordingTitle } from "../components/recording-card";
import { useLoaded } from "../components/use-loaded";
import { type Recording, referenceOf, type StreamView, video } from "../gateway";
import { size, timeOf } from "../ui/format";
import { FilmIcon, ScissorsIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { ClipDialog } from "./clip-dialog";
import { CreatorPage } from "./creator-page";
import { Jobs } from "./library-jobs";
import { UploadPanel } from "./library-upload";
import { EditRecording } from "./recording-edit";

const PAGE_LIMIT = 100;
const REFRESH_EVERY_MS = 6_000;

/** What a recording's row says besides its title. */
export function rowText(recording: Recording): string {
  const parts = [kindOf(recording), timeOf(recording.started_at)];
  if (recording.bytes) parts.push(size(recording.bytes));
  if (recording.is_free) parts.push("free");
  return parts.join(" · ");
}

function StateBadge({ recording }: { readonly recording: Recording }) {
  if (recording.state === "processing") return <span class="badge badge-accent">In preparation</span>;
  if (recording.state === "failed") return <span class="badge badge-bad">Failed</span>;
  const { visibility = "public" } = recording;
  if (visibility === "public") return <span class="badge badge-good">Public</span>;
  return <span class="badge">{visibility === "private" ? "Private" : "Unlisted"}</span>;
}

interface RowProps {
  readonly stream: StreamView;
  readonly recording: Recording;
  readonly onEdit: () => void;
  readonly onClip: () => void;
}

function Row({ stream, recording, onEdit, onClip }: RowProps) {
  const title = recordingTitle(recording);
  const isReady = (recording.state ?? "ready") === "ready";
  return (
    <li class="stream-row">
      <RecordingPicture stream={stream.stream} recording={recording} />
      <div class="stack stack-tight">
        <div class="row">
          <StateBadge recording={recording} />
        </div>
        <h3 class="one-line">{title}</h3>
        <p class="faint number">{rowText(recording)}</p>
        {recording.error && <p class="field-error">{recording.error}</p>}
      </div>
      <div class="row">
        <button type="button" class="button button-small button-main" aria-label={`Edit ${title}`} onClick={onEdit}>
          Edit
        </button>
        {isReady && recording.kind !== "clip" && (
          <button type="button" class="button button-small" aria-label={`Make a clip of ${title}`} onClick={onClip}>
            <ScissorsIcon />
            Clip
          </button>
        )}
        {isReady && (
          <a class="button button-small" href={`/watch/${stream.stream}/recordings/${referenceOf(recording)}`}>
            Watch<span class="visually-hidden"> {title}</span>
          </a>
        )}
      </div>
    </li>
  );
}

/** Loads all recordings, also those that only the creator sees. */
function useRecordings(stream: string, made: number) {
  const { state, reload, set } = useLoaded(
    (signal) => video.ownRecordings(stream, { limit: PAGE_LIMIT }, signal),
    [stream, made],
  );
  usePolling(reload, REFRESH_EVERY_MS);
  const page = state.kind === "ready" ? state.value : null;
  const items = page?.items ?? [];
  const replace = (changed: Recording) =>
    set({ ...page, items: items.map((one) => (one.number === changed.number ? changed : one)) });
  const remove = (number: number) => set({ ...page, items: items.filter((one) => one.number !== number) });
  return { state, items, reload, replace, remove };
}

type Open = { readonly kind: "edit" | "clip"; readonly recording: Recording } | null;

interface RecordingsProps {
  readonly stream: StreamView;
  /** Changes when a recording has been made. */
  readonly made: number;
  readonly onJob: (job: string) => void;
}

function Recordings({ stream, made, onJob }: RecordingsProps) {
  const { state, items, reload, replace, remove } = useRecordings(stream.stream, made);
  const [open, setOpen] = useState<Open>(null);
  return (
    <section class="stack" aria-labelledby="all">
      <h2 id="all">Recordings</h2>
      {state.kind === "loading" && (
        <Loading label="Loading the recordings">
          <Skeleton height={110} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && items.length === 0 && (
        <Empty icon={<FilmIcon />} title="There are no recordings yet">
          Upload a video, or go live: the gateway records broadcasts if its operator allows it.
        </Empty>
      )}
      <ul class="stack">
        {items.map((recording) => (
          <Row
            key={recording.number}
            stream={stream}
            recording={recording}
            onEdit={() => setOpen({ kind: "edit", recording })}
            onClip={() => setOpen({ kind: "clip", recording })}
          />
        ))}
      </ul>
      {open?.kind === "edit" && (
        <EditRecording
          stream={stream.stream}
          recording={open.recording}
          onChange={(changed) => {
            replace(changed);
            reload();
          }}
          onDelete={() => {
            remove(open.recording.number);
            reload();
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === "clip" && (
        <ClipDialog
          stream={stream.stream}
          source={open.recording.number}
          lengthS={open.recording.duration_s}
          storyboard={open.recording.storyboard}
          onJob={onJob}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  );
}

export function Content({ stream }: { readonly stream: StreamView }) {
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const [made, setMade] = useState(0);
  const onJob = (job: string) => setJobs((old) => [job, ...old]);
  return (
    <>
      <UploadPanel stream={stream} onJob={onJob} />
      <Jobs stream={stream.stream} followed={jobs} onReady={() => setMade((old) => old + 1)} />
      <Recordings stream={stream} made={made} onJob={onJob} />
    </>
  );
}

export default function Library({ params }: PageProps) {
  const id = params["stream"] ?? "";
  return (
    <CreatorPage id={id} title="Library" about="Upload videos, and decide who can find your recordings.">
      {(stream) => <Content key={stream.stream} stream={stream} />}
    </CreatorPage>
  );
}
