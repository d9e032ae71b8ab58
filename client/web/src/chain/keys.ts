// What a session key can spend, as the chain computes it.

import type { Allowance, DeviceKey } from "./types";

/** Number of whole periods that have passed by a block; 0 without a renewal. */
function periodsUntil({ renewal, renewedAt }: Allowance, block: number): number {
  return renewal ? Math.max(0, Math.floor((block - renewedAt) / renewal.everyBlocks)) : 0;
}

/** The amount that may be spent in a block: what is left, or the whole budget once it has been renewed. */
export function leftAt(allowance: Allowance, block: number): bigint {
  return allowance.renewal && periodsUntil(allowance, block) > 0 ? allowance.renewal.amount : allowance.left;
}

/** The block of the next renewal after a block; null without a renewal. */
export function nextRenewal(allowance: Allowance, block: number): number | null {
  const { renewal, renewedAt } = allowance;
  return renewal && renewedAt + (periodsUntil(allowance, block) + 1) * renewal.everyBlocks;
}

/** The part of a key that limits what it spends. */
export type Spender = Pick<DeviceKey, "allowance" | "expiresAt">;

/**
 * The most that a key can spend from a block until it expires: what is left, and all renewals to come. The chain refuses
 * anything beyond. Nothing is spent beyond the deposit either.
 */
export function mostToSpend({ allowance, expiresAt }: Spender, block: number): bigint {
  if (block > expiresAt) return 0n;
  const { renewal, renewedAt } = allowance;
  const left = leftAt(allowance, block);
  if (!renewal) return left;
  const periodStart = renewedAt + periodsUntil(allowance, block) * renewal.everyBlocks;
  const renewals = Math.floor(Math.max(0, expiresAt - periodStart) / renewal.everyBlocks);
  return left + renewal.amount * BigInt(renewals);
}

/** The most that a key can spend per second: each of its sessions can pay one tick per second. */
export function mostPerSecond({ maxPricePerTick, maxSessions }: Pick<DeviceKey, "maxPricePerTick" | "maxSessions">) {
  return maxPricePerTick * BigInt(maxSessions);
}

/** Whether a key belongs to a gift: one session at a time, for a stream or a creator, and a label that says so. */
export function isGift({ label, maxSessions, scope }: Pick<DeviceKey, "label" | "maxSessions" | "scope">): boolean {
  return label.startsWith("Gift") && maxSessions === 1 && (scope.kind === "stream" || scope.kind === "creator");
}
