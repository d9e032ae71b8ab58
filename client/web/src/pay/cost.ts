// The cost of a key.

/** Fraction of a second above a whole number that is not charged, since a playlist rounds the lengths of segments. */
const ROUNDING_S = 0.05;

/** Ticks that the key of a segment of this length costs. */
export function costOf(extinfS: number): number {
  return Math.max(1, Math.ceil(extinfS - ROUNDING_S));
}
