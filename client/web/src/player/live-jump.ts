// "Jump to live" over a held picture. The jump happens only after the hold: before, it would lead to a key that cannot
// be paid for either, and by the time it can, that position would not be live any more.

import { effect, untracked } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { KeyProvider } from "../pay";
import type { Engine, EngineState } from "./types";

/** A jump to live that the viewer has requested and that has not happened yet. */
export class LiveJump {
  #isRequested = false;

  request(): void {
    this.#isRequested = true;
  }

  cancel(): void {
    this.#isRequested = false;
  }

  /** Whether to jump now: a jump was requested, nothing is held, and the picture moves. True once for each request. */
  takeIfReady(isHeld: boolean, state: EngineState): boolean {
    if (!this.#isRequested || isHeld || state !== "playing") return false;
    this.#isRequested = false;
    return true;
  }
}

/** A jump to live that the engine makes when it is ready. */
export function useLiveJump(engine: Engine | null, keyProvider: KeyProvider): LiveJump {
  const jump = useMemo(() => new LiveJump(), [keyProvider]);
  useEffect(() => {
    if (!engine) return;
    return effect(() => {
      if (jump.takeIfReady(keyProvider.hold.value !== null, engine.state.value)) untracked(() => engine.goLive());
    });
  }, [engine, keyProvider, jump]);
  return jump;
}
