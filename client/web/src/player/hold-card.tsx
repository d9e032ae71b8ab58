// The card over the frozen picture while a key is held: why, and what to do. Nothing is paid while it is shown.

import type { ComponentChildren } from "preact";
import { vlk } from "../common/amounts";
import type { Hold, HoldReason, KeyProvider } from "../pay";
import { ActionButton } from "../ui/button";
import type { LiveJump } from "./live-jump";
import type { Engine } from "./types";

interface HoldCardProps {
  readonly keyProvider: KeyProvider;
  readonly engine: Engine | null;
  /** Remembers that the viewer wants to continue at the newest picture. */
  readonly liveJump: LiveJump;
  readonly isLive: boolean;
  /** Shown when a wallet is needed: the wallets to choose from. */
  readonly walletList: ComponentChildren;
  readonly onTopUp: () => void;
  /** Gives up the gift, to pay from the viewer's own deposit. */
  readonly onLeaveGift: () => void;
}

const TITLES: Readonly<Record<HoldReason, string>> = {
  consent: "Keep watching?",
  dearer: "The price has gone up",
  wallet: "Connect a wallet to continue",
  deposit: "Make your first deposit",
  key: "This browser cannot pay yet",
  expired: "This browser's time is over",
  price: "This stream costs more than your limit",
  scope: "This browser may not pay for this stream",
  funds: "Your deposit is used up",
  allowance: "This browser's budget is spent",
  "key-sessions": "Too many streams at a time",
  sessions: "Too many sessions are open",
  elsewhere: "You are watching this in another tab",
  block: "One moment",
  gateway: "Waiting for the gateway",
  chain: "Waiting for the chain",
  refused: "The gateway refused this part of the stream",
  ended: "Your session has ended",
  "gift-used-up": "The gift is used up",
  "gift-invalid": "This gift is not valid any more",
  "gift-elsewhere": "The gift is being watched elsewhere",
  "gift-unpaid": "The gift cannot be paid at the moment",
  "gift-limits": "The gift is not for this stream",
};

/** Label of the button for reasons that a deposit or a new limit resolves. */
const FUND_ACTIONS: Partial<Readonly<Record<HoldReason, string>>> = {
  deposit: "Make a deposit",
  funds: "Top up",
  key: "Add this browser",
  expired: "Set new limits",
  price: "Set new limits",
  scope: "Set new limits",
  allowance: "Set new limits",
};
/** Reasons after which the viewer can only go on without the gift. */
const GIFT_ENDS: ReadonlySet<HoldReason> = new Set([
  "gift-used-up",
  "gift-invalid",
  "gift-elsewhere",
  "gift-unpaid",
  "gift-limits",
]);
/** Reasons that resolve by themselves, mostly before anyone has read them. */
const TRANSIENT: ReadonlySet<HoldReason> = new Set(["block", "gateway", "chain"]);
const MINUTE = 60n;

interface ContinueProps extends Pick<HoldCardProps, "engine" | "liveJump" | "isLive"> {
  readonly action: string;
  readonly onContinue: () => void;
}

/** The buttons to continue: where the picture froze or, behind live, at the newest picture. */
function ContinueButtons({ engine, liveJump, isLive, action, onContinue }: ContinueProps) {
  const canResume = !isLive || (engine?.canResume.value ?? true);
  const isBehind = isLive && (engine?.isBehind.value ?? false);
  return (
    <div class="hold-actions">
      <button
        type="button"
        class="button button-main"
        onClick={() => {
          liveJump.cancel();
          onContinue();
        }}
      >
        {isBehind && canResume ? `${action} and resume where I stopped` : action}
      </button>
      {isBehind && (
        <button
          type="button"
          class="button"
          onClick={() => {
            liveJump.request();
            onContinue();
          }}
        >
          Jump to live
        </button>
      )}
    </div>
  );
}

function Price({ pricePerTick }: { readonly pricePerTick: bigint }) {
  return (
    <p>
      <strong class="number">{vlk(pricePerTick, 6)}</strong> per second. You pay for what you see, and stop whenever you
      like.
    </p>
  );
}

/** The button that agrees to the price that it names. */
function Agree(props: HoldCardProps) {
  const { pricePerTick } = props.keyProvider.offer.value;
  const action = `Watch for ${vlk(pricePerTick * MINUTE)} per minute`;
  return <ContinueButtons {...props} action={action} onContinue={() => props.keyProvider.start(pricePerTick)} />;
}

/** What the viewer can do about a hold; null if nothing. */
function Action({ hold, ...props }: HoldCardProps & { readonly hold: Hold }): ComponentChildren {
  const { keyProvider, onTopUp } = props;
  const fundAction = FUND_ACTIONS[hold.reason];
  if (fundAction) return <ContinueButtons {...props} action={fundAction} onContinue={onTopUp} />;
  if (GIFT_ENDS.has(hold.reason)) {
    return (
      <div class="hold-actions">
        <button type="button" class="button button-main" onClick={props.onLeaveGift}>
          Watch with my own wallet
        </button>
        <a class="button" href="/">
          Other streams
        </a>
      </div>
    );
  }
  switch (hold.reason) {
    case "consent":
    case "dearer":
      return <Agree {...props} />;
    case "ended": {
      const { pricePerTick } = keyProvider.offer.value;
      return <ContinueButtons {...props} action="Start again" onContinue={() => keyProvider.start(pricePerTick)} />;
    }
    case "wallet":
      return props.walletList;
    case "elsewhere":
      return (
        <ActionButton class="button-main" onAction={() => keyProvider.takeOver()}>
          Watch here instead
        </ActionButton>
      );
    case "sessions":
    case "key-sessions":
      return (
        <a class="button button-main" href="/wallet">
          Show open sessions
        </a>
      );
    default:
      return null;
  }
}

export function HoldCard(props: HoldCardProps) {
  const hold = props.keyProvider.hold.value;
  if (!hold) return null;
  const isTransient = TRANSIENT.has(hold.reason);
  return (
    <div class={isTransient ? "player-middle" : "player-middle player-overlay"} role={isTransient ? "status" : "alert"}>
      <div class="hold-card" data-reason={hold.reason}>
        <h2>
          {isTransient && <span class="spinner" />} {TITLES[hold.reason]}
        </h2>
        {hold.reason === "consent" ? (
          <Price pricePerTick={props.keyProvider.offer.value.pricePerTick} />
        ) : (
          <p>
            {hold.message} {hold.hint}
          </p>
        )}
        <Action {...props} hold={hold} />
        <p class="faint">Nothing is paid while the picture is frozen.</p>
      </div>
    </div>
  );
}
