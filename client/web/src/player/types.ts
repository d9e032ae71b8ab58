// What the player's parts say to each other: an engine drives a video element, whichever way, and tells how it is.

import type { ReadonlySignal } from "@preact/signals";

/** What is played. */
export interface Source {
  /** The playlist: a path at this gateway. */
  readonly playlist: string;
  readonly isLive: boolean;
}

/** `waiting`: nothing to show next, for the key's or the network's sake. `gone`: the stream is over. */
export type EngineState = "loading" | "playing" | "paused" | "waiting" | "gone" | "failed";

/** A rendition that can be chosen. */
export interface Quality {
  readonly level: number;
  /** `720p`. */
  readonly name: string;
  readonly bps: number;
}

/** Chosen by the engine. */
export const AUTO = -1;

export interface Engine {
  readonly state: ReadonlySignal<EngineState>;
  /** Behind the newest picture there is, in seconds; null when it is not live or not known. */
  readonly latencyS: ReadonlySignal<number | null>;
  /** Whether there is something newer worth jumping to. */
  readonly isBehind: ReadonlySignal<boolean>;
  /** Fetched and not shown yet, in seconds. */
  readonly aheadS: ReadonlySignal<number>;
  /** Whether what was on screen when playing stopped can still be fetched. */
  readonly canResume: ReadonlySignal<boolean>;
  readonly qualities: ReadonlySignal<readonly Quality[]>;
  /** The chosen level; {@link AUTO} if it is left to the engine. */
  readonly chosen: ReadonlySignal<number>;
  /** The level on screen. */
  readonly current: ReadonlySignal<number>;
  choose(level: number): void;
  goLive(): void;
  /** Begins anew, after a failure or when the stream is back. */
  retry(): void;
  destroy(): void;
}
