// The fields for a key's limits. The few that matter most are always visible, and the others on request.

import { parseVlk, vlk } from "../common/amounts";
import { Choice, Field } from "../ui/field";
import { AmountField } from "./amount-field";
import {
  AS_BEFORE,
  DURATIONS,
  type KeyDraft,
  type KeyErrors,
  PERIODS,
  SCOPES,
  SESSIONS,
  type WantedStream,
} from "./key-limits";
import "./key-fields.css";

/** How a budget is called, by its renewal. */
const BUDGET_LABELS: Readonly<Record<KeyDraft["period"], string>> = {
  once: "Budget",
  day: "Budget per day",
  week: "Budget per week",
  month: "Budget per 30 days",
};

interface KeyFieldsProps {
  readonly draft: KeyDraft;
  readonly errors: KeyErrors;
  /** The budget unless another one is typed, as text. */
  readonly budget: string;
  readonly budgetHint: string | null;
  /** When the key ends as it is; null for a key that is added. */
  readonly end: string | null;
  readonly wanted: WantedStream | null;
  /** Whether all fields are visible from the beginning. */
  readonly isOpen: boolean;
  readonly onChange: (draft: KeyDraft) => void;
}

function Scope({ draft, errors, wanted, onChange }: KeyFieldsProps) {
  // What is being watched is the first guess.
  const guess = { any: "", gateway: "", creator: wanted?.creator ?? "", stream: wanted?.stream ?? "" } as const;
  return (
    <>
      <Choice
        label="For"
        options={SCOPES}
        value={draft.scope}
        onChoose={(scope) =>
          onChange({ ...draft, scope, scopeId: scope === draft.scope ? draft.scopeId : guess[scope] })
        }
      />
      {(draft.scope === "creator" || draft.scope === "stream") && (
        <Field
          label={draft.scope === "creator" ? "Account of the creator" : "Number of the stream"}
          value={draft.scopeId}
          onInput={(scopeId) => onChange({ ...draft, scopeId })}
          error={draft.scopeId === "" ? null : errors.scopeId}
        />
      )}
    </>
  );
}

export function KeyFields(props: KeyFieldsProps) {
  const { draft, errors, wanted, end, onChange } = props;
  const durations = end ? [{ value: AS_BEFORE, text: `Until ${end}` }, ...DURATIONS] : DURATIONS;
  const isBelowPrice = wanted !== null && errors.perSecond === null && !isPayable(draft.perSecond, wanted);
  return (
    <>
      <div class="key-amounts">
        <AmountField
          label={BUDGET_LABELS[draft.period]}
          value={draft.budget ?? props.budget}
          onInput={(budget) => onChange({ ...draft, budget })}
          error={errors.budget}
          hint={props.budgetHint}
        />
        <AmountField
          label="Highest price"
          per="s"
          value={draft.perSecond}
          onInput={(perSecond) => onChange({ ...draft, perSecond })}
          error={
            errors.perSecond ?? (isBelowPrice ? `This stream costs ${vlk(wanted.pricePerTick, 6)} per second.` : null)
          }
          hint="Dearer streams are refused."
        />
      </div>
      <details class="key-more" open={props.isOpen}>
        <summary>Name, time and other limits</summary>
        <div class="stack">
          <Field
            label="Name of this device"
            value={draft.label}
            onInput={(label) => onChange({ ...draft, label })}
            error={errors.label}
          />
          <Choice
            label="Renew the budget"
            options={PERIODS}
            value={draft.period}
            onChoose={(period) => onChange({ ...draft, period })}
          />
          <Choice
            label="Valid for"
            options={durations}
            value={draft.days}
            onChoose={(days) => onChange({ ...draft, days })}
          />
          <Choice
            label="Streams at a time"
            options={SESSIONS}
            value={draft.sessions}
            onChoose={(sessions) => onChange({ ...draft, sessions })}
          />
          <Scope {...props} />
        </div>
      </details>
    </>
  );
}

function isPayable(perSecond: string, { pricePerTick }: WantedStream): boolean {
  return (parseVlk(perSecond) ?? 0n) >= pricePerTick;
}
