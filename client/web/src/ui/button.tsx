// Buttons for actions that take time: they show progress, cannot be pressed twice, and report failures.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useFailures } from "./failures";
import { CheckIcon, CopyIcon } from "./icons";

interface ActionProps {
  readonly children: ComponentChildren;
  readonly onAction: () => Promise<unknown>;
  /** Label during the action. */
  readonly busy?: string | undefined;
  /** Longer label for screen readers, where several buttons have the same text. */
  readonly label?: string;
  readonly class?: string;
  readonly disabled?: boolean;
}

/** A button that runs an action, one at a time. */
export function ActionButton({ children, onAction, busy, label, disabled, class: className }: ActionProps) {
  const [isBusy, run] = useAction(onAction);
  return (
    <button
      type="button"
      class={`button ${className ?? ""}`}
      disabled={disabled || isBusy}
      aria-busy={isBusy}
      aria-label={isBusy ? undefined : label}
      onClick={() => void run()}
    >
      {isBusy && <span class="spinner" />}
      {isBusy && busy ? busy : children}
    </button>
  );
}

/**
 * Runs an action, one at a time. Returns whether it is running, and what starts it. Failures go to the nearest
 * reporter.
 */
export function useAction(action: () => Promise<unknown>): readonly [boolean, () => Promise<void>] {
  const [isBusy, setBusy] = useState(false);
  const failures = useFailures();
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  const run = async () => {
    if (isBusy) return;
    setBusy(true);
    failures.clear();
    try {
      await action();
    } catch (error) {
      failures.report(error);
    } finally {
      if (isMounted.current) setBusy(false);
    }
  };
  return [isBusy, run];
}

const COPIED_FOR_MS = 1_800;

/** A text with a button that copies it. A secret is hidden until the user asks for it. */
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
      // Without the permission to copy, show the text, so that it can be selected by hand.
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
