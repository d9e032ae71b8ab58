// Playing on a television: with the Remote Playback API, and with Apple's own in Safari.

import { useEffect, useState } from "preact/hooks";

/** Safari's interface for AirPlay. */
interface AppleVideo {
  webkitShowPlaybackTargetPicker?(): void;
}

const AVAILABILITY = "webkitplaybacktargetavailabilitychanged";

function followApple(video: HTMLVideoElement, onChange: (isThere: boolean) => void): () => void {
  const change = (event: Event) => onChange(Reflect.get(event, "availability") === "available");
  video.addEventListener(AVAILABILITY, change);
  return () => video.removeEventListener(AVAILABILITY, change);
}

/** Follows whether there is a device that can play the video. Returns what ends it. */
export function followDevices(video: HTMLVideoElement, onChange: (isThere: boolean) => void): () => void {
  if ("webkitShowPlaybackTargetPicker" in video) return followApple(video, onChange);
  if (!("remote" in video)) return () => {};
  let isOver = false;
  const watching = video.remote.watchAvailability((isThere) => !isOver && onChange(isThere));
  // Browsers that cannot look for devices in the background refuse.
  watching.catch(() => undefined);
  return () => {
    isOver = true;
    watching.then((id) => video.remote.cancelWatchAvailability(id)).catch(() => undefined);
  };
}

/** Lets the viewer choose a device. */
export function chooseDevice(video: HTMLVideoElement & AppleVideo): void {
  if (video.webkitShowPlaybackTargetPicker) video.webkitShowPlaybackTargetPicker();
  // The viewer may close the browser's list without a choice.
  else void video.remote.prompt().catch(() => undefined);
}

/** Whether there is a device that can play the video. */
export function useRemote(video: HTMLVideoElement | null): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => (video ? followDevices(video, setThere) : undefined), [video]);
  return isThere;
}
