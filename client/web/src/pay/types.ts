// What the paying layer offers to the pages: a purse for each stream that is watched. It gives the player its keys,
// opens sessions without asking, lets go of ticks, and holds a key for as long as it cannot be paid.

import type { ReadonlySignal } from "@preact/signals";

/** Why a key is being held. */
export type HoldReason =
  /** The preview is over and nobody has said that paying may begin: {@link Purse.start}. */
  | "consent"
  /** No account is chosen. */
  | "wallet"
  /** The account has no deposit. */
  | "deposit"
  /** No session key is lent, or another one, or its time is over. */
  | "delegation"
  /** The stream costs more a second than the limit allows. */
  | "price"
  /** The deposit is spent. */
  | "funds"
  /** The limit "in all" is reached. */
  | "allowance"
  /** As many sessions are open as an account may have. */
  | "sessions"
  /** Another tab pays for this stream: {@link Purse.takeOver}. */
  | "elsewhere"
  /** Waits for a block: resolves by itself in seconds. */
  | "block"
  /** The gateway does not answer or sells nothing just now; it is asked again. */
  | "gateway"
  /** No node answers; it is asked again. */
  | "chain"
  /** The gateway asks for more than the key costs, or refuses for a reason that asking again does not mend. */
  | "refused"
  /** One session after another has ended without a key: no other is opened before {@link Purse.start}. */
  | "ended";

/** A key that waits, and why. */
export interface Hold {
  readonly reason: HoldReason;
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** What would mend it, in a sentence; null when it mends itself. */
  readonly mend: string | null;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * Where the purse stands. `idle`: no key was asked for yet. `preview`: the last key was free. `paying`: the last key was
 * paid for. `held`: a key waits, {@link Purse.hold} says why. `stopped`: the viewer has stopped paying and no key waits.
 */
export type PursePhase = "idle" | "preview" | "paying" | "held" | "stopped";

/** The session being paid in. */
export interface OpenSession {
  readonly session: string;
  readonly pricePerTick: bigint;
  readonly maxTicks: number;
  /** Ticks let go of. */
  readonly paidTicks: number;
  /** Ticks settled on chain, as last heard. */
  readonly settledTicks: number;
  readonly openedAtMs: number;
}

/** Seconds left at which the viewer is warned. */
export type Warning = 60 | 15;

/** A key, as the player asks for it. */
export interface KeyWish {
  /** The segment's key index: the last part of its key URI. */
  readonly index: number;
  /** What it costs: `costOf(EXTINF)`. */
  readonly costTicks: number;
  /** Calls it off: the player has jumped elsewhere. */
  readonly signal?: AbortSignal;
}

/** A purse: pays for one stream in this tab. */
export interface Purse {
  readonly stream: string;
  readonly phase: ReadonlySignal<PursePhase>;
  readonly hold: ReadonlySignal<Hold | null>;
  /** Whether paying is allowed without asking: the viewer has pressed Start here or on a stream before. */
  readonly isStarted: ReadonlySignal<boolean>;
  /** Free seconds left; null until known. */
  readonly previewLeftS: ReadonlySignal<number | null>;
  readonly session: ReadonlySignal<OpenSession | null>;
  /** Planck let go of for this stream since the page began, or since the session began that a reload went on with. */
  readonly spent: ReadonlySignal<bigint>;
  /** Planck of open fees besides. */
  readonly fees: ReadonlySignal<bigint>;
  /** Seconds that the money within the limits lasts; null while unknown. */
  readonly leftS: ReadonlySignal<number | null>;
  /** 60 when less than a minute is left, 15 when less than 15 s; null otherwise. */
  readonly warning: ReadonlySignal<Warning | null>;
  /** When a tick was last let go of, in milliseconds since 1970. While the player stalls it does not move. */
  readonly lastPaidMs: ReadonlySignal<number | null>;

  /**
   * The key's 16 bytes. Stays pending for as long as the key cannot be paid and rejects only with an `AbortError` or with
   * a `KeyGoneError`, when the key is not sold any more (too old) or not yet.
   */
  key(wish: KeyWish): Promise<Uint8Array>;
  /** Allows paying: keys that wait are paid for at once. Free seconds stay free. */
  start(): void;
  /** Stops paying, in every tab, and leaves the session, whose rest comes back to the deposit. */
  stop(): Promise<void>;
  /** Takes the session over from another tab. */
  takeOver(): Promise<void>;
  /**
   * For players that fetch keys themselves (native HLS): the playlist's URL. The first time without a token, for the free
   * preview; when the player fails, ask again: then it pays, and answers the URL with the session's token. Call
   * {@link Purse.played} while it plays.
   */
  nativePlaylist(playlist: string, signal?: AbortSignal): Promise<string>;
  /**
   * Says how many seconds have been played since {@link Purse.nativePlaylist}, and how many are fetched beyond that: pays
   * a few seconds ahead of what was played, or counts the preview down.
   */
  played(seconds: number, aheadS?: number): void;
  /** Leaves the session and lets go of everything. A page that is only reloaded does not call this. */
  dispose(): Promise<void>;
}

/** A key that cannot be had: too old, or yet to come. The playlist must be read again. */
export interface KeyGone {
  readonly index: number;
}
