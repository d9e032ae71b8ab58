// Plays through hls.js, with low latency where the playlist offers it. The buffer is short, since the viewer pays for
// what is fetched.

import type { ErrorData, default as HlsInstance, Level } from "hls.js";
import type { KeyProvider } from "../pay";
import { chosenAgain, EngineSignals } from "./engine-signals";
import { loadersOf } from "./key-loader";
import { AUTO, type Engine, type Quality, type Source } from "./types";
import { aheadOf, type VideoState } from "./video-state";

type HlsLibrary = typeof import("hls.js/light");

/** Maximum length of the buffer ahead of the picture, in seconds. */
const MAX_AHEAD_S = 6;
/** Length of the buffer behind the picture, in seconds. */
const BACK_BUFFER_S = 30;
/** Distance behind the target position from which playback counts as behind live, in seconds. */
const BEHIND_S = 3;
/** Playback rate for catching up. The change is too small to be heard. */
const CATCH_UP_RATE = 1.08;
const UPDATE_EVERY_MS = 500;
/** Delay before a stream that is gone is requested again, in milliseconds. */
const RETRY_MS = 3_000;
/** Number of restarts of the media pipeline after errors, before playback counts as failed. */
const MAX_RECOVERIES = 3;
const NOT_FOUND = 404;

function qualityOf(level: Level, at: number): Quality {
  const name = level.height ? `${level.height}p` : level.name || `${Math.round(level.bitrate / 1000)} kbit/s`;
  return { level: at, name, bps: level.bitrate };
}

export class HlsEngine extends EngineSignals implements Engine {
  readonly #library: HlsLibrary;
  readonly #workerUrl: string;
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #keyProvider: KeyProvider;
  #hls: HlsInstance | null = null;
  #timer = 0;
  #retryTimer = 0;
  #recoveries = 0;
  /** Position at which playback stopped because its key was held. */
  #stoppedAtS: number | null = null;
  #isDestroyed = false;
  #hasPlayed = false;

  constructor(
    library: HlsLibrary,
    workerUrl: string,
    video: HTMLVideoElement,
    source: Source,
    keyProvider: KeyProvider,
  ) {
    super();
    this.#library = library;
    this.#workerUrl = workerUrl;
    this.#video = video;
    this.#source = source;
    this.#keyProvider = keyProvider;
    for (const name of ["playing", "pause", "waiting", "ended"]) video.addEventListener(name, this.#onMedia);
    this.#timer = window.setInterval(() => this.#update(), UPDATE_EVERY_MS);
    this.#start();
  }

  #start(): void {
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
      loader: loadersOf(DefaultConfig.loader, this.#keyProvider, targetS),
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

  /** Keeps the quality that the viewer has chosen when playback restarts. */
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

  /** Jumps to live before the first picture: a first key that came late must not make playback start behind. */
  #onFirstPicture(): void {
    this.#hasPlayed = true;
    const hls = this.#hls;
    if (this.#source.isLive && hls && hls.latency > (hls.targetLatency ?? hls.latency) + BEHIND_S) this.goLive();
  }

  #update(): void {
    const hls = this.#hls;
    this.aheadS.value = aheadOf(this.#video);
    if (!hls || !this.#source.isLive) return;
    // Before the first picture, the latency means nothing.
    const latency = hls.latency > 0 && this.#hasPlayed ? hls.latency : null;
    this.latencyS.value = latency;
    this.isBehind.value = latency !== null && latency > (hls.targetLatency ?? latency) + BEHIND_S;
    const isHeld = this.#keyProvider.hold.peek() !== null && this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
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
    this.#start();
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

/** Starts the engine for this browser, which is loaded now. */
export async function startEngine(
  video: HTMLVideoElement,
  source: Source,
  keyProvider: KeyProvider,
  state: Pick<VideoState, "autoplay">,
): Promise<Engine> {
  const [library, worker] = await Promise.all([import("hls.js/light"), import("hls.js/dist/hls.worker.js?url")]);
  if (library.default.isSupported()) return new HlsEngine(library, worker.default, video, source, keyProvider);
  const { NativeEngine } = await import("./native-engine");
  return new NativeEngine(video, source, keyProvider, state);
}
