// Where actions report what went wrong: to the dialog around them, or else to the page.

import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** What is shown of a failure. */
export interface FailureText {
  readonly message: string;
  /** What the user can do, in a sentence. */
  readonly hint: string | null;
}

export interface FailureReporter {
  /** Shows an error to the user. Cancelled work is not shown. */
  readonly report: (error: unknown) => void;
  /** Removes what is shown, because the action is tried again. */
  readonly clear: () => void;
  /** What to show of an error; null for cancelled work. */
  readonly textOf: (error: unknown) => FailureText | null;
}

/** The nearest reporter: the application provides one for the page, and each dialog one of its own. */
export const FailureContext = createContext<FailureReporter>({
  report: (error) => {
    throw error;
  },
  clear: () => undefined,
  textOf: (error) => ({ message: String(error), hint: null }),
});

export function useFailures(): FailureReporter {
  return useContext(FailureContext);
}
