// The engine of a player: loaded when there is a video to drive, let go of with it, and asked for again when it could not
// be loaded.

import { useEffect, useState } from "preact/hooks";
import type { Purse } from "../pay";
import { startEngine } from "./engine";
import type { Engine, Source } from "./types";
import { play, type VideoState } from "./video-state";

interface Wanted {
  readonly source: Source;
  readonly purse: Purse;
  readonly state: VideoState;
  /** Hears of the engine as it comes and goes. */
  readonly onEngine: (engine: Engine | null) => void;
}

export interface EngineHook {
  readonly engine: Engine | null;
  /** It could not be loaded: the network, or a newer version is out. */
  readonly hasFailed: boolean;
  readonly again: () => void;
}

export function useEngine(video: HTMLVideoElement | null, { source, purse, state, onEngine }: Wanted): EngineHook {
  const [engine, setEngine] = useState<Engine | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!video) return;
    let started: Engine | null = null;
    let isGone = false;
    const begin = (found: Engine) => {
      if (isGone) {
        found.destroy();
        return;
      }
      started = found;
      setEngine(found);
      onEngine(found);
      void play(video, state);
    };
    startEngine(video, source, purse, state).then(begin, () => !isGone && setFailed(true));
    return () => {
      isGone = true;
      started?.destroy();
      setEngine(null);
      setFailed(false);
      onEngine(null);
    };
  }, [video, source.playlist, purse, round]);
  const again = () => {
    // Some browsers remember that a script could not be loaded: then only the whole page can be had again.
    if (round > 0) window.location.reload();
    else setRound(round + 1);
  };
  return { engine, hasFailed, again };
}
