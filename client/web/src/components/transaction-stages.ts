// The progress of a transaction, in words.

import type { TransactionStage } from "../chain";

/** Label of a button that has started a transaction, by the transaction's stage. */
export const STAGE_TEXTS: Readonly<Record<TransactionStage, string>> = {
  signing: "Sign in your wallet",
  sending: "Sending",
  "in-block": "In a block",
  finalized: "Done",
};
