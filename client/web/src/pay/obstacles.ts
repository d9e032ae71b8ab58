// Reasons why a key cannot be paid for, with the sentences that are shown.

import { vlk } from "../common/amounts";
import type { HoldReason } from "./types";

/** Reason why a key cannot be paid for at the moment. */
export interface Obstacle {
  readonly reason: HoldReason;
  readonly message: string;
  readonly hint: string | null;
  /** Milliseconds until the next attempt. Null: only after a change. Absent: the default of the reason. */
  readonly retryMs?: number | null;
}

const SET_LIMIT = "Set its limits and confirm once in your wallet.";

export const NO_DEPOSIT: Obstacle = {
  reason: "deposit",
  message: "You have no deposit to pay from yet.",
  hint: "Deposit once. After that, watching needs no confirmation.",
};

export const NOT_AUTHORISED: Obstacle = {
  reason: "key",
  message: "This browser is not among the devices that may spend from your deposit.",
  hint: SET_LIMIT,
};

export const KEY_EXPIRED: Obstacle = {
  reason: "expired",
  message: "The time for which this browser may spend from your deposit is over.",
  hint: SET_LIMIT,
};

export const PRICE_ABOVE_LIMIT: Obstacle = {
  reason: "price",
  message: "This stream costs more per second than this browser's limit allows.",
  hint: "Raise the limit in your wallet, or watch another stream.",
};

export const OUT_OF_SCOPE: Obstacle = {
  reason: "scope",
  message: "This browser's limits do not include this stream.",
  hint: "Change them, or watch a stream that they include.",
};

export const ALLOWANCE_SPENT: Obstacle = {
  reason: "allowance",
  message: "This browser has spent its budget.",
  hint: "Raise it to continue where you stopped.",
};

export const DEPOSIT_SPENT: Obstacle = {
  reason: "funds",
  message: "Your deposit does not cover the next seconds.",
  hint: "Top up to continue where you stopped.",
};

/** Delay between attempts where a change takes longer: sessions close, other viewers' tickets get into a block. */
export const SLOW_RETRY_MS = 5_000;

export const TOO_MANY_KEY_SESSIONS: Obstacle = {
  reason: "key-sessions",
  message: "This browser has as many sessions open as its limits allow.",
  hint: "Playback continues by itself when one of them has closed.",
  retryMs: SLOW_RETRY_MS,
};

/** Something that the next block or a moment resolves. */
export function waitForBlock(message: string): Obstacle {
  return { reason: "block", message, hint: null };
}

/** Shown before the first payment to a creator, and after Stop. */
export const CONSENT: Obstacle = {
  reason: "consent",
  message: "From here on, this stream is paid by the second.",
  hint: "Press Start to continue, and stop whenever you like.",
};

/** Shown if a stream costs more than the viewer has agreed to pay its creator. */
export function dearerThanAgreed(pricePerTick: bigint, agreed: bigint): Obstacle {
  const message = `This stream costs ${vlk(pricePerTick, 6)} per second. So far, you have agreed to ${vlk(agreed, 6)}.`;
  return { reason: "dearer", message, hint: "Agree to the new price to go on, or watch another stream." };
}

const ASK_GIVER = "Ask the person who gave it, or watch with a wallet of your own.";

/** Obstacles of a gift, by those of a browser's own key. */
const GIFT_OBSTACLES: Partial<Readonly<Record<HoldReason, Obstacle>>> = {
  key: {
    reason: "gift-invalid",
    message: "It was removed by the person who gave it, or its link is not complete.",
    hint: ASK_GIVER,
  },
  expired: { reason: "gift-invalid", message: "The time in which it could be used is over.", hint: ASK_GIVER },
  allowance: {
    reason: "gift-used-up",
    message: "All of it has been watched.",
    hint: "To go on, watch with a wallet of your own.",
  },
  funds: {
    reason: "gift-unpaid",
    message: "The deposit from which it is paid is empty.",
    hint: "Playback continues by itself when the person who gave it has topped up.",
  },
  "key-sessions": {
    reason: "gift-elsewhere",
    message: "A gift can be watched in one place at a time.",
    hint: "Playback continues here by itself when it has ended there.",
    retryMs: SLOW_RETRY_MS,
  },
  price: { reason: "gift-limits", message: "This stream costs more than the gift allows.", hint: ASK_GIVER },
  scope: {
    reason: "gift-limits",
    message: "The gift is for another stream or another creator.",
    hint: "Watch that one, or this one with a wallet of your own.",
  },
};

/** The obstacle in the words for somebody who watches with a gift. */
export function asGiftObstacle(obstacle: Obstacle): Obstacle {
  // Without a deposit, none of its keys exists any more.
  const reason = obstacle.reason === "deposit" ? "key" : obstacle.reason;
  return GIFT_OBSTACLES[reason] ?? obstacle;
}
