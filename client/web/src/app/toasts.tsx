// Short messages at the edge: what has been done, or what went wrong and what would mend it.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isAbort, WordedError } from "../common/errors";
import { AlertIcon, CheckIcon, CloseIcon } from "../ui/icons";

interface Toast {
  readonly id: number;
  readonly kind: "good" | "bad";
  readonly text: string;
  readonly mend: string | null;
}

/** More than these are not shown at once; the oldest goes. */
const MAX_TOASTS = 4;
const GOOD_LASTS_MS = 6_000;
const BAD_LASTS_MS = 15_000;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

function show(kind: Toast["kind"], text: string, mend: string | null): void {
  const id = ++lastId;
  toasts.value = [...toasts.value, { id, kind, text, mend }].slice(-MAX_TOASTS);
  window.setTimeout(() => dismiss(id), kind === "good" ? GOOD_LASTS_MS : BAD_LASTS_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says that something was done. */
export function tellDone(text: string): void {
  show("good", text, null);
}

/** What went wrong, and what would mend it. */
export interface Words {
  readonly what: string;
  readonly mend: string | null;
}

/** An error in words; null for what was called off on purpose. */
export function wordsOf(error: unknown): Words | null {
  if (isAbort(error)) return null;
  if (error instanceof WordedError) return { what: error.message, mend: error.mend };
  return {
    what: "Something went wrong in this page.",
    mend: "Reload the page; if it happens again, tell the operator.",
  };
}

/** Says in words what went wrong. What was called off on purpose is not told. */
export function tellError(error: unknown): void {
  const words = wordsOf(error);
  if (words) show("bad", words.what, words.mend);
}

/** Toasts lie above dialogs and the full screen, too: what has come last is on top, so with a new toast they come anew. */
function useOnTop(newest: number) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const shown = box.current;
    // A browser that knows no popovers shows them as a part of the page.
    if (!shown?.showPopover) return;
    const isBelow = document.fullscreenElement !== null || document.querySelector("dialog[open]") !== null;
    if (isBelow && shown.matches(":popover-open")) shown.hidePopover();
    if (!shown.matches(":popover-open")) shown.showPopover();
  }, [newest]);
  return box;
}

export function Toasts() {
  const box = useOnTop(toasts.value.at(-1)?.id ?? 0);
  return (
    <section ref={box} popover="manual" class="toasts" aria-live="polite" aria-label="Messages">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.kind}`}>
          {toast.kind === "good" ? <CheckIcon /> : <AlertIcon />}
          <div class="stack stack-tight">
            <p>{toast.text}</p>
            {toast.mend && <p>{toast.mend}</p>}
          </div>
          <button type="button" class="icon-button push" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </section>
  );
}
