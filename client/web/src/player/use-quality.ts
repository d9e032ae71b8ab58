// Reports the quality of playback: every half a minute, and when the page is hidden or the player ends.

import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { KeyProvider } from "../pay";
import { type Frames, type Moment, QualityMeter, type QualityReport } from "./quality-meter";
import type { Engine } from "./types";

const REPORT_EVERY_MS = 30_000;
const SAMPLE_EVERY_MS = 1_000;

function framesOf(video: HTMLVideoElement): Frames | null {
  const quality = video.getVideoPlaybackQuality?.();
  return quality ? { shown: quality.totalVideoFrames, dropped: quality.droppedVideoFrames } : null;
}

function momentOf(engine: Engine, keyProvider: KeyProvider): Moment {
  const state = engine.state.value;
  const isHeld = keyProvider.hold.value !== null;
  if (state === "playing") return "playing";
  if (isHeld || state === "paused" || state === "gone" || state === "failed") return "idle";
  return state === "loading" ? "starting" : "stalled";
}

/** Measures a player from now on. Returns what ends it. */
export function follow(
  video: HTMLVideoElement,
  engine: Engine,
  keyProvider: KeyProvider,
  sinceMs: number,
  report: (report: QualityReport) => void,
): () => void {
  const meter = new QualityMeter(engine.kind, sinceMs);
  const send = () => {
    const frames = framesOf(video);
    if (frames) meter.count(frames);
    const taken = meter.take(performance.now());
    if (taken) report(taken);
  };
  const sample = () => {
    const latency = engine.latencyS.peek();
    if (latency !== null && engine.state.peek() === "playing") meter.behind(latency);
  };
  const onVisibility = () => {
    if (document.visibilityState === "hidden") send();
  };
  const ends = [
    effect(() => meter.become(momentOf(engine, keyProvider), performance.now())),
    effect(() => {
      const level = engine.current.value;
      const quality = engine.qualities.value.find((one) => one.level === level);
      meter.show(quality?.name ?? null, performance.now());
    }),
  ];
  const timers = [window.setInterval(send, REPORT_EVERY_MS), window.setInterval(sample, SAMPLE_EVERY_MS)];
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    send();
    document.removeEventListener("visibilitychange", onVisibility);
    for (const timer of timers) window.clearInterval(timer);
    for (const end of ends) end();
  };
}

/** Reports the quality of playback while the component is mounted. */
export function useQuality(
  video: HTMLVideoElement | null,
  engine: Engine | null,
  keyProvider: KeyProvider,
  report: ((report: QualityReport) => void) | undefined,
): void {
  useEffect(() => {
    if (!video || !engine || !report) return;
    return follow(video, engine, keyProvider, engine.wantedAtMs, report);
  }, [video, engine, keyProvider]);
}
