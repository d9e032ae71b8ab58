// "Jump to live" over a frozen picture is a wish: the money comes first. A jump before it would lead to a key that cannot
// be paid either, and by the time it can be, the place would not be live any more.

import { effect, untracked } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Purse } from "../pay";
import type { Engine, EngineState } from "./types";

export class LiveWish {
  #isWished = false;

  make(): void {
    this.#isWished = true;
  }

  forget(): void {
    this.#isWished = false;
  }

  /** Whether to jump now: the picture moves again, and nothing is held. Once for each wish. */
  comesTrue(isHeld: boolean, state: EngineState): boolean {
    if (!this.#isWished || isHeld || state !== "playing") return false;
    this.#isWished = false;
    return true;
  }
}

/** A wish that the engine fulfils. */
export function useLiveWish(engine: Engine | null, purse: Purse): LiveWish {
  const wish = useMemo(() => new LiveWish(), [purse]);
  useEffect(() => {
    if (!engine) return;
    return effect(() => {
      if (wish.comesTrue(purse.hold.value !== null, engine.state.value)) untracked(() => engine.goLive());
    });
  }, [engine, purse, wish]);
  return wish;
}
