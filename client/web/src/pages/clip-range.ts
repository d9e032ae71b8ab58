// The part of a video that a clip shows: between 5 seconds and 2 minutes.

/** Shortest and longest clip, in seconds. */
export const MIN_CLIP_S = 5;
export const MAX_CLIP_S = 120;
/** Length with which a new clip begins, in seconds. */
const USUAL_S = 30;

export interface ClipRange {
  readonly startS: number;
  readonly endS: number;
}

/** The range that is suggested: the end of a broadcast that is on air, or the beginning of a recording. */
export function suggestedRange(lengthS: number, isLive: boolean): ClipRange {
  const length = Math.min(USUAL_S, lengthS);
  return isLive ? { startS: lengthS - length, endS: lengthS } : { startS: 0, endS: length };
}

/** Moves the start. The end follows if the clip would be too short or too long. */
export function withStart({ endS }: ClipRange, startS: number, lengthS: number): ClipRange {
  const start = Math.min(Math.max(0, startS), Math.max(0, lengthS - MIN_CLIP_S));
  return { startS: start, endS: Math.min(lengthS, Math.max(start + MIN_CLIP_S, Math.min(endS, start + MAX_CLIP_S))) };
}

/** Moves the end. The start follows if the clip would be too short or too long. */
export function withEnd({ startS }: ClipRange, endS: number, lengthS: number): ClipRange {
  const end = Math.max(Math.min(lengthS, endS), Math.min(MIN_CLIP_S, lengthS));
  return { startS: Math.max(0, Math.min(end - MIN_CLIP_S, Math.max(startS, end - MAX_CLIP_S))), endS: end };
}

/** Parses a position: `1:02:03`, `4:05`, `65` or `65.5`. Null if it is none. */
export function parsePosition(text: string): number | null {
  const found = /^(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,6}(?:[.]\d{1,3})?)$/.exec(text.trim());
  if (!found) return null;
  const [, hours, minutes, seconds = "0"] = found;
  if (minutes !== undefined && Number(seconds) >= 60) return null;
  if (hours !== undefined && Number(minutes) >= 60) return null;
  return Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds);
}
