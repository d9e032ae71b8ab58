// What the paying layer offers: a key provider for each stream that is watched. It gives the player its keys, opens
// sessions without asking, reveals ticks, and holds a key for as long as it cannot be paid for.

import type { ReadonlySignal } from "@preact/signals";

/** Reason why a key is held. */
export type HoldReason =
  /** The preview is over and the viewer has not started to pay: {@link KeyProvider.start}. */
  | "consent"
  /** No account is chosen. */
  | "wallet"
  /** The account has no deposit. */
  | "deposit"
  /** This browser is not authorised to spend from the deposit, or not any more. */
  | "delegation"
  /** The stream costs more per second than the limit allows. */
  | "price"
  /** The deposit is spent. */
  | "funds"
  /** The limit's total amount is spent. */
  | "allowance"
  /** The account has the maximum number of open sessions. */
  | "sessions"
  /** Another tab pays for this stream: {@link KeyProvider.takeOver}. */
  | "elsewhere"
  /** Waiting for a block. Resolves by itself within seconds. */
  | "block"
  /** The gateway does not answer, or gives no keys at the moment. It is asked again. */
  | "gateway"
  /** No node answers. It is asked again. */
  | "chain"
  /** The gateway asks for more than the key costs, or refuses for a reason that asking again does not change. */
  | "refused"
  /** Several sessions have ended without a key. No other is opened before {@link KeyProvider.start}. */
  | "ended";

/** A key that waits, and why. */
export interface Hold {
  readonly reason: HoldReason;
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** What the viewer can do, in a sentence; null if it resolves by itself. */
  readonly hint: string | null;
  /** When the hold began, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * State of paying for a stream. `idle`: no key was requested yet. `preview`: the last key was free. `paying`: the last
 * key was paid for. `held`: a key waits, and {@link KeyProvider.hold} says why. `stopped`: the viewer has stopped
 * paying, and no key waits.
 */
export type PaymentPhase = "idle" | "preview" | "paying" | "held" | "stopped";

/** The session that is being paid in. */
export interface OpenSession {
  readonly session: string;
  readonly pricePerTick: bigint;
  readonly maxTicks: number;
  readonly revealedTicks: number;
  /** Ticks settled on chain, as last reported by the gateway. */
  readonly settledTicks: number;
  readonly openedAtMs: number;
}

/** Seconds left at which the viewer is warned. */
export type Warning = 60 | 15;

/** A player's request for a key. */
export interface KeyRequest {
  /** Index of the segment's key: the last part of its key URI. */
  readonly index: number;
  /** Cost of the key: `costOf(EXTINF)`. */
  readonly costTicks: number;
  /** Cancels the request, for instance when the player seeks elsewhere. */
  readonly signal?: AbortSignal;
}

/** Gets the keys of one stream in this tab, and pays for them. */
export interface KeyProvider {
  readonly stream: string;
  readonly phase: ReadonlySignal<PaymentPhase>;
  readonly hold: ReadonlySignal<Hold | null>;
  /** Whether paying is allowed without asking: the viewer has pressed Start, here or on an earlier stream. */
  readonly isStarted: ReadonlySignal<boolean>;
  /** Seconds left of the free preview; null until known. */
  readonly previewLeftS: ReadonlySignal<number | null>;
  readonly session: ReadonlySignal<OpenSession | null>;
  /**
   * Value of the ticks revealed for this stream since the page was loaded, and in the session that it resumed; in
   * planck.
   */
  readonly spent: ReadonlySignal<bigint>;
  /** Fees paid for opening sessions, in planck. */
  readonly fees: ReadonlySignal<bigint>;
  /** Seconds that the money within the limits lasts; null until known. */
  readonly leftS: ReadonlySignal<number | null>;
  /** 60 with less than a minute left, 15 with less than 15 s; null otherwise. */
  readonly warning: ReadonlySignal<Warning | null>;
  /** When a tick was last revealed, in milliseconds since 1970. Does not change while the player stalls. */
  readonly lastPaidMs: ReadonlySignal<number | null>;

  /**
   * Resolves with the key's 16 bytes. Stays pending for as long as the key cannot be paid for. Rejects only with an
   * `AbortError`, or with a `KeyUnavailableError` if the gateway does not give the key any more, or not yet.
   */
  key(request: KeyRequest): Promise<Uint8Array>;
  /** Allows paying: keys that wait are paid for at once. The preview stays free. */
  start(): void;
  /** Stops paying, in every tab, and leaves the session. What is left of it returns to the deposit. */
  stop(): Promise<void>;
  /** Takes the session over from another tab. */
  takeOver(): Promise<void>;
  /**
   * For players that fetch keys themselves (native HLS): resolves with the URL of the playlist. The first time it has
   * no token, for the free preview. When the player then fails, call this again: it pays, and the URL has the session's
   * token. Call {@link KeyProvider.played} during playback.
   */
  nativePlaylist(playlist: string, signal?: AbortSignal): Promise<string>;
  /**
   * Reports the seconds played since {@link KeyProvider.nativePlaylist}, and the seconds fetched beyond that. Pays a
   * few seconds ahead of what was played, or counts the preview down.
   */
  played(seconds: number, aheadS?: number): void;
  /** Leaves the session and frees everything. Not to be called for a reload, after which the session is resumed. */
  dispose(): Promise<void>;
}
