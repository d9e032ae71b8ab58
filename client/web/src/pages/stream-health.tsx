// Health of the incoming stream: figures, and a diagnosis. Each check needs a signature, so it happens only on request.

import { useState } from "preact/hooks";
import { creatorSigner } from "../components/creator-signer";
import { gateway, type IngestHealth, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { ago, bitrate, timeOf } from "../ui/format";
import { Notice } from "../ui/states";

interface HealthCheck {
  readonly health: IngestHealth;
  readonly atIso: string;
}

/**
 * Transcoder speed below which the gateway counts it as too slow. Measured over a few seconds, it is never exactly 1.
 */
const SLOW_SPEED = 0.95;

function Figures({ health }: Pick<HealthCheck, "health">) {
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

export function Health({ stream }: { readonly stream: StreamView }) {
  const [last, setLast] = useState<HealthCheck | null>(null);
  const check = async () => {
    const health = await gateway.health(stream.stream, creatorSigner());
    setLast({ health, atIso: new Date().toISOString() });
  };
  const isGood = last?.health.state === "live" && last.health.is_well;
  const isOffline = last?.health.state === "offline";
  return (
    <section class="panel" aria-labelledby="health">
      <div class="panel-head">
        <h2 id="health">Incoming stream</h2>
        <ActionButton class="button-small" busy="Sign in your wallet" onAction={check}>
          {last ? "Check again" : "Check"}
        </ActionButton>
      </div>
      {last ? (
        <>
          <Notice {...(isGood ? { kind: "good" as const } : isOffline ? {} : { kind: "bad" as const })}>
            <p data-testid="diagnosis">{last.health.diagnosis}</p>
            <p class="faint">
              {last.health.live_since ? `On air since ${timeOf(last.health.live_since)}. ` : ""}Checked{" "}
              {ago(last.atIso)}.
            </p>
          </Notice>
          {!isOffline && <Figures health={last.health} />}
        </>
      ) : (
        <p class="soft">
          {stream.is_live_here
            ? "The gateway receives your stream. A check shows its bit rate and dropped frames, and what to do."
            : "The gateway receives nothing. Start your encoder with the stream's publish key, then check here."}
        </p>
      )}
    </section>
  );
}
