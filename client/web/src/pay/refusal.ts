// What a refused payment is answered with. The rule that keeps a viewer safe: for each key no more is let go of than that
// key costs, counted from the last key that came; whatever a gateway says, it is never ahead of what it delivers by more
// than the segment that is asked for and one whose key got lost.

import type { GatewayError } from "../gateway/problem";
import type { Obstacle } from "./order";

/** A gateway may count a second more than we do: lengths are rounded on their way into a playlist. */
export const ROUNDING_TICKS = 1;

/** The answer to a gateway that asks for more than a key costs. */
export const TOO_DEAR: Obstacle = {
  reason: "refused",
  what: "The gateway asks for more than this part of the stream costs; nothing more was paid.",
  mend: "Watch something else, or tell the gateway's operator.",
};

/** What to do about a refusal. */
export type Step =
  /** Pay up to this tick and ask again. */
  | { readonly step: "pay"; readonly ticks: number }
  /** Wait, then ask again. */
  | { readonly step: "hold"; readonly obstacle: Obstacle }
  /** This session sells no more: open another. */
  | { readonly step: "renew" }
  /** The key is not there. */
  | { readonly step: "gone" }
  /** Asking again does not help. */
  | { readonly step: "refused"; readonly obstacle: Obstacle };

/** Where the session stands. */
export interface Standing {
  /** The highest tick let go of. */
  readonly revealed: number;
  readonly maxTicks: number;
  /** The highest tick that may be let go of for this key. */
  readonly limit: number;
}

function hold(reason: Obstacle["reason"], what: string): Step {
  return { step: "hold", obstacle: { reason, what, mend: null } };
}

function payUpTo(due: number | null, standing: Standing, error: GatewayError): Step {
  if (due === null) return { step: "refused", obstacle: { ...TOO_DEAR, what: error.message } };
  if (due > standing.limit) return { step: "refused", obstacle: TOO_DEAR };
  return due > standing.maxTicks ? { step: "renew" } : { step: "pay", ticks: due };
}

/** What follows from a refusal. */
export function answerTo(error: GatewayError, standing: Standing): Step {
  switch (error.code) {
    case "ticks-due":
    case "out-of-prepaid-ticks":
      return payUpTo(error.ticksDue, standing, error);
    case "token-missing":
    case "token-invalid":
      // Who lets go of a new tick is told the token.
      return payUpTo(standing.revealed + 1, standing, error);
    case "credit-used-up":
    case "deposit-uncovered":
      return hold("block", "Waiting for the chain to confirm the session.");
    case "too-fast":
    case "too-far-ahead":
      return hold("block", "Waiting a moment: more seconds were paid than have passed.");
    case "deposit-spent":
    case "session-closing":
    case "dead-ticket":
    case "no-session":
    case "wrong-stream":
    case "too-many-gaps":
      return { step: "renew" };
    case "not-found":
      return { step: "gone" };
    default:
      if (error.isPassing) return hold("gateway", error.message);
      return { step: "refused", obstacle: { reason: "refused", what: error.message, mend: error.mend } };
  }
}
