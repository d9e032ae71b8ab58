// The fields of a chat's mode: who may write, and how often.

import type { ChatMode } from "../../gateway";
import { Check, Choice } from "../../ui/field";

/** Choices of slow mode, in seconds. */
const SLOW: readonly { readonly value: number; readonly text: string }[] = [
  { value: 0, text: "Off" },
  { value: 3, text: "3 s" },
  { value: 10, text: "10 s" },
  { value: 30, text: "30 s" },
  { value: 60, text: "1 min" },
  { value: 300, text: "5 min" },
];

interface ModeFieldsProps {
  readonly mode: ChatMode;
  readonly onChange: (mode: ChatMode) => void;
}

export function ModeFields({ mode, onChange }: ModeFieldsProps) {
  const isKnown = SLOW.some(({ value }) => value === mode.slow_s);
  const options = isKnown ? SLOW : [...SLOW, { value: mode.slow_s, text: `${mode.slow_s} s` }];
  return (
    <>
      <Choice
        label="Slow mode: time between two messages of a person"
        options={options}
        value={mode.slow_s}
        onChoose={(slow_s) => onChange({ ...mode, slow_s })}
      />
      <Check
        label="Only followers can write"
        isOn={mode.followers_only}
        onChange={(followers_only) => onChange({ ...mode, followers_only })}
      />
      <Check
        label="Only viewers who are paying now can write"
        isOn={mode.payers_only}
        onChange={(payers_only) => onChange({ ...mode, payers_only })}
      />
    </>
  );
}
