// The gateway's work on videos: packaging uploads, cutting clips. Work that is not done is followed by its id.

import { useEffect, useState } from "preact/hooks";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type Job, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { percent } from "../ui/format";
import { Progress } from "../ui/progress";
import { usePolling } from "../ui/use-polling";

const PPM = 1_000_000;
const FOLLOW_EVERY_MS = 2_000;
const KINDS: Readonly<Record<string, string>> = { upload: "Preparing an upload", clip: "Cutting a clip" };

function JobRow({ job, onCancel }: { readonly job: Job; readonly onCancel: () => Promise<void> }) {
  const name = KINDS[job.kind] ?? "Working on a video";
  const done = Math.min(1, Math.max(0, job.progress));
  return (
    <li class="key-row">
      <span>{name}</span>
      {job.state === "ready" && <span class="badge badge-good">Done</span>}
      {job.state === "failed" && <span class="badge badge-bad">Failed</span>}
      {job.state === "processing" && (
        <span class="push job-progress">
          <Progress label={name} value={done} text={percent(Math.floor(done * 100) * (PPM / 100))} />
        </span>
      )}
      {job.state === "processing" && (
        <ActionButton class="button-small button-bad" busy="Cancelling" onAction={onCancel}>
          Cancel
        </ActionButton>
      )}
      {job.error && <p class="field-error job-error">{job.error}</p>}
    </li>
  );
}

/** Jobs by their ids. Those that the gateway does not know any more are left out. */
async function loadJobs(ids: readonly string[]): Promise<readonly Job[]> {
  const found = await Promise.all(ids.map((id) => video.job(id).catch(() => null)));
  return found.filter((job): job is Job => job !== null);
}

/** The list with the newer state of some jobs. New ones come first. */
export function merged(list: readonly Job[], newer: readonly Job[]): readonly Job[] {
  const byId = new Map(newer.map((job) => [job.id, job]));
  const known = list.map((job) => byId.get(job.id) ?? job);
  return [...newer.filter(({ id }) => !list.some((job) => job.id === id)), ...known];
}

interface JobsProps {
  readonly stream: string;
  /** Ids of the work that began in this visit. */
  readonly followed: readonly string[];
  /** Called when work is done. */
  readonly onReady: () => void;
}

export function Jobs({ stream, followed, onReady }: JobsProps) {
  const [jobs, setJobs] = useState<readonly Job[] | null>(null);
  const { state: listed } = useLoaded((signal) => video.jobs(stream, signal), [stream]);
  useEffect(() => {
    if (listed.kind === "ready") setJobs((old) => merged(listed.value, old ?? []));
  }, [listed]);
  const follow = async () => {
    const known = jobs ?? [];
    const ids = [...followed, ...known.map(({ id }) => id)];
    const open = ids.filter((id) => known.find((job) => job.id === id)?.state !== "ready");
    const running = open.filter((id) => known.find((job) => job.id === id)?.state !== "failed");
    if (running.length === 0) return;
    const found = await loadJobs([...new Set(running)]);
    setJobs((old) => merged(old ?? [], found));
    if (found.some(({ state }) => state === "ready")) onReady();
  };
  useEffect(() => void follow(), [followed.length]);
  usePolling(() => void follow(), FOLLOW_EVERY_MS);
  const cancel = async (id: string) => {
    await video.cancelJob(id);
    setJobs((old) => old?.filter((job) => job.id !== id) ?? null);
    showDone("The work was cancelled.");
  };
  return (
    <section class="panel" aria-labelledby="jobs">
      <h2 id="jobs">Work in progress</h2>
      {listed.kind === "failed" && <p class="field-error">{listed.error.message}</p>}
      {(jobs ?? []).length === 0 && (
        <p class="soft">
          Uploads and clips are prepared one after the other. Work that you begin here is shown with its progress.
        </p>
      )}
      {jobs && jobs.length > 0 && (
        <ul aria-label="Work">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} onCancel={() => cancel(job.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}
