// The content of the forms for a key's limits: initial values, errors, and the limits that result.

import {
  type DeviceKey,
  isAddress,
  type KeyLimits,
  type KeyScope,
  leftAt,
  MAX_LABEL_BYTES,
  mostPerSecond,
  mostToSpend,
  toChainAddress,
} from "../chain";
import { least, PLANCK_PER_VLK, parseVlk, plainVlk, vlk, vlkError } from "../common/amounts";
import { whenOf } from "../ui/format";

const DAY_MS = 86_400_000;
const HOUR_S = 3_600n;

/** How often a budget is renewed. */
export type Period = "once" | "day" | "week" | "month";

export const PERIODS: readonly { readonly value: Period; readonly text: string }[] = [
  { value: "once", text: "Not renewed" },
  { value: "day", text: "Every day" },
  { value: "week", text: "Every week" },
  { value: "month", text: "Every 30 days" },
];

const PERIOD_DAYS: Readonly<Record<Exclude<Period, "once">, number>> = { day: 1, week: 7, month: 30 };

/** The value of "as long as before" among {@link DURATIONS}. */
export const AS_BEFORE = 0;

/** How long a key can be valid, in days. */
export const DURATIONS = [
  { value: 1, text: "1 day" },
  { value: 7, text: "7 days" },
  { value: 30, text: "30 days" },
  { value: 90, text: "90 days" },
  { value: 365, text: "1 year" },
] as const;

/** Numbers of sessions at a time that can be chosen. */
export const SESSIONS = [1, 2, 4, 8, 16].map((value) => ({ value, text: String(value) }));
/** Two, so that another stream can be opened while the last one is being closed. */
const DEFAULT_SESSIONS = 2;
const DEFAULT_DAYS = 30;

/** What a key may be used for. */
export const SCOPES: readonly { readonly value: KeyScope["kind"]; readonly text: string }[] = [
  { value: "any", text: "Any stream" },
  { value: "gateway", text: "This gateway" },
  { value: "creator", text: "One creator" },
  { value: "stream", text: "One stream" },
];

/** Multiple of the stream's price that the initial limit allows, so that other streams need no further signature. */
const HEADROOM = 2n;
/** The lowest initial limit per second. */
const LOWEST_LIMIT = (4n * PLANCK_PER_VLK) / 1_000n;
/** Part of the deposit that a key may spend unless another budget is chosen. */
const BUDGET_PART = 5n;
/** Time at the highest price for which the initial budget is enough at most, in seconds. */
const BUDGET_S = 2n * HOUR_S;

/** The fields of a form, as they were typed. */
export interface KeyDraft {
  readonly label: string;
  readonly perSecond: string;
  /** Null until the user has typed one: then it follows the deposit. */
  readonly budget: string | null;
  readonly period: Period;
  readonly days: number;
  readonly sessions: number;
  readonly scope: KeyScope["kind"];
  /** Creator or number of the stream. */
  readonly scopeId: string;
}

/** Stream that is to be watched. */
export interface WantedStream {
  readonly stream: string;
  readonly creator: string;
  readonly pricePerTick: bigint;
}

/** Present block, for amounts and times that depend on it. */
export interface Pace {
  readonly best: number;
  readonly blockTimeMs: number;
}

/** The period that is closest to a number of blocks. */
function periodOf(key: DeviceKey, { blockTimeMs }: Pace): Period {
  const { renewal } = key.allowance;
  if (!renewal) return "once";
  const days = (renewal.everyBlocks * blockTimeMs) / DAY_MS;
  return days < 4 ? "day" : days < 15 ? "week" : "month";
}

function scopeIdOf(scope: KeyScope): string {
  if (scope.kind === "stream") return scope.stream;
  return scope.kind === "any" ? "" : scope.account;
}

/** The fields for a key that is added, or for one whose limits are changed. */
export function initialKeyDraft(
  key: DeviceKey | null,
  wanted: WantedStream | null,
  label: string,
  pace: Pace | null,
): KeyDraft {
  const needed = (wanted?.pricePerTick ?? 0n) * HEADROOM;
  const lowest = needed > LOWEST_LIMIT ? needed : LOWEST_LIMIT;
  if (!key || !pace) {
    const perSecond = plainVlk(lowest);
    const fields = { period: "once", days: DEFAULT_DAYS, sessions: DEFAULT_SESSIONS, scope: "any" } as const;
    return { label, perSecond, budget: null, scopeId: "", ...fields };
  }
  const isEnough = wanted === null || key.maxPricePerTick >= wanted.pricePerTick;
  return {
    label: key.label || label,
    perSecond: plainVlk(isEnough ? key.maxPricePerTick : lowest),
    budget: null,
    period: periodOf(key, pace),
    days: key.expiresAt > pace.best ? AS_BEFORE : DEFAULT_DAYS,
    sessions: key.maxSessions,
    scope: key.scope.kind,
    scopeId: scopeIdOf(key.scope),
  };
}

/**
 * The budget unless another one is typed: a fifth of the deposit, and no more than two hours at the highest price. So a
 * page, or a browser in the wrong hands, can spend only a small part.
 */
