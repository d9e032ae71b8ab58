// What viewers of a stream experienced in the last day, as their players have reported it.

import { useLoaded } from "../components/use-loaded";
import { gateway, type PlaybackSummary } from "../gateway";
import { duration, percent, several } from "../ui/format";
import { Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";

const DAY_MS = 86_400_000;
const PPM = 1_000_000;
const REFRESH_EVERY_MS = 60_000;
const HOUR_S = 3_600;

/** A share from 0 to 1 as a percentage. */
export const shareText = (share: number) => percent(Math.round(share * PPM));

/** Stalls per hour of playback. */
export function stallsPerHour({ stalls, played_s }: Pick<PlaybackSummary, "stalls" | "played_s">): string {
  return played_s > 0 ? (stalls / (played_s / HOUR_S)).toFixed(1) : "0";
}

/** The renditions by their shares of the time, the most watched first. */
export function renditionShares(renditions: PlaybackSummary["renditions"]): readonly string[] {
  const sorted = Object.entries(renditions).sort((a, b) => b[1] - a[1]);
  return sorted.map(([name, share]) => `${name} ${shareText(share)}`);
}

/** A time as the gateway states it: the upper bound of a range; null if it is not known, or above all ranges. */
const within = (ms: number | null | undefined) => (ms == null ? null : `${(ms / 1_000).toFixed(1)} s`);

/** For how many viewers a median and a 95th percentile hold. */
export function percentileNote(p50Ms: number | null | undefined, p95Ms: number | null | undefined): string {
  if (p50Ms == null) return "not known yet";
  const most = within(p95Ms);
  return most ? `for half of the viewers; ${most} for 19 of 20` : "for half of the viewers";
}

function Figures({ summary }: { readonly summary: PlaybackSummary }) {
  return (
    <>
      <dl class="figures">
        <div class="figure">
          <dt>First picture within</dt>
          <dd>{within(summary.start_p50_ms) ?? "—"}</dd>
          <dd class="figure-note">{percentileNote(summary.start_p50_ms, summary.start_p95_ms)}</dd>
        </div>
        <div class="figure">
          <dt>Stalls per hour</dt>
          <dd>{stallsPerHour(summary)}</dd>
          <dd class="figure-note">{shareText(summary.stall_ratio)} of the time</dd>
        </div>
        <div class="figure">
          <dt>Dropped frames</dt>
          <dd>{shareText(summary.dropped_ratio)}</dd>
        </div>
        <div class="figure">
          <dt>Behind live</dt>
          <dd>{within(summary.latency_p50_ms) ?? "—"}</dd>
          <dd class="figure-note">{percentileNote(summary.latency_p50_ms, summary.latency_p95_ms)}</dd>
        </div>
        <div class="figure">
          <dt>Renditions</dt>
          <dd class="ladder">{renditionShares(summary.renditions).join(" · ") || "none"}</dd>
        </div>
      </dl>
      <p class="faint">
        From {several(summary.starts, "start")} and {duration(summary.played_s)} of playback in the last day.
      </p>
    </>
  );
}

async function lastDay(stream: string, signal: AbortSignal): Promise<PlaybackSummary> {
  const to = Date.now();
  return (await gateway.playback(stream, { from: to - DAY_MS, to }, signal)).total;
}

export function Quality({ stream }: { readonly stream: string }) {
  const { state, reload } = useLoaded((signal) => lastDay(stream, signal), [stream]);
  usePolling(reload, REFRESH_EVERY_MS);
  const summary = state.kind === "ready" ? state.value : null;
  return (
    <section class="panel" aria-labelledby="quality">
      <h2 id="quality">What viewers experience</h2>
      {summary && summary.reports > 0 && <Figures summary={summary} />}
      {summary?.reports === 0 && <p class="soft">No player has reported anything in the last day.</p>}
      {state.kind === "loading" && <Skeleton height={120} />}
      {state.kind === "failed" && <p class="field-error">{state.error.message}</p>}
    </section>
  );
}
