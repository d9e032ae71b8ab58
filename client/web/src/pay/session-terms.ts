// How large a session should be, and what prevents one. All functions are pure.

import { leftAt } from "../chain/keys";
import type { Deposit, DeviceKey } from "../chain/types";
import { least, toNumber, vlk } from "../common/amounts";
import {
  ALLOWANCE_SPENT,
  DEPOSIT_SPENT,
  KEY_EXPIRED,
  NO_DEPOSIT,
  NOT_AUTHORISED,
  type Obstacle,
  OUT_OF_SCOPE,
  PRICE_ABOVE_LIMIT,
  TOO_MANY_KEY_SESSIONS,
} from "./obstacles";

/**
 * Length of a session if there is money for it: ten minutes, so that opening costs little and little money is tied up.
 */
export const DEFAULT_SESSION_TICKS = 600;
/**
 * Length of a session of a key that may have only one, such as that of a gift. The next one would have to wait until the
 * chain has removed this one, so there is one for all that is left, up to four hours.
 */
export const LONE_SESSION_TICKS = 14_400;
/**
 * If there is money for more than twice this, a session takes at most half of it: changing streams must not wait until
 * the last session is refunded.
 */
const SHORT_SESSION_TICKS = 60;

/** What a new session is for, and what it costs. */
export interface SessionTerms {
  readonly stream: string;
  readonly creator: string;
  readonly gateway: string;
  /** The present price, or the announced one if that is higher. */
  readonly pricePerTick: bigint;
  readonly openFee: bigint;
}

/** The money of a new session, as of the best block. */
export interface Means {
  readonly deposit: Deposit;
  readonly key: DeviceKey;
  readonly best: number;
}

/** The key of a deposit with this address; null if it has none. */
export function keyIn(deposit: Deposit | null, address: string | null): DeviceKey | null {
  return deposit?.keys.find((key) => key.address === address) ?? null;
}

/** Amount that the key may reserve in the next block. */
function allowed({ key, best }: Means): bigint {
  return leftAt(key.allowance, best + 1);
}

/** Ticks that the deposit pays for within the key's limits, after the fee for opening a session. */
export function affordableTicks(means: Means, terms: SessionTerms): number {
  const money = least(means.deposit.free, allowed(means)) - terms.openFee;
  if (money <= 0n) return 0;
  return terms.pricePerTick > 0n ? toNumber(money / terms.pricePerTick) : Number.MAX_SAFE_INTEGER;
}

/** Whether a session of this length could be paid for if open sessions returned `planck` of what they have reserved. */
export function couldAfford(means: Means, terms: SessionTerms, ticks: number, planck: bigint): boolean {
  const { deposit, key, best } = means;
  // Sessions of other keys return nothing to the allowance of this one.
  const left = key.allowance.left + (key.openSessions > 0 ? planck : 0n);
  const later: Means = {
    deposit: { ...deposit, free: deposit.free + planck },
    key: { ...key, allowance: { ...key.allowance, left } },
    best,
  };
  return affordableTicks(later, terms) >= ticks;
}

/** Seconds that further sessions would last; 0 if the next ticket would be refused. */
export function furtherSeconds(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: SessionTerms,
  best: number,
): number {
  const obstacle = findObstacle(deposit, sessionKey, terms, best);
  const key = keyIn(deposit, sessionKey);
  // The session that is open now is one of those that the key may have. It will have ended by then.
  const isPrevented = obstacle !== null && obstacle !== TOO_MANY_KEY_SESSIONS;
  return isPrevented || !deposit || !key ? 0 : affordableTicks({ deposit, key, best }, terms);
}

function isInScope({ scope }: DeviceKey, terms: SessionTerms): boolean {
  switch (scope.kind) {
    case "any":
      return true;
    case "gateway":
      return scope.account === terms.gateway;
    case "creator":
      return scope.account === terms.creator;
    case "stream":
      return scope.stream === terms.stream;
  }
}

/** What prevents any session on these terms; null if nothing does. */
export function findObstacle(
  deposit: Deposit | null,
  sessionKey: string | null,
  terms: SessionTerms,
  best: number,
): Obstacle | null {
  if (!deposit) return NO_DEPOSIT;
  const key = keyIn(deposit, sessionKey);
  if (!key) return NOT_AUTHORISED;
  if (key.expiresAt <= best) return KEY_EXPIRED;
  if (!isInScope(key, terms)) return OUT_OF_SCOPE;
  if (key.maxPricePerTick < terms.pricePerTick) {
    const [price, limit] = [vlk(terms.pricePerTick, 6), vlk(key.maxPricePerTick, 6)];
    const message = `This stream costs ${price} per second; this browser's limit is ${limit} per second.`;
    return { ...PRICE_ABOVE_LIMIT, message };
  }
  return key.openSessions >= key.maxSessions ? TOO_MANY_KEY_SESSIONS : null;
}

/** Length of the next session in ticks, at least `minTicks`; or what is missing for that. */
export function sessionTicks(means: Means, terms: SessionTerms, minTicks: number): number | Obstacle {
  const affordable = affordableTicks(means, terms);
  if (affordable < minTicks) return means.deposit.free <= allowed(means) ? DEPOSIT_SPENT : ALLOWANCE_SPENT;
  if (means.key.maxSessions === 1) return Math.min(LONE_SESSION_TICKS, affordable);
  const fair = affordable > 2 * SHORT_SESSION_TICKS ? Math.floor(affordable / 2) : affordable;
  return Math.max(minTicks, Math.min(DEFAULT_SESSION_TICKS, fair));
}
