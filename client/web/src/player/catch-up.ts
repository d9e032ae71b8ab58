// Playing a little faster after a stall, until the picture is as near to live as the playlist allows. hls.js does that
// only while more than a second is buffered, which never happens when parts are short: all of the distance to live is then
// less than a second.

/** Maximum playback rate. The change is too small to be heard. */
const MAX_RATE = 1.08;
/** Distance from the target, in seconds, that is not worth a faster playback. */
const CLOSE_S = 0.08;
/** Distance at which a faster playback ends. Smaller than {@link CLOSE_S}, so that the rate does not change all the time. */
const REACHED_S = 0.02;
/** Rate of approach: the part of the distance that is caught up in a second. */
const APPROACH = 0.1;
/** Number of parts that have to be buffered: one that plays, and one more for the network. */
const PARTS_AHEAD = 1.5;
/** Distance from the target, in seconds, above which the viewer has chosen to watch an earlier time. */
const FAR_S = 6;

/** What the rate depends on. */
export interface Position {
  /** Seconds that the picture is behind where it should be. */
  readonly behindTargetS: number;
  /** Seconds buffered ahead of the picture. */
  readonly aheadS: number;
  /** Length of a part in seconds. */
  readonly partS: number;
  /** Present playback rate. */
  readonly rate: number;
}

/** The playback rate with which the picture comes nearer to live without emptying the buffer. */
export function catchUpRate({ behindTargetS, aheadS, partS, rate }: Position): number {
  const isFast = rate > 1;
  if (behindTargetS <= (isFast ? REACHED_S : CLOSE_S) || behindTargetS > FAR_S) return 1;
  if (aheadS < PARTS_AHEAD * partS) return 1;
  // Steps of a hundredth, so that small changes of the distance do not change the rate.
  return Math.round(Math.min(MAX_RATE, 1.01 + APPROACH * behindTargetS) * 100) / 100;
}
