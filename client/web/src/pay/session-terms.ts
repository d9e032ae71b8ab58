// How large a session should be, and what prevents one. All functions are pure.

import type { Deposit } from "../chain/types";
import { least, toNumber, vlk } from "../common/amounts";
import {
  ALLOWANCE_SPENT,
  AUTHORISATION_EXPIRED,
  DEPOSIT_SPENT,
  NO_DEPOSIT,
  NOT_AUTHORISED,
  type Obstacle,
  PRICE_ABOVE_LIMIT,
} from "./obstacles";

/**
 * Length of a session if there is money for it: ten minutes, so that opening costs little and little money is tied up.
 */
export const DEFAULT_SESSION_TICKS = 600;
/**
 * If there is money for more than twice this, a session takes at most half of it: changing streams must not wait until
 * the last session is refunded.
 */
const SHORT_SESSION_TICKS = 60;

/** What a new session costs. */
export interface SessionTerms {
  /** The present price, or the announced one if that is higher. */
  readonly pricePerTick: bigint;
  readonly openFee: bigint;
}

/** Ticks that the deposit pays for within the limits, after the fee for opening a session. */
export function affordableTicks(deposit: Deposit | null, terms: SessionTerms): number {
  const allowance = deposit?.delegation?.allowance ?? 0n;
  const money = least(deposit?.free ?? 0n, allowance) - terms.openFee;
  if (money <= 0n) return 0;
  return terms.pricePerTick > 0n ? toNumber(money / terms.pricePerTick) : Number.MAX_SAFE_INTEGER;
}

/** Seconds that further sessions would last; 0 if the next ticket would be refused. */
export function furtherSeconds(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: SessionTerms,
  bestBlock: number,
): number {
  return findObstacle(deposit, sessionKey, terms, bestBlock) ? 0 : affordableTicks(deposit, terms);
}

/** What prevents any session at this price; null if nothing does. */
export function findObstacle(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: SessionTerms,
  bestBlock: number,
): Obstacle | null {
  if (!deposit) return NO_DEPOSIT;
  const { delegation } = deposit;
  if (!delegation || delegation.sessionKey !== sessionKey) return NOT_AUTHORISED;
  if (delegation.expiresAt <= bestBlock) return AUTHORISATION_EXPIRED;
  if (delegation.maxPricePerTick < terms.pricePerTick) {
    const [price, limit] = [vlk(terms.pricePerTick, 6), vlk(delegation.maxPricePerTick, 6)];
    const message = `This stream costs ${price} per second; your limit is ${limit} per second.`;
    return { ...PRICE_ABOVE_LIMIT, message };
  }
  return null;
}

function shortage(deposit: Deposit): Obstacle {
  const allowance = deposit.delegation?.allowance ?? 0n;
  return deposit.free <= allowance ? DEPOSIT_SPENT : ALLOWANCE_SPENT;
}

/** Length of the next session in ticks, at least `minTicks`; or what is missing for that. */
export function sessionTicks(deposit: Deposit, terms: SessionTerms, minTicks: number): number | Obstacle {
  const affordable = affordableTicks(deposit, terms);
  if (affordable < minTicks) return shortage(deposit);
  const fair = affordable > 2 * SHORT_SESSION_TICKS ? Math.floor(affordable / 2) : affordable;
  return Math.max(minTicks, Math.min(DEFAULT_SESSION_TICKS, fair));
}
