// Storyboards: WebVTT files whose cues name parts of sprite sheets. The pages show them over cards and the seek bar.

import type { StoryboardCue } from "./types";

/** Maximum number of cues: a day at one picture per ten seconds. The rest is cut. */
const MAX_CUES = 8_640;

const TIMING = /^(?:(\d+):)?(\d{2}):(\d{2})[.](\d{3})\s+-->\s+(?:(\d+):)?(\d{2}):(\d{2})[.](\d{3})/;
const TARGET = /^(\S+?)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

function secondsOf(hours: string | undefined, minutes = "0", seconds = "0", millis = "0"): number {
  return Number(hours ?? 0) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(millis) / 1_000;
}

/** Resolves a URL; null if it is not valid. Safari before 17 has no `URL.canParse`. */
function urlOf(text: string, base: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/**
 * Parses a storyboard. Its URLs are relative to `base`, a path at the gateway. Cues that are not understood are
 * skipped.
 */
export function parseStoryboard(text: string, base: string): StoryboardCue[] {
  const cues: StoryboardCue[] = [];
  const origin = "http://gateway.invalid";
  const lines = text.split(/\r?\n/);
  for (let at = 0; at + 1 < lines.length && cues.length < MAX_CUES; at++) {
    const timing = TIMING.exec(lines[at] ?? "");
    const target = timing && TARGET.exec((lines[at + 1] ?? "").trim());
    const url = target && urlOf(target[1] ?? "", origin + base);
    // Only pictures of the gateway itself are shown.
    if (!timing || !target || url?.origin !== origin) continue;
    cues.push({
      startS: secondsOf(timing[1], timing[2], timing[3], timing[4]),
      endS: secondsOf(timing[5], timing[6], timing[7], timing[8]),
      url: url.pathname + url.search,
      x: Number(target[2]),
      y: Number(target[3]),
      width: Number(target[4]),
      height: Number(target[5]),
    });
  }
  return cues;
}
