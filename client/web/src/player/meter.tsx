// The pay pill: the price, what has been spent, how long the money lasts, and the three buttons. Below the picture, or over
// its corner in full screen, so that it is never in the way and never out of sight.

import { useRef } from "preact/hooks";
import { formatVlk, SYMBOL } from "../common/amounts";
import type { Purse } from "../pay";
import { ActionButton } from "../ui/button";
import { AlertIcon, GiftIcon, PlusIcon } from "../ui/icons";
import { clock, duration, vlk } from "../ui/words";
import { announce, NOTHING_ANNOUNCED, priceInForce } from "./pay-words";
import type { Engine } from "./types";
import "./meter.css";

interface MeterProps {
  readonly purse: Purse;
  readonly engine: Engine | null;
  /** Of the stream, for who opens a session now. */
  readonly pricePerTick: bigint;
  readonly onTopUp: () => void;
}

const TICKS = Array.from({ length: 12 }, (_, at) => at);

/** Twelve seconds, of which the paid ones are lit: it moves when, and only when, money does. */
function Ticks({ paid }: { readonly paid: number }) {
  const lit = paid === 0 ? 0 : ((paid - 1) % TICKS.length) + 1;
  return (
    <span class="ticks" aria-hidden="true">
      {TICKS.map((at) => (
        <span key={at} class={at < lit ? "tick tick-lit" : "tick"} />
      ))}
    </span>
  );
}

/** What the meter says in one line. */
function Line({ purse, engine, pricePerTick: streamPrice }: MeterProps) {
  const pricePerTick = priceInForce(purse.session.value, streamPrice);
  const phase = purse.phase.value;
  const preview = purse.previewLeftS.value;
  const spent = purse.spent.value + purse.fees.value;
  const left = purse.leftS.value;
  const isStalled = phase === "paying" && engine?.state.value === "waiting";
  const ahead = engine?.aheadS.value ?? 0;
  // The last free key is bought some seconds before its picture is shown: until then it is still free.
  const isLastOfPreview = purse.hold.value?.reason === "consent" && engine?.state.value === "playing";
  if (phase === "preview" || isLastOfPreview) {
    return (
      <p class="meter-line">
        <span class="meter-main">
          <span class="badge badge-good">
            <GiftIcon />
            Free
          </span>
          <strong class="number" data-testid="preview">
            {clock((preview ?? 0) + ahead)}
          </strong>
        </span>
        <span class="meter-rest soft">of preview left, then {vlk(pricePerTick)} a second</span>
      </p>
    );
  }
  return (
    <p class="meter-line">
      <span class="meter-main">
        <strong class="number meter-price">
          {formatVlk(pricePerTick, 6)} {SYMBOL}/s
        </strong>
      </span>
      <span class="meter-rest">
        <span class="meter-dot" title={`With ${vlk(purse.fees.value)} for opening sessions`}>
          spent{" "}
          <strong class="number" data-testid="spent" data-planck={String(purse.spent.value)}>
            {formatVlk(spent)}
          </strong>
        </span>
        {left !== null && (left > 0 || phase === "paying") && (
          <span class="meter-dot">
            <span class="number">{left < 120 ? `${Math.floor(left)} s` : duration(left)}</span> left
          </span>
        )}
        {isStalled && <span class="badge badge-good">Buffering: not charged</span>}
        {phase === "stopped" && <span class="badge">Stopped: nothing is paid</span>}
      </span>
    </p>
  );
}

/** Tells those who do not see the meter when the preview ends, and when paying starts and stops. */
function ReadOut({ purse, pricePerTick }: Pick<MeterProps, "purse" | "pricePerTick">) {
  const said = useRef(NOTHING_ANNOUNCED);
  said.current = announce(said.current, purse.phase.value, priceInForce(purse.session.value, pricePerTick));
  return (
    <p class="unseen" role="status">
      {said.current.text}
    </p>
  );
}

export function Meter(props: MeterProps) {
  const { purse, onTopUp } = props;
  const phase = purse.phase.value;
  const session = purse.session.value;
  const isStarted = purse.isStarted.value;
  const warning = purse.warning.value;
  return (
    <section class="meter" aria-label="Payment" data-phase={phase}>
      <Ticks paid={session?.paidTicks ?? 0} />
      <Line {...props} />
      <ReadOut purse={purse} pricePerTick={props.pricePerTick} />
      <div class="meter-buttons">
        {(phase === "stopped" || !isStarted) && (
          <button type="button" class="button button-main button-small" onClick={() => purse.start()}>
            Start
          </button>
        )}
        {isStarted && purse.hold.value?.reason !== "wallet" && (
          <button type="button" class="button button-small" onClick={onTopUp}>
            <PlusIcon />
            Top up
          </button>
        )}
        {isStarted && phase !== "stopped" && (
          <ActionButton class="button-small" busy="Stopping" onAction={() => purse.stop()}>
            Stop
          </ActionButton>
        )}
      </div>
      {warning !== null && phase === "paying" && (
        <p class={warning === 15 ? "meter-warning meter-urgent" : "meter-warning"} role="alert">
          <AlertIcon />
          {warning === 15
            ? "Seconds left: the picture will freeze."
            : "Less than a minute left on your deposit or limit."}
        </p>
      )}
    </section>
  );
}
