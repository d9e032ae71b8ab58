// Where what went wrong is told: in a toast, or in the dialog that it went wrong in.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { tellError } from "../app/toasts";

export interface Failures {
  /** Says in words what went wrong. What was called off on purpose is not told. */
  readonly tell: (error: unknown) => void;
  /** Takes away what was told: it is tried again. */
  readonly clear: () => void;
}

const TOASTS: Failures = { tell: tellError, clear: () => undefined };

/** Provided by dialogs. */
export const FailuresContext = createContext<Failures>(TOASTS);

/** Of the dialog around, or else the toasts. */
export function useFailures(): Failures {
  return useContext(FailuresContext);
}
