// How large a session is to be, and what stands in the way of one: pure, so that every case has a test.

import type { Deposit } from "../chain/types";
import { formatVlk, least, SYMBOL, toNumber } from "../common/amounts";
import type { HoldReason } from "./types";

/** A session is so long if there is money for it: ten minutes, so that opening costs little and little is tied up. */
export const USUAL_TICKS = 600;
/** While there is money for more than twice this, half of it is left for another stream: zapping must not wait for the
 * last session's refund. */
const SHORT_TICKS = 60;

/** Why a key cannot be paid, before it has a time. */
export interface Obstacle {
  readonly reason: HoldReason;
  readonly what: string;
  readonly mend: string | null;
  /** After how long it is tried again; null when only a change helps; as usual for its reason if not said. */
  readonly retryMs?: number | null;
}

/** What is for sale, and what it costs. */
export interface Terms {
  /** The price now, or the one announced if that is higher. */
  readonly pricePerTick: bigint;
  readonly openFee: bigint;
}

const vlk = (planck: bigint) => `${formatVlk(planck, 6)} ${SYMBOL}`;

/** Seconds that the deposit lasts within the limits, after the fee of opening a session. */
export function affordableTicks(deposit: Deposit | null, terms: Terms): number {
  const allowance = deposit?.delegation?.allowance ?? 0n;
  const money = least(deposit?.free ?? 0n, allowance) - terms.openFee;
  if (money <= 0n) return 0;
  return terms.pricePerTick > 0n ? toNumber(money / terms.pricePerTick) : Number.MAX_SAFE_INTEGER;
}

/** Seconds that more sessions would last: none when the next ticket would be refused. */
export function secondsBeyond(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: Terms,
  bestBlock: number,
): number {
  return obstacle(deposit, sessionKey, terms, bestBlock) ? 0 : affordableTicks(deposit, terms);
}

/** What stands in the way of any session at this price; null if nothing does. */
export function obstacle(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: Terms,
  bestBlock: number,
): Obstacle | null {
  if (!deposit) {
    const mend = "Deposit once; after that watching needs no confirmation.";
    return { reason: "deposit", what: "There is no deposit to pay from yet.", mend };
  }
  const { delegation } = deposit;
  const lend = "Set your limits and confirm once in the wallet.";
  if (!delegation || delegation.sessionKey !== sessionKey) {
    return { reason: "delegation", what: "This browser has no permission to spend from your deposit.", mend: lend };
  }
  if (delegation.expiresAt <= bestBlock) {
    return { reason: "delegation", what: "The time of this browser's permission to spend is over.", mend: lend };
  }
  if (delegation.maxPricePerTick < terms.pricePerTick) {
    const limit = vlk(delegation.maxPricePerTick);
    const what = `This stream costs ${vlk(terms.pricePerTick)} a second; your limit is ${limit} a second.`;
    return { reason: "price", what, mend: "Raise the limit in your wallet, or watch something else." };
  }
  return null;
}

/** What is missing for `leastTicks` more. */
function shortage(deposit: Deposit): Obstacle {
  const allowance = deposit.delegation?.allowance ?? 0n;
  if (deposit.free <= allowance) {
    return {
      reason: "funds",
      what: "What is left does not pay for the next seconds.",
      mend: "Top up to go on where you stopped.",
    };
  }
  const what = "The most that this browser may spend is reached.";
  return { reason: "allowance", what, mend: "Raise the limit to go on where you stopped." };
}

/** Ticks to order, at least `leastTicks`; or what is missing. */
export function ticksToOrder(deposit: Deposit, terms: Terms, leastTicks: number): number | Obstacle {
  const affordable = affordableTicks(deposit, terms);
  if (affordable < leastTicks) return shortage(deposit);
  const fair = affordable > 2 * SHORT_TICKS ? Math.floor(affordable / 2) : affordable;
  return Math.max(leastTicks, Math.min(USUAL_TICKS, fair));
}
