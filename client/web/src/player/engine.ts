// Plays through hls.js, with low latency where the playlist offers it. The buffer is short, since the viewer pays for
// what is fetched.

import type { ErrorData, HlsConfig, default as HlsInstance, Level } from "hls.js";
import type { KeyProvider } from "../pay";
import { rememberBandwidth, startBandwidth } from "./bandwidth";
import { choiceFor, rememberedAs } from "./captions";
import { catchUpRate } from "./catch-up";
import { chosenAudio, chosenQuality } from "./choices";
import { EngineSignals, levelFor } from "./engine-signals";
import { loadersOf } from "./key-loader";
import { needsFullLibrary } from "./library";
import { LIVE_WITHIN_S, type Playing, targetOf } from "./timeline";
import { AUTO, type Engine, type Quality, type Source } from "./types";
import { aheadOf, bufferedOf, type VideoState } from "./video-state";

type HlsLibrary = typeof import("hls.js/light");

/** Maximum length of the buffer ahead of the picture, in seconds. */
const MAX_AHEAD_S = 6;
/** Length of the buffer behind the picture, in seconds. */
const BACK_BUFFER_S = 30;
/** Distance behind the target position from which playback counts as behind live, in seconds. */
const BEHIND_S = 3;
const UPDATE_EVERY_MS = 250;
/** Distance behind the target position from which the first picture is skipped, in seconds: catching up takes longer. */
const START_BEHIND_S = 0.7;
/** Updates without a stall after which the picture may be as near to live as at first. */
const SMOOTH_UPDATES = 240;
/** Number of updates between two times that the bandwidth is remembered. */
const REMEMBER_EVERY_UPDATES = 60;
/** Seconds by which the distance to live grows after each stall, up to the length of a segment. */
const STALL_STEP_S = 0.2;
/** Length of a part in seconds, if the playlist states none. */
const USUAL_PART_S = 0.5;
/** Delay before a stream that is gone is requested again, in milliseconds. */
const RETRY_MS = 3_000;
/** Number of restarts of the media pipeline after errors, before playback counts as failed. */
const MAX_RECOVERIES = 3;
const NOT_FOUND = 404;
/** Distance from the wanted picture that is worth another seek, in seconds. */
const CORRECT_S = 4;
/** Maximum time for the measurement of the bandwidth, in milliseconds. */
const PROBE_WITHIN_MS = 800;
const MEDIA_EVENTS = ["playing", "pause", "waiting", "ended"] as const;

function qualityOf(level: Level, at: number): Quality {
  const name = level.height ? `${level.height}p` : level.name || `${Math.round(level.bitrate / 1000)} kbit/s`;
  return { level: at, name, bps: level.bitrate };
}

/** Loads the full build of the library. */
const loadFull = (): Promise<HlsLibrary> => import("hls.js");

/** How playback begins. */
interface Start {
  /** Bandwidth in bits per second; null if it is not known. */
  readonly bps: number | null;
  /** When the viewer wanted to watch, on the clock of `performance.now()`. */
  readonly wantedAtMs: number;
  /** Loads the full build of the library, if the given one is the light build. */
  readonly loadFull?: () => Promise<HlsLibrary>;
}

export class HlsEngine extends EngineSignals implements Engine {
  readonly kind = "hls.js";
  readonly wantedAtMs: number;
  #library: HlsLibrary;
  #loadFull: (() => Promise<HlsLibrary>) | null;
  readonly #workerUrl: string;
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #keyProvider: KeyProvider;
  #hls: HlsInstance | null = null;
  #timer = 0;
  #retryTimer = 0;
  #recoveries = 0;
  #updates = 0;
  #smoothUpdates = 0;
  /** Bandwidth to begin with, in bits per second; null if it is not known. */
  #startBps: number | null;
  /** Position at which playback stopped because its key was held. */
  #stoppedAtS: number | null = null;
  #isDestroyed = false;
  #hasPlayed = false;
  /** Whether the viewer wants to play: has not paused. */
  #isWanted = true;
  /** What the viewer had paused, to continue there even if the live playlist does not go back that far. */
  #pausedDateMs: number | null = null;
  /** Where the viewer wants to be in the playlist from the beginning, until that is known to be reached. */
  #wantedDateMs: number | null = null;
  /** Time between a picture's date and the moment at which it is the newest one, which includes a wrong clock. */
  #lagMs = 0;
  /** Playback rate that the viewer has chosen. */
  #speed = 1;
  /** Playback rate with which this engine catches up. */
  #rate = 1;