export function suggestedBudget(total: bigint, perSecond: bigint): bigint {
  return least(total / BUDGET_PART, perSecond * BUDGET_S);
}

/** The budget of a key as it is: what it is renewed to, or what is left. */
export function presentBudget(key: DeviceKey, { best }: Pace): bigint {
  return key.allowance.renewal?.amount ?? leftAt(key.allowance, best);
}

/** What is wrong with each field; null if nothing is. */
export interface KeyErrors {
  readonly label: string | null;
  readonly perSecond: string | null;
  readonly budget: string | null;
  readonly scopeId: string | null;
}

function amountError(text: string, example: string): string | null {
  return vlkError(text, example) ?? (parseVlk(text) === 0n ? "Enter an amount above zero." : null);
}

function scopeError({ scope, scopeId }: KeyDraft): string | null {
  if (scope === "creator") return isAddress(scopeId) ? null : "Enter the account of the creator.";
  if (scope === "stream") return /^\d{1,20}$/.test(scopeId.trim()) ? null : "Enter the number of the stream.";
  return null;
}

/** Checks the fields. */
export function keyErrors(draft: KeyDraft): KeyErrors {
  const isLong = new TextEncoder().encode(draft.label.trim()).length > MAX_LABEL_BYTES;
  return {
    label: isLong ? `The name is longer than the ${MAX_LABEL_BYTES} bytes that the chain stores. Shorten it.` : null,
    perSecond: amountError(draft.perSecond, "0.01"),
    budget: draft.budget === null ? null : amountError(draft.budget, "1"),
    scopeId: scopeError(draft),
  };
}

export function hasErrors(errors: KeyErrors): boolean {
  return Object.values(errors).some((error) => error !== null);
}

function scopeOf({ scope, scopeId }: KeyDraft, gateway: string): KeyScope {
  switch (scope) {
    case "any":
      return { kind: "any" };
    case "gateway":
      // A key for another gateway keeps it.
      return { kind: "gateway", account: scopeId || gateway };
    case "creator":
      return { kind: "creator", account: toChainAddress(scopeId) ?? scopeId };
    case "stream":
      return { kind: "stream", stream: scopeId.trim() };
  }
}

/** What the limits depend on, besides the fields. */
export interface LimitsContext {
  /** The key whose limits are changed; null for one that is added. */
  readonly key: DeviceKey | null;
  readonly pace: Pace | null;
  /** Budget unless another one is typed. */
  readonly budget: bigint;
  /** Account of this gateway. */
  readonly gateway: string;
  readonly nowMs: number;
}

/** The limits that the fields describe. */
export function limitsOf(draft: KeyDraft, { key, pace, budget, gateway, nowMs }: LimitsContext): KeyLimits {
  const allowance = draft.budget === null ? budget : (parseVlk(draft.budget) ?? 0n);
  const isAsBefore = draft.days === AS_BEFORE && key !== null && pace !== null;
  const untilMs = isAsBefore ? nowMs + (key.expiresAt - pace.best) * pace.blockTimeMs : nowMs + draft.days * DAY_MS;
  return {
    label: draft.label.trim(),
    maxPricePerTick: parseVlk(draft.perSecond) ?? 0n,
    allowance,
    renewal: draft.period === "once" ? null : { everyMs: PERIOD_DAYS[draft.period] * DAY_MS, amount: allowance },
    maxSessions: draft.sessions,
    scope: scopeOf(draft, gateway),
    untilMs,
  };
}

/** Whether the fields leave a key as it is, so that no signature is needed for it. */
export function isUnchanged(draft: KeyDraft, context: LimitsContext): boolean {
  const { key, pace } = context;
  if (!key || !pace || draft.days !== AS_BEFORE) return false;
  const limits = limitsOf(draft, context);
  return (
    limits.label === key.label &&
    limits.maxPricePerTick === key.maxPricePerTick &&
    limits.allowance === presentBudget(key, pace) &&
    draft.period === periodOf(key, pace) &&
    limits.maxSessions === key.maxSessions &&
    draft.scope === key.scope.kind &&
    draft.scopeId === scopeIdOf(key.scope)
  );
}

/** The most that a key with these limits can spend until its end. */
export function mostOf({ allowance, renewal, untilMs }: KeyLimits, nowMs: number): bigint {
  const inMs = {
    left: allowance,
    renewal: renewal && { everyBlocks: renewal.everyMs, amount: renewal.amount },
    renewedAt: nowMs,
  };
  return mostToSpend({ allowance: inMs, expiresAt: untilMs }, nowMs);
}

/** The limits in a sentence. `who` spends: `This browser`. */
export function limitsText(who: string, limits: KeyLimits, nowMs: number): string {
  const until = whenOf(new Date(limits.untilMs).toISOString(), new Date(nowMs));
  return `${who} can spend at most ${vlk(mostOf(limits, nowMs))} until ${until}, and at most ${vlk(mostPerSecond(limits), 6)} per second.`;
}
