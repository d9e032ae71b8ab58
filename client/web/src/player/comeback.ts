// Continuing when a broadcast returns, also if the viewer had paused before it ended.

import { effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Engine, EngineState } from "./types";

/** Delay before a stream that ended while it is on air again is started again, in milliseconds. */
const AGAIN_MS = 3_000;

/**
 * Whether to start the engine again when a stream changes between off air and on air. What plays has already found the
 * new broadcast by itself.
 */
export function isComeback(wasLive: boolean, isLive: boolean, state: EngineState): boolean {
  return isLive && !wasLive && (state === "gone" || state === "paused" || state === "failed");
}

/** Starts the engine again when its stream returns. */
export function useComeback(engine: Engine | null, isLive: boolean): void {
  const wasLive = useRef(isLive);
  useEffect(() => {
    if (engine && isComeback(wasLive.current, isLive, engine.state.peek())) engine.retry();
    wasLive.current = isLive;
  }, [engine, isLive]);
  // The viewer may see the end of a broadcast after the next one has begun. hls.js costs nothing to ask again, so its
  // engine does that itself. The browser's own player would be paid for.
  useEffect(() => {
    if (engine?.kind !== "native" || !isLive) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      clearTimeout(timer);
      if (engine.state.value === "gone") timer = setTimeout(() => untracked(() => engine.retry()), AGAIN_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [engine, isLive]);
}
