// How what comes in does: figures, and a sentence that says what to do. Each look takes a signature, so it is asked for.

import { useState } from "preact/hooks";
import { gateway, type IngestHealth, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Notice } from "../ui/states";
import { ago, bitrate, timeOf } from "../ui/words";

interface Look {
  readonly health: IngestHealth;
  readonly atIso: string;
}

/** Below this the gateway calls it slow: figures over a few seconds are never exactly 1. */
const SLOW_SPEED = 0.95;

function Figures({ health }: Look) {
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Bitrate</dt>
        <dd>{bitrate(health.bitrate_bps)}</dd>
      </div>
      <div class="figure">
        <dt>Pictures a second</dt>
        <dd>{health.frame_rate.toFixed(1)}</dd>
      </div>
      <div class="figure">
        <dt>Dropped</dt>
        <dd>{health.dropped_frames}</dd>
      </div>
      <div class="figure">
        <dt>Transcoder</dt>
        <dd>{health.speed.toFixed(2)}×</dd>
        <dd class="figure-note">{health.speed < SLOW_SPEED ? "falls behind real time" : "keeps up"}</dd>
      </div>
      <div class="figure">
        <dt>Ladder</dt>
        <dd class="ladder">{health.ladder.join(" · ") || "none"}</dd>
      </div>
      <div class="figure">
        <dt>Latency</dt>
        <dd>{health.latency_ms == null ? "…" : `${(health.latency_ms / 1000).toFixed(1)} s`}</dd>
        <dd class="figure-note">from the encoder to the ladder</dd>
      </div>
    </dl>
  );
}

export function Health({ stream }: { readonly stream: StreamView }) {
  const [look, setLook] = useState<Look | null>(null);
  const check = async () => {
    const health = await gateway.health(stream.stream);
    setLook({ health, atIso: new Date().toISOString() });
  };
  const isWell = look?.health.state === "live" && look.health.is_well;
  return (
    <section class="panel" aria-labelledby="health">
      <div class="panel-head">
        <h2 id="health">Health of the incoming stream</h2>
        <ActionButton class="button-small" busy="Sign in your wallet" onAction={check}>
          {look ? "Check again" : "Check"}
        </ActionButton>
      </div>
      {look ? (
        <>
          <Notice
            {...(isWell ? { kind: "good" as const } : look.health.state === "offline" ? {} : { kind: "bad" as const })}
          >
            <p data-testid="diagnosis">{look.health.diagnosis}</p>
            <p class="faint">
              {look.health.live_since ? `On air since ${timeOf(look.health.live_since)}. ` : ""}Looked at{" "}
              {ago(look.atIso)}.
            </p>
          </Notice>
          {look.health.state !== "offline" && <Figures {...look} />}
        </>
      ) : (
        <p class="soft">
          {stream.is_live_here
            ? "Something comes in. A check tells bitrate, dropped pictures, and what to do if anything is wrong."
            : "Nothing comes in. Start your encoder with the stream's publish key, then check here."}
        </p>
      )}
    </section>
  );
}
