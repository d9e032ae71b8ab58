// The tick chain of a session: `w[length]` is the seed, `w[i-1] = H(w[i])`, `w[0]` is the anchor, and the proof of tick
// `i` is `w[i]`.

import { tickHasher } from "./hashing";

/**
 * Every element whose index is a multiple of this is kept: a proof takes fewer hashes than this, and a day's chain 43
 * KB.
 */
export const CHECKPOINT_EVERY = 64;
/** Maximum length of a chain, in ticks: a day, the most that gateways accept. */
export const MAX_TICKS = 86_400;

export class TickChain {
  readonly length: number;
  readonly anchor: Uint8Array;
  readonly #hash: (element: Uint8Array) => Uint8Array;
  readonly #seed: Uint8Array;
  /** Element `CHECKPOINT_EVERY * n` at index `n`. */
  readonly #checkpoints: Uint8Array[] = [];

  /** @throws RangeError if the length is not a whole number from 0 to {@link MAX_TICKS}. */
  constructor(session: Uint8Array, seed: Uint8Array, length: number) {
    if (!Number.isInteger(length) || length < 0 || length > MAX_TICKS) {
      throw new RangeError(`a tick chain has at most ${MAX_TICKS} ticks, not ${length}`);
    }
    this.length = length;
    this.#hash = tickHasher(session);
    this.#seed = seed;
    let element = seed;
    for (let at = length; ; at--) {
      if (at % CHECKPOINT_EVERY === 0) this.#checkpoints[at / CHECKPOINT_EVERY] = element;
      if (at === 0) break;
      element = this.#hash(element);
    }
    this.anchor = element;
  }

  /** Returns the proof of a tick; null beyond the end of the chain. Tick 0 is the anchor, which proves nothing. */
  proof(tick: number): Uint8Array | null {
    if (!Number.isInteger(tick) || tick < 0 || tick > this.length) return null;
    const above = Math.ceil(tick / CHECKPOINT_EVERY);
    const checkpoint = this.#checkpoints[above];
    let element = checkpoint ?? this.#seed;
    for (let at = checkpoint ? above * CHECKPOINT_EVERY : this.length; at > tick; at--) element = this.#hash(element);
    return element;
  }
}
