// The deposit form's content: initial values, errors, the resulting limits, and the sentence that describes them. Also
// the state of a delegation as this browser sees it.

import type { Delegation, Money, SpendingLimits } from "../chain";
import { PLANCK_PER_VLK, parseVlk, plainVlk, SYMBOL, vlk } from "../common/amounts";
import { timeOf } from "../ui/format";

const DAY_MS = 86_400_000;

/** How long a limit can be valid, in days. */
export const DURATIONS = [
  { value: 1, text: "1 day" },
  { value: 7, text: "7 days" },
  { value: 30, text: "30 days" },
] as const;

/** Amounts that can be chosen with one press. */
export const AMOUNTS = [1n, 5n, 20n].map((whole) => whole * PLANCK_PER_VLK);

/** Amount that must stay in the account: for the fees of later transactions, and to keep the account alive. */
const KEEP_BACK = PLANCK_PER_VLK / 100n;

/** Multiple of the stream's price that the initial limit allows, so that other streams need no further signature. */
const HEADROOM = 5n;
/** The lowest initial limit per second. */
const LOWEST_LIMIT = PLANCK_PER_VLK / 100n;

/** The fields of the form, as they were typed. */
export interface LimitsDraft {
  readonly amount: string;
  readonly perSecond: string;
  readonly days: number;
}

/**
 * The initial fields: the limit that was set before, or one that is enough for the stream. If the amount is optional,
 * it is left empty.
 */
export function initialDraft(
  delegation: Delegation | null,
  pricePerTick: bigint | null,
  isAmountOptional: boolean,
): LimitsDraft {
  const needed = (pricePerTick ?? 0n) * HEADROOM;
  const before = delegation?.maxPricePerTick ?? 0n;
  const isEnough = before > 0n && (pricePerTick === null || before >= pricePerTick);
  const limit = isEnough ? before : needed > LOWEST_LIMIT ? needed : LOWEST_LIMIT;
  return { amount: isAmountOptional ? "" : "5", perSecond: plainVlk(limit), days: 7 };
}

/** What is wrong with each field; null if nothing is. */
export interface DraftErrors {
  readonly amount: string | null;
  readonly perSecond: string | null;
}

/** Checks the fields. With `isOptional`, the limit can be changed without a deposit. */
export function draftErrors(
  draft: LimitsDraft,
  money: Money | null,
  minimum: bigint,
  isOptional: boolean,
): DraftErrors {
  const amount = parseVlk(draft.amount) ?? (isOptional && draft.amount.trim() === "" ? 0n : null);
  const perSecond = parseVlk(draft.perSecond);
  return { amount: amountError(amount, money, minimum, isOptional), perSecond: limitError(perSecond) };
}

function amountError(amount: bigint | null, money: Money | null, minimum: bigint, isOptional: boolean): string | null {
  if (amount === null) return `Enter an amount in ${SYMBOL}, for example 5.`;
  // Without a deposit there is nothing that a limit could apply to.
  if (amount === 0n) return isOptional && money?.deposit !== null ? null : "Enter an amount above zero.";
  if (money && !money.deposit && amount < minimum) return `The first deposit must be at least ${vlk(minimum)}.`;
  if (money && amount + KEEP_BACK > money.balance) {
    return `The account has ${vlk(money.balance, 2)}, of which a little must stay for fees.`;
  }
  return null;
}

function limitError(perSecond: bigint | null): string | null {
  if (perSecond === null) return `Enter an amount in ${SYMBOL}, for example 0.01.`;
  return perSecond === 0n ? "Enter an amount above zero: each second of a stream costs something." : null;
}

/** The limits that the form sets: the whole deposit, the amount to be deposited included, and no more. */
export function limitsOf(draft: LimitsDraft, money: Money | null, nowMs = Date.now()): SpendingLimits {
  const deposit = money?.deposit;
  const present = (deposit?.free ?? 0n) + (deposit?.reserved ?? 0n);
  return {
    maxPricePerTick: parseVlk(draft.perSecond) ?? 0n,
    allowance: present + (parseVlk(draft.amount) ?? 0n),
    untilMs: nowMs + draft.days * DAY_MS,
  };
}

/** The limits in a sentence. */
export function limitsText(limits: SpendingLimits): string {
  const until = timeOf(new Date(limits.untilMs).toISOString());
  const [perSecond, total] = [vlk(limits.maxPricePerTick, 6), vlk(limits.allowance)];
  return `This browser may spend at most ${perSecond} per second and ${total} in total, until ${until}.`;
}

/** State of a deposit's delegation, as this browser sees it. */
export type DelegationState = "none" | "other-browser" | "expired" | "active" | "unknown";

/** `ownKey` is the address of this browser's session key: null if it has none, undefined until known. */
export function delegationState(
  delegation: Delegation | null,
  ownKey: string | null | undefined,
  best: number | null,
): DelegationState {
  if (!delegation) return "none";
  if (ownKey !== undefined && delegation.sessionKey !== ownKey) return "other-browser";
  if (best === null) return "unknown";
  // In its last block a delegation already counts as expired, as it does when a session is opened.
  if (delegation.expiresAt <= best) return "expired";
  return ownKey === undefined ? "unknown" : "active";
}

/**
 * What holds after a delegation was revoked: it opens no more sessions, but those that are open have their money set
 * aside.
 */
export function revokedText(openSessions: number): string {
  if (openSessions === 0) return "The limit is revoked. This browser can spend nothing more.";
  const continuing = openSessions === 1 ? "The open session continues" : `The ${openSessions} open sessions continue`;
  const until = "until you close them below, or for ten minutes at most";
  return `The limit is revoked, and no more sessions can be opened. ${continuing} to be paid ${until}.`;
}
