// The meter: the price, what has been spent, how long the money lasts, and the buttons to start, top up and stop. It is
// below the picture or, in full screen, over a corner of it.

import { useRef } from "preact/hooks";
import { formatVlk, SYMBOL, vlk } from "../common/amounts";
import type { KeyProvider } from "../pay";
import { ActionButton } from "../ui/button";
import { clock, duration } from "../ui/format";
import { AlertIcon, GiftIcon, PlusIcon } from "../ui/icons";
import { announce, currentPrice, NO_ANNOUNCEMENT } from "./meter-text";
import type { Engine } from "./types";
import "./meter.css";

interface MeterProps {
  readonly keyProvider: KeyProvider;
  readonly engine: Engine | null;
  /** Price of a new session. */
  readonly pricePerTick: bigint;
  readonly onTopUp: () => void;
}

const TICKS = Array.from({ length: 12 }, (_, at) => at);

/** Twelve bars, one of which is lit with each paid second: they move exactly when money does. */
function Ticks({ revealedTicks }: { readonly revealedTicks: number }) {
  const lit = revealedTicks === 0 ? 0 : ((revealedTicks - 1) % TICKS.length) + 1;
  return (
    <span class="ticks" aria-hidden="true">
      {TICKS.map((at) => (
        <span key={at} class={at < lit ? "tick tick-lit" : "tick"} />
      ))}
    </span>
  );
}

function PreviewLine({ leftS, pricePerTick }: { readonly leftS: number; readonly pricePerTick: bigint }) {
  return (
    <p class="meter-line">
      <span class="meter-main">
        <span class="badge badge-good">
          <GiftIcon />
          Free
        </span>
        <strong class="number" data-testid="preview">
          {clock(leftS)}
        </strong>
      </span>
      <span class="meter-rest soft">of preview left, then {vlk(pricePerTick)} per second</span>
    </p>
  );
}

/** The text of the meter. */
function Line({ keyProvider, engine, pricePerTick: streamPrice }: MeterProps) {
  const pricePerTick = currentPrice(keyProvider.session.value, streamPrice);
  const phase = keyProvider.phase.value;
  const previewLeftS = keyProvider.previewLeftS.value ?? 0;
  const fees = keyProvider.fees.value;
  const spent = keyProvider.spent.value + fees;
  const leftS = keyProvider.leftS.value;
  const isStalled = phase === "paying" && engine?.state.value === "waiting";
  // The last free key is fetched some seconds before its picture is shown. Until then the preview continues.
  const isLastOfPreview = keyProvider.hold.value?.reason === "consent" && engine?.state.value === "playing";
  if (phase === "preview" || isLastOfPreview) {
    return <PreviewLine leftS={previewLeftS + (engine?.aheadS.value ?? 0)} pricePerTick={pricePerTick} />;
  }
  return (
    <p class="meter-line">
      <span class="meter-main">
        <strong class="number meter-price">
          {formatVlk(pricePerTick, 6)} {SYMBOL}/s
        </strong>
      </span>
      <span class="meter-rest">
        <span class="meter-dot" title={`Includes ${vlk(fees)} for opening sessions`}>
          spent{" "}
          <strong class="number" data-testid="spent" data-planck={String(keyProvider.spent.value)}>
            {formatVlk(spent)}
          </strong>
        </span>
        {leftS !== null && (leftS > 0 || phase === "paying") && (
          <span class="meter-dot">
            <span class="number">{leftS < 120 ? `${Math.floor(leftS)} s` : duration(leftS)}</span> left
          </span>
        )}
        {isStalled && <span class="badge badge-good">Buffering: not charged</span>}
        {phase === "stopped" && <span class="badge">Stopped: you are not paying</span>}
      </span>
    </p>
  );
}

/** Announces to screen readers when the preview ends, and when paying starts and stops. */
function Announcer({ keyProvider, pricePerTick }: Pick<MeterProps, "keyProvider" | "pricePerTick">) {
  const last = useRef(NO_ANNOUNCEMENT);
  const price = currentPrice(keyProvider.session.value, pricePerTick);
  last.current = announce(last.current, keyProvider.phase.value, price);
  return (
    <p class="visually-hidden" role="status">
      {last.current.text}
    </p>
  );
}

export function Meter(props: MeterProps) {
  const { keyProvider, onTopUp } = props;
  const phase = keyProvider.phase.value;
  const session = keyProvider.session.value;
  const isStarted = keyProvider.isStarted.value;
  const warning = keyProvider.warning.value;
  return (
    <section class="meter" aria-label="Payment" data-phase={phase}>
      <Ticks revealedTicks={session?.revealedTicks ?? 0} />
      <Line {...props} />
      <Announcer keyProvider={keyProvider} pricePerTick={props.pricePerTick} />
      <div class="meter-buttons">
        {(phase === "stopped" || !isStarted) && (
          <button type="button" class="button button-main button-small" onClick={() => keyProvider.start()}>
            Start
          </button>
        )}
        {isStarted && keyProvider.hold.value?.reason !== "wallet" && (
          <button type="button" class="button button-small" onClick={onTopUp}>
            <PlusIcon />
            Top up
          </button>
        )}
        {isStarted && phase !== "stopped" && (
          <ActionButton class="button-small" busy="Stopping" onAction={() => keyProvider.stop()}>
            Stop
          </ActionButton>
        )}
      </div>
      {warning !== null && phase === "paying" && (
        <p class={warning === 15 ? "meter-warning meter-urgent" : "meter-warning"} role="alert">
          <AlertIcon />
          {warning === 15
            ? "A few seconds are left before the picture freezes."
            : "Your deposit or limit lasts for less than a minute."}
        </p>
      )}
    </section>
  );
}
