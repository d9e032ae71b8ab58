// Loading data for a component.

import { useEffect, useState } from "preact/hooks";
import { isAbort, toUserError, type UserError } from "../common/errors";

/** Data that is loading, loaded, or could not be loaded. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly error: UserError };

/**
 * Loads data when `deps` change, and again when `reload` is called. During a reload, and if it fails, the last value
 * stays. `set` replaces the value.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]) {
  const [state, setState] = useState<Loaded<T>>({ kind: "loading" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setState({ kind: "ready", value });
      },
      (cause: unknown) => {
        if (controller.signal.aborted || isAbort(cause)) return;
        const error = toUserError(cause, "unknown", "This could not be loaded.", "Try again in a moment.");
        setState((old) => (old.kind === "ready" && round > 0 ? old : { kind: "failed", error }));
      },
    );
    return () => controller.abort();
  }, [...deps, round]);
  return { state, reload: () => setRound((old) => old + 1), set: (value: T) => setState({ kind: "ready", value }) };
}
