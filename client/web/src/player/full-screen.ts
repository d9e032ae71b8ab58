// The whole window for the picture, and for the meter with it: whoever pays must see what.

import { useEffect, useState } from "preact/hooks";

/** iPhones know full screen only for the video itself, by a name of their own. */
interface AppleVideo {
  webkitEnterFullscreen?(): void;
}

/** Goes full screen with `whole`, or back. */
export function toggleFullScreen(whole: HTMLElement | null, video: (HTMLVideoElement & AppleVideo) | null): void {
  if (document.fullscreenElement) {
    document.exitFullscreen().catch(() => undefined);
    return;
  }
  if (typeof whole?.requestFullscreen === "function") {
    whole.requestFullscreen().catch(() => undefined);
    return;
  }
  try {
    video?.webkitEnterFullscreen?.();
  } catch {
    // There is no picture yet: the button works a moment later.
  }
}

/** Whether `whole` is on the full screen. */
export function useFullScreen(whole: HTMLElement | null): boolean {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(whole !== null && document.fullscreenElement === whole);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [whole]);
  return isFull;
}
