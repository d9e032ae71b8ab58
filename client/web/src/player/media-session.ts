// What the system shows of the playing video, for instance on a lock screen.

import { useEffect } from "preact/hooks";

const SITE = "Vilokanam";

/** Title and picture for the system, which needs the absolute URL of the picture. */
export function mediaOf(title: string, poster: string | null, base: string): MediaMetadataInit {
  const artwork = poster && URL.canParse(poster, base) ? [{ src: new URL(poster, base).href }] : [];
  return { title, artist: SITE, artwork };
}

/** Describes the video to the system while the component is mounted. */
export function useMediaSession(title: string, poster: string | null): void {
  const isSupported = "mediaSession" in navigator;
  useEffect(() => {
    if (isSupported) navigator.mediaSession.metadata = new MediaMetadata(mediaOf(title, poster, window.location.href));
  }, [title, poster]);
  // A separate effect, so that a new picture replaces the old one directly.
  useEffect(
    () => () => {
      if (isSupported) navigator.mediaSession.metadata = null;
    },
    [],
  );
}
