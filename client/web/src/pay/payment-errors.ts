// What to do when the gateway refuses a payment. The rule that protects the viewer: for each key, no more ticks are
// revealed than that key costs, counted from the last key that came. Whatever a gateway claims, it is never paid ahead
// of what it has delivered by more than the requested segment and one whose key got lost.

import type { GatewayError } from "../gateway/problem";
import { type Obstacle, waitForBlock } from "./obstacles";

/** Ticks by which a gateway may count more than we do, since a playlist rounds the lengths of segments. */
export const ROUNDING_TICKS = 1;

/** The obstacle for a gateway that asks for more than a key costs. */
export const OVERCHARGED: Obstacle = {
  reason: "refused",
  message: "The gateway asks for more than this part of the stream costs. Nothing more was paid.",
  hint: "Watch another stream, or tell the gateway's operator.",
};

/** What to do after a refusal. */
export type NextStep =
  /** Reveal ticks up to this one, and ask again. */
  | { readonly step: "pay"; readonly ticks: number }
  /** Wait, then ask again. */
  | { readonly step: "hold"; readonly obstacle: Obstacle }
  /** Open another session: this one gives no more keys. */
  | { readonly step: "renew" }
  /** Give up this key: the gateway does not have it. */
  | { readonly step: "gone" }
  /** Show the obstacle: asking again does not help. */
  | { readonly step: "refused"; readonly obstacle: Obstacle };

/** State of the session that made the refused payment. */
export interface PaymentState {
  readonly revealedTicks: number;
  readonly maxTicks: number;
  /** The highest tick that may be revealed for this key. */
  readonly limit: number;
}

function hold(obstacle: Obstacle): NextStep {
  return { step: "hold", obstacle };
}

function payUpTo(requiredTicks: number | null, state: PaymentState, error: GatewayError): NextStep {
  if (requiredTicks === null) return { step: "refused", obstacle: { ...OVERCHARGED, message: error.message } };
  if (requiredTicks > state.limit) return { step: "refused", obstacle: OVERCHARGED };
  return requiredTicks > state.maxTicks ? { step: "renew" } : { step: "pay", ticks: requiredTicks };
}

/** The next step after a refusal. */
export function nextStep(error: GatewayError, state: PaymentState): NextStep {
  switch (error.code) {
    case "out-of-prepaid-ticks":
      return payUpTo(error.requiredTicks, state, error);
    case "token-missing":
    case "token-invalid":
      // The answer to a newly revealed tick carries the token.
      return payUpTo(state.revealedTicks + 1, state, error);
    case "credit-used-up":
    case "deposit-uncovered":
      return hold(waitForBlock("Waiting for the chain to confirm the session."));
    case "too-fast":
    case "too-far-ahead":
      return hold(waitForBlock("Waiting a moment: more seconds were paid for than have passed."));
    case "deposit-spent":
    case "session-closing":
    case "ticket-rejected":
    case "no-session":
    case "wrong-stream":
    case "too-many-gaps":
      return { step: "renew" };
    case "not-found":
      return { step: "gone" };
    default:
      if (error.isTransient) return hold({ reason: "gateway", message: error.message, hint: null });
      return { step: "refused", obstacle: { reason: "refused", message: error.message, hint: error.hint } };
  }
}
