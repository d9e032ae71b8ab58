// Plays through the browser itself, where hls.js does not work: on iPhones. The browser fetches the keys, so the
// playlist's URL carries the session's token. The key provider learns how much was played, and pays a few seconds
// ahead of that.

import { isAbort } from "../common/errors";
import type { KeyProvider } from "../pay";
import { EngineSignals } from "./engine-signals";
import type { Engine, Source } from "./types";
import { aheadOf, play, type VideoState } from "./video-state";

const UPDATE_EVERY_MS = 500;
/** Distance behind the newest picture from which playback counts as behind live, in seconds. */
const BEHIND_S = 8;
const RETRY_MS = 3_000;
/** A larger change of the position between two updates is a seek, not playback. In seconds. */
const MAX_STEP_S = 2;

export class NativeEngine extends EngineSignals implements Engine {
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #keyProvider: KeyProvider;
  readonly #state: Pick<VideoState, "autoplay">;
  readonly #controller = new AbortController();
  #timer = 0;
  #retryTimer = 0;
  #lastS = 0;
  #playedS = 0;

  constructor(video: HTMLVideoElement, source: Source, keyProvider: KeyProvider, state: Pick<VideoState, "autoplay">) {
    super();
    this.#video = video;
    this.#source = source;
    this.#keyProvider = keyProvider;
    this.#state = state;
    // After a hold, playback starts with a new playlist, and that at its newest picture.
    this.canResume.value = false;
    for (const name of ["playing", "pause", "waiting", "ended"]) video.addEventListener(name, this.#onMedia);
    video.addEventListener("error", this.#onError);
    this.#timer = window.setInterval(() => this.#update(), UPDATE_EVERY_MS);
    void this.#start();
  }

  async #start(): Promise<void> {
    try {
      const url = await this.#keyProvider.nativePlaylist(this.#source.playlist, this.#controller.signal);
      if (this.#controller.signal.aborted) return;
      this.#playedS = 0;
      this.#video.src = url;
    } catch (error) {
      if (!isAbort(error) && !this.#controller.signal.aborted) this.state.value = "failed";
      return;
    }
    await play(this.#video, this.#state);
  }

  readonly #onMedia = (): void => {
    const video = this.#video;
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
    this.isBehind.value = (this.latencyS.peek() ?? 0) > BEHIND_S;
  }

  choose(): void {
    // The browser chooses the quality by itself.
  }

  goLive(): void {
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
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}
