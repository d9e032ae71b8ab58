// The bandwidth with which a player chooses its first rendition: measured by a small probe, and remembered from the last
// time. Without either, the player begins with the lowest rendition.

import { readStored, writeStored } from "../common/storage";

const KEY = "vilokanam.bandwidth";
/** Time for which an estimate is used without a probe, in milliseconds. */
const FRESH_MS = 10 * 60_000;
/** Time for which an estimate is remembered, in milliseconds. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;
/** Range of estimates that can be true, in bits per second. */
const MIN_BPS = 50_000;
const MAX_BPS = 1_000_000_000;
/** Part of the estimate that the first rendition may need: a viewer notices a stall more than a small picture. */
const CAUTION = 0.8;

interface Remembered {
  readonly bps: number;
  readonly atMs: number;
}

/** Measures the bandwidth to the gateway, in bits per second; null if it cannot be measured. */
export type Probe = (signal: AbortSignal) => Promise<number | null>;

function within(bps: number): number {
  return Math.min(MAX_BPS, Math.max(MIN_BPS, Math.round(bps)));
}

function remembered(nowMs: number): Remembered | null {
  const [bps, atMs] = (readStored(KEY) ?? "").split(" ").map(Number);
  if (bps === undefined || atMs === undefined || !Number.isFinite(bps) || !Number.isFinite(atMs)) return null;
  const ageMs = nowMs - atMs;
  return bps >= MIN_BPS && ageMs >= 0 && ageMs < REMEMBERED_MS ? { bps: within(bps), atMs } : null;
}

/** Remembers what a player has measured while it played. */
export function rememberBandwidth(bps: number, nowMs = Date.now()): void {
  if (Number.isFinite(bps) && bps > 0) writeStored(KEY, `${within(bps)} ${nowMs}`);
}

/**
 * The bandwidth to begin with; null if nothing is known. A fresh estimate is used as it is. An older one is from another
 * time of day, or another network: it counts as much as a probe.
 */
export async function startBandwidth(
  probe: Probe | null,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<number | null> {
  const last = remembered(nowMs);
  if (last && nowMs - last.atMs < FRESH_MS) return last.bps * CAUTION;
  const probed = probe ? await probe(signal).catch(() => null) : null;
  if (probed === null) return last ? last.bps * CAUTION : null;
  const estimate = last ? (within(probed) + last.bps) / 2 : within(probed);
  return estimate * CAUTION;
}
