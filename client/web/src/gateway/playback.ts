// What a player tells the gateway and asks of it besides media: the bandwidth, and the quality of playback.

import { request } from "./http";
import type { PlaybackReport } from "./types";

/** Size of a probe in bytes. A line that is too slow for it is measured by a part of it. */
const PROBE_BYTES = 262_144;
/** Bytes that are too few to measure anything. */
const MIN_BYTES = 16_384;
/** Milliseconds that are too few to measure anything: what comes faster is a fast line. */
const MIN_MS = 4;

/**
 * Measures the bandwidth to the gateway, in bits per second. When `signal` is aborted, what has arrived by then counts.
 * Null if that is too little.
 */
export async function probeBandwidth(signal: AbortSignal): Promise<number | null> {
  let bytes = 0;
  let firstMs = 0;
  let lastMs = 0;
  try {
    const response = await request(`/v1/probe?bytes=${PROBE_BYTES}`, { signal });
    const reader = response.body?.getReader();
    // The first piece only starts the clock: before it, time was spent on the way and not on bytes.
    for (let isFirst = true; reader; isFirst = false) {
      const { value, done } = await reader.read();
      if (done) break;
      lastMs = performance.now();
      if (isFirst) firstMs = lastMs;
      else bytes += value.byteLength;
    }
  } catch {
    // What has arrived counts.
  }
  if (bytes < MIN_BYTES) return null;
  return (bytes * 8 * 1000) / Math.max(MIN_MS, lastMs - firstMs);
}

/** Reports the quality of playback. Nothing depends on the answer, and the report outlives the page. */
export function reportPlayback(stream: string, report: PlaybackReport): void {
  const path = `/v1/streams/${encodeURIComponent(stream)}/quality`;
  const body = JSON.stringify(report);
  if (navigator.sendBeacon?.(path, body)) return;
  void request(path, { method: "POST", body, keepalive: true }).catch(() => undefined);
}
