// The state of the gateway: what it depends on, its disks, and numbers of what there is at this moment.

import { UserText } from "../components/chat/text";
import { useLoaded } from "../components/use-loaded";
import { type AdminStatus, admin, type DiskView, type Figure } from "../gateway";
import { count, percent, size } from "../ui/format";
import { Loading, Notice, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";

const RELOAD_MS = 10_000;
const PPM = 1_000_000;

/** Names of the groups of figures. */
const GROUPS: Readonly<Record<string, string>> = {
  sessions: "Sessions",
  settlement: "Settlement",
  video: "Video",
  jobs: "Jobs",
  limits: "Rate limits",
  moderation: "Moderation",
};

/** The groups in the order in which they first appear, each with its figures. */
export function grouped(figures: readonly Figure[]): readonly (readonly [group: string, figures: readonly Figure[]])[] {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) groups.set(figure.group, [...(groups.get(figure.group) ?? []), figure]);
  return [...groups];
}

/** A name of the gateway as words: `open_sessions` becomes `open sessions`. */
export const wordsOf = (name: string) => name.replace(/[_-]+/g, " ");

function Parts({ status }: { readonly status: AdminStatus }) {
  return (
    <section class="panel" aria-labelledby="parts">
      <div class="panel-head">
        <h2 id="parts">What the gateway depends on</h2>
        <span class="faint">Version {status.version}</span>
      </div>
      {status.is_draining && (
        <Notice>
          <p>The gateway is ending: it takes nothing new.</p>
        </Notice>
      )}
      <ul class="admin-parts">
        {status.parts.map(({ name, is_ok, detail }) => (
          <li key={name} class="admin-part">
            <p class="row">
              <strong>{wordsOf(name)}</strong>
              <span class={is_ok ? "badge badge-good push" : "badge badge-bad push"}>
                {is_ok ? "Works" : "Trouble"}
              </span>
            </p>
            <UserText class="faint" text={detail} />
          </li>
        ))}
      </ul>
      <dl class="definition">
        <dt>Best block</dt>
        <dd>{status.chain.best_block}</dd>
        <dt>Finalized block</dt>
        <dd>{status.chain.finalized_block}</dd>
        <dt>Indexed block</dt>
        <dd>{status.chain.indexed_block}</dd>
      </dl>
      {status.chain.trouble && (
        <Notice kind="bad">
          <p>{status.chain.trouble}</p>
        </Notice>
      )}
    </section>
  );
}

function Disk({ disk }: { readonly disk: DiskView }) {
  const { folder, free_bytes, total_bytes, min_free_bytes } = disk;
  const share = total_bytes > 0 ? free_bytes / total_bytes : 0;
  return (
    <li>
      <code class="mono">{folder}</code>
      <span class="push number">
        {size(free_bytes)} free of {size(total_bytes)} ({percent(Math.round(share * PPM))})
      </span>
      {free_bytes < min_free_bytes && (
        <span class="badge badge-bad">Below {size(min_free_bytes)}: nothing is recorded or uploaded</span>
      )}
    </li>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <>
      {grouped(figures).map(([group, all]) => (
        <section key={group} class="stack stack-tight" aria-labelledby={`figures-${group}`}>
          <h3 id={`figures-${group}`}>{GROUPS[group] ?? wordsOf(group)}</h3>
          <dl class="figures">
            {all.map(({ name, value, max }) => (
              <div key={name} class="figure">
                <dt>{wordsOf(name)}</dt>
                <dd>
                  {count(value)} {max != null && <small>of {count(max)}</small>}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

export function Status() {
  const { state, reload } = useLoaded((signal) => admin.status(signal), []);
  usePolling(reload, RELOAD_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the state of the gateway">
        <Skeleton height={240} />
        <Skeleton height={180} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  const status = state.value;
  return (
    <>
      <Parts status={status} />
      {status.disks.length > 0 && (
        <section class="panel" aria-labelledby="disks">
          <h2 id="disks">Disks</h2>
          <ul class="admin-list">
            {status.disks.map((disk) => (
              <Disk key={disk.folder} disk={disk} />
            ))}
          </ul>
        </section>
      )}
      <Figures figures={status.figures} />
    </>
  );
}
