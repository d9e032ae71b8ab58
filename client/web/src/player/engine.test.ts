import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyProvider } from "../pay";
import { HlsEngine } from "./engine";

type Library = ConstructorParameters<typeof HlsEngine>[0];

const HAVE_ENOUGH_DATA = 4;
const PLAYLIST = "/v1/streams/1/hls/master.m3u8";

/** What the fake library shows of its last instance. */
interface FakeHls {
  config: Record<string, unknown>;
  latency: number;
  targetLatency: number | null;
  liveSyncPosition: number;
  bandwidthEstimate: number;
  latestLevelDetails: { partTarget: number; partHoldBack: number; holdBack: number; fragmentStart: number };
}

let last: FakeHls;

class Fake implements FakeHls {
  static readonly DefaultConfig = { loader: class {}, abrEwmaDefaultEstimateMax: 5_000_000 };
  static readonly Events = { MANIFEST_PARSED: "m", LEVEL_SWITCHED: "l", FRAG_BUFFERED: "f", ERROR: "e" };
  static readonly ErrorTypes = { MEDIA_ERROR: "media", NETWORK_ERROR: "network" };
  latency = 0;
  targetLatency: number | null = 0.65;
  liveSyncPosition = 100;
  bandwidthEstimate = 3_000_000;
  latestLevelDetails = { partTarget: 0.2, partHoldBack: 0.65, holdBack: 6, fragmentStart: 0 };
  constructor(readonly config: Record<string, unknown>) {
    last = this;
  }
  on(): void {}
  loadSource(): void {}
  attachMedia(): void {}
  destroy(): void {}
}

class FakeVideo extends EventTarget {
  paused = false;
  ended = false;
  readyState = HAVE_ENOUGH_DATA;
  currentTime = 50;
  playbackRate = 1;
  readonly buffered = { length: 1, start: () => 0, end: () => this.currentTime + 0.6 };
  play = () => Promise.resolve();
}

let video: FakeVideo;

function engineOf(bps: number | null): HlsEngine {
  const keyProvider = { hold: signal(null) } as unknown as KeyProvider;
  const source = { playlist: PLAYLIST, isLive: true };
  const library = { default: Fake } as unknown as Library;
  const element = video as unknown as HTMLVideoElement;
  return new HlsEngine(library, "worker.js", element, source, keyProvider, { bps, wantedAtMs: 0 });
}

beforeEach(() => {
  vi.useFakeTimers();
  video = new FakeVideo();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("HTMLMediaElement", { HAVE_FUTURE_DATA: 3 });
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: vi.fn() });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the engine", () => {
  it("begins with the rendition that fits the bandwidth, if that is known", () => {
    engineOf(8_000_000);
    expect(last.config).toMatchObject({ testBandwidth: false, abrEwmaDefaultEstimate: 8_000_000 });
    expect(last.config["abrEwmaDefaultEstimateMax"]).toBe(8_000_000);
    engineOf(null);
    expect(last.config).not.toHaveProperty("testBandwidth");
  });

  it("jumps to live before the first picture if a first key came late", () => {
    engineOf(null);
    last.latency = 2;
    video.dispatchEvent(new Event("playing"));
    expect(video.currentTime).toBe(100);
  });

  it("plays faster until the picture is where it should be", () => {
    engineOf(null);
    last.latency = 0.65;
    video.dispatchEvent(new Event("playing"));
    expect(video.currentTime).toBe(50);
    last.latency = 1.2;
    vi.advanceTimersByTime(300);
    expect(video.playbackRate).toBeGreaterThan(1);
    last.latency = 0.66;
    vi.advanceTimersByTime(300);
    expect(video.playbackRate).toBe(1);
  });

  it("leaves a speed alone that the viewer has chosen", () => {
    engineOf(null);
    video.dispatchEvent(new Event("playing"));
    last.latency = 1.2;
    video.playbackRate = 1.5;
    vi.advanceTimersByTime(300);
    expect(video.playbackRate).toBe(1.5);
  });

  it("forgets stalls after a minute without one", () => {
    engineOf(null);
    last.latency = 1;
    video.dispatchEvent(new Event("playing"));
    last.targetLatency = 1.05;
    vi.advanceTimersByTime(59_000);
    expect(last.targetLatency).toBe(1.05);
    vi.advanceTimersByTime(2_000);
    expect(last.targetLatency).toBe(0.65);
  });

  it("remembers the bandwidth when it ends", () => {
    const engine = engineOf(null);
    engine.destroy();
    expect(localStorage.setItem).not.toHaveBeenCalled();
    const played = engineOf(null);
    video.dispatchEvent(new Event("playing"));
    played.destroy();
    expect(localStorage.setItem).toHaveBeenCalledWith("vilokanam.bandwidth", expect.stringMatching(/^3000000 \d+$/));
  });
});
