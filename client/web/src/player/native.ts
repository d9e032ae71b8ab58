// Plays through the browser itself, where hls.js cannot: iPhones. The browser fetches the keys, so the playlist carries
// the session's token, and what has been played is told to the purse, which pays a few seconds ahead of it.

import { isAbort } from "../common/errors";
import type { Purse } from "../pay";
import { Dials } from "./dials";
import type { Engine, Source } from "./types";
import { aheadOf, play, type VideoState } from "./video-state";

const LOOK_EVERY_MS = 500;
const BEHIND_S = 8;
const RETRY_MS = 3_000;
/** A jump larger than this between two looks is a seek: what lies between was not played. */
const MAX_STEP_S = 2;

export class NativeEngine extends Dials implements Engine {
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #purse: Purse;
  readonly #state: Pick<VideoState, "autoplay">;
  readonly #calling = new AbortController();
  #timer = 0;
  #retryTimer = 0;
  #lastS = 0;
  #playedS = 0;

  constructor(video: HTMLVideoElement, source: Source, purse: Purse, state: Pick<VideoState, "autoplay">) {
    super();
    this.#video = video;
    this.#source = source;
    this.#purse = purse;
    this.#state = state;
    // Each begins with a playlist of its own, and that at its newest picture.
    this.canResume.value = false;
    for (const name of ["playing", "pause", "waiting", "ended"]) video.addEventListener(name, this.#onMedia);
    video.addEventListener("error", this.#onError);
    this.#timer = window.setInterval(() => this.#look(), LOOK_EVERY_MS);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    try {
      const url = await this.#purse.nativePlaylist(this.#source.playlist, this.#calling.signal);
      if (this.#calling.signal.aborted) return;
      this.#playedS = 0;
      this.#video.src = url;
    } catch (error) {
      if (!isAbort(error) && !this.#calling.signal.aborted) this.state.value = "failed";
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

  /** The end of what can be sought is as near to live as the browser tells. */
  #edgeS(): number | null {
    const { seekable } = this.#video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : null;
  }

  #look(): void {
    const now = this.#video.currentTime;
    const step = now - this.#lastS;
    this.#lastS = now;
    this.aheadS.value = aheadOf(this.#video);
    if (step > 0 && step < MAX_STEP_S) {
      this.#playedS += step;
      this.#purse.played(this.#playedS, this.aheadS.peek());
    }
    if (!this.#source.isLive) return;
    const edge = this.#edgeS();
    this.latencyS.value = edge === null ? null : Math.max(0, edge - now);
    this.isBehind.value = (this.latencyS.peek() ?? 0) > BEHIND_S;
  }

  choose(): void {
    // The browser chooses by itself and cannot be told.
  }

  goLive(): void {
    const edge = this.#edgeS();
    if (edge !== null) this.#video.currentTime = edge;
    void play(this.#video, this.#state);
  }

  retry(): void {
    window.clearTimeout(this.#retryTimer);
    if (!this.#calling.signal.aborted) void this.#begin();
  }

  destroy(): void {
    this.#calling.abort();
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#retryTimer);
    for (const name of ["playing", "pause", "waiting", "ended"]) this.#video.removeEventListener(name, this.#onMedia);
    this.#video.removeEventListener("error", this.#onError);
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}
