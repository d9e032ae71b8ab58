// Reasons why a key cannot be paid for, with the sentences that are shown.

import type { HoldReason } from "./types";

/** Reason why a key cannot be paid for at the moment. */
export interface Obstacle {
  readonly reason: HoldReason;
  readonly message: string;
  readonly hint: string | null;
  /** Milliseconds until the next attempt. Null: only after a change. Absent: the default of the reason. */
  readonly retryMs?: number | null;
}

const SET_LIMIT = "Set a limit and confirm it once in your wallet.";

export const NO_DEPOSIT: Obstacle = {
  reason: "deposit",
  message: "You have no deposit to pay from yet.",
  hint: "Deposit once. After that, watching needs no confirmation.",
};

export const NOT_AUTHORISED: Obstacle = {
  reason: "delegation",
  message: "This browser is not authorised to spend from your deposit.",
  hint: SET_LIMIT,
};

export const OTHER_BROWSER_AUTHORISED: Obstacle = {
  reason: "delegation",
  message: "Another browser is authorised to spend from your deposit.",
  hint: SET_LIMIT,
};

export const AUTHORISATION_EXPIRED: Obstacle = {
  reason: "delegation",
  message: "This browser's authorisation to spend from your deposit has expired.",
  hint: SET_LIMIT,
};

export const PRICE_ABOVE_LIMIT: Obstacle = {
  reason: "price",
  message: "This stream costs more per second than your limit allows.",
  hint: "Raise the limit in your wallet, or watch another stream.",
};

export const ALLOWANCE_SPENT: Obstacle = {
  reason: "allowance",
  message: "This browser has spent all that your limit allows.",
  hint: "Raise the limit to continue where you stopped.",
};

export const DEPOSIT_SPENT: Obstacle = {
  reason: "funds",
  message: "Your deposit does not cover the next seconds.",
  hint: "Top up to continue where you stopped.",
};

/** Something that the next block or a moment resolves. */
export function waitForBlock(message: string): Obstacle {
  return { reason: "block", message, hint: null };
}
