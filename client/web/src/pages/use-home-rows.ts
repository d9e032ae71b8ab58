// When the home page shows the rows for a person who is signed in. Strangers wait for nothing.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signedIn, signInNote } from "../gateway";
import type { RowData } from "./home-rows";

/** Maximum time that the list waits for the rows, in milliseconds. Rows that come later are left out. */
const ROWS_WITHIN_MS = 2_500;

export interface LoadedRows {
  readonly Rows: ComponentType<RowData>;
  readonly data: RowData;
}

/**
 * The rows of the signed-in person; null if nobody is signed in, `loading` while the list should wait for them: rows above
 * a list that is already shown would move it.
 */
export function useHomeRows(isWanted: boolean): LoadedRows | "loading" | null {
  const [rows, setRows] = useState<LoadedRows | "loading" | null>(() =>
    isWanted && (signedIn.peek() ?? signInNote() === "in") ? "loading" : null,
  );
  const person = signedIn.value;
  // Null if nobody is signed in, undefined until that is known.
  const account = person === null ? null : person?.account;
  useEffect(() => {
    if (!isWanted || account === null) {
      setRows(null);
      return;
    }
    const controller = new AbortController();
    const timer = window.setTimeout(() => {
      controller.abort();
      setRows((old) => (old === "loading" ? null : old));
    }, ROWS_WITHIN_MS);
    if (account !== undefined) {
      void import("./home-rows")
        .then(async ({ loadRows, Rows }) => ({ Rows, data: await loadRows(controller.signal) }))
        .then(
          (loaded) => !controller.signal.aborted && setRows(loaded),
          () => setRows(null),
        )
        .finally(() => window.clearTimeout(timer));
    }
    return () => {
      controller.abort();
      window.clearTimeout(timer);
    };
  }, [account, isWanted]);
  return rows;
}
