import { describe, expect, it } from "vitest";
import type { Deposit, Money } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import { amountError, totalAfter } from "./deposit-amount";

const VLK = PLANCK_PER_VLK;
const deposit: Deposit = { free: VLK, reserved: 2n * VLK, keys: [], openSessions: 0 };
const rich: Money = { address: "", balance: 100n * VLK, deposit, earnings: 0n };

describe("the amount of a deposit", () => {
  it("may be left out only if it is optional and there is a deposit", () => {
    expect(amountError("", rich, VLK, true)).toBeNull();
    expect(amountError("", rich, VLK, false)).toContain("Enter an amount");
    expect(amountError("", { ...rich, deposit: null }, VLK, true)).toContain("above zero");
    expect(amountError("0", rich, VLK, false)).toContain("above zero");
  });

  it("must reach the minimum at first", () => {
    expect(amountError("0.5", { ...rich, deposit: null }, VLK, false)).toContain("at least 1 VLK");
    expect(amountError("0.5", rich, VLK, false)).toBeNull();
  });

  it("leaves a little in the account", () => {
    expect(amountError("99.99", rich, VLK, false)).toBeNull();
    expect(amountError("99.991", rich, VLK, false)).toContain("must stay for fees");
  });

  it("is added to what is free and what is set aside", () => {
    expect(totalAfter(rich, 4n * VLK)).toBe(7n * VLK);
    expect(totalAfter({ ...rich, deposit: null }, 4n * VLK)).toBe(4n * VLK);
  });
});
