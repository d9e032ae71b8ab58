// How many ticks to reveal for players that fetch keys themselves (native HLS). They do not report which keys they
// have, so the gateway's count of charged ticks is used, within what the time played can explain.

import type { SessionPayer } from "./session-payer";

/** Ticks revealed ahead of the picture: such players fetch three segments ahead. */
export const NATIVE_AHEAD_TICKS = 8;
/** Times that such a player may restart, and lose what it had fetched ahead, before it has played for as long again. */
const MAX_RESTARTS = 2;

export class NativePace {
  readonly payer: SessionPayer;
  /** Charged ticks when the session was first played from. */
  readonly #initialTicks: number;
  /** Charged ticks when the present playlist began. */
  #ticksBefore: number;
  /** Seconds played from earlier playlists, and from the present one. */
  #earlierS = 0;
  #playedS = 0;

  constructor(payer: SessionPayer, chargedTicks: number) {
    this.payer = payer;
    this.#initialTicks = chargedTicks;
    this.#ticksBefore = chargedTicks;
  }

  /** Notes that the player starts a new playlist, and so has lost what it had fetched ahead. */
  restart(chargedTicks: number): void {
    this.#ticksBefore = chargedTicks;
    this.#earlierS += this.#playedS;
    this.#playedS = 0;
  }

  /** Notes the seconds played since the present playlist began. */
  played(seconds: number): void {
    this.#playedS = Math.max(this.#playedS, Math.ceil(seconds));
  }

  /** The tick up to which ticks should be revealed by now. */
  get targetTicks(): number {
    const ahead = this.#ticksBefore + this.#playedS + NATIVE_AHEAD_TICKS;
    // Whatever the gateway claims, at most twice what was played, besides a few restarts.
    const playedS = this.#earlierS + this.#playedS;
    const most = this.#initialTicks + 2 * playedS + (1 + MAX_RESTARTS) * NATIVE_AHEAD_TICKS;
    return Math.min(ahead, most);
  }

  /** Whether the gateway claims so much that no further tick may be revealed. */
  get isExhausted(): boolean {
    return this.targetTicks <= this.#ticksBefore;
  }
}
