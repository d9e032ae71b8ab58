import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { follow, louder, newVideoState, play, setMuted } from "./video-state";

/** A video that plays what the browser allows. As in browsers, it reports a changed volume a moment later. */
class FakeVideo extends EventTarget {
  paused = true;
  currentTime = 0;
  duration = Number.NaN;
  #volume = 1;
  #isMuted = false;

  constructor(readonly allows: "all" | "muted" | "nothing" | "cancelled" = "all") {
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
    if (this.allows === "cancelled") throw new DOMException("interrupted", "AbortError");
    if (this.allows !== "all" && !(this.allows === "muted" && this.#isMuted)) {
      throw new DOMException("no gesture", "NotAllowedError");
    }
    this.paused = false;
    this.dispatchEvent(new Event("play"));
  }
}

const asVideo = (video: FakeVideo) => video as unknown as HTMLVideoElement;
const settled = () => new Promise((resolve) => setTimeout(resolve));
let stored: Map<string, string>;

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});

afterEach(() => vi.unstubAllGlobals());

function followed(allows: FakeVideo["allows"] = "all") {
  const video = new FakeVideo(allows);
  const state = newVideoState();
  follow(asVideo(video), state);
  return { video, state };
}

describe("the volume", () => {
  it("is remembered, as is muting", async () => {
    const { video } = followed();
    video.volume = 0.4;
    video.muted = true;
    await settled();
    const next = followed();
    expect(next.video.volume).toBe(0.4);
    expect(next.video.muted).toBe(true);
    next.video.muted = false;
    await settled();
    expect(followed().video.muted).toBe(false);
  });

  it("works in a browser that blocks the site's data", async () => {
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
    await settled();
    expect(state.volume.value).toBe(0.3);
  });

  it("stays within its limits, and turning it up unmutes", () => {
    const video = { volume: 0.95, muted: true };
    louder(video, -0.1);
    expect(video.muted).toBe(true);
    louder(video, 0.1);
    louder(video, 0.1);
    expect(video).toEqual({ volume: 1, muted: false });
  });

  it("is audible after unmuting a video that was turned down to zero", () => {
    const video = { volume: 0, muted: true };
    setMuted(video, false);
    expect(video).toEqual({ volume: 0.5, muted: false });
  });
});

describe("starting by itself", () => {
  it("is muted if sound is forbidden, which is not remembered", async () => {
    const { video, state } = followed("muted");
    await play(asVideo(video), state);
    await settled();
    expect(state.autoplay.value).toBe("muted");
    expect(video.paused).toBe(false);
    expect(stored.size).toBe(0);
    video.muted = false;
    await settled();
    expect(state.autoplay.value).toBe("allowed");
  });

  it("is blocked if even muted video is forbidden, with sound for the viewer's click", async () => {
    const { video, state } = followed("nothing");
    await play(asVideo(video), state);
    await settled();
    expect(state.autoplay.value).toBe("blocked");
    expect(video.muted).toBe(false);
    video.paused = false;
    video.dispatchEvent(new Event("play"));
    expect(state.autoplay.value).toBe("allowed");
  });

  it("is blocked for a muted video, too", async () => {
    stored.set("vilokanam.muted", "yes");
    const { video, state } = followed("nothing");
    await play(asVideo(video), state);
    expect(state.autoplay.value).toBe("blocked");
    expect(video.muted).toBe(true);
  });

  it("is not blocked after being cancelled", async () => {
    const { video, state } = followed("cancelled");
    await play(asVideo(video), state);
    expect(state.autoplay.value).toBe("allowed");
    expect(video.muted).toBe(false);
  });
});
