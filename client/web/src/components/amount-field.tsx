// A form field for an amount of money.

import { parseVlk, SYMBOL } from "../common/amounts";
import { Field, type FieldProps } from "../ui/field";

type AmountFieldProps = Omit<FieldProps, "isNumber" | "isLong" | "list"> & { readonly per?: string };

/** A field for an amount in VLK, or in VLK per something. */
export function AmountField({ per, ...props }: AmountFieldProps) {
  const isInvalid = props.value.trim() !== "" && parseVlk(props.value) === null;
  const error = props.error ?? (isInvalid ? `Enter an amount in ${SYMBOL}, for example 0.5.` : null);
  return <Field {...props} error={error} isNumber unit={per ? `${SYMBOL} / ${per}` : SYMBOL} />;
}
