// Errors of transactions, in sentences for the user.

import { reasonOf, UserError } from "../common/errors";

type ErrorText = readonly [message: string, hint: string];

const TOO_LITTLE: ErrorText = [
  "The account has too little money for this.",
  "Add money to the account, or enter a smaller amount.",
];

/** Errors of the pallet `tickStream` and of the pallets it uses that a user of these pages can run into. */
const TEXTS: Readonly<Record<string, ErrorText>> = {
  DepositTooSmall: ["The first deposit is below the minimum.", "Deposit more."],
  DepositUnknown: ["The account has no deposit.", "Make a deposit first."],
  FundsTooLow: [
    "The deposit has too little free money for this.",
    "Deposit more, or wait until open sessions have closed.",
  ],
  KeyUnknown: ["This key is not among your devices any more.", "Load the page again."],
  KeyExists: ["This device is among your devices already.", "Change its limits instead."],
  TooManyKeys: ["You have the maximum of 16 devices and gifts.", "Remove one that you do not use any more."],
  KeyIsViewer: ["The wallet's own account cannot be a device.", "Use another key."],
  KeyIsZero: ["Anyone could sign for this key.", "Use another key."],
  KeyExpired: ["The limit would end in the past.", "Choose a later end."],
  RenewalInvalid: ["A budget that is renewed must be above zero.", "Enter an amount."],
  KeySessionsInvalid: ["A device may have 1 to 16 sessions at a time.", "Choose a number in between."],
  LabelInvalid: ["The name cannot be stored.", "Enter another name."],
  StreamUnknown: ["There is no such stream.", "Check the stream's number."],
  StreamNotOpen: ["The stream has ended or is suspended.", "Choose another stream."],
  NotCreator: ["The stream belongs to another account.", "Choose the account that created it."],
  PriceTooLow: ["The price is below the minimum.", "Set a higher price per second."],
  PreviewTooLong: ["The free preview is too long.", "Set at most ten minutes."],
  SplitsAboveWhole: ["The shares add up to more than 100 %.", "Make some of them smaller."],
  SplitsInvalid: [
    "An account is listed twice, or its share is zero.",
    "List each account once, with a share above zero.",
  ],
  StreamEnded: ["The stream has ended for good.", "Create another stream."],
  SessionsOpen: ["The stream has ended, but viewers still have open sessions.", "Try again when they are closed."],
  AmountZero: ["The amount is zero.", "Enter an amount."],
  TooManySessions: ["The account has the maximum number of open sessions.", "Close one of them first."],
  NothingEarned: ["There is nothing to withdraw.", "Try again after the next settlement."],
  FundsUnavailable: TOO_LITTLE,
  InsufficientBalance: TOO_LITTLE,
};

/** The innermost name of an error as the chain library decodes it: `"B"` in `{ type: "A", value: { type: "B" } }`. */
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
function toWords(name: string): string {
  return name.replace(/([a-z])(?=[A-Z])/g, "$1 ").toLowerCase();
}

/** The error for a transaction that is in a block and has failed. */
export function dispatchError(error: unknown): UserError {
  const name = innermostName(error);
  const [message, hint] = TEXTS[name] ?? [
    `The chain refused the transaction: ${toWords(name) || "it gave no reason"}.`,
    "Try again.",
  ];
  return new UserError("dispatch-failed", message, hint);
}

/** The error for a transaction that no block has accepted. */
export function transactionError(error: unknown): UserError {
  const inner = typeof error === "object" && error !== null && "error" in error ? error.error : undefined;
  const name = innermostName(inner);
  if (name === "Payment") {
    const hint = "Add money to the account: it pays a small fee for each transaction, besides the amount.";
    return new UserError("fee", "The account cannot pay the transaction's fee.", hint);
  }
  const reason = name ? toWords(name) : reasonOf(error);
  const message = `The chain does not accept the transaction: ${reason}.`;
  const hint = "Try again. If it fails again, load the page again.";
  return new UserError("transaction-refused", message, hint, { cause: error });
}
