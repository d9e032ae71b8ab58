// What a refused ticket is answered with. Most refusals mend themselves: the gateway's view of the chain and ours are a
// block apart, or an earlier ticket waits for its block. Others are for the viewer to mend, and are believed only when
// they have lasted longer than any such difference.

import type { GatewayError } from "../gateway/problem";
import type { Obstacle } from "./order";

/** What the chain shows us may be so much older or newer than what it shows the gateway: two slow blocks. */
const LAG_MS = 12_000;
/** Some mend themselves, though never in a moment: sessions close, other viewers' tickets get into a block. */
const SLOW_RETRY_MS = 5_000;

/** A nonce that somebody else has used: the next one is free, and is tried at once. */
export const NONCE_TAKEN = "nonce-taken";

const block = (what: string): Obstacle => ({ reason: "block", what, mend: null });

/** What is shown while it may be no more than a difference of a block. */
const SYNCING = block("Waiting for the gateway to see your deposit.");

/** What is tried again for as long as it takes. */
const PASSING: Readonly<Record<string, Obstacle>> = {
  "ticket-pending": block("Waiting for your last session to be in a block."),
  "too-many-unopened": {
    ...block("Many viewers of your network begin at once; waiting for a block to take them in."),
    retryMs: SLOW_RETRY_MS,
  },
  "gateway-full": {
    reason: "gateway",
    what: "The gateway has as many viewers as it can serve; waiting for a place.",
    mend: null,
    retryMs: SLOW_RETRY_MS,
  },
};

/** What a block or a fresh look mends: the price, the time, the money and what is lent are read anew for each try. */
const LAGGING: Readonly<Record<string, Obstacle>> = {
  "nonce-refused": SYNCING,
  "price-too-low": block("The price has just changed; reading the new one."),
  "expires-too-soon": block("Waiting for this page and the gateway to be at the same block."),
  "expires-too-late": block("Waiting for this page and the gateway to be at the same block."),
  "stream-unknown": block("Waiting for the gateway to see this stream."),
};

const LEND = "Set your limits and confirm once in the wallet.";
const RAISE = "Raise the limit to go on where you stopped.";

/** What the viewer can mend, once it is certain. Tried again all the same: it may be mended in another tab. */
const MENDABLE: Readonly<Record<string, Omit<Obstacle, "retryMs">>> = {
  "no-deposit": {
    reason: "deposit",
    what: "There is no deposit to pay from yet.",
    mend: "Deposit once; after that watching needs no confirmation.",
  },
  "no-delegation": {
    reason: "delegation",
    what: "This browser has no permission to spend from your deposit.",
    mend: LEND,
  },
  "delegation-expired": {
    reason: "delegation",
    what: "The time of this browser's permission to spend is over.",
    mend: LEND,
  },
  "signature-invalid": {
    reason: "delegation",
    what: "Your deposit takes another browser's word, not this one's.",
    mend: LEND,
  },
  "price-above-delegation": {
    reason: "price",
    what: "This stream costs more a second than your limit.",
    mend: "Raise the limit in your wallet, or watch something else.",
  },
  "allowance-too-low": {
    reason: "allowance",
    what: "The most that this browser may spend is reached.",
    mend: RAISE,
  },
  "funds-too-low": {
    reason: "funds",
    what: "What is left does not pay for the next seconds.",
    mend: "Top up to go on where you stopped.",
  },
};

/** What needs no patience: no later block makes it another answer within moments. */
const CERTAIN: Readonly<Record<string, Obstacle>> = {
  "too-many-sessions": {
    reason: "sessions",
    what: "You have as many sessions open as there may be.",
    mend: "Close one in your wallet; this goes on by itself.",
    retryMs: SLOW_RETRY_MS,
  },
  "stream-not-open": {
    reason: "refused",
    what: "This stream has ended, or is suspended.",
    mend: "Watch something else.",
  },
  "wrong-gateway": {
    reason: "refused",
    what: "The gateway has another account than when this page was loaded.",
    mend: "Load the page again.",
  },
};

/** What stands in the way after a ticket was refused, for `lastedMs` with the same code and the same money. */
export function unsold(error: GatewayError, lastedMs: number): Obstacle {
  const { code } = error;
  const known = PASSING[code] ?? CERTAIN[code];
  if (known) return known;
  const mendable = MENDABLE[code];
  if (mendable) return lastedMs < LAG_MS ? SYNCING : { ...mendable, retryMs: SLOW_RETRY_MS };
  const lagging = LAGGING[code];
  if (lagging && lastedMs < LAG_MS) return lagging;
  return {
    reason: "refused",
    what: error.message,
    mend: error.mend ?? "Try again in a minute, or watch something else.",
  };
}
