// Interfaces between the parts of the player. An engine drives a video element and reports its state.

import type { ReadonlySignal } from "@preact/signals";
import type { SpriteImage } from "../ui/sprite";

/** What is played. */
export interface Source {
  /** Path of the playlist at this gateway. */
  readonly playlist: string;
  readonly isLive: boolean;
}

/** A picture of a period of a recording, shown over the seek bar. */
export interface PreviewImage extends SpriteImage {
  readonly startS: number;
  readonly endS: number;
}

/** `waiting`: the key or the data of the next picture has not arrived. `gone`: the stream is over. */
export type EngineState = "loading" | "playing" | "paused" | "waiting" | "gone" | "failed";

/** A rendition that can be chosen. */
export interface Quality {
  readonly level: number;
  /** Its name: `720p`. */
  readonly name: string;
  readonly bps: number;
}

/** The level that leaves the choice to the engine. */
export const AUTO = -1;

export interface Engine {
  readonly state: ReadonlySignal<EngineState>;
  /** Seconds behind the newest picture; null if unknown or not live. */
  readonly latencyS: ReadonlySignal<number | null>;
  /** Whether there is a newer picture worth jumping to. */
  readonly isBehind: ReadonlySignal<boolean>;
  /** Seconds fetched ahead of the picture on screen. */
  readonly aheadS: ReadonlySignal<number>;
  /** Whether playback can resume where it stopped: the gateway still has that part. */
  readonly canResume: ReadonlySignal<boolean>;
  readonly qualities: ReadonlySignal<readonly Quality[]>;
  /** The chosen level, or {@link AUTO}. */
  readonly chosen: ReadonlySignal<number>;
  /** The level on screen. */
  readonly current: ReadonlySignal<number>;
  choose(level: number): void;
  goLive(): void;
  /** Starts again, after a failure or when the stream is back. */
  retry(): void;
  destroy(): void;
}
