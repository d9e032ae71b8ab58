import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyProvider } from "../pay";
import { HlsEngine } from "./engine";

type Library = ConstructorParameters<typeof HlsEngine>[0];

const START_MS = Date.UTC(2030, 0, 1, 12);
const LIVE = "/v1/streams/1/hls/master.m3u8";
const DVR = "/v1/streams/1/hls/master.m3u8?dvr=1";
const HAVE_ENOUGH_DATA = 4;
/** The live playlist's second 0 is this many seconds after the broadcast's beginning. */
const LIVE_OFFSET_S = 570;

interface Options {
  readonly lowLatencyMode: boolean;
  readonly startPosition?: number;
}

let video: FakeVideo;
let started: Fake[];

/** As much of hls.js as the engine uses. Its live playlist has the last 30 seconds of ten minutes. */
class Fake {
  static readonly DefaultConfig = { loader: class {}, abrEwmaDefaultEstimateMax: 5_000_000 };
  static readonly Events = {
    MANIFEST_PARSED: "parsed",
    LEVEL_SWITCHED: "switched",
    AUDIO_TRACKS_UPDATED: "audios",
    AUDIO_TRACK_SWITCHED: "audio",
    FRAG_BUFFERED: "buffered",
    ERROR: "error",
  };
  static readonly ErrorTypes = { MEDIA_ERROR: "media", NETWORK_ERROR: "network" };
  readonly handlers = new Map<string, (event: string, data: unknown) => void>();
  readonly config: Options;
  url = "";
  latency = 1;
  targetLatency = 1;
  liveSyncPosition = 29;
  bandwidthEstimate = 3_000_000;
  latestLevelDetails = { fragmentStart: 0, partTarget: 0.5, partHoldBack: 1, holdBack: 6 };
  loadLevel = -1;
  nextLevel = -1;
  audioTrack = 0;
  audioTracks: readonly { id: number; lang: string | undefined; name: string; url: string }[] = [
    { id: 0, lang: "en", name: "English", url: "/a/en.m3u8" },
    { id: 1, lang: "de", name: "Deutsch", url: "/a/de.m3u8" },
  ];

  constructor(config: Options) {
    this.config = config;
    started.push(this);
  }

  get playingDate(): Date {
    const offsetS = this.url === LIVE ? LIVE_OFFSET_S : 0;
    return new Date(START_MS + (offsetS + video.currentTime) * 1_000);
  }

  on(name: string, handler: (event: string, data: unknown) => void): void {
    this.handlers.set(name, handler);
  }

  emit(name: keyof typeof Fake.Events, data: unknown = {}): void {
    this.handlers.get(Fake.Events[name])?.(name, data);
  }

  loadSource(url: string): void {
    this.url = url;
  }

  attachMedia(): void {}
  destroy(): void {}
}

class FakeVideo extends EventTarget {
  paused = false;
  ended = false;
  readyState = HAVE_ENOUGH_DATA;
  currentTime = 29;
  playbackRate = 1;
  defaultPlaybackRate = 1;
  readonly buffered = { length: 1, start: () => 0, end: () => this.currentTime + 3 };

  async play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event("play"));
    this.dispatchEvent(new Event("playing"));
  }

  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }
}

const stored = new Map<string, string>();
const last = (): Fake => started.at(-1) as Fake;

