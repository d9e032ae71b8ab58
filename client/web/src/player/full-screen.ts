// Full screen for the player together with the meter, so that the viewer always sees what is being paid.

import { useEffect, useState } from "preact/hooks";

/** iPhones support full screen only for the video element, with a function of their own. */
interface AppleVideo {
  webkitEnterFullscreen?(): void;
}

/** Enters full screen with `container`, or leaves it. */
export function toggleFullScreen(container: HTMLElement | null, video: (HTMLVideoElement & AppleVideo) | null): void {
  if (document.fullscreenElement) {
    document.exitFullscreen().catch(() => undefined);
    return;
  }
  if (typeof container?.requestFullscreen === "function") {
    container.requestFullscreen().catch(() => undefined);
    return;
  }
  try {
    video?.webkitEnterFullscreen?.();
  } catch {
    // There is no picture yet. The button works a moment later.
  }
}

/** Whether `container` is shown full screen. */
export function useFullScreen(container: HTMLElement | null): boolean {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const update = () => setFull(container !== null && document.fullscreenElement === container);
    document.addEventListener("fullscreenchange", update);
    return () => document.removeEventListener("fullscreenchange", update);
  }, [container]);
  return isFull;
}