  constructor(
    library: HlsLibrary,
    workerUrl: string,
    video: HTMLVideoElement,
    source: Source,
    keyProvider: KeyProvider,
    start: Start = { bps: null, wantedAtMs: performance.now() },
  ) {
    super();
    this.#startBps = start.bps;
    this.wantedAtMs = start.wantedAtMs;
    this.#library = library;
    this.#loadFull = start.loadFull ?? null;
    this.#workerUrl = workerUrl;
    this.#video = video;
    this.#source = source;
    this.#keyProvider = keyProvider;
    for (const name of MEDIA_EVENTS) video.addEventListener(name, this.#onMedia);
    video.addEventListener("play", this.#onPlay);
    this.#timer = window.setInterval(() => this.#update(), UPDATE_EVERY_MS);
    this.#start(source.startS ?? null);
  }

  /** Whether the newest picture is followed. */
  get #isAtLive(): boolean {
    return this.#source.isLive && !this.isDelayed.peek();
  }

  /** Starts to load: the source or, if `fromS` is given, a broadcast from its beginning, at that position. */
  #start(fromS: number | null = null): void {
    const Hls = this.#library.default;
    // Another broadcast may have other tracks.
    this.audios.value = [];
    this.audio.value = -1;
    const targetS = () => this.#hls?.latestLevelDetails?.targetduration ?? null;
    const hls = new Hls({
      enableWorker: true,
      workerPath: this.#workerUrl,
      lowLatencyMode: this.#isAtLive,
      // The rate is this engine's: see `catch-up.ts`.
      maxLiveSyncPlaybackRate: 1,
      liveSyncOnStallIncrease: STALL_STEP_S,
      ...this.#bandwidth(Hls.DefaultConfig.abrEwmaDefaultEstimateMax),
      maxBufferLength: MAX_AHEAD_S,
      maxMaxBufferLength: MAX_AHEAD_S,
      backBufferLength: BACK_BUFFER_S,
      capLevelToPlayerSize: true,
      ...(fromS !== null && { startPosition: fromS }),
      loader: loadersOf(Hls.DefaultConfig.loader, this.#keyProvider, targetS),
    });
    this.#hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels, audioTracks = [], altAudio }) => {
      this.#onLevels(hls, levels.map(qualityOf));
      if (!altAudio && audioTracks.some(({ url }) => url)) void this.#loadFullLibrary();
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
      this.current.value = level;
    });
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => this.#onAudios(hls));
    hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, (_, { id }) => {
      this.audio.value = id;
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      this.#recoveries = 0;
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data));
    hls.loadSource((this.isDelayed.peek() && this.dvr?.playlist) || this.#source.playlist);
    hls.attachMedia(this.#video);
  }

  /** Begins with the rendition that fits the bandwidth, if that is known, instead of a test with the lowest. */
  #bandwidth(max: number): Partial<HlsConfig> {
    const bps = this.#startBps;
    if (bps === null) return {};
    return { testBandwidth: false, abrEwmaDefaultEstimate: bps, abrEwmaDefaultEstimateMax: Math.max(max, bps) };
  }

  /** Keeps the quality that the viewer has chosen, here or on another stream. */
  #onLevels(hls: HlsInstance, levels: readonly Quality[]): void {
    this.chosen.value = levelFor(chosenQuality.read(), levels);
    this.qualities.value = levels;
    if (this.chosen.peek() !== AUTO) hls.loadLevel = this.chosen.peek();
    // A stream that is back, for a viewer who had paused: the picture waits for a press on Play.
    if (!this.#isWanted && this.#video.paused) this.state.value = "paused";
  }

  /**
   * Starts again with the full build. The light one would play the picture without its sound, if that has a playlist of its
   * own, which another broadcast of the stream may have had in the picture's segments.
   */
  async #loadFullLibrary(): Promise<void> {
    const load = this.#loadFull;
    this.#loadFull = null;
    const library = await load?.().catch(() => null);
    if (this.#isDestroyed || library === undefined) return;
    if (library) {
      this.#library = library;
      this.retry();
      return;
    }
    this.#loadFull = load;
    this.#hls?.destroy();
    this.#hls = null;
    this.state.value = "failed";
  }

  #onAudios(hls: HlsInstance): void {
    // A track without an address is in the segments of the picture. The library cannot leave it out there, and so cannot
    // play another one in its place: it would stop.
    if (hls.audioTracks.some(({ url }) => !url)) return;
    this.audios.value = hls.audioTracks.map(({ id, lang, name }) => ({ id, language: lang ?? "", name }));
    const choice = choiceFor(chosenAudio.read(), this.audios.peek());
    if (choice && choice.id !== hls.audioTrack) hls.audioTrack = choice.id;
    this.audio.value = hls.audioTrack;
  }

  readonly #onMedia = (event: Event): void => {
    const video = this.#video;
    if (event.type === "pause" && !video.ended) {
      this.#isWanted = false;
      this.#pausedDateMs = this.dateMs.peek();
    }
    if (!this.#hasPlayed && !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA)
      this.#onFirstPicture();
    if (video.ended) this.#onEnd();
    else if (video.paused) this.state.value = this.state.peek() === "loading" ? "loading" : "paused";
    else this.state.value = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA ? "playing" : "waiting";
  };

  /** A stream may be on air again by the time that its end is seen. */
  #onEnd(): void {
    this.state.value = "gone";
    if (this.#source.isLive) this.#retrySoon();
  }

  #retrySoon(): void {
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = window.setTimeout(() => this.retry(), RETRY_MS);
  }

  /** Continues where the viewer had paused, if that is no longer in the live playlist but can be watched again. */
  readonly #onPlay = (): void => {
    const pausedMs = this.#pausedDateMs;
    this.#isWanted = true;
    this.#pausedDateMs = null;
    const playing = this.#playing();
    if (!playing || pausedMs === null || !this.#isAtLive || pausedMs < (this.dvr?.startMs ?? Number.POSITIVE_INFINITY))
      return;
    if (targetOf(pausedMs, playing).kind === "earlier") this.seekToDate(pausedMs);
  };

  /** Jumps to live before the first picture: a first key that came late must not make playback start behind. */
  #onFirstPicture(): void {
    this.#hasPlayed = true;
    const hls = this.#hls;
    if (this.#isAtLive && hls && hls.latency > (hls.targetLatency ?? hls.latency) + START_BEHIND_S) this.goLive();
  }

  #update(): void {
    const hls = this.#hls;
    this.aheadS.value = aheadOf(this.#video);
    if (!hls) return;
    if (++this.#updates % REMEMBER_EVERY_UPDATES === 0) this.#rememberBandwidth();
    if (!this.#source.isLive) return;
    // Before the first picture, the latency means nothing.
    const latency = hls.latency > 0 && this.#hasPlayed && this.#isAtLive ? hls.latency : null;
    this.latencyS.value = latency;
    this.#updateDates(hls, latency);
    this.isBehind.value =
      this.isDelayed.peek() || (latency !== null && latency > (hls.targetLatency ?? latency) + BEHIND_S);
    if (latency !== null) this.#catchUp(hls, latency);
    this.#smoothUpdates = this.state.peek() === "playing" ? this.#smoothUpdates + 1 : 0;
    if (this.#smoothUpdates >= SMOOTH_UPDATES) this.#forgetStalls();
    this.#updateHold(hls);
  }

  #updateHold(hls: HlsInstance): void {
    const isHeld = this.#keyProvider.hold.peek() !== null && this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (!isHeld) this.#stoppedAtS = null;
    else this.#stoppedAtS ??= this.#video.currentTime;
    const oldest = hls.latestLevelDetails?.fragmentStart;
    this.canResume.value = this.#stoppedAtS === null || oldest === undefined || this.#stoppedAtS >= oldest;
  }

  #catchUp(hls: HlsInstance, latencyS: number): void {
    const video = this.#video;
    // Any other rate is the viewer's choice.
    if (video.playbackRate !== 1 && video.playbackRate !== this.#rate) return;
    const behindTargetS = latencyS - (hls.targetLatency ?? latencyS);
    const partS = hls.latestLevelDetails?.partTarget || USUAL_PART_S;
    this.#rate = catchUpRate({ behindTargetS, aheadS: bufferedOf(video), partS, rate: video.playbackRate });
    if (video.playbackRate !== this.#rate) video.playbackRate = this.#rate;
  }

  /** Forgets the stalls so far, because of which the picture is farther from live than the playlist asks for. */
  #forgetStalls(): void {
    this.#smoothUpdates = 0;
    const details = this.#hls?.latestLevelDetails;
    const targetS = details ? details.partHoldBack || details.holdBack : 0;
    if (this.#hls && targetS > 0) this.#hls.targetLatency = targetS;
  }

  #rememberBandwidth(): void {
    if (this.#hls && this.#hasPlayed) rememberBandwidth(this.#hls.bandwidthEstimate);
  }

  #updateDates(hls: HlsInstance, latency: number | null): void {
    const dateMs = hls.playingDate?.getTime() ?? null;
    this.dateMs.value = dateMs;
    if (dateMs !== null && latency !== null) this.#lagMs = Date.now() - (dateMs + latency * 1_000);
    this.#correct(dateMs);
    const edgeMs = dateMs === null ? null : Math.max(dateMs, Date.now() - this.#lagMs);
    this.edgeMs.value = edgeMs;
    // A viewer who plays faster has caught up. There is nothing that could be played faster any more.
    const isCaughtUp = dateMs !== null && edgeMs !== null && edgeMs - dateMs < LIVE_WITHIN_S * 1_000;
    if (this.isDelayed.peek() && this.#speed > 1 && isCaughtUp) this.goLive();
  }

  /** Moves to the wanted picture if the playlist has lost its beginning since the position was computed. */
  #correct(dateMs: number | null): void {
    const wantedMs = this.#wantedDateMs;
    if (wantedMs === null || dateMs === null || !this.#hasPlayed) return;
    this.#wantedDateMs = null;
    const awayS = (wantedMs - dateMs) / 1_000;
    if (this.isDelayed.peek() && Math.abs(awayS) > CORRECT_S)
      this.#video.currentTime = Math.max(0, this.#video.currentTime + awayS);
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
      this.#retrySoon();
      return;
    }
    this.state.value = "failed";
  }

  choose(level: number): void {
    this.chosen.value = level;
    chosenQuality.write(this.qualities.peek().find((quality) => quality.level === level)?.name ?? null);
    if (this.#hls) this.#hls.nextLevel = level;
  }

  chooseAudio(id: number): void {
    const choice = this.audios.peek().find((audio) => audio.id === id);
    chosenAudio.write(choice ? rememberedAs(choice) : null);
    this.audio.value = id;
    if (this.#hls) this.#hls.audioTrack = id;
  }

  setSpeed(rate: number): void {
    this.#speed = rate;
    this.#video.defaultPlaybackRate = rate;
    this.#video.playbackRate = rate;
  }

  goLive(): void {
    if (this.#speed !== 1) this.setSpeed(1);
    this.#forgetStalls();
    if (this.isDelayed.peek()) {
      this.isDelayed.value = false;
      this.#restart();
    } else {
      const to = this.#hls?.liveSyncPosition;
      if (to !== null && to !== undefined && Number.isFinite(to)) this.#video.currentTime = to;
    }
    void this.#video.play().catch(() => undefined);
  }

  #playing(): Playing | null {
    const [dateMs, edgeMs, details] = [this.dateMs.peek(), this.edgeMs.peek(), this.#hls?.latestLevelDetails];
    if (dateMs === null || edgeMs === null || !details) return null;
    const oldestMs = dateMs - (this.#video.currentTime - details.fragmentStart) * 1_000;
    return { startMs: this.dvr?.startMs ?? null, dateMs, edgeMs, oldestMs };
  }

  seekToDate(dateMs: number): void {
    const playing = this.#playing();
    if (!playing) return;
    const target = targetOf(dateMs, playing);
    this.#pausedDateMs = null;
    if (target.kind === "live") {
      this.goLive();
    } else if (target.kind === "here" || this.isDelayed.peek()) {
      // From the beginning, all positions are in the playlist.
      this.#video.currentTime = Math.max(0, this.#video.currentTime + (dateMs - playing.dateMs) / 1_000);
    } else {
      this.isDelayed.value = true;
      this.#restart(target.positionS);
      this.#wantedDateMs = dateMs;
    }
  }

  seekBy(seconds: number): void {
    const dateMs = this.dateMs.peek();
    if (this.#source.isLive && this.dvr && dateMs !== null) this.seekToDate(dateMs + seconds * 1_000);
    else this.#video.currentTime = Math.max(0, this.#video.currentTime + seconds);
  }

  #restart(fromS: number | null = null): void {
    window.clearTimeout(this.#retryTimer);
    const isWanted = this.#isWanted;
    if (this.#hls && this.#hasPlayed) this.#startBps = this.#hls.bandwidthEstimate;
    this.#hasPlayed = false;
    this.#hls?.destroy();
    this.#start(fromS);
    if (isWanted) void this.#video.play().catch(() => undefined);
  }

  retry(): void {
    if (this.#isDestroyed) return;
    // A broadcast that is gone, or a new one, has nothing at the old position.
    if (this.isDelayed.peek() && this.state.peek() === "gone") this.isDelayed.value = false;
    // Before the first picture, a recording still begins where it was to begin.
    const hereS = this.#video.currentTime || (this.#source.startS ?? null);
    this.#restart(this.isDelayed.peek() || !this.#source.isLive ? hereS : null);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#rememberBandwidth();
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#retryTimer);
    for (const name of MEDIA_EVENTS) this.#video.removeEventListener(name, this.#onMedia);
    this.#video.removeEventListener("play", this.#onPlay);
    this.#hls?.destroy();
    this.#hls = null;
  }
}

/** Loads the build of hls.js that a source needs. */
async function loadLibrary({ playlist }: Source): Promise<{ library: HlsLibrary } & Pick<Start, "loadFull">> {
  if (await needsFullLibrary(playlist)) return { library: await loadFull() };
  return { library: await import("hls.js/light"), loadFull };
}

/** Starts the engine for this browser, which is loaded now. */
export async function startEngine(
  video: HTMLVideoElement,
  source: Source,
  keyProvider: KeyProvider,
  state: Pick<VideoState, "autoplay">,
): Promise<Engine> {
  const wantedAtMs = performance.now();
  // Measured while the library is loaded, so that it delays nothing.
  const bandwidth = startBandwidth(source.probe ?? null, AbortSignal.timeout(PROBE_WITHIN_MS));
  const [loaded, worker] = await Promise.all([loadLibrary(source), import("hls.js/dist/hls.worker.js?url")]);
  const { library, ...full } = loaded;
  if (library.default.isSupported()) {
    const start = { bps: await bandwidth, wantedAtMs, ...full };
    return new HlsEngine(library, worker.default, video, source, keyProvider, start);
  }
  const { NativeEngine } = await import("./native-engine");
  return new NativeEngine(video, source, keyProvider, state);
}