/** An engine ten minutes into a broadcast, at its newest picture. */
function liveEngine(loadFull?: () => Promise<Library>): HlsEngine {
  const keyProvider = { hold: signal(null) } as unknown as KeyProvider;
  const library = { default: Fake } as unknown as Library;
  const element = video as unknown as HTMLVideoElement;
  const start = { bps: null, wantedAtMs: 0, ...(loadFull && { loadFull }) };
  const engine = new HlsEngine(library, "worker.js", element, { playlist: LIVE, isLive: true }, keyProvider, start);
  video.dispatchEvent(new Event("playing"));
  vi.advanceTimersByTime(300);
  return engine;
}

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS + 600_000 });
  started = [];
  stored.clear();
  video = new FakeVideo();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("HTMLMediaElement", { HAVE_FUTURE_DATA: 3 });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("going back in a broadcast", () => {
  it("stays in the live playlist as far as that goes back", () => {
    const engine = liveEngine();
    engine.offerDvr({ playlist: DVR, startMs: START_MS });
    engine.seekBy(-12);
    expect(video.currentTime).toBeCloseTo(17);
    expect([engine.isDelayed.value, started.length]).toEqual([false, 1]);
  });

  it("changes to the playlist from the beginning, and back at the jump to live", () => {
    const engine = liveEngine();
    engine.offerDvr({ playlist: DVR, startMs: START_MS });
    engine.seekToDate(START_MS + 120_000);
    expect(last()).toMatchObject({ url: DVR, config: { lowLatencyMode: false, startPosition: 120 } });
    expect(engine.isDelayed.value).toBe(true);
    video.currentTime = 120;
    vi.advanceTimersByTime(300);
    expect([engine.isBehind.value, engine.latencyS.value]).toEqual([true, null]);
    expect((engine.edgeMs.value ?? 0) - (engine.dateMs.value ?? 0)).toBeGreaterThan(470_000);
    engine.seekToDate(START_MS + 60_000);
    expect(video.currentTime).toBeCloseTo(60);
    expect(started).toHaveLength(2);
    engine.goLive();
    expect(last()).toMatchObject({ url: LIVE, config: { lowLatencyMode: true } });
    expect(last().config).not.toHaveProperty("startPosition");
    expect(engine.isDelayed.value).toBe(false);
  });

  it("goes live once a viewer who plays faster has caught up", () => {
    const engine = liveEngine();
    engine.offerDvr({ playlist: DVR, startMs: START_MS });
    engine.seekToDate(START_MS + 120_000);
    video.currentTime = 120;
    engine.setSpeed(2);
    vi.advanceTimersByTime(300);
    expect(last().url).toBe(DVR);
    video.currentTime = 597;
    vi.advanceTimersByTime(300);
    expect([last().url, engine.isDelayed.value, video.playbackRate]).toEqual([LIVE, false, 1]);
  });

  it("lands on the wanted picture if the playlist has lost its beginning meanwhile", async () => {
    const engine = liveEngine();
    engine.offerDvr({ playlist: DVR, startMs: START_MS - 30_000 });
    engine.seekToDate(START_MS + 120_000);
    expect(last().config.startPosition).toBe(150);
    video.currentTime = 150;
    await video.play();
    vi.advanceTimersByTime(300);
    expect(video.currentTime).toBeCloseTo(120);
    vi.advanceTimersByTime(1_000);
    expect(video.currentTime).toBeCloseTo(120);
  });

  it("ends at the oldest live picture if viewers cannot go back further", () => {
    const engine = liveEngine();
    engine.seekToDate(START_MS + 120_000);
    expect(started).toHaveLength(1);
    expect(engine.isDelayed.value).toBe(false);
  });

  it("continues after a long pause where the viewer had paused", async () => {
    const engine = liveEngine();
    engine.offerDvr({ playlist: DVR, startMs: START_MS });
    video.pause();
    // Meanwhile, the live playlist has moved on, and the player with it.
    vi.advanceTimersByTime(120_000);
    last().latestLevelDetails.fragmentStart = 120;
    video.currentTime = 149;
    vi.advanceTimersByTime(300);
    await video.play();
    expect(last().url).toBe(DVR);
    expect(last().config.startPosition).toBeCloseTo(599);
    expect(engine.isDelayed.value).toBe(true);
  });
});

describe("a viewer who has paused", () => {
  it("stays paused when the broadcast returns, and sees that it can be played", () => {
    const engine = liveEngine();
    const play = vi.spyOn(video, "play");
    video.pause();
    last().emit("ERROR", { fatal: true, type: "network", response: { code: 404 } });
    expect(engine.state.value).toBe("gone");
    vi.advanceTimersByTime(3_500);
    expect(started).toHaveLength(2);
    last().emit("MANIFEST_PARSED", { levels: [] });
    expect(engine.state.value).toBe("paused");
    expect(play).not.toHaveBeenCalled();
  });

  it("is not one who has never paused: playback continues by itself", () => {
    liveEngine();
    const play = vi.spyOn(video, "play");
    last().emit("ERROR", { fatal: true, type: "network", response: { code: 404 } });
    vi.advanceTimersByTime(3_500);
    expect(play).toHaveBeenCalledTimes(1);
  });
});

describe("a viewer who sees the end of a broadcast after the next one has begun", () => {
  it("goes on to the next one", () => {
    const engine = liveEngine();
    video.ended = true;
    video.dispatchEvent(new Event("ended"));
    expect(engine.state.value).toBe("gone");
    vi.advanceTimersByTime(3_500);
    expect(started).toHaveLength(2);
  });
});

