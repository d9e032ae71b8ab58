// A form field for an amount of money.

import { SYMBOL, vlkError } from "../common/amounts";
import { Field, type FieldProps } from "../ui/field";

type AmountFieldProps = Omit<FieldProps, "isNumber" | "isLong" | "list"> & { readonly per?: string };

/** A field for an amount in VLK, or in VLK per something. */
export function AmountField({ per, ...props }: AmountFieldProps) {
  const error = props.error ?? (props.value.trim() === "" ? null : vlkError(props.value, "0.5"));
  return <Field {...props} error={error} isNumber unit={per ? `${SYMBOL} / ${per}` : SYMBOL} />;
}
