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

interface PreviewProps {
  readonly leftS: number;
  readonly pricePerTick: bigint;
  /** Seconds for which a gift pays after the preview; null without a gift, and until known. */
  readonly giftS: number | null;
}

function PreviewLine({ leftS, pricePerTick, giftS }: PreviewProps) {
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
      <span class="meter-rest soft">
        {giftS === null ? (
          <>of preview left, then {vlk(pricePerTick)} per second</>
        ) : (
          <>
            of preview left, then your gift pays for <span data-testid="gift-left">{duration(giftS)}</span>
          </>
        )}
      </span>
    </p>
  );
}

/** What is left of a gift, which pays in place of the viewer. */
function GiftLine({ keyProvider }: Pick<MeterProps, "keyProvider">) {
  const leftS = keyProvider.leftS.value;
  const spent = keyProvider.spent.value + keyProvider.fees.value;
  const isElsewhere = keyProvider.hold.value?.reason === "gift-elsewhere";
  return (
    <p class="meter-line">
      <span class="meter-main">
        <span class="badge badge-good">
          <GiftIcon />
          Gift
        </span>
        {!isElsewhere && (
          <strong class="number" data-testid="gift-left">
            {leftS === null ? "…" : clock(leftS)}
          </strong>
        )}
      </span>
      <span class="meter-rest soft">
        <span>{isElsewhere ? "watched elsewhere at the moment" : "left, paid for you"}</span>
        <span class="meter-dot">
          <span class="number" data-testid="spent" data-planck={String(keyProvider.spent.value)}>
            {formatVlk(spent)}
          </span>{" "}
          {SYMBOL} watched
        </span>
        {keyProvider.phase.value === "stopped" && <span class="badge">Stopped</span>}
      </span>
    </p>
  );
}

/** The text of the meter. */
function Line({ keyProvider, engine }: Pick<MeterProps, "keyProvider" | "engine">) {
  const pricePerTick = currentPrice(keyProvider.session.value, keyProvider.offer.value.pricePerTick);
  const phase = keyProvider.phase.value;
  const previewLeftS = keyProvider.previewLeftS.value ?? 0;
  const fees = keyProvider.fees.value;
  const spent = keyProvider.spent.value + fees;
  const leftS = keyProvider.leftS.value;
  const isStalled = phase === "paying" && engine?.state.value === "waiting";
  // The last free key is fetched some seconds before its picture is shown. Until then the preview continues.
  const isLastOfPreview = keyProvider.hold.value?.reason === "consent" && engine?.state.value === "playing";
  if (phase === "preview" || isLastOfPreview) {
    const giftS = keyProvider.isGift ? leftS : null;
    const freeS = previewLeftS + (engine?.aheadS.value ?? 0);
    return <PreviewLine leftS={freeS} pricePerTick={pricePerTick} giftS={giftS} />;
  }
  if (keyProvider.isGift) return <GiftLine keyProvider={keyProvider} />;
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
        {phase === "bought" && <span class="badge badge-good">Already paid: not charged</span>}
        {isStalled && <span class="badge badge-good">Buffering: not charged</span>}
        {phase === "stopped" && <span class="badge">Stopped: you are not paying</span>}
      </span>
    </p>
  );
}

/** Announces to screen readers when the preview ends, and when paying starts and stops. */
function Announcer({ keyProvider }: Pick<MeterProps, "keyProvider">) {
  const last = useRef(NO_ANNOUNCEMENT);
  const price = currentPrice(keyProvider.session.value, keyProvider.offer.value.pricePerTick);
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
  const { pricePerTick } = keyProvider.offer.value;
  return (
    <section class="meter" aria-label="Payment" data-phase={phase}>
      <Ticks revealedTicks={session?.revealedTicks ?? 0} />
      <Line {...props} />
      <Announcer keyProvider={keyProvider} />
      <div class="meter-buttons">
        {(phase === "stopped" || !isStarted) && (
          <button
            type="button"
            class="button button-main button-small"
            title={`Watch for ${vlk(pricePerTick * 60n)} per minute`}
            onClick={() => keyProvider.start(pricePerTick)}
          >
            Start
          </button>
        )}
        {isStarted && !keyProvider.isGift && keyProvider.hold.value?.reason !== "wallet" && (
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
            : keyProvider.isGift
              ? "The gift lasts for less than a minute."
              : "Your deposit or budget lasts for less than a minute."}
        </p>
      )}
    </section>
  );
}
