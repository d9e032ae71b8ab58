// A deposit and the limits lent with it: what is sensible to begin with, what is wrong with what was typed, and the sentence
// that says what a signature allows.

import type { Delegation, Money, SpendingLimits } from "../chain";
import { PLANCK_PER_VLK, parseVlk, plainVlk, SYMBOL } from "../common/amounts";
import { timeOf, vlk } from "./words";

const DAY_MS = 86_400_000;

/** For how long a browser may spend. */
export const TERMS = [
  { value: 1, text: "1 day" },
  { value: 7, text: "7 days" },
  { value: 30, text: "30 days" },
] as const;

/** What can be put in with one press. */
export const AMOUNTS = [1n, 5n, 20n].map((whole) => whole * PLANCK_PER_VLK);

/** Kept in the account for the fees of later transactions and so that it stays alive. */
export const KEEP_BACK = PLANCK_PER_VLK / 100n;

/** A cap above the stream's price, so that a dearer neighbour can be watched without another signature. */
const HEADROOM = 5n;
const LOWEST_CAP = PLANCK_PER_VLK / 100n;

/** What is in the form: as it was typed. */
export interface LimitsDraft {
  readonly amount: string;
  readonly perSecond: string;
  readonly days: number;
}

/** The form as it begins: what was allowed before, or enough for the stream at hand. Where limits alone may be changed, no
 * money is named that was not asked for. */
export function firstDraft(
  delegation: Delegation | null,
  pricePerTick: bigint | null,
  isAmountOptional: boolean,
): LimitsDraft {
  const needed = (pricePerTick ?? 0n) * HEADROOM;
  const before = delegation?.maxPricePerTick ?? 0n;
  const isEnough = before > 0n && (pricePerTick === null || before >= pricePerTick);
  const cap = isEnough ? before : needed > LOWEST_CAP ? needed : LOWEST_CAP;
  return { amount: isAmountOptional ? "" : "5", perSecond: plainVlk(cap), days: 7 };
}

/** What is wrong with a field; null when nothing is. */
export interface DraftErrors {
  readonly amount: string | null;
  readonly perSecond: string | null;
}

/** Looks at the draft. `isOptional`: limits alone may be changed, without putting money in. */
export function errorsOf(draft: LimitsDraft, money: Money | null, minimum: bigint, isOptional: boolean): DraftErrors {
  const amount = parseVlk(draft.amount) ?? (isOptional && draft.amount.trim() === "" ? 0n : null);
  const perSecond = parseVlk(draft.perSecond);
  return { amount: amountError(amount, money, minimum, isOptional), perSecond: capError(perSecond) };
}

function amountError(amount: bigint | null, money: Money | null, minimum: bigint, isOptional: boolean): string | null {
  if (amount === null) return `Write an amount in ${SYMBOL}, like 5.`;
  // A limit is one of a deposit: without that there is nothing to limit.
  if (amount === 0n) return isOptional && money?.deposit !== null ? null : "Put in a little: nothing buys nothing.";
  if (money && !money.deposit && amount < minimum) return `The first deposit must be at least ${vlk(minimum)}.`;
  if (money && amount + KEEP_BACK > money.balance) {
    return `The account has ${vlk(money.balance, 2)}; a little of it must stay for fees.`;
  }
  return null;
}

function capError(perSecond: bigint | null): string | null {
  if (perSecond === null) return `Write an amount in ${SYMBOL}, like 0.01.`;
  return perSecond === 0n ? "At nothing a second, nothing can be watched." : null;
}

/** What the draft allows once signed: everything in the deposit, and not a planck more. */
export function limitsOf(draft: LimitsDraft, money: Money | null, nowMs = Date.now()): SpendingLimits {
  const deposit = money?.deposit;
  const held = (deposit?.free ?? 0n) + (deposit?.reserved ?? 0n);
  return {
    maxPricePerTick: parseVlk(draft.perSecond) ?? 0n,
    allowance: held + (parseVlk(draft.amount) ?? 0n),
    untilMs: nowMs + draft.days * DAY_MS,
  };
}

/** How a deposit's permission stands, as this browser sees it: to whom it was lent, and whether it holds. */
export type Standing = "none" | "elsewhere" | "over" | "in-force" | "unknown";

/** `ownKey` is the account of this browser's session key: null when it has none, undefined until known. */
export function standingOf(lent: Delegation | null, ownKey: string | null | undefined, best: number | null): Standing {
  if (!lent) return "none";
  if (ownKey !== undefined && lent.sessionKey !== ownKey) return "elsewhere";
  if (best === null) return "unknown";
  // The time of a permission is over in its last block, as the purse sees it.
  if (lent.expiresAt <= best) return "over";
  return ownKey === undefined ? "unknown" : "in-force";
}

/** What is true once a permission is revoked. It opens no session any more; those that are open have their money aside. */
export function revokedWords(openSessions: number): string {
  if (openSessions === 0) return "Revoked: nothing may be spent any more.";
  const those = openSessions === 1 ? "The one that is open is" : `The ${openSessions} that are open are`;
  return `Revoked: no session can be opened any more. ${those} paid on until closed below, or for ten minutes at most.`;
}

/** The permission in plain words. */
export function sentenceOf(limits: SpendingLimits): string {
  const until = timeOf(new Date(limits.untilMs).toISOString());
  return `This browser may spend at most ${vlk(limits.maxPricePerTick, 6)} a second, at most ${vlk(limits.allowance)} in all, until ${until}.`;
}
