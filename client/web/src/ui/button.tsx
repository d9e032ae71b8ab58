// Buttons that do something that takes a while: they say so, cannot be pressed twice, and tell what went wrong.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useFailures } from "./failures";
import { CheckIcon, CopyIcon } from "./icons";

interface ActionProps {
  readonly children: ComponentChildren;
  readonly onAction: () => Promise<unknown>;
  /** What it says while it works. */
  readonly busy?: string | undefined;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
}

/** Runs something, once at a time. */
export function ActionButton({ children, onAction, busy, disabled, class: look }: ActionProps) {
  const [isBusy, run] = useAction(onAction);
  return (
    <button
      type="button"
      class={`button ${look ?? ""}`}
      disabled={disabled || isBusy}
      aria-busy={isBusy}
      onClick={() => void run()}
    >
      {isBusy && <span class="spinner" />}
      {isBusy && busy ? busy : children}
    </button>
  );
}

/** Runs something, once at a time; what goes wrong is told in the dialog around it, or in a toast. */
export function useAction(action: () => Promise<unknown>): readonly [boolean, () => Promise<void>] {
  const [isBusy, setBusy] = useState(false);
  const failures = useFailures();
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const run = async () => {
    if (isBusy) return;
    setBusy(true);
    failures.clear();
    try {
      await action();
    } catch (error) {
      failures.tell(error);
    } finally {
      if (isHere.current) setBusy(false);
    }
  };
  return [isBusy, run];
}

const COPIED_FOR_MS = 1_800;

/** Text with a button that copies it. A secret is shown as dots until asked for. */
export function Copyable({
  label,
  text,
  isSecret,
}: {
  readonly label: string;
  readonly text: string;
  readonly isSecret?: boolean;
}) {
  const [isCopied, setCopied] = useState(false);
  const [isShown, setShown] = useState(!isSecret);
  const copy = async () => {
    try {
      await window.navigator.clipboard.writeText(text);
      setCopied(true);
      window.setTimeout(() => setCopied(false), COPIED_FOR_MS);
    } catch {
      // Without the permission to copy, the text is shown to be selected by hand.
      setShown(true);
    }
  };
  return (
    <div class="field">
      <span class="field-label">{label}</span>
      <div class="copyable">
        <code>{isShown ? text : "•".repeat(24)}</code>
        {isSecret && (
          <button type="button" class="button button-small" onClick={() => setShown(!isShown)}>
            {isShown ? "Hide" : "Show"}
          </button>
        )}
        <button type="button" class="button button-small" onClick={() => void copy()} aria-label={`Copy ${label}`}>
          {isCopied ? <CheckIcon /> : <CopyIcon />}
          <span aria-live="polite">{isCopied ? "Copied" : "Copy"}</span>
        </button>
      </div>
    </div>
  );
}
