// The engine of a player: loaded when there is a video to drive, destroyed with it, and requested again if loading
// failed.

import { useEffect, useState } from "preact/hooks";
import type { KeyProvider } from "../pay";
import { startEngine } from "./engine";
import type { Engine, Source } from "./types";
import { play, type VideoState } from "./video-state";

interface EngineOptions {
  readonly source: Source;
  readonly keyProvider: KeyProvider;
  readonly state: VideoState;
  /** Called with the engine when it starts, and with null when it ends. */
  readonly onEngine: (engine: Engine | null) => void;
}

export interface EngineHook {
  readonly engine: Engine | null;
  /** Whether the engine could not be loaded: the network failed, or there is a newer version of the pages. */
  readonly hasFailed: boolean;
  readonly retry: () => void;
}

export function useEngine(
  video: HTMLVideoElement | null,
  { source, keyProvider, state, onEngine }: EngineOptions,
): EngineHook {
  const [engine, setEngine] = useState<Engine | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!video) return;
    let started: Engine | null = null;
    let isGone = false;
    const begin = (loaded: Engine) => {
      if (isGone) {
        loaded.destroy();
        return;
      }
      started = loaded;
      setEngine(loaded);
      onEngine(loaded);
      void play(video, state);
    };
    startEngine(video, source, keyProvider, state).then(begin, () => !isGone && setFailed(true));
    return () => {
      isGone = true;
      started?.destroy();
      setEngine(null);
      setFailed(false);
      onEngine(null);
    };
  }, [video, source.playlist, keyProvider, round]);
  const retry = () => {
    // Some browsers remember that a script could not be loaded. Then only reloading the page helps.
    if (round > 0) window.location.reload();
    else setRound(round + 1);
  };
  return { engine, hasFailed, retry };
}
