// Dialogs over the page. They are the browser's own, which manage the focus, the Escape key and the page behind them.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { FailureContext, type FailureText, useFailures } from "./failures";
import { CloseIcon } from "./icons";
import { Notice } from "./states";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Whether a press is outside a box. The border of the box is inside. */
export function isOutside(press: Pick<MouseEvent, "clientX" | "clientY">, box: Omit<DOMRect, "toJSON">): boolean {
  const { clientX: x, clientY: y } = press;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

/** Closes a dialog on a click outside, but not when something inside is dragged out. Returns what ends it. */
function closeOnOutsideClick(dialog: HTMLDialogElement): () => void {
  let beganOutside = false;
  const press = (event: MouseEvent) => {
    beganOutside = event.target === dialog && isOutside(event, dialog.getBoundingClientRect());
  };
  const click = (event: MouseEvent) => {
    if (beganOutside && event.target === dialog) dialog.close();
  };
  dialog.addEventListener("pointerdown", press);
  dialog.addEventListener("click", click);
  return () => {
    dialog.removeEventListener("pointerdown", press);
    dialog.removeEventListener("click", click);
  };
}

/** Focuses the page if the element that had the focus before the dialog is gone. */
function focusPage(opener: Element | null): void {
  if (!opener?.isConnected) document.getElementById("main")?.focus({ preventScroll: true });
}

/**
 * Shows a dialog while its component is mounted. The dialog is closed before it leaves the page, so that the browser
 * returns the focus to the element that had it before.
 */
function useModal(onClose: () => void) {
  const dialog = useRef<HTMLDialogElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (!shown) return;
    const opener = document.activeElement;
    const close = () => latest.current();
    shown.addEventListener("close", close);
    const stop = closeOnOutsideClick(shown);
    shown.showModal();
    return () => {
      stop();
      shown.removeEventListener("close", close);
      shown.close();
      queueMicrotask(() => focusPage(opener));
    };
  }, []);
  return dialog;
}

/** A reporter for actions inside the dialog. After the dialog has closed, failures go to the reporter around it. */
function useDialogFailures() {
  const outer = useFailures();
  const [failure, setFailure] = useState<FailureText | null>(null);
  const isMounted = useRef(true);
  useLayoutEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  const failures = useMemo(
    () => ({
      report: (error: unknown) => (isMounted.current ? setFailure(outer.textOf(error)) : outer.report(error)),
      clear: () => isMounted.current && setFailure(null),
      textOf: outer.textOf,
    }),
    [outer],
  );
  return { failure, failures };
}

function Failure({ failure }: { readonly failure: FailureText | null }) {
  const box = useRef<HTMLDivElement>(null);
  // A long form may have to be scrolled to its end.
  useEffect(() => {
    if (failure) box.current?.scrollIntoView({ block: "nearest" });
  }, [failure]);
  return (
    <div ref={box} class="dialog-failure" role="alert">
      {failure && (
        <Notice kind="bad">
          <p>{failure.message}</p>
          {failure.hint && <p>{failure.hint}</p>}
        </Notice>
      )}
    </div>
  );
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useModal(onClose);
  const { failure, failures } = useDialogFailures();
  const id = useId();
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </div>
      <div class="dialog-body">
        <FailureContext.Provider value={failures}>{children}</FailureContext.Provider>
        <Failure failure={failure} />
      </div>
    </dialog>
  );
}

/**
 * For menus: calls `onDismiss` on a press outside and on Escape. When the menu closes, the focus returns to its button.
 * The returned ref is for the element that contains the button and the menu.
 */
export function useDismiss(onDismiss: () => void, isOpen: boolean) {
  const inside = useRef<HTMLDivElement>(null);
  const latest = useRef(onDismiss);
  latest.current = onDismiss;
  useLayoutEffect(() => {
    if (!isOpen) return;
    const press = (event: Event) => {
      if (event.target instanceof Node && !inside.current?.contains(event.target)) latest.current();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") latest.current();
    };
    document.addEventListener("pointerdown", press);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", press);
      document.removeEventListener("keydown", key);
      returnFocus(inside.current);
    };
  }, [isOpen]);
  return inside;
}

/** Focuses the button of a menu that has closed, unless an element outside the menu has the focus by now. */
function returnFocus(inside: HTMLElement | null): void {
  const now = document.activeElement;
  if (now !== null && now !== document.body && !inside?.contains(now)) return;
  inside?.querySelector<HTMLElement>("[aria-expanded]")?.focus({ preventScroll: true });
}
