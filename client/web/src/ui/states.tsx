// What is shown in place of content: while it loads, when there is none, and when it could not be loaded.

import type { ComponentChildren } from "preact";
import { AlertIcon, CheckIcon, InfoIcon } from "./icons";

interface ProblemProps {
  readonly message: string;
  readonly hint: string | null;
  readonly onRetry?: () => void;
}

/** Content that could not be loaded: what is wrong, and what to do. */
export function Problem({ message, hint, onRetry }: ProblemProps) {
  return (
    <div class="empty" role="alert">
      <AlertIcon />
      <h2>{message}</h2>
      {hint && <p>{hint}</p>}
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

/** A list without items, and how to change that. */
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

/** A placeholder of the size of content that is loading. */
export function Skeleton({ height, width }: { readonly height: number; readonly width?: number | string }) {
  return <div class="skeleton" style={{ height: `${height}px`, width: width ?? "100%" }} aria-hidden="true" />;
}

/** Placeholders with a label for screen readers. */
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

/** A message that stands out. */
export function Notice({ kind, children }: NoticeProps) {
  const Icon = kind === "good" ? CheckIcon : kind === "bad" ? AlertIcon : InfoIcon;
  return (
    <div class={kind ? `notice notice-${kind}` : "notice"}>
      <Icon />
      <div class="stack stack-tight">{children}</div>
    </div>
  );
}
