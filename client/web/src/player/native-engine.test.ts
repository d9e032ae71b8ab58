import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyProvider } from "../pay";
import { NativeEngine } from "./native-engine";
import type { Autoplay } from "./video-state";

/** A video element, as far as the engine uses it. */
class FakeVideo extends EventTarget {
  src = "";
  muted = false;
  currentTime = 0;
  /** Whether the browser forbids sound before a click. */
  isForbidden = false;
  plays = 0;
  readonly seekable = { length: 0 };
  fetchedS = 0;

  get buffered() {
    return { length: 1, start: () => 0, end: () => this.fetchedS };
  }

  async play(): Promise<void> {
    if (this.isForbidden && !this.muted) throw new DOMException("Not before a click.", "NotAllowedError");
    this.plays++;
  }

  removeAttribute(): void {
    this.src = "";
  }

  load(): void {}
}

const SOURCE = { playlist: "/v1/streams/7/hls/master.m3u8", isLive: true };

function engineOf(video: FakeVideo, keyProvider: Partial<KeyProvider>) {
  const autoplay = signal<Autoplay>("allowed");
  const engine = new NativeEngine(video as unknown as HTMLVideoElement, SOURCE, keyProvider as KeyProvider, {
    autoplay,
  });
  return { engine, autoplay };
}

beforeEach(() => {
  vi.stubGlobal("window", globalThis);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("playing through the browser", () => {
  it("plays each playlist, muted if the browser forbids sound", async () => {
    const urls = ["free.m3u8", "paid.m3u8"];
    const video = new FakeVideo();
    const { engine, autoplay } = engineOf(video, { nativePlaylist: async () => urls.shift() ?? "" });
    await vi.waitFor(() => expect(video.plays).toBe(1));
    expect([video.src, video.muted]).toEqual(["free.m3u8", false]);
    video.isForbidden = true;
    engine.retry();
    await vi.waitFor(() => expect(video.plays).toBe(2));
    expect([video.src, video.muted]).toEqual(["paid.m3u8", true]);
    expect(autoplay.value).toBe("muted");
    engine.destroy();
  });

  it("reports the seconds played and fetched, not counting those skipped by a seek", async () => {
    const video = new FakeVideo();
    const played = vi.fn();
    const { engine } = engineOf(video, { nativePlaylist: async () => "a.m3u8", played });
    await vi.waitFor(() => expect(video.plays).toBe(1));
    video.fetchedS = 7;
    for (const at of [0.5, 1, 31, 31.5]) {
      video.currentTime = at;
      vi.advanceTimersByTime(500);
    }
    expect(played.mock.calls).toEqual([
      [0.5, 6],
      [1, 6],
      [1.5, 0],
    ]);
    engine.destroy();
  });

  it("cannot resume where it stopped, since a new playlist starts at its newest picture", () => {
    const { engine } = engineOf(new FakeVideo(), { nativePlaylist: () => new Promise(() => {}) });
    expect(engine.canResume.value).toBe(false);
    engine.destroy();
  });
});
