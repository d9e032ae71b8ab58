// Repeated calls while a page is visible.

import { useEffect, useRef } from "preact/hooks";

/**
 * Calls `call` every `everyMs` while the page is visible. Rendering the component again does not restart the interval.
 */
export function usePolling(call: () => void, everyMs: number): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
}
