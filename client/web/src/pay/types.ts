// What the paying layer offers: a key provider for each stream that is watched. It gives the player its keys, opens
// sessions without asking, reveals ticks, and holds a key for as long as it cannot be paid for.

import type { ReadonlySignal } from "@preact/signals";

/** Reason why a key is held. */
export type HoldReason =
  /** The preview is over and the viewer has not started to pay: {@link KeyProvider.start}. */
  | "consent"
  /** The stream costs more than the viewer has agreed to: {@link KeyProvider.start}. */
  | "dearer"
  /** No account is chosen. */
  | "wallet"
  /** The account has no deposit. */
  | "deposit"
  /** This browser is not among the devices that may spend from the deposit, or not any more. */
  | "key"
  /** The time for which this browser may spend is over. */
  | "expired"
  /** The stream costs more per second than this browser's limit allows. */
  | "price"
  /** This browser's limits do not include the stream. */
  | "scope"
  /** The deposit is spent. */
  | "funds"
  /** This browser's budget is spent. */
  | "allowance"
  /** This browser has as many open sessions as its limits allow. */
  | "key-sessions"
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
  | "ended"
  /** The gift is spent. */
  | "gift-used-up"
  /** The gift has expired, was removed, or never existed. */
  | "gift-invalid"
  /** The gift is watched in another place. */
  | "gift-elsewhere"
  /** The deposit of the person who gave the gift is spent. */
  | "gift-unpaid"
  /** The gift does not include this stream, or not at its price. */
  | "gift-limits";

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
 * State of paying for a stream. `idle`: no key was requested yet. `preview`: the last key was free. `bought`: the last key
 * was paid for in an earlier session. `paying`: the last key was paid for now. `held`: a key waits, and {@link KeyProvider.hold} says why. `stopped`: the viewer has stopped
 * paying, and no key waits.
 */
export type PaymentPhase = "idle" | "preview" | "bought" | "paying" | "held" | "stopped";

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

/** A stream as the viewer is asked about it. */
export interface StreamOffer {
  readonly stream: string;
  readonly creator: string;
  /** Price per second of a new session: an announced price, if that is higher. */
  readonly pricePerTick: bigint;
}

/** A gift that this browser has received through a link. */
export interface ReceivedGift {
  /** SS58 address of its session key. */
  readonly address: string;
  /** Hash of block 0 of its chain. */
  readonly genesis: string;
  /** Account from whose deposit it is paid. */
  readonly from: string;
  readonly secret: Uint8Array;
  readonly scope: GiftScope;
  readonly receivedAtMs: number;
}

/** What a gift can be watched with. */
export type GiftScope =
  | { readonly kind: "stream"; readonly stream: string }
  | { readonly kind: "creator"; readonly account: string };

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
  /** Whether a gift pays. */
  readonly isGift: boolean;
  readonly phase: ReadonlySignal<PaymentPhase>;
  readonly hold: ReadonlySignal<Hold | null>;
  /** What the viewer is asked to agree to, as last reported by the page or by the gateway. */
  readonly offer: ReadonlySignal<StreamOffer>;
  /**
   * Whether paying is allowed without asking: a session is open, or the viewer has pressed Start for a stream of this
   * creator at this price or a higher one, and not Stop since.
   */
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
  /** Reports the offer that the page shows. */
  update(offer: StreamOffer): void;
  /**
   * Agrees to pay for this creator's streams up to the given price per second, which was shown to the viewer: keys that
   * wait are paid for at once. The preview stays free.
   */
  start(pricePerTick: bigint): void;
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
