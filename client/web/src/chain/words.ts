// What the chain refuses, in words.

import { reasonOf, WordedError } from "../common/errors";

type Words = readonly [what: string, mend: string];

/** Errors of the pallet `tickStream` and of those beneath it that a person at these pages can run into. */
const WORDS: Readonly<Record<string, Words>> = {
  DepositTooSmall: ["The first deposit is smaller than the least there may be.", "Deposit more."],
  DepositUnknown: ["The account has no deposit.", "Make one first."],
  FundsTooLow: ["There is not enough that is free.", "Take less, or wait until open sessions have closed."],
  DelegationMissing: ["No limits are set for this browser.", "Set them on the wallet page."],
  StreamUnknown: ["There is no such stream.", "Check the stream's number."],
  StreamNotOpen: ["The stream has ended or is suspended.", "Choose another one."],
  NotCreator: ["The stream belongs to another account.", "Choose the account that created it."],
  PriceTooLow: ["The price is below the least there may be.", "Ask for more a second."],
  PreviewTooLong: ["The free preview is too long.", "Ten minutes is the most."],
  SplitsAboveWhole: ["The shares sum to more than 100 %.", "Make some of them smaller."],
  SplitsInvalid: ["An account stands in the shares twice, or with nothing.", "Name each account once, with a share."],
  StreamEnded: ["The stream has ended for good.", "Create another one."],
  SessionsOpen: ["The stream has ended, but viewers' sessions are still open.", "Come back when they are closed."],
  DelegationExpired: ["The limits would end in the past.", "Choose a later end."],
  AmountZero: ["The amount is zero.", "Enter an amount."],
  TooManySessions: ["As many sessions are open as there may be.", "Close one first."],
  NothingEarned: ["There is nothing to withdraw.", "Come back when something was settled."],
  FundsUnavailable: ["The account has too little for this.", "Put money into the account, or take a smaller amount."],
  InsufficientBalance: [
    "The account has too little for this.",
    "Put money into the account, or take a smaller amount.",
  ],
};

/** The innermost name in an error as the chain library decodes it: `{ type: "Module", value: { type: "TickStream", … } }`. */
export function innermostName(error: unknown): string {
  let name = "";
  let at: unknown = error;
  while (typeof at === "object" && at !== null && "type" in at && typeof at.type === "string") {
    name = at.type;
    at = "value" in at ? at.value : undefined;
  }
  return name;
}

/** "DepositTooSmall" as "deposit too small". */
function spoken(name: string): string {
  return name.replace(/([a-z])(?=[A-Z])/g, "$1 ").toLowerCase();
}

/** A transaction that is in a block and has failed. */
export function dispatchRefused(error: unknown): WordedError {
  const name = innermostName(error);
  const [what, mend] = WORDS[name] ?? [`The chain refused: ${spoken(name) || "no reason is known"}.`, "Try again."];
  return new WordedError("dispatch-failed", what, mend);
}

/** A transaction that no block would take. */
export function transactionRefused(error: unknown): WordedError {
  const inner = typeof error === "object" && error !== null && "error" in error ? error.error : undefined;
  const name = innermostName(inner);
  if (name === "Payment") {
    const mend = "Put money into the account: besides the amount it pays a small fee.";
    return new WordedError("fee", "The account cannot pay the transaction's fee.", mend);
  }
  const reason = name ? spoken(name) : reasonOf(error);
  const mend = "Try again; if it goes on, load the page again.";
  return new WordedError("transaction-refused", `The chain does not take the transaction: ${reason}.`, mend, {
    cause: error,
  });
}
