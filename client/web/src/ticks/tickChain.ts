// One session's tick chain: `w[length]` is the seed, `w[i-1] = H(w[i])`, and the proof of tick `i` is `w[i]`.

import { tickHasher } from "./hashing";

/** Every so many elements one is kept: a proof takes at most so many hashes less one, and a day's chain 43 KB. */
export const CHECKPOINT_EVERY = 64;
/** The longest chain that is made: what gateways take at most, a day. */
export const MAX_TICKS = 86_400;

export class TickChain {
  readonly length: number;
  readonly anchor: Uint8Array;
  readonly #hash: (element: Uint8Array) => Uint8Array;
  readonly #seed: Uint8Array;
  /** Element `CHECKPOINT_EVERY * n` at `n`. */
  readonly #checkpoints: Uint8Array[] = [];

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

  /** The proof of a tick; null beyond the chain's end. Tick 0 is the anchor and proves nothing. */
  proof(tick: number): Uint8Array | null {
    if (!Number.isInteger(tick) || tick < 0 || tick > this.length) return null;
    const above = Math.ceil(tick / CHECKPOINT_EVERY);
    const checkpoint = this.#checkpoints[above];
    let element = checkpoint ?? this.#seed;
    for (let at = checkpoint ? above * CHECKPOINT_EVERY : this.length; at > tick; at--) element = this.#hash(element);
    return element;
  }
}
