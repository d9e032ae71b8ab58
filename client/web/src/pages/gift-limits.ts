// What a gift costs its giver, and the limits of its key.

import type { KeyLimits, KeyScope } from "../chain";
import { toChainAddress } from "../chain";
import type { GiftScope } from "../pay";

const DAY_MS = 86_400_000;
const MINUTE_S = 60n;
/** Multiple of the stream's price that a gift accepts, so that it survives a moderate rise. */
const HEADROOM = 2n;
/** Maximum length of a label on chain, in bytes. */
const MAX_LABEL_BYTES = 32;

/** Lengths of a gift that can be chosen, in minutes. */
export const MINUTES = [10, 30, 60] as const;

/** How long a gift can be used, in days. */
export const EXPIRIES = [
  { value: 1, text: "1 day" },
  { value: 7, text: "7 days" },
  { value: 30, text: "30 days" },
] as const;

/** The amount that pays for some minutes of a stream, with the fee for opening one session. */
export function amountFor(minutes: number, pricePerTick: bigint, openFee: bigint): bigint {
  return BigInt(minutes) * MINUTE_S * pricePerTick + openFee;
}

/** Whole minutes of a stream that an amount pays for. */
export function minutesFor(amount: bigint, pricePerTick: bigint, openFee: bigint): number {
  return pricePerTick > 0n && amount > openFee ? Number((amount - openFee) / (pricePerTick * MINUTE_S)) : 0;
}

/** Parses what a gift is for: the number of a stream, a link to one, or the account of a creator. */
export function parseTarget(text: string): GiftScope | null {
  const stream = /^(?:.*\/watch\/)?(\d{1,20})(?:[/?#].*)?$/.exec(text.trim())?.[1];
  if (stream !== undefined) return { kind: "stream", stream: BigInt(stream).toString() };
  const account = toChainAddress(text);
  return account === null ? null : { kind: "creator", account };
}

/** The label of a gift's key, within the chain's limit: `Gift: Night train`. */
export function giftLabel(title: string): string {
  const encoder = new TextEncoder();
  let label = `Gift: ${title}`.trim();
  while (encoder.encode(label).length > MAX_LABEL_BYTES) label = [...label].slice(0, -1).join("");
  return label.trim();
}

/** A gift as its giver describes it. */
export interface GiftDraft {
  readonly scope: GiftScope;
  readonly title: string;
  readonly amount: bigint;
  /** Price of the stream; null for a creator, whose streams may differ. */
  readonly pricePerTick: bigint | null;
  readonly days: number;
}

/** The limits of a gift's key: its amount, one session at a time, and nothing but its stream or creator. */
export function giftLimits({ scope, title, amount, pricePerTick, days }: GiftDraft, nowMs: number): KeyLimits {
  const keyScope: KeyScope = scope;
  return {
    label: giftLabel(title),
    // For a creator: at least a minute of the dearest stream.
    maxPricePerTick: pricePerTick === null ? amount / MINUTE_S : pricePerTick * HEADROOM,
    allowance: amount,
    renewal: null,
    maxSessions: 1,
    scope: keyScope,
    untilMs: nowMs + days * DAY_MS,
  };
}
