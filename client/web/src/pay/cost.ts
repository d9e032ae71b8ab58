// What a key costs.

/** Lengths are rounded on their way into a playlist: so much of a second above a whole one is not charged. */
const ROUNDING_S = 0.05;

/** Ticks that the key of a segment of this length costs. */
export function costOf(extinfS: number): number {
  return Math.max(1, Math.ceil(extinfS - ROUNDING_S));
}
