// The choice between what waits and what is decided, in the lists of moderators.

import { type ComponentChildren, Fragment } from "preact";
import { useState } from "preact/hooks";
import { Chip, Chips } from "../ui/chips";

const STATES = [
  { value: "open", text: "Open" },
  { value: "closed", text: "Closed" },
] as const;

export type QueueState = (typeof STATES)[number]["value"];

interface QueueProps {
  readonly label: string;
  /** Renders a list. It calls `onChange` after a decision. */
  readonly children: (state: QueueState, onChange: () => void) => ComponentChildren;
}

export function Queue({ label, children }: QueueProps) {
  const [state, setState] = useState<QueueState>("open");
  const [round, setRound] = useState(0);
  return (
    <>
      <Chips label={label}>
        {STATES.map(({ value, text }) => (
          <Chip key={value} isOn={value === state} onPress={() => setState(value)}>
            {text}
          </Chip>
        ))}
      </Chips>
      {/* Another list, and the same one after a decision: what was decided is not in it any more. */}
      <Fragment key={`${state} ${round}`}>{children(state, () => setRound(round + 1))}</Fragment>
    </>
  );
}
