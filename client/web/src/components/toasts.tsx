// Short messages at the edge of the page: what was done, or what went wrong and what to do about it.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type ErrorText, errorText } from "../common/errors";
import type { FailureReporter } from "../ui/failures";
import { AlertIcon, CheckIcon, CloseIcon } from "../ui/icons";

interface Toast extends ErrorText {
  readonly id: number;
  readonly kind: "good" | "bad";
}

/** Maximum number of toasts at the same time. The oldest is removed first. */
const MAX_TOASTS = 4;
const GOOD_DURATION_MS = 6_000;
const BAD_DURATION_MS = 15_000;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

function show(kind: Toast["kind"], { message, hint }: ErrorText): void {
  const id = ++lastId;
  toasts.value = [...toasts.value, { id, kind, message, hint }].slice(-MAX_TOASTS);
  window.setTimeout(() => dismiss(id), kind === "good" ? GOOD_DURATION_MS : BAD_DURATION_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows that something was done. */
export function showDone(message: string): void {
  show("good", { message, hint: null });
}

/** Shows what went wrong. Cancelled work is not shown. */
export function showError(error: unknown): void {
  const text = errorText(error);
  if (text) show("bad", text);
}

/** Reports failures of actions as toasts. */
export const toastFailures: FailureReporter = { report: showError, clear: () => undefined, textOf: errorText };

/**
 * Keeps the toasts above dialogs and the full screen. The element that entered the browser's top layer last is on top,
 * so they enter it again with each new toast.
 */
function useTopLayer(newest: number) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const shown = box.current;
    // In a browser without popovers they are an ordinary part of the page.
    if (!shown?.showPopover) return;
    const isBelow = document.fullscreenElement !== null || document.querySelector("dialog[open]") !== null;
    if (isBelow && shown.matches(":popover-open")) shown.hidePopover();
    if (!shown.matches(":popover-open")) shown.showPopover();
  }, [newest]);
  return box;
}

export function Toasts() {
  const box = useTopLayer(toasts.value.at(-1)?.id ?? 0);
  return (
    <section ref={box} popover="manual" class="toasts" aria-live="polite" aria-label="Messages">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.kind}`}>
          {toast.kind === "good" ? <CheckIcon /> : <AlertIcon />}
          <div class="stack stack-tight">
            <p>{toast.message}</p>
            {toast.hint && <p>{toast.hint}</p>}
          </div>
          <button type="button" class="icon-button push" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </section>
  );
}
