// Parts of a page that are loaded after the rest of it, as a chunk of their own.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

interface LaterProps<P> {
  /** Always the same function. */
  readonly load: () => Promise<{ readonly default: ComponentType<P> }>;
  /** What is shown if the part cannot be loaded. */
  readonly failed: string;
  readonly props: P;
}

/** Shows a part as soon as it is loaded. Until then, and without it, the rest of the page works. */
export function Later<P extends object>({ load, failed, props }: LaterProps<P>) {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    let isMounted = true;
    load().then(
      (part) => isMounted && setPart(() => part.default),
      () => isMounted && setFailed(true),
    );
    return () => {
      isMounted = false;
    };
  }, [load]);
  if (Part) return <Part {...props} />;
  return hasFailed ? <p class="faint">{failed}</p> : null;
}
