// Form fields: a label, an input, and below it a hint or an error.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Chip, Chips } from "./chips";

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Called when the user leaves the field. */
  readonly onBlur?: () => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | null;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly isLong?: boolean;
  readonly isNumber?: boolean;
  readonly list?: readonly string[];
  readonly required?: boolean;
}

export function Field(props: FieldProps) {
  const id = useId();
  const { label, value, onInput, hint, error, unit, isLong, list } = props;
  const describedBy = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  const common = {
    id,
    class: "input",
    value,
    placeholder: props.placeholder,
    maxLength: props.maxLength,
    required: props.required,
    onBlur: props.onBlur,
    "aria-invalid": error ? ("true" as const) : undefined,
    "aria-describedby": describedBy,
  };
  const input = isLong ? (
    <textarea {...common} rows={3} onInput={(event) => onInput(event.currentTarget.value)} />
  ) : (
    <input
      {...common}
      type="text"
      inputMode={props.isNumber ? "decimal" : "text"}
      autocomplete="off"
      list={list ? `${id}-list` : undefined}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {unit ? (
        <div class="with-unit">
          {input}
          <span aria-hidden="true">{unit}</span>
        </div>
      ) : (
        input
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((item) => (
            <option key={item} value={item} />
          ))}
        </datalist>
      )}
      {error ? (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      ) : (
        hint && (
          <p class="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A choice of yes or no. */
export function Check({ label, isOn, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps<T extends string | number> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}

/** A choice of one option among a few. */
export function Choice<T extends string | number>({ label, options, value, onChoose }: ChoiceProps<T>) {
  return (
    <Chips label={label} isLabelled>
      {options.map((option) => (
        <Chip key={option.value} isOn={option.value === value} onPress={() => onChoose(option.value)}>
          {option.text}
        </Chip>
      ))}
    </Chips>
  );
}
