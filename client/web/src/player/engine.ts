// Plays through hls.js: low latency where the playlist offers it, plain otherwise. What is bought ahead is kept short,
// for the viewer pays for what is fetched, not for what is seen.

import type { ErrorData, default as HlsInstance, Level } from "hls.js";
import type { Purse } from "../pay";
import { chosenAgain, Dials } from "./dials";
import { loadersOf } from "./key-loader";
import { AUTO, type Engine, type Quality, type Source } from "./types";
import { aheadOf, type VideoState } from "./video-state";

type HlsLibrary = typeof import("hls.js/light");

/** Bought ahead at most, in seconds. */
const MAX_AHEAD_S = 6;
/** Kept for looking back, in seconds. */
const BACK_BUFFER_S = 30;
/** More than this behind where playing should be, and the badge turns grey. */
const BEHIND_S = 3;
/** A gentle catching up, not to be heard. */
const CATCH_UP_RATE = 1.08;
const LOOK_EVERY_MS = 500;
/** A stream that has gone is asked for again so often. */
const RETRY_MS = 3_000;
/** Errors of the media pipeline that are mended by starting it again, before playing is called failed. */
const MAX_RECOVERIES = 3;
const NOT_FOUND = 404;

function qualityOf(level: Level, at: number): Quality {
  const name = level.height ? `${level.height}p` : level.name || `${Math.round(level.bitrate / 1000)} kbit/s`;
  return { level: at, name, bps: level.bitrate };
}

export class HlsEngine extends Dials implements Engine {
  readonly #library: HlsLibrary;
  readonly #workerUrl: string;
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #purse: Purse;
  #hls: HlsInstance | null = null;
  #timer = 0;
  #retryTimer = 0;
  #recoveries = 0;
  /** Where playing stopped for want of a key. */
  #stoppedAtS: number | null = null;
  #isDestroyed = false;
  #hasPlayed = false;

  constructor(library: HlsLibrary, workerUrl: string, video: HTMLVideoElement, source: Source, purse: Purse) {
    super();
    this.#library = library;
    this.#workerUrl = workerUrl;
    this.#video = video;
    this.#source = source;
    this.#purse = purse;
    for (const name of ["playing", "pause", "waiting", "ended"]) video.addEventListener(name, this.#onMedia);
    this.#timer = window.setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#begin();
  }

  #begin(): void {
    const Hls = this.#library.default;
    const { DefaultConfig } = Hls;
    const targetS = () => this.#hls?.latestLevelDetails?.targetduration ?? null;
    const hls = new Hls({
      enableWorker: true,
      workerPath: this.#workerUrl,
      lowLatencyMode: this.#source.isLive,
      maxLiveSyncPlaybackRate: CATCH_UP_RATE,
      maxBufferLength: MAX_AHEAD_S,
      maxMaxBufferLength: MAX_AHEAD_S,
      backBufferLength: BACK_BUFFER_S,
      capLevelToPlayerSize: true,
      loader: loadersOf(DefaultConfig.loader, this.#purse, targetS),
    });
    this.#hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => this.#onLevels(hls, levels.map(qualityOf)));
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
      this.current.value = level;
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      this.#recoveries = 0;
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data));
    hls.loadSource(this.#source.playlist);
    hls.attachMedia(this.#video);
  }

  /** Whoever has chosen a quality keeps it when playing begins anew. */
  #onLevels(hls: HlsInstance, levels: readonly Quality[]): void {
    this.chosen.value = chosenAgain(this.chosen.peek(), this.qualities.peek(), levels);
    this.qualities.value = levels;
    if (this.chosen.peek() !== AUTO) hls.loadLevel = this.chosen.peek();
  }

  readonly #onMedia = (): void => {
    const video = this.#video;
    if (!this.#hasPlayed && !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA)
      this.#onFirstPicture();
    if (video.ended) this.state.value = "gone";
    else if (video.paused) this.state.value = this.state.peek() === "loading" ? "loading" : "paused";
    else this.state.value = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA ? "playing" : "waiting";
  };

  /** Whoever has seen nothing yet has nothing to go on with: a key that came late must not mean to begin late. */
  #onFirstPicture(): void {
    this.#hasPlayed = true;
    const hls = this.#hls;
    if (this.#source.isLive && hls && hls.latency > (hls.targetLatency ?? hls.latency) + BEHIND_S) this.goLive();
  }

  #look(): void {
    const hls = this.#hls;
    this.aheadS.value = aheadOf(this.#video);
    if (!hls || !this.#source.isLive) return;
    // Before the first picture there is nothing that could be late.
    const latency = hls.latency > 0 && this.#hasPlayed ? hls.latency : null;
    this.latencyS.value = latency;
    this.isBehind.value = latency !== null && latency > (hls.targetLatency ?? latency) + BEHIND_S;
    const isHeld = this.#purse.hold.peek() !== null && this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (!isHeld) this.#stoppedAtS = null;
    else this.#stoppedAtS ??= this.#video.currentTime;
    const oldest = hls.latestLevelDetails?.fragmentStart;
    this.canResume.value = this.#stoppedAtS === null || oldest === undefined || this.#stoppedAtS >= oldest;
  }

  #onError(data: ErrorData): void {
    if (!data.fatal || !this.#hls) return;
    const { ErrorTypes } = this.#library.default;
    if (data.type === ErrorTypes.MEDIA_ERROR && this.#recoveries < MAX_RECOVERIES) {
      this.#recoveries++;
      this.#hls.recoverMediaError();
      return;
    }
    if (data.type === ErrorTypes.NETWORK_ERROR) {
      this.state.value = data.response?.code === NOT_FOUND ? "gone" : "waiting";
      window.clearTimeout(this.#retryTimer);
      this.#retryTimer = window.setTimeout(() => this.retry(), RETRY_MS);
      return;
    }
    this.state.value = "failed";
  }

  choose(level: number): void {
    this.chosen.value = level;
    if (this.#hls) this.#hls.nextLevel = level;
  }

  goLive(): void {
    const to = this.#hls?.liveSyncPosition;
    if (to !== null && to !== undefined && Number.isFinite(to)) this.#video.currentTime = to;
    void this.#video.play().catch(() => undefined);
  }

  retry(): void {
    if (this.#isDestroyed) return;
    window.clearTimeout(this.#retryTimer);
    this.#hls?.destroy();
    this.#begin();
    void this.#video.play().catch(() => undefined);
  }

  destroy(): void {
    this.#isDestroyed = true;
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#retryTimer);
    for (const name of ["playing", "pause", "waiting", "ended"]) this.#video.removeEventListener(name, this.#onMedia);
    this.#hls?.destroy();
    this.#hls = null;
  }
}

/** The engine for this browser, loaded when it is first needed. */
export async function startEngine(
  video: HTMLVideoElement,
  source: Source,
  purse: Purse,
  state: Pick<VideoState, "autoplay">,
): Promise<Engine> {
  const [library, worker] = await Promise.all([import("hls.js/light"), import("hls.js/dist/hls.worker.js?url")]);
  if (library.default.isSupported()) return new HlsEngine(library, worker.default, video, source, purse);
  const { NativeEngine } = await import("./native");
  return new NativeEngine(video, source, purse, state);
}
