// Positions in a broadcast that can be watched from its beginning. They are times of the day, since the live playlist
// and the one from the beginning count seconds from different points.

import { clock } from "../ui/format";

/** Distance from the newest picture within which a position counts as live, in seconds. */
export const LIVE_WITHIN_S = 8;

/** Where playback is in a broadcast. */
export interface Timeline {
  readonly lengthS: number;
  readonly positionS: number;
  readonly behindS: number;
}

/** The position of a picture in a broadcast; null if its time is not known. */
export function timelineOf(startMs: number, dateMs: number | null, edgeMs: number | null): Timeline | null {
  if (dateMs === null || edgeMs === null || edgeMs <= startMs) return null;
  const lengthS = (edgeMs - startMs) / 1_000;
  const positionS = Math.min(lengthS, Math.max(0, (dateMs - startMs) / 1_000));
  return { lengthS, positionS, behindS: lengthS - positionS };
}

/** How far behind live a position is: `4:10 behind live`, or `Live`. */
export function behindText(behindS: number): string {
  return behindS <= LIVE_WITHIN_S ? "Live" : `${clock(behindS)} behind live`;
}

/** Where to continue. `live`: at the newest picture. `here`: within what the player has. `earlier`: from the beginning's playlist. */
export type Target =
  | { readonly kind: "live" }
  | { readonly kind: "here"; readonly bySeconds: number }
  | { readonly kind: "earlier"; readonly positionS: number };

/** What is known of playback when the viewer seeks. */
export interface Playing {
  /** Start of the broadcast, in milliseconds since 1970; null if viewers cannot go back. */
  readonly startMs: number | null;
  readonly dateMs: number;
  readonly edgeMs: number;
  /** Oldest picture that the present playlist has. */
  readonly oldestMs: number;
}

/** Where to continue to show the picture of a time. */
export function targetOf(wantedMs: number, { startMs, dateMs, edgeMs, oldestMs }: Playing): Target {
  if (wantedMs >= edgeMs - LIVE_WITHIN_S * 1_000) return { kind: "live" };
  if (wantedMs >= oldestMs) return { kind: "here", bySeconds: (wantedMs - dateMs) / 1_000 };
  if (startMs === null) return { kind: "here", bySeconds: (oldestMs - dateMs) / 1_000 };
  return { kind: "earlier", positionS: Math.max(0, (wantedMs - startMs) / 1_000) };
}
