// What the watch page arranges for the player with the gateway: measurements, reports, and the part of a broadcast that can
// be watched again.

import { useEffect, useState } from "preact/hooks";
import { gateway, video } from "../gateway";
import type { DvrWindow, Source } from "../player/types";

/** Interval at which the beginning of a broadcast is looked for, until it is known, in milliseconds. */
const DVR_EVERY_MS = 20_000;
/** The same once it is known: if viewers can go back only some hours, it moves on. */
const DVR_AGAIN_MS = 60_000;

/** How the player of a stream measures the connection, and where it reports what the viewer experienced. */
export function measuredBy(stream: string): Pick<Source, "probe" | "onQuality"> {
  return {
    probe: gateway.probeBandwidth,
    onQuality: (report) => gateway.reportPlayback(stream, report),
  };
}

/** The part of a broadcast that can be watched again. `playlist` is its playlist; null: viewers cannot go back. */
export function useDvr(playlist: string | null): DvrWindow | null {
  const [dvr, setDvr] = useState<DvrWindow | null>(null);
  useEffect(() => {
    setDvr(null);
    if (playlist === null) return;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      // Without an answer there is no bar, and playing goes on.
      const startMs = await video.dvrStart(playlist, controller.signal).catch(() => null);
      if (controller.signal.aborted) return;
      if (startMs !== null) setDvr((old) => (old?.startMs === startMs ? old : { playlist, startMs }));
      timer = setTimeout(() => void look(), startMs === null ? DVR_EVERY_MS : DVR_AGAIN_MS);
    };
    void look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [playlist]);
  return dvr;
}
