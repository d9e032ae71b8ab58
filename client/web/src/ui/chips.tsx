// A row of small toggle buttons.

import type { ComponentChildren } from "preact";

interface ChipsProps {
  readonly label: string;
  /** Whether the label is visible. Otherwise only screen readers see it. */
  readonly isLabelled?: boolean;
  readonly children: ComponentChildren;
}

export function Chips({ label, isLabelled, children }: ChipsProps) {
  return (
    <fieldset class="chip-set">
      <legend class={isLabelled ? "field-label" : "visually-hidden"}>{label}</legend>
      <div class={isLabelled ? "chips chips-field" : "chips"}>{children}</div>
    </fieldset>
  );
}

interface ChipProps {
  readonly isOn: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

export function Chip({ isOn, onPress, children }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={isOn} onClick={onPress}>
      {children}
    </button>
  );
}
