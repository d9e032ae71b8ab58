// What the system shows of the page: on a lock screen, beside the volume, in a browser's list of what plays.

import { useEffect } from "preact/hooks";

const SITE = "Vilokanam";

/** Title and picture. The picture's address must be whole: the system does not know where the page is. */
export function mediaOf(title: string, poster: string | null, base: string): MediaMetadataInit {
  const artwork = poster && URL.canParse(poster, base) ? [{ src: new URL(poster, base).href }] : [];
  return { title, artist: SITE, artwork };
}

/** Says what plays, for as long as it is shown. */
export function useMediaSession(title: string, poster: string | null): void {
  const isKnown = "mediaSession" in navigator;
  useEffect(() => {
    if (isKnown) navigator.mediaSession.metadata = new MediaMetadata(mediaOf(title, poster, window.location.href));
  }, [title, poster]);
  // Apart from the above: a newer picture comes in place of the old one, not after nothing.
  useEffect(
    () => () => {
      if (isKnown) navigator.mediaSession.metadata = null;
    },
    [],
  );
}
