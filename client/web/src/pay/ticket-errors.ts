// What to do when the gateway refuses a ticket. Most refusals resolve by themselves: the gateway's view of the chain
// and ours differ by a block, or an earlier ticket waits for its block. Others need the viewer, and are shown only
// after they have lasted longer than any such difference.

import type { GatewayError } from "../gateway/problem";
import {
  ALLOWANCE_SPENT,
  DEPOSIT_SPENT,
  KEY_EXPIRED,
  NO_DEPOSIT,
  NOT_AUTHORISED,
  type Obstacle,
  OUT_OF_SCOPE,
  PRICE_ABOVE_LIMIT,
  SLOW_RETRY_MS,
  TOO_MANY_KEY_SESSIONS,
  waitForBlock,
} from "./obstacles";

/** Longest time by which the chain as we see it can differ from the chain as the gateway sees it: two slow blocks. */
export const LAG_MS = 12_000;

/** Code for a nonce that another browser with the same key has used. The next one is tried at once. */
export const NONCE_TAKEN = "nonce-taken";

/** Shown while the refusal may be a difference of a block. */
const SYNCING = waitForBlock("Waiting for the gateway to see your deposit.");
const SAME_BLOCK = waitForBlock("Waiting until this page and the gateway are at the same block.");

/** Refusals that resolve by themselves. The ticket is offered again, however long it takes. */
const TRANSIENT: Readonly<Record<string, Obstacle>> = {
  "ticket-pending": waitForBlock("Waiting until your last session is in a block."),
  "too-many-unopened": {
    ...waitForBlock("Many viewers of your network are starting at once. Waiting for the next block."),
    retryMs: SLOW_RETRY_MS,
  },
  "gateway-full": {
    reason: "gateway",
    message: "The gateway serves as many viewers as it can. Waiting for a free place.",
    hint: null,
    retryMs: SLOW_RETRY_MS,
  },
};

/** Refusals that a new block resolves: price, time, money and keys are read again for each attempt. */
const LAGGING: Readonly<Record<string, Obstacle>> = {
  "nonce-refused": SYNCING,
  "price-too-low": waitForBlock("The price has just changed. Reading the new one."),
  "expires-too-soon": SAME_BLOCK,
  "expires-too-late": SAME_BLOCK,
  "stream-unknown": waitForBlock("Waiting for the gateway to see this stream."),
};

/** Refusals that the viewer can resolve, here or in another tab: so the ticket is offered again by itself, too. */
const USER_FIXABLE: Readonly<Record<string, Obstacle>> = {
  "no-deposit": NO_DEPOSIT,
  "key-unknown": NOT_AUTHORISED,
  "key-expired": KEY_EXPIRED,
  "key-out-of-scope": OUT_OF_SCOPE,
  "price-above-key": PRICE_ABOVE_LIMIT,
  "too-many-key-sessions": TOO_MANY_KEY_SESSIONS,
  "allowance-too-low": ALLOWANCE_SPENT,
  "funds-too-low": DEPOSIT_SPENT,
};

const BELOW_MINIMUM: Obstacle = {
  reason: "refused",
  message: "This stream pays the gateway less than the gateway asks for.",
  hint: "Its creator has to raise its price or the gateway's share. Watch another stream.",
};

/** Refusals that are shown at once, since a few more blocks would not change them. */
const CERTAIN: Readonly<Record<string, Obstacle>> = {
  "too-many-sessions": {
    reason: "sessions",
    message: "You have the maximum number of open sessions.",
    hint: "Close one on the wallet page. Playback then continues by itself.",
    retryMs: SLOW_RETRY_MS,
  },
  "stream-not-open": {
    reason: "refused",
    message: "This stream has ended or is suspended.",
    hint: "Watch another stream.",
  },
  "stream-not-hosted": {
    reason: "refused",
    message: "This gateway does not broadcast this stream.",
    hint: "Watch it at the gateway of its creator, or watch another stream.",
  },
  "price-below-minimum": BELOW_MINIMUM,
  "share-below-minimum": BELOW_MINIMUM,
  "wrong-gateway": {
    reason: "refused",
    message: "The gateway's account has changed since this page was loaded.",
    hint: "Load the page again.",
  },
};

/** The obstacle after a ticket was refused for `lastedMs` with the same code and the same money. */
export function ticketObstacle(error: GatewayError, lastedMs: number): Obstacle {
  const { code } = error;
  const known = TRANSIENT[code] ?? CERTAIN[code];
  if (known) return known;
  const fixable = USER_FIXABLE[code];
  if (fixable) return lastedMs < LAG_MS ? SYNCING : { ...fixable, retryMs: SLOW_RETRY_MS };
  const lagging = LAGGING[code];
  if (lagging && lastedMs < LAG_MS) return lagging;
  return {
    reason: "refused",
    message: error.message,
    hint: error.hint ?? "Try again in a minute, or watch another stream.",
  };
}
