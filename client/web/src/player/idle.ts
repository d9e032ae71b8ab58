// Hides the controls while the viewer does nothing.

import { useEffect, useState } from "preact/hooks";

/** Time without activity after which the controls are hidden, in milliseconds. */
const IDLE_AFTER_MS = 2_600;
const ACTIVITIES = ["pointermove", "pointerdown", "click", "keydown", "focusin", "input"] as const;

/**
 * Whether an event shows the controls. With hidden controls, a touch shows them only when it ends: if they appeared
 * earlier, the tap would press the control under the finger.
 */
export function isActivity(event: { readonly type: string; readonly pointerType?: string }, isIdle: boolean): boolean {
  const isOngoingTouch = event.pointerType === "touch" && event.type !== "click";
  return !(isIdle && isOngoingTouch);
}

/** Whether a click on the picture plays or pauses. A tap only shows the controls. */
export function isPlayClick(lastPointerType: string): boolean {
  return lastPointerType !== "touch";
}

/** Whether there has been no activity in `root` for a while. */
export function useIdle(root: HTMLElement | null): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    if (!root) return;
    let timer = 0;
    let isIdleNow = false;
    const set = (next: boolean) => {
      isIdleNow = next;
      setIdle(next);
    };
    const onActivity = (event?: Event) => {
      if (event && !isActivity(event, isIdleNow)) return;
      set(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => set(true), IDLE_AFTER_MS);
    };
    for (const event of ACTIVITIES) root.addEventListener(event, onActivity);
    onActivity();
    return () => {
      window.clearTimeout(timer);
      for (const event of ACTIVITIES) root.removeEventListener(event, onActivity);
    };
  }, [root]);
  return isIdle;
}
