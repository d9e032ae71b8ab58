// For players that fetch keys themselves (native HLS): how many ticks are let go of for what they have played. They do not
// say which keys they have, so the gateway's count is believed, within what playing explains.

import type { Till } from "./till";

/** Ticks let go of ahead of the picture: such players read three segments ahead. */
export const NATIVE_AHEAD_TICKS = 8;
/** Times that such a player may begin anew, and lose what was fetched ahead, before it has played for as long again. */
const MAX_LOSSES = 2;

export class NativePace {
  readonly till: Till;
  /** Ticks that keys had been given for when the session was first played from. */
  readonly #start: number;
  /** The same, when the playlist at hand began. */
  #usedBefore: number;
  /** Seconds played from the playlists before, and from the one at hand. */
  #earlierS = 0;
  #playedS = 0;

  constructor(till: Till, usedTicks: number) {
    this.till = till;
    this.#start = usedTicks;
    this.#usedBefore = usedTicks;
  }

  /** The player begins anew: what it had fetched ahead is lost to it. */
  beginAnew(usedTicks: number): void {
    this.#usedBefore = usedTicks;
    this.#earlierS += this.#playedS;
    this.#playedS = 0;
  }

  /** So many seconds were played since it began. */
  played(seconds: number): void {
    this.#playedS = Math.max(this.#playedS, Math.ceil(seconds));
  }

  /** The tick to be let go of by now. */
  get target(): number {
    const ahead = this.#usedBefore + this.#playedS + NATIVE_AHEAD_TICKS;
    // Whatever the gateway says was used: never more than twice what was played, but for a few beginnings.
    const most = this.#start + 2 * (this.#earlierS + this.#playedS) + (1 + MAX_LOSSES) * NATIVE_AHEAD_TICKS;
    return Math.min(ahead, most);
  }

  /** Whether there is room for another key. */
  get isBeyondPlayed(): boolean {
    return this.target <= this.#usedBefore;
  }
}
