// What a viewer experiences: how long it takes until the first picture, stalls, renditions, dropped pictures, distance to
// live. A picture that is held back because it is not paid for is not a fault of the playback and does not count.

/** What is reported, as the gateway takes it. */
export interface QualityReport {
  /** Time until the first picture, in the first report only. */
  start_ms?: number;
  stalls: number;
  stall_ms: number;
  /** Milliseconds by the name of the rendition. */
  renditions: Record<string, number>;
  dropped_frames: number;
  frames: number;
  latency_ms?: number;
  player: string;
}

/** What the player does at a moment. */
export type Moment = "starting" | "playing" | "stalled" | "idle";

/** Counts of pictures since the video element began. */
export interface Frames {
  readonly shown: number;
  readonly dropped: number;
}

/** Maximum number of distances that are kept for the median of a report. */
const MAX_LATENCIES = 120;
/** Name of a rendition that is not known. */
const UNKNOWN = "other";

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Sums up what happens between two reports. Times are in milliseconds, of a clock that never goes back. */
export class QualityMeter {
  readonly #player: string;
  #moment: Moment = "starting";
  #sinceMs: number;
  /** Beginning of the start; null once there was a picture, or if the start was held. */
  #startedMs: number | null;
  #startMs: number | undefined;
  #rendition = UNKNOWN;
  #stalls = 0;
  #stallMs = 0;
  #renditions = new Map<string, number>();
  #latencies: number[] = [];
  #framesBefore: Frames = { shown: 0, dropped: 0 };
  #frames: Frames = { shown: 0, dropped: 0 };

  constructor(player: string, nowMs: number) {
    this.#player = player;
    this.#sinceMs = nowMs;
    this.#startedMs = nowMs;
  }

  #spend(nowMs: number): void {
    const ms = Math.max(0, nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    if (this.#moment === "stalled") this.#stallMs += ms;
    if (this.#moment !== "playing") return;
    this.#renditions.set(this.#rendition, (this.#renditions.get(this.#rendition) ?? 0) + ms);
  }

  /** Notes what the player does now. */
  become(moment: Moment, nowMs: number): void {
    this.#spend(nowMs);
    const before = this.#moment;
    // A pause or a hold before the first picture: the time until then is the viewer's.
    if (moment === "idle" && this.#startMs === undefined) this.#startedMs = null;
    if (moment === "playing" && this.#startedMs !== null) {
      this.#startMs = nowMs - this.#startedMs;
      this.#startedMs = null;
    }
    if (moment === "stalled" && before === "playing") this.#stalls++;
    // What comes before the first picture is the start, not a stall.
    this.#moment = moment === "stalled" && before === "starting" ? "starting" : moment;
  }

  /** Notes the rendition on screen. */
  show(rendition: string | null, nowMs: number): void {
    this.#spend(nowMs);
    this.#rendition = rendition ?? UNKNOWN;
  }

  /** Notes the distance to live. */
  behind(latencyS: number): void {
    if (this.#latencies.length < MAX_LATENCIES) this.#latencies.push(Math.round(latencyS * 1000));
  }

  /** Notes how many pictures were shown and dropped so far. */
  count(frames: Frames): void {
    // A new source begins at zero.
    if (frames.shown < this.#frames.shown) this.#framesBefore = { shown: 0, dropped: 0 };
    this.#frames = frames;
  }

  /** What happened since the last report; null if nothing was played or waited for. */
  take(nowMs: number): QualityReport | null {
    this.#spend(nowMs);
    const latency = median(this.#latencies);
    const renditions = [...this.#renditions].map(([name, ms]) => [name, Math.round(ms)] as const);
    const report: QualityReport = {
      ...(this.#startMs === undefined ? {} : { start_ms: Math.round(this.#startMs) }),
      stalls: this.#stalls,
      stall_ms: Math.round(this.#stallMs),
      renditions: Object.fromEntries(renditions),
      dropped_frames: Math.max(0, this.#frames.dropped - this.#framesBefore.dropped),
      frames: Math.max(0, this.#frames.shown - this.#framesBefore.shown),
      ...(latency === undefined ? {} : { latency_ms: latency }),
      player: this.#player,
    };
    const isEmpty = renditions.length === 0 && this.#stallMs === 0;
    if (isEmpty) return null;
    this.#startMs = undefined;
    this.#stalls = this.#stallMs = 0;
    this.#renditions.clear();
    this.#latencies = [];
    this.#framesBefore = this.#frames;
    return report;
  }
}
