// The video element's own state as signals, so that controls are drawn anew only when something has changed.

import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

const VOLUME_STORE = "vilokanam.volume";

export interface VideoState {
  readonly isPaused: { readonly value: boolean };
  readonly timeS: { readonly value: number };
  readonly durationS: { readonly value: number };
  readonly volume: { readonly value: number };
  readonly isMuted: { readonly value: boolean };
}

function rememberedVolume(): number {
  const stored = Number(window.localStorage.getItem(VOLUME_STORE) ?? "1");
  return stored >= 0 && stored <= 1 ? stored : 1;
}

/** Follows a video. */
export function useVideoState(video: HTMLVideoElement | null): VideoState {
  const state = useMemo(
    () => ({
      isPaused: signal(true),
      timeS: signal(0),
      durationS: signal(0),
      volume: signal(rememberedVolume()),
      isMuted: signal(false),
    }),
    [],
  );
  useEffect(() => {
    if (!video) return;
    video.volume = rememberedVolume();
    const look = () => {
      state.isPaused.value = video.paused;
      state.timeS.value = Math.floor(video.currentTime * 4) / 4;
      state.durationS.value = Number.isFinite(video.duration) ? video.duration : 0;
      state.isMuted.value = video.muted || video.volume === 0;
      if (video.volume !== state.volume.value) {
        state.volume.value = video.volume;
        window.localStorage.setItem(VOLUME_STORE, String(video.volume));
      }
    };
    const events = ["play", "pause", "timeupdate", "durationchange", "volumechange", "seeking"] as const;
    for (const event of events) video.addEventListener(event, look);
    look();
    return () => {
      for (const event of events) video.removeEventListener(event, look);
    };
  }, [video, state]);
  return state;
}

/** Plays; where the browser forbids sound before a click, silently. */
export async function play(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    video.muted = true;
    await video.play().catch(() => undefined);
  }
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
