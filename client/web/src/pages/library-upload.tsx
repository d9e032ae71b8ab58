// Uploading a finished video. An upload that was interrupted, also by closing the page, continues when the same file is
// chosen again.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { UserError } from "../common/errors";
import { showDone, showError } from "../components/toasts";
import { loadUploads, type RunningUpload, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Field } from "../ui/field";
import { duration, percent, size } from "../ui/format";
import { UploadIcon } from "../ui/icons";
import { Progress } from "../ui/progress";
import { Notice } from "../ui/states";
import { useLeaveWarning } from "./use-leave-warning";

const PPM = 1_000_000;
/** Time over which the speed is measured, in milliseconds. */
const SPEED_OVER_MS = 10_000;
/** Longest title, in characters. */
export const MAX_TITLE_CHARS = 120;

/** Bytes that had arrived at a time. */
export interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Seconds until an upload is complete, at the speed of the last seconds; null until that is known. */
export function secondsLeft(samples: readonly Sample[], totalBytes: number): number | null {
  const last = samples.at(-1);
  const first = samples.find(({ atMs }) => last && last.atMs - atMs <= SPEED_OVER_MS);
  if (!first || !last || last.bytes <= first.bytes) return null;
  return ((totalBytes - last.bytes) * (last.atMs - first.atMs)) / (last.bytes - first.bytes) / 1_000;
}

/** A title from the name of a file: without its ending, and with spaces. */
export function titleFrom(name: string): string {
  const words = name.replace(/\.[^.]{1,5}$/, "").replace(/[_\s]+/g, " ");
  return words.trim().slice(0, MAX_TITLE_CHARS);
}

interface Running {
  readonly sentBytes: number;
  readonly isResumed: boolean;
  readonly leftS: number | null;
}

/** An upload, which ends with the component. */
function useUpload(stream: string) {
  const [running, setRunning] = useState<Running | null>(null);
  const [error, setError] = useState<UserError | null>(null);
  const upload = useRef<RunningUpload | null>(null);
  useEffect(() => () => void upload.current?.pause().catch(() => undefined), []);
  const end = () => {
    upload.current = null;
    setRunning(null);
  };
  const start = async (file: File, title: string, onDone: (job: string | null) => void) => {
    const { startUpload } = await loadUploads();
    const samples: Sample[] = [];
    setError(null);
    setRunning({ sentBytes: 0, isResumed: false, leftS: null });
    upload.current = await startUpload({
      file,
      stream,
      title,
      onProgress: (sentBytes, isResumed) => {
        samples.push({ atMs: Date.now(), bytes: sentBytes });
        while (samples[0] && Date.now() - samples[0].atMs > SPEED_OVER_MS) samples.shift();
        setRunning({ sentBytes, isResumed, leftS: secondsLeft(samples, file.size) });
      },
      onDone: (job) => {
        end();
        onDone(job);
      },
      onError: (failure) => {
        end();
        setError(failure);
      },
    });
  };
  const pause = async () => {
    await upload.current?.pause();
    end();
  };
  const cancel = async () => {
    await upload.current?.cancel();
    end();
  };
  return { running, error, start, pause, cancel };
}

function RunningView({
  file,
  running,
  upload,
}: {
  readonly file: File;
  readonly running: Running;
  readonly upload: ReturnType<typeof useUpload>;
}) {
  const share = file.size > 0 ? running.sentBytes / file.size : 0;
  const left = running.leftS === null ? "" : `, about ${duration(running.leftS)} left`;
  return (
    <div class="stack" data-testid="upload">
      <p>
        {running.isResumed ? "Continues the upload of " : "Uploads "}
        <strong>{file.name}</strong>. Keep this page open.
      </p>
      <Progress
        label={`Upload of ${file.name}`}
        value={share}
        text={`${percent(Math.floor(share * 100) * (PPM / 100))} of ${size(file.size)}${left}`}
      />
      <div class="row">
        <ActionButton class="button-small" onAction={upload.pause}>
          Pause
        </ActionButton>
        <ActionButton class="button-small button-bad" onAction={upload.cancel}>
          Cancel
        </ActionButton>
      </div>
    </div>
  );
}

interface UploadPanelProps {
  readonly stream: StreamView;
  /** Called with the id of the work on an upload that is complete. */
  readonly onJob: (job: string) => void;
}

export function UploadPanel({ stream, onJob }: UploadPanelProps) {
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState("");
  const upload = useUpload(stream.stream);
  const { running, error } = upload;
  useLeaveWarning(running !== null);
  const choose = (chosen: File | undefined) => {
    setFile(chosen ?? null);
    if (chosen) setTitle(titleFrom(chosen.name));
  };
  const start = async () => {
    if (!file) return;
    await upload.start(file, title.trim(), (job) => {
      setFile(null);
      if (job) onJob(job);
      showDone("The video is uploaded. The gateway prepares it now.");
    });
  };
  return (
    <section class="panel" aria-labelledby={`${id}-head`}>
      <h2 id={`${id}-head`}>Upload a video</h2>
      {file && running ? (
        <RunningView file={file} running={running} upload={upload} />
      ) : (
        <>
          <div class="field">
            <label for={id}>Video file</label>
            <input
              id={id}
              type="file"
              accept="video/*,audio/*,.mkv,.ts,.mxf"
              class="file"
              onChange={(event) => choose(event.currentTarget.files?.[0])}
            />
            <p class="field-hint">
              Any file that ffmpeg reads. If an upload was interrupted, choose the same file again to continue it.
            </p>
          </div>
          {file && (
            <>
              <Field label="Title" value={title} onInput={setTitle} maxLength={MAX_TITLE_CHARS} />
              <div class="form-end">
                <span class="faint number upload-file">
                  {file.name} · {size(file.size)}
                </span>
                <ActionButton class="button-main" busy="Starting" onAction={() => start().catch(showError)}>
                  <UploadIcon />
                  {upload.error ? "Try again" : "Upload"}
                </ActionButton>
              </div>
            </>
          )}
        </>
      )}
      {error && !running && (
        <Notice kind="bad">
          <p>{error.message}</p>
          {error.hint && <p>{error.hint}</p>}
        </Notice>
      )}
    </section>
  );
}
