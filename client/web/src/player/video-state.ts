// The video element's own state as signals, so that controls are drawn anew only when something has changed.

import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { readStored, writeStored } from "../common/storage";

const VOLUME_STORE = "vilokanam.volume";
const MUTED_STORE = "vilokanam.muted";
const MUTED = "yes";
/** What can be shown is told so finely. */
const STEPS_A_SECOND = 4;

/** How playing began: as wished; without sound, for the browser forbids it before a click; or not at all. */
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
  const stored = Number(readStored(VOLUME_STORE) ?? "1");
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

const SEEN = ["play", "pause", "timeupdate", "durationchange", "seeking"] as const;

/** Follows a video, beginning with the loudness that was last chosen; the answer ends it. */
export function follow(video: HTMLVideoElement, state: VideoState): () => void {
  video.volume = rememberedVolume();
  video.muted = readStored(MUTED_STORE) === MUTED;
  const look = () => {
    state.isPaused.value = video.paused;
    if (!video.paused && state.autoplay.peek() === "blocked") state.autoplay.value = "allowed";
    state.timeS.value = Math.floor(video.currentTime * STEPS_A_SECOND) / STEPS_A_SECOND;
    state.durationS.value = Number.isFinite(video.duration) ? video.duration : 0;
  };
  const hear = () => {
    state.isMuted.value = video.muted || video.volume === 0;
    if (!video.muted && state.autoplay.peek() === "muted") state.autoplay.value = "allowed";
    // What the browser has silenced was not the viewer's choice.
    if (state.autoplay.peek() === "allowed") writeStored(MUTED_STORE, video.muted ? MUTED : null);
    if (video.volume === state.volume.peek()) return;
    state.volume.value = video.volume;
    writeStored(VOLUME_STORE, String(video.volume));
  };
  for (const event of SEEN) video.addEventListener(event, look);
  video.addEventListener("volumechange", hear);
  look();
  state.isMuted.value = video.muted || video.volume === 0;
  return () => {
    for (const event of SEEN) video.removeEventListener(event, look);
    video.removeEventListener("volumechange", hear);
  };
}

/** Follows a video for as long as it is shown. */
export function useVideoState(video: HTMLVideoElement | null): VideoState {
  const state = useMemo(newVideoState, []);
  useEffect(() => (video ? follow(video, state) : undefined), [video, state]);
  return state;
}

/** Whether the browser lets it play; what only called it off has not forbidden it. */
async function isLetPlay(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return true;
  } catch (error) {
    return !(error instanceof DOMException) || error.name !== "NotAllowedError";
  }
}

/** Plays; where the browser forbids sound before a click, silently; where it forbids that too, says so. */
export async function play(video: HTMLVideoElement, { autoplay }: Pick<VideoState, "autoplay">): Promise<void> {
  if (await isLetPlay(video)) return;
  if (video.muted) {
    autoplay.value = "blocked";
    return;
  }
  // Said first: whoever hears of the silence must know that it is not the viewer's.
  autoplay.value = "muted";
  video.muted = true;
  if (await isLetPlay(video)) return;
  autoplay.value = "blocked";
  video.muted = false;
}

/** The volume of who unmutes what was turned down to nothing. */
const AUDIBLE = 0.5;

/** Mutes, or lets something be heard again. */
export function setMuted(video: Pick<HTMLVideoElement, "volume" | "muted">, isMuted: boolean): void {
  video.muted = isMuted;
  if (!isMuted && video.volume === 0) video.volume = AUDIBLE;
}

/** Turns the volume up or down. Who turns it up wants to hear something. */
export function louder(video: Pick<HTMLVideoElement, "volume" | "muted">, by: number): void {
  video.volume = Math.min(1, Math.max(0, video.volume + by));
  if (by > 0) video.muted = false;
}

/** What has been fetched beyond the picture on screen, in whole seconds. */
export function aheadOf({ buffered, currentTime }: HTMLVideoElement): number {
  for (let at = 0; at < buffered.length; at++) {
    if (buffered.start(at) <= currentTime && currentTime <= buffered.end(at)) {
      return Math.floor(buffered.end(at) - currentTime);
    }
  }
  return 0;
}
