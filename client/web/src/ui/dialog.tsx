// A dialog over the page: the browser's own, so that focus, Escape and the rest of the page are taken care of.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { tellError, type Words, wordsOf } from "../app/toasts";
import { FailuresContext } from "./failures";
import { CloseIcon } from "./icons";
import { Notice } from "./states";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Whether a press is beside the box: what is drawn around a dialog is the dialog's too. */
export function isBeside(press: Pick<MouseEvent, "clientX" | "clientY">, box: Omit<DOMRect, "toJSON">): boolean {
  const { clientX: x, clientY: y } = press;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

/** Closes a dialog when it is pressed beside; not when something inside was dragged out. */
function closeBeside(shown: HTMLDialogElement): () => void {
  let hasBegunBeside = false;
  const press = (event: MouseEvent) => {
    hasBegunBeside = event.target === shown && isBeside(event, shown.getBoundingClientRect());
  };
  const click = (event: MouseEvent) => {
    if (hasBegunBeside && event.target === shown) shown.close();
  };
  shown.addEventListener("pointerdown", press);
  shown.addEventListener("click", click);
  return () => {
    shown.removeEventListener("pointerdown", press);
    shown.removeEventListener("click", click);
  };
}

/** What had the focus may have gone together with the dialog: then the page has it. */
function focusPage(opener: Element | null): void {
  if (!opener?.isConnected) document.getElementById("main")?.focus({ preventScroll: true });
}

/**
 * Shows a dialog for as long as its component is there. It is closed while it is still on the page: then the browser gives
 * the focus back to what had it.
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
    const stop = closeBeside(shown);
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

/** What goes wrong inside is told inside: toasts lie behind. */
function useFailure() {
  const [failure, setFailure] = useState<Words | null>(null);
  const isHere = useRef(true);
  useLayoutEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const failures = useMemo(
    () => ({
      tell: (error: unknown) => (isHere.current ? setFailure(wordsOf(error)) : tellError(error)),
      clear: () => isHere.current && setFailure(null),
    }),
    [],
  );
  return { failure, failures };
}

function Failure({ failure }: { readonly failure: Words | null }) {
  const box = useRef<HTMLDivElement>(null);
  // A long form is longer than its window.
  useEffect(() => {
    if (failure) box.current?.scrollIntoView({ block: "nearest" });
  }, [failure]);
  return (
    <div ref={box} class="dialog-failure" role="alert">
      {failure && (
        <Notice kind="bad">
          <p>{failure.what}</p>
          {failure.mend && <p>{failure.mend}</p>}
        </Notice>
      )}
    </div>
  );
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useModal(onClose);
  const { failure, failures } = useFailure();
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
        <FailuresContext.Provider value={failures}>{children}</FailuresContext.Provider>
        <Failure failure={failure} />
      </div>
    </dialog>
  );
}

/** Calls when something outside is pressed, or Escape. For menus: the focus goes back to what has opened them. */
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
      giveBack(inside.current);
    };
  }, [isOpen]);
  return inside;
}

/** To the button of a menu that has gone, unless something else has the focus by now. */
function giveBack(inside: HTMLElement | null): void {
  const now = document.activeElement;
  if (now !== null && now !== document.body && !inside?.contains(now)) return;
  inside?.querySelector<HTMLElement>("[aria-expanded]")?.focus({ preventScroll: true });
}
