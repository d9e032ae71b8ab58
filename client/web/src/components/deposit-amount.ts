// The amount of a deposit: what can be chosen, and what is wrong with it.

import type { Money } from "../chain";
import { PLANCK_PER_VLK, parseVlk, vlk, vlkError } from "../common/amounts";

/** Amounts that can be chosen with one press. */
export const AMOUNTS = [1n, 5n, 20n].map((whole) => whole * PLANCK_PER_VLK);

/** Amount that must stay in the account: for the fees of later transactions, and to keep the account alive. */
const KEEP_BACK = PLANCK_PER_VLK / 100n;

/** The deposit, free and set aside, once an amount is added. */
export function totalAfter({ deposit }: Money, amount: bigint): bigint {
  return (deposit?.free ?? 0n) + (deposit?.reserved ?? 0n) + amount;
}

/** What is wrong with an amount as it was typed; null if nothing is. If it is optional, it may be empty. */
export function amountError(text: string, money: Money, minimum: bigint, isOptional: boolean): string | null {
  const amount = parseVlk(text) ?? (isOptional && text.trim() === "" ? 0n : null);
  if (amount === null) return vlkError(text, "5");
  // Without a deposit there is nothing that a limit could apply to.
  if (amount === 0n) return isOptional && money.deposit !== null ? null : "Enter an amount above zero.";
  if (!money.deposit && amount < minimum) return `The first deposit must be at least ${vlk(minimum)}.`;
  if (amount + KEEP_BACK > money.balance) {
    return `The account has ${vlk(money.balance, 2)}, of which a little must stay for fees.`;
  }
  return null;
}
