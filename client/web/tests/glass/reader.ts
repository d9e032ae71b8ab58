// Reads the clock from the pictures that a page shows.

import type { Page } from "playwright-core";
import { type Area, cellAreas, delayOf, readClock } from "./clock";

/** Delays from drawing a picture to showing it. */
export interface Delays {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
  /** Number of pictures that were read. */
  readonly pictures: number;
  /** Number of pictures whose clock could not be read. */
  readonly unreadable: number;
  /** Number of times that the player had nothing to show, and how long that was. */
  readonly stalls: number;
  readonly stall_ms: number;
}

/** What was recorded in the page. */
interface Recorded {
  readonly shown: readonly Shown[];
  readonly stalls: number;
  readonly stallMs: number;
}

/** A picture as it was shown: when, and the brightness of its cells. */
interface Shown {
  readonly atMs: number;
  readonly cells: readonly number[];
}

/** Records each new picture for a while. Runs in the page, so that it uses nothing of this file. */
function recordInPage({ areas, ms }: { readonly areas: readonly Area[]; readonly ms: number }): Promise<Recorded> {
  const [width, height] = [320, 180];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const video = document.querySelector("video");
  const shown: Shown[] = [];
  if (!context || !video) return Promise.reject(new Error("the page has no video"));
  const brightnessOf = (area: Area) => {
    const [x, y] = [Math.round(area.left * width), Math.round(area.top * height)];
    const [w, h] = [Math.round(area.right * width) - x, Math.round(area.bottom * height) - y];
    const { data } = context.getImageData(x, y, w, h);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at] ?? 0;
    return sum / (data.length / 4);
  };
  let [stalls, stallMs, stalledAtMs] = [0, 0, 0];
  video.addEventListener("waiting", () => {
    stalls++;
    stalledAtMs = Date.now();
  });
  const onResume = () => {
    if (stalledAtMs > 0) stallMs += Date.now() - stalledAtMs;
    stalledAtMs = 0;
  };
  video.addEventListener("playing", onResume);
  return new Promise((resolve) => {
    const endMs = Date.now() + ms;
    const read = () => {
      const atMs = Date.now();
      context.drawImage(video, 0, 0, width, height);
      shown.push({ atMs, cells: areas.map(brightnessOf) });
      if (atMs < endMs) video.requestVideoFrameCallback(read);
    };
    video.requestVideoFrameCallback(read);
    // A video that stands still shows no new picture.
    setTimeout(() => {
      onResume();
      resolve({ shown, stalls, stallMs });
    }, ms + 1_000);
  });
}

/** Reads every picture that the page shows within `seconds`. */
export async function record(page: Page, seconds: number): Promise<Delays> {
  const { shown, stalls, stallMs } = await page.evaluate(recordInPage, { areas: cellAreas(), ms: seconds * 1000 });
  const delays = shown.flatMap(({ atMs, cells }) => {
    const time = readClock(cells);
    return time === null ? [] : [delayOf(time, atMs)];
  });
  delays.sort((a, b) => a - b);
  const at = (part: number) => delays[Math.min(delays.length - 1, Math.floor(part * delays.length))] ?? Number.NaN;
  return {
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    min_ms: at(0),
    max_ms: at(1),
    pictures: delays.length,
    unreadable: shown.length - delays.length,
    stalls,
    stall_ms: stallMs,
  };
}
