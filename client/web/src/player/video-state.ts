// The state of the video element as signals, so that the controls are rendered only when something has changed.

import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { readStored, writeStored } from "../common/storage";

const VOLUME_KEY = "vilokanam.volume";
const MUTED_KEY = "vilokanam.muted";
const MUTED = "yes";
/** Resolution of the position, in steps per second. */
const STEPS_PER_SECOND = 4;

/** How playback began: as requested; muted, since the browser forbids sound before a click; or not at all. */
export type Autoplay = "allowed" | "muted" | "blocked";

export interface VideoState {
  readonly isPaused: Signal<boolean>;
  readonly timeS: Signal<number>;
  readonly durationS: Signal<number>;
  readonly volume: Signal<number>;
  readonly isMuted: Signal<boolean>;
  readonly autoplay: Signal<Autoplay>;
}

function rememberedVolume(): number {
  const stored = Number(readStored(VOLUME_KEY) ?? "1");
  return stored >= 0 && stored <= 1 ? stored : 1;
}

export function newVideoState(): VideoState {
  return {
    isPaused: signal(true),
    timeS: signal(0),
    durationS: signal(0),
    volume: signal(rememberedVolume()),
    isMuted: signal(false),
    autoplay: signal<Autoplay>("allowed"),
  };
}

const STATE_EVENTS = ["play", "pause", "timeupdate", "durationchange", "seeking"] as const;

/** Follows a video, which gets the remembered volume first. Returns what ends it. */
export function follow(video: HTMLVideoElement, state: VideoState): () => void {
  video.volume = rememberedVolume();
  video.muted = readStored(MUTED_KEY) === MUTED;
  const update = () => {
    state.isPaused.value = video.paused;
    if (!video.paused && state.autoplay.peek() === "blocked") state.autoplay.value = "allowed";
    state.timeS.value = Math.floor(video.currentTime * STEPS_PER_SECOND) / STEPS_PER_SECOND;
    state.durationS.value = Number.isFinite(video.duration) ? video.duration : 0;
  };
  const updateVolume = () => {
    state.isMuted.value = video.muted || video.volume === 0;
    if (!video.muted && state.autoplay.peek() === "muted") state.autoplay.value = "allowed";
    // If the browser forbade sound, muting was not the viewer's choice and is not remembered.
    if (state.autoplay.peek() === "allowed") writeStored(MUTED_KEY, video.muted ? MUTED : null);
    if (video.volume === state.volume.peek()) return;
    state.volume.value = video.volume;
    writeStored(VOLUME_KEY, String(video.volume));
  };
  for (const event of STATE_EVENTS) video.addEventListener(event, update);
  video.addEventListener("volumechange", updateVolume);
  update();
  state.isMuted.value = video.muted || video.volume === 0;
  return () => {
    for (const event of STATE_EVENTS) video.removeEventListener(event, update);
    video.removeEventListener("volumechange", updateVolume);
  };
}

/** Follows a video while the component is mounted. */
export function useVideoState(video: HTMLVideoElement | null): VideoState {
  const state = useMemo(newVideoState, []);
  useEffect(() => (video ? follow(video, state) : undefined), [video, state]);
  return state;
}

/** Plays. Returns false only if the browser forbids it, not if playing was cancelled. */
async function tryPlay(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return true;
  } catch (error) {
    return !(error instanceof DOMException) || error.name !== "NotAllowedError";
  }
}

/** Plays; muted, if the browser forbids sound before a click. If it forbids that too, sets `autoplay` to `blocked`. */
export async function play(video: HTMLVideoElement, { autoplay }: Pick<VideoState, "autoplay">): Promise<void> {
  if (await tryPlay(video)) return;
  if (video.muted) {
    autoplay.value = "blocked";
    return;
  }
  // Set before muting, so that the listener knows that muting is not the viewer's choice.
  autoplay.value = "muted";
  video.muted = true;
  if (await tryPlay(video)) return;
  autoplay.value = "blocked";
  video.muted = false;
}

/** Volume after unmuting a video that was turned down to zero. */
const AUDIBLE = 0.5;

/** Mutes or unmutes. An unmuted video is always audible. */
export function setMuted(video: Pick<HTMLVideoElement, "volume" | "muted">, isMuted: boolean): void {
  video.muted = isMuted;
  if (!isMuted && video.volume === 0) video.volume = AUDIBLE;
}

/** Changes the volume. Turning it up also unmutes. */
export function louder(video: Pick<HTMLVideoElement, "volume" | "muted">, by: number): void {
  video.volume = Math.min(1, Math.max(0, video.volume + by));
  if (by > 0) video.muted = false;
}

/** Seconds fetched ahead of the picture on screen. */
export function bufferedOf({ buffered, currentTime }: HTMLVideoElement): number {
  for (let at = 0; at < buffered.length; at++) {
    if (buffered.start(at) <= currentTime && currentTime <= buffered.end(at)) return buffered.end(at) - currentTime;
  }
  return 0;
}

/** The same, rounded down. */
export function aheadOf(video: HTMLVideoElement): number {
  return Math.floor(bufferedOf(video));
}
