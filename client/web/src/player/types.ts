// Interfaces between the parts of the player. An engine drives a video element and reports its state.

import type { ReadonlySignal } from "@preact/signals";
import type { SpriteImage } from "../ui/sprite";
import type { Probe } from "./bandwidth";
import type { QualityReport } from "./quality-meter";

/** What is played. */
export interface Source {
  /** Path of the playlist at this gateway. */
  readonly playlist: string;
  readonly isLive: boolean;
  /** Position at which a recording begins, in seconds; its beginning if absent. */
  readonly startS?: number;
  /** Measures the bandwidth to the gateway. Without it, the player begins with the lowest rendition. */
  readonly probe?: Probe;
  /** Takes reports on the quality of playback. */
  readonly onQuality?: (report: QualityReport) => void;
}

/** The part of a broadcast that can be watched again while it is on air. */
export interface DvrWindow {
  /** Path of its playlist at this gateway. */
  readonly playlist: string;
  /** When it began, in milliseconds since 1970. */
  readonly startMs: number;
}

/** An audio track that can be chosen. */
export interface AudioChoice {
  readonly id: number;
  readonly language: string;
  readonly name: string;
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
  /** Kind of the player, as reported. */
  readonly kind: "hls.js" | "native";
  /** When the viewer wanted to watch, on the clock of `performance.now()`. */
  readonly wantedAtMs: number;
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
  readonly audios: ReadonlySignal<readonly AudioChoice[]>;
  /** Id of the audio track that is heard; -1 if unknown. */
  readonly audio: ReadonlySignal<number>;
  /** Whether an earlier part of a broadcast is shown, from its beginning up to now. */
  readonly isDelayed: ReadonlySignal<boolean>;
  /** When the picture on screen was recorded, in milliseconds since 1970; null if unknown. */
  readonly dateMs: ReadonlySignal<number | null>;
  /** The same for the newest picture of a broadcast. */
  readonly edgeMs: ReadonlySignal<number | null>;
  choose(level: number): void;
  chooseAudio(id: number): void;
  /** Plays faster or slower. At the newest picture of a broadcast, the speed is always 1. */
  setSpeed(rate: number): void;
  goLive(): void;
  /** Offers the earlier part of a broadcast; null if there is none. */
  offerDvr(dvr: DvrWindow | null): void;
  /** Shows the picture of that time, in milliseconds since 1970; the newest one if that is later. */
  seekToDate(dateMs: number): void;
  /** Moves by some seconds, back or forward. */
  seekBy(seconds: number): void;
  /** Starts again, after a failure or when the stream is back. A viewer who has paused stays paused. */
  retry(): void;
  destroy(): void;
}
