// A button that asks before it acts.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";

interface ConfirmButtonProps {
  readonly text: string;
  /** Longer label for screen readers, where several buttons have the same text. */
  readonly label: string;
  /** The question. */
  readonly title: string;
  /** What happens then. */
  readonly children: ComponentChildren;
  readonly onAction: () => Promise<unknown>;
}

export function ConfirmButton({ text, label, title, children, onAction }: ConfirmButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const act = async () => {
    await onAction();
    setOpen(false);
  };
  return (
    <>
      <button type="button" class="button button-small push" aria-label={label} onClick={() => setOpen(true)}>
        {text}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <p class="soft">{children}</p>
          <ActionButton class="button-bad" onAction={act}>
            {text}
          </ActionButton>
        </Dialog>
      )}
    </>
  );
}
