// What stands in for content: while it loads, when there is none, and when it could not be had.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort, type WordedError, worded } from "../common/errors";
import { AlertIcon, CheckIcon, InfoIcon } from "./icons";

/** Something that is fetched. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly error: WordedError };

/** Fetches when `deps` change, and again when asked to. The last value stays while it is fetched again. */
export function useLoaded<T>(fetch: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]) {
  const [state, setState] = useState<Loaded<T>>({ kind: "loading" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const calling = new AbortController();
    fetch(calling.signal).then(
      (value) => {
        if (!calling.signal.aborted) setState({ kind: "ready", value });
      },
      (error: unknown) => {
        if (calling.signal.aborted || isAbort(error)) return;
        const words = worded(error, "unknown", "This could not be loaded.", "Try again in a moment.");
        setState((old) => (old.kind === "ready" && round > 0 ? old : { kind: "failed", error: words }));
      },
    );
    return () => calling.abort();
  }, [...deps, round]);
  return { state, again: () => setRound((old) => old + 1), set: (value: T) => setState({ kind: "ready", value }) };
}

/** Calls again and again while the page is looked at. However often the component is drawn, the interval goes on. */
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

interface ProblemProps {
  readonly what: string;
  readonly mend: string | null;
  readonly onRetry?: () => void;
}

/** Something could not be had: what, and what would mend it. */
export function Problem({ what, mend, onRetry }: ProblemProps) {
  return (
    <div class="empty" role="alert">
      <AlertIcon />
      <h2>{what}</h2>
      {mend && <p>{mend}</p>}
      {onRetry && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface EmptyProps {
  readonly icon: ComponentChildren;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** There is nothing yet, and how to change that. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div class="empty">
      {icon}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Where something will be, in its size. */
export function Bones({ height, width }: { readonly height: number; readonly width?: number | string }) {
  return <div class="bones" style={{ height: `${height}px`, width: width ?? "100%" }} aria-hidden="true" />;
}

/** Says that something loads, to those who cannot see the bones. */
export function Loading({ children, label }: { readonly children: ComponentChildren; readonly label: string }) {
  return (
    <div role="status" aria-label={label} class="stack">
      {children}
    </div>
  );
}

interface NoticeProps {
  readonly kind?: "good" | "bad";
  readonly children: ComponentChildren;
}

/** A sentence that stands out. */
export function Notice({ kind, children }: NoticeProps) {
  const Icon = kind === "good" ? CheckIcon : kind === "bad" ? AlertIcon : InfoIcon;
  return (
    <div class={kind ? `notice notice-${kind}` : "notice"}>
      <Icon />
      <div class="stack stack-tight">{children}</div>
    </div>
  );
}
