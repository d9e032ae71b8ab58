// What the meter says: the price in force, what a hold is mended with, and what those hear who do not see the meter.

import type { HoldReason, OpenSession, PursePhase } from "../pay";
import { vlk } from "../ui/words";

/** What a second costs: an open session keeps the price it was opened at, whatever the stream costs by now. */
export function priceInForce(session: Pick<OpenSession, "pricePerTick"> | null, streamPrice: bigint): bigint {
  return session?.pricePerTick ?? streamPrice;
}

/** Held for want of a permission, not of money. */
const LIMIT_ONLY: ReadonlySet<HoldReason> = new Set(["delegation", "price", "allowance"]);

/** Whether a new limit alone mends a hold: then nothing has to be put in. */
export function isMendedByLimit(reason: HoldReason | null, hasDeposit: boolean): boolean {
  return hasDeposit && reason !== null && LIMIT_ONLY.has(reason);
}

/** What was last read out, in which phase, and at which price. */
export interface Announced {
  readonly phase: PursePhase;
  readonly pricePerTick: bigint;
  readonly text: string;
}

export const NOTHING_ANNOUNCED: Announced = { phase: "idle", pricePerTick: 0n, text: "" };

/**
 * What is to be read out now. Waiting for a key says nothing: the card over the picture does, and the price would be read
 * out again after each.
 */
export function announce(before: Announced, phase: PursePhase, pricePerTick: bigint): Announced {
  if (phase === "held" || phase === "idle") return before;
  const isSame = phase === before.phase && (phase !== "paying" || pricePerTick === before.pricePerTick);
  return isSame ? before : { phase, pricePerTick, text: textOf(before.phase, phase, pricePerTick) };
}

function textOf(before: PursePhase, phase: PursePhase, pricePerTick: bigint): string {
  if (phase === "stopped") return "Stopped: nothing is paid.";
  if (phase === "preview") return "This is a free preview.";
  const paying = `Paying ${vlk(pricePerTick, 6)} a second.`;
  return before === "preview" ? `The free preview is over. ${paying}` : paying;
}
