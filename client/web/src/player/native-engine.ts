// Plays through the browser itself, where hls.js does not work: on iPhones. The browser fetches the keys, so the
// playlist's URL carries the session's token. The key provider learns how much was played, and pays a few seconds
// ahead of that.

import { isAbort } from "../common/errors";
import type { KeyProvider } from "../pay";
import { EngineSignals } from "./engine-signals";
import { type Playing, targetOf } from "./timeline";
import type { Engine, Source } from "./types";
import { aheadOf, play, type VideoState } from "./video-state";

const UPDATE_EVERY_MS = 500;
/** Distance behind the newest picture from which playback counts as behind live, in seconds. */
const BEHIND_S = 8;
const RETRY_MS = 3_000;
/** Safari says which time of day the beginning of the timeline is. */
interface DatedVideo {
  getStartDate?(): Date;
}

/** A larger change of the position between two updates is a seek, not playback. In seconds. */
const MAX_STEP_S = 2;

export class NativeEngine extends EngineSignals implements Engine {
  readonly kind = "native";
  readonly wantedAtMs = performance.now();
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #keyProvider: KeyProvider;
  readonly #state: Pick<VideoState, "autoplay">;
  readonly #controller = new AbortController();
  #timer = 0;
  #retryTimer = 0;
  #lastS = 0;
  #playedS = 0;
  /** Whether the viewer wants to play: has not paused. */
  #isWanted = true;
  /** Position at which the next playlist starts. */
  #startS: number | null = null;

  constructor(video: HTMLVideoElement, source: Source, keyProvider: KeyProvider, state: Pick<VideoState, "autoplay">) {
    super();
    this.#video = video;
    this.#source = source;
    this.#keyProvider = keyProvider;
    this.#state = state;
    this.#startS = source.startS ?? null;
    // After a hold, playback starts with a new playlist, and that at its newest picture.
    this.canResume.value = false;
    for (const name of ["playing", "pause", "waiting", "ended"]) video.addEventListener(name, this.#onMedia);
    video.addEventListener("error", this.#onError);
    video.addEventListener("play", this.#onPlay);
    video.addEventListener("loadedmetadata", this.#onLoaded);
    this.#timer = window.setInterval(() => this.#update(), UPDATE_EVERY_MS);
    void this.#start();
  }

  async #start(): Promise<void> {
    try {
      const playlist = (this.isDelayed.peek() && this.dvr?.playlist) || this.#source.playlist;
      const url = await this.#keyProvider.nativePlaylist(playlist, this.#controller.signal);
      if (this.#controller.signal.aborted) return;
      this.#playedS = 0;
      this.#video.src = url;
    } catch (error) {
      if (!isAbort(error) && !this.#controller.signal.aborted) this.state.value = "failed";
      return;
    }
    if (this.#isWanted) await play(this.#video, this.#state);
  }

  readonly #onPlay = (): void => {
    this.#isWanted = true;
  };

  readonly #onLoaded = (): void => {
    if (this.#startS !== null) this.#video.currentTime = this.#startS;
    this.#startS = null;
  };

  readonly #onMedia = (event: Event): void => {
    const video = this.#video;
    if (event.type === "pause" && !video.ended) this.#isWanted = false;
    if (video.ended) this.state.value = "gone";
    else if (video.paused) this.state.value = this.state.peek() === "loading" ? "loading" : "paused";
    else this.state.value = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA ? "playing" : "waiting";
  };

  readonly #onError = (): void => {
    this.state.value = "waiting";
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = window.setTimeout(() => this.retry(), RETRY_MS);
  };

  /** The newest position that the browser knows of, in seconds. */
  #edgeS(): number | null {
    const { seekable } = this.#video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : null;
  }

  #update(): void {
    const now = this.#video.currentTime;
    const step = now - this.#lastS;
    this.#lastS = now;
    this.aheadS.value = aheadOf(this.#video);
    if (step > 0 && step < MAX_STEP_S) {
      this.#playedS += step;
      this.#keyProvider.played(this.#playedS, this.aheadS.peek());
    }
    if (!this.#source.isLive) return;
    const edge = this.#edgeS();
    this.latencyS.value = edge === null ? null : Math.max(0, edge - now);
    this.isBehind.value = this.isDelayed.peek() || (this.latencyS.peek() ?? 0) > BEHIND_S;
    const startMs = (this.#video as DatedVideo).getStartDate?.().getTime() ?? Number.NaN;
    this.dateMs.value = Number.isFinite(startMs) ? startMs + now * 1_000 : null;
    this.edgeMs.value = Number.isFinite(startMs) && edge !== null ? startMs + edge * 1_000 : null;
  }

  choose(): void {
    // The browser chooses the quality by itself.
  }

  chooseAudio(): void {
    // The browser's own controls offer the audio tracks.
  }

  setSpeed(rate: number): void {
    this.#video.defaultPlaybackRate = rate;
    this.#video.playbackRate = rate;
  }

  #playing(): Playing | null {
    const [dateMs, edgeMs] = [this.dateMs.peek(), this.edgeMs.peek()];
    const { seekable, currentTime } = this.#video;
    if (dateMs === null || edgeMs === null || seekable.length === 0) return null;
    const oldestMs = dateMs - (currentTime - seekable.start(0)) * 1_000;
    return { startMs: this.dvr?.startMs ?? null, dateMs, edgeMs, oldestMs };
  }

  seekToDate(dateMs: number): void {
    const playing = this.#playing();
    if (!playing) return;
    const target = targetOf(dateMs, playing);
    if (target.kind === "live") {
      this.goLive();
    } else if (target.kind === "here" || this.isDelayed.peek()) {
      this.#video.currentTime = Math.max(0, this.#video.currentTime + (dateMs - playing.dateMs) / 1_000);
    } else {
      this.isDelayed.value = true;
      this.#startS = target.positionS;
      void this.#start();
    }
  }

  seekBy(seconds: number): void {
    const dateMs = this.dateMs.peek();
    if (this.#source.isLive && this.dvr && dateMs !== null) this.seekToDate(dateMs + seconds * 1_000);
    else this.#video.currentTime = Math.max(0, this.#video.currentTime + seconds);
  }

  goLive(): void {
    this.setSpeed(1);
    if (this.isDelayed.peek()) {
      this.isDelayed.value = false;
      this.#isWanted = true;
      void this.#start();
      return;
    }
    const edge = this.#edgeS();
    if (edge !== null) this.#video.currentTime = edge;
    void play(this.#video, this.#state);
  }

  retry(): void {
    window.clearTimeout(this.#retryTimer);
    if (!this.#controller.signal.aborted) void this.#start();
  }

  destroy(): void {
    this.#controller.abort();
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#retryTimer);
    for (const name of ["playing", "pause", "waiting", "ended"]) this.#video.removeEventListener(name, this.#onMedia);
    this.#video.removeEventListener("error", this.#onError);
    this.#video.removeEventListener("play", this.#onPlay);
    this.#video.removeEventListener("loadedmetadata", this.#onLoaded);
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}
