// What the meter says: the price that applies, whether new limits end a hold, and announcements for screen readers.

import { vlk } from "../common/amounts";
import type { HoldReason, OpenSession, PaymentPhase } from "../pay";

/** The price per second that applies: an open session keeps the price at which it was opened. */
export function currentPrice(session: Pick<OpenSession, "pricePerTick"> | null, streamPrice: bigint): bigint {
  return session?.pricePerTick ?? streamPrice;
}

/** Reasons for which an authorisation is missing, but no money. */
const LIMIT_ONLY: ReadonlySet<HoldReason> = new Set(["key", "expired", "price", "scope", "allowance"]);

/** Whether new limits alone, without a deposit, end a hold. */
export function isFixedByLimit(reason: HoldReason | null, hasDeposit: boolean): boolean {
  return hasDeposit && reason !== null && LIMIT_ONLY.has(reason);
}

/** The last announcement, with the phase and the price at that time. */
export interface Announcement {
  readonly phase: PaymentPhase;
  readonly pricePerTick: bigint;
  readonly text: string;
}

export const NO_ANNOUNCEMENT: Announcement = { phase: "idle", pricePerTick: 0n, text: "" };

/**
 * The announcement after a change. A hold is not announced here: its card is, and otherwise the price would be
 * announced again after each hold.
 */
export function announce(before: Announcement, phase: PaymentPhase, pricePerTick: bigint): Announcement {
  if (phase === "held" || phase === "idle") return before;
  const isSame = phase === before.phase && (phase !== "paying" || pricePerTick === before.pricePerTick);
  return isSame ? before : { phase, pricePerTick, text: textOf(before.phase, phase, pricePerTick) };
}

function textOf(before: PaymentPhase, phase: PaymentPhase, pricePerTick: bigint): string {
  if (phase === "stopped") return "Stopped: you are not paying.";
  if (phase === "preview") return "This is a free preview.";
  if (phase === "bought") return "You have already paid for this part. Nothing is charged.";
  const paying = `Paying ${vlk(pricePerTick, 6)} per second.`;
  return before === "preview" ? `The free preview is over. ${paying}` : paying;
}
