// Controls go away when nobody moves for a while, and come back with the first stir.

import { useEffect, useState } from "preact/hooks";

/** Controls go away when nobody moves for so long. */
const QUIET_AFTER_MS = 2_600;
const STIRS = ["pointermove", "pointerdown", "click", "keydown", "focusin", "input"] as const;

/**
 * Whether an event shows the controls. A finger does it when it has left: if they came while it is down, its own click
 * would land on whichever of them has come under it.
 */
export function isStir(event: { readonly type: string; readonly pointerType?: string }, isQuiet: boolean): boolean {
  const isFinger = event.pointerType === "touch" && event.type !== "click";
  return !(isQuiet && isFinger);
}

/** Whether a click on the picture plays or pauses: a finger's tap only shows the controls. */
export function isPlayClick(lastPointerType: string): boolean {
  return lastPointerType !== "touch";
}

/** Whether nobody has moved, pressed or touched something for a while. */
export function useQuiet(root: HTMLElement | null): boolean {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    if (!root) return;
    let timer = 0;
    let isStill = false;
    const set = (next: boolean) => {
      isStill = next;
      setQuiet(next);
    };
    const stir = (event?: Event) => {
      if (event && !isStir(event, isStill)) return;
      set(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => set(true), QUIET_AFTER_MS);
    };
    for (const event of STIRS) root.addEventListener(event, stir);
    stir();
    return () => {
      window.clearTimeout(timer);
      for (const event of STIRS) root.removeEventListener(event, stir);
    };
  }, [root]);
  return isQuiet;
}
