// Delays between attempts to connect.

/** Shortest delay before another attempt, in milliseconds. */
const FIRST_DELAY_MS = 500;
/** Longest delay. */
const MAX_DELAY_MS = 30_000;

/**
 * Delay before the next attempt after `failures` failed ones, in milliseconds. It doubles with each failure. Up to a
 * third is taken off at random, so that a restarted server does not get all its clients back in the same instant.
 */
export function retryDelayMs(failures: number): number {
  const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
  return delay * (1 - Math.random() / 3);
}