describe("sound in a playlist of its own", () => {
  const manifest = { levels: [], audioTracks: [{ url: "/a/en.m3u8" }], altAudio: false };
  class Full extends Fake {}

  it("is played by the full library, if the light one was loaded", async () => {
    const loadFull = vi.fn(async () => ({ default: Full }) as unknown as Library);
    liveEngine(loadFull);
    last().emit("MANIFEST_PARSED", { levels: [], audioTracks: [{ url: "" }], altAudio: false });
    expect(loadFull).not.toHaveBeenCalled();
    last().emit("MANIFEST_PARSED", manifest);
    await vi.advanceTimersByTimeAsync(10);
    expect([started.length, last() instanceof Full]).toEqual([2, true]);
    last().emit("MANIFEST_PARSED", { ...manifest, altAudio: true });
    await vi.advanceTimersByTimeAsync(10);
    expect([started.length, loadFull.mock.calls.length]).toEqual([2, 1]);
  });

  it("is not left out if that library cannot be loaded: playback fails, and can be tried again", async () => {
    const loadFull = vi.fn<() => Promise<Library>>(() => Promise.reject(new Error("offline")));
    const engine = liveEngine(loadFull);
    last().emit("MANIFEST_PARSED", manifest);
    await vi.advanceTimersByTimeAsync(10);
    expect(engine.state.value).toBe("failed");
    loadFull.mockImplementation(async () => ({ default: Full }) as unknown as Library);
    engine.retry();
    last().emit("MANIFEST_PARSED", manifest);
    await vi.advanceTimersByTimeAsync(10);
    expect(last()).toBeInstanceOf(Full);
  });
});

describe("what the viewer has chosen", () => {
  const levels = [
    { height: 360, bitrate: 800_000 },
    { height: 720, bitrate: 2_500_000 },
  ];

  it("is chosen again on the next stream: the quality", () => {
    const engine = liveEngine();
    last().emit("MANIFEST_PARSED", { levels });
    engine.choose(1);
    expect(last().nextLevel).toBe(1);
    const next = liveEngine();
    last().emit("MANIFEST_PARSED", { levels: [levels[1], levels[0]] });
    expect([next.chosen.value, last().loadLevel]).toEqual([0, 0]);
    next.choose(-1);
    liveEngine();
    last().emit("MANIFEST_PARSED", { levels });
    expect(last().loadLevel).toBe(-1);
  });

  it("is chosen again on the next stream: the language of the audio", () => {
    const engine = liveEngine();
    last().emit("AUDIO_TRACKS_UPDATED");
    engine.chooseAudio(1);
    expect([last().audioTrack, engine.audio.value]).toEqual([1, 1]);
    const next = liveEngine();
    last().emit("AUDIO_TRACKS_UPDATED");
    expect([last().audioTrack, next.audio.value]).toEqual([1, 1]);
  });

  it("is chosen again by its name if the audio has no language", () => {
    const engine = liveEngine();
    const tracks = [
      { id: 0, lang: undefined, name: "Main", url: "/a/1.m3u8" },
      { id: 1, lang: undefined, name: "Commentary", url: "/a/2.m3u8" },
    ];
    last().audioTracks = tracks;
    last().emit("AUDIO_TRACKS_UPDATED");
    expect(engine.audios.value.map(({ name }) => name)).toEqual(["Main", "Commentary"]);
    engine.chooseAudio(1);
    liveEngine();
    last().audioTracks = tracks;
    last().emit("AUDIO_TRACKS_UPDATED");
    expect(last().audioTrack).toBe(1);
  });

  it("is not offered for audio while one track is in the segments of the picture", () => {
    const engine = liveEngine();
    last().audioTracks = [{ id: 0, lang: "en", name: "Main", url: "" }, ...last().audioTracks.slice(1)];
    last().emit("AUDIO_TRACKS_UPDATED");
    expect([engine.audios.value, last().audioTrack]).toEqual([[], 0]);
  });

  it("is the speed until the jump to live", () => {
    const engine = liveEngine();
    engine.setSpeed(1.5);
    expect(video.playbackRate).toBe(1.5);
    engine.goLive();
    expect(video.playbackRate).toBe(1);
  });
});

describe("a recording", () => {
  it("begins where it is continued, also if it starts again before its first picture", () => {
    video.currentTime = 0;
    const source = { playlist: "/v1/streams/1/recordings/2/master.m3u8", isLive: false, startS: 61.5 };
    const keyProvider = { hold: signal(null) } as unknown as KeyProvider;
    const library = { default: Fake } as unknown as Library;
    const engine = new HlsEngine(library, "worker.js", video as unknown as HTMLVideoElement, source, keyProvider);
    expect(last().config.startPosition).toBe(61.5);
    engine.retry();
    expect(last().config.startPosition).toBe(61.5);
    video.currentTime = 70;
    engine.retry();
    expect(last().config.startPosition).toBe(70);
  });
});
