import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { follow, louder, newVideoState, play, setMuted } from "./video-state";

/** A video that plays as far as it is let; it tells of its volume a moment after it has changed, as browsers do. */
class FakeVideo extends EventTarget {
  paused = true;
  currentTime = 0;
  duration = Number.NaN;
  #volume = 1;
  #isMuted = false;

  constructor(readonly lets: "all" | "silence" | "nothing" | "called off" = "all") {
    super();
  }

  get volume(): number {
    return this.#volume;
  }

  set volume(to: number) {
    this.#volume = to;
    queueMicrotask(() => this.dispatchEvent(new Event("volumechange")));
  }

  get muted(): boolean {
    return this.#isMuted;
  }

  set muted(to: boolean) {
    this.#isMuted = to;
    queueMicrotask(() => this.dispatchEvent(new Event("volumechange")));
  }

  async play(): Promise<void> {
    if (this.lets === "called off") throw new DOMException("interrupted", "AbortError");
    if (this.lets !== "all" && !(this.lets === "silence" && this.#isMuted)) {
      throw new DOMException("no gesture", "NotAllowedError");
    }
    this.paused = false;
    this.dispatchEvent(new Event("play"));
  }
}

const asVideo = (video: FakeVideo) => video as unknown as HTMLVideoElement;
const told = () => new Promise((resolve) => setTimeout(resolve));
let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

afterEach(() => vi.unstubAllGlobals());

function followed(lets: FakeVideo["lets"] = "all") {
  const video = new FakeVideo(lets);
  const state = newVideoState();
  follow(asVideo(video), state);
  return { video, state };
}

describe("how loud a video is", () => {
  it("is remembered, and so is silence", async () => {
    const { video } = followed();
    video.volume = 0.4;
    video.muted = true;
    await told();
    const next = followed();
    expect(next.video.volume).toBe(0.4);
    expect(next.video.muted).toBe(true);
    next.video.muted = false;
    await told();
    expect(followed().video.muted).toBe(false);
  });

  it("is as it was where nothing can be remembered", async () => {
    vi.stubGlobal("localStorage", {
      getItem: () => {
        throw new DOMException("blocked", "SecurityError");
      },
      setItem: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    });
    const { video, state } = followed();
    video.volume = 0.3;
    await told();
    expect(state.volume.value).toBe(0.3);
  });

  it("goes up and down within its limits; up ends the silence", () => {
    const video = { volume: 0.95, muted: true };
    louder(video, -0.1);
    expect(video.muted).toBe(true);
    louder(video, 0.1);
    louder(video, 0.1);
    expect(video).toEqual({ volume: 1, muted: false });
  });

  it("is something when a video is unmuted that was turned down to nothing", () => {
    const video = { volume: 0, muted: true };
    setMuted(video, false);
    expect(video).toEqual({ volume: 0.5, muted: false });
  });
});

describe("beginning by itself", () => {
  it("begins silently where sound is forbidden, says so, and does not remember that silence", async () => {
    const { video, state } = followed("silence");
    await play(asVideo(video), state);
    await told();
    expect(state.autoplay.value).toBe("muted");
    expect(video.paused).toBe(false);
    expect(kept.size).toBe(0);
    video.muted = false;
    await told();
    expect(state.autoplay.value).toBe("allowed");
  });

  it("says that it is blocked, and keeps its sound for the viewer's click", async () => {
    const { video, state } = followed("nothing");
    await play(asVideo(video), state);
    await told();
    expect(state.autoplay.value).toBe("blocked");
    expect(video.muted).toBe(false);
    video.paused = false;
    video.dispatchEvent(new Event("play"));
    expect(state.autoplay.value).toBe("allowed");
  });

  it("is blocked for who has muted it, too", async () => {
    kept.set("vilokanam.muted", "yes");
    const { video, state } = followed("nothing");
    await play(asVideo(video), state);
    expect(state.autoplay.value).toBe("blocked");
    expect(video.muted).toBe(true);
  });

  it("is not forbidden by being called off", async () => {
    const { video, state } = followed("called off");
    await play(asVideo(video), state);
    expect(state.autoplay.value).toBe("allowed");
    expect(video.muted).toBe(false);
  });
});
