// Health of the incoming stream: figures, and a diagnosis, for as long as the page is visible.

import { useLoaded } from "../components/use-loaded";
import { gateway, type IngestHealth } from "../gateway";
import { bitrate, timeOf } from "../ui/format";
import { Notice, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";

const CHECK_EVERY_MS = 5_000;
/**
 * Transcoder speed below which the gateway counts it as too slow. Measured over a few seconds, it is never exactly 1.
 */
const SLOW_SPEED = 0.95;

function Figures({ health }: { readonly health: IngestHealth }) {
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Bitrate</dt>
        <dd>{bitrate(health.bitrate_bps)}</dd>
      </div>
      <div class="figure">
        <dt>Frames per second</dt>
        <dd>{health.frame_rate.toFixed(1)}</dd>
      </div>
      <div class="figure">
        <dt>Dropped frames</dt>
        <dd>{health.dropped_frames}</dd>
      </div>
      <div class="figure">
        <dt>Transcoder</dt>
        <dd>{health.speed.toFixed(2)}×</dd>
        <dd class="figure-note">{health.speed < SLOW_SPEED ? "falls behind real time" : "keeps up"}</dd>
      </div>
      <div class="figure">
        <dt>Renditions</dt>
        <dd class="ladder">{health.ladder.join(" · ") || "none"}</dd>
      </div>
      <div class="figure">
        <dt>Latency</dt>
        <dd>{health.latency_ms == null ? "…" : `${(health.latency_ms / 1000).toFixed(1)} s`}</dd>
        <dd class="figure-note">from the encoder to the renditions</dd>
      </div>
    </dl>
  );
}

export function Health({ stream }: { readonly stream: string }) {
  const { state, reload } = useLoaded((signal) => gateway.health(stream, signal), [stream]);
  usePolling(reload, CHECK_EVERY_MS);
  const health = state.kind === "ready" ? state.value : null;
  const isGood = health?.state === "live" && health.is_well;
  const isOffline = health?.state === "offline";
  return (
    <section class="panel" aria-labelledby="health">
      <h2 id="health">Incoming stream</h2>
      {state.kind === "loading" && <Skeleton height={160} />}
      {state.kind === "failed" && <p class="field-error">{state.error.message}</p>}
      {health && (
        <>
          <Notice {...(isGood ? { kind: "good" as const } : isOffline ? {} : { kind: "bad" as const })}>
            <p data-testid="diagnosis" aria-live="polite">
              {health.diagnosis}
            </p>
            {health.live_since && <p class="faint">On air since {timeOf(health.live_since)}.</p>}
          </Notice>
          {!isOffline && <Figures health={health} />}
        </>
      )}
    </section>
  );
}
