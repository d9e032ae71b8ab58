import { describe, expect, it } from "vitest";
import type { Delegation, Deposit, Money } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import { errorsOf, firstDraft, limitsOf, revokedWords, standingOf } from "./limits";

const lent: Delegation = {
  sessionKey: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  maxPricePerTick: PLANCK_PER_VLK / 100n,
  allowance: PLANCK_PER_VLK,
  expiresAt: 100,
};
const deposit: Deposit = { free: PLANCK_PER_VLK, reserved: 0n, delegation: lent, openSessions: 0, nextNonce: 1n };
const poor: Money = { address: lent.sessionKey, balance: PLANCK_PER_VLK / 10n, deposit, earnings: 0n };

describe("mending a limit", () => {
  it("demands no money: nothing is filled in, and an empty account is no hindrance", () => {
    const draft = firstDraft(lent, PLANCK_PER_VLK / 50n, true);
    expect(draft.amount).toBe("");
    expect(errorsOf(draft, poor, 0n, true)).toEqual({ amount: null, perSecond: null });
    expect(limitsOf(draft, poor).allowance).toBe(deposit.free);
    expect(limitsOf(draft, poor).maxPricePerTick).toBeGreaterThan(PLANCK_PER_VLK / 50n);
  });

  it("takes a deposit all the same", () => {
    const draft = firstDraft(null, null, true);
    expect(errorsOf(draft, { ...poor, deposit: null }, 0n, true).amount).toContain("Put in");
  });

  it("is not what a top up is: there an amount is named", () => {
    const draft = firstDraft(lent, null, false);
    expect(draft.amount).toBe("5");
    expect(errorsOf({ ...draft, amount: "" }, poor, 0n, false).amount).not.toBeNull();
  });

  it("begins with a cap that can be read again, however large", () => {
    const { perSecond } = firstDraft({ ...lent, maxPricePerTick: 1_234n * PLANCK_PER_VLK }, null, true);
    expect(perSecond).toBe("1234");
  });
});

describe("a permission", () => {
  it("is in force when it was lent to this browser and its time is not over", () => {
    expect(standingOf(null, lent.sessionKey, 99)).toBe("none");
    expect(standingOf(lent, lent.sessionKey, 99)).toBe("in-force");
    expect(standingOf(lent, lent.sessionKey, 100)).toBe("over");
  });

  it("is another browser's when it was lent to another key, or this one has none", () => {
    expect(standingOf(lent, "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty", 99)).toBe("elsewhere");
    expect(standingOf(lent, null, 200)).toBe("elsewhere");
  });

  it("is not said to be in force before that is known", () => {
    expect(standingOf(lent, undefined, 99)).toBe("unknown");
    expect(standingOf(lent, lent.sessionKey, null)).toBe("unknown");
  });

  it("that is revoked says what may still be paid", () => {
    expect(revokedWords(0)).toContain("nothing may be spent");
    expect(revokedWords(1)).toContain("The one that is open is paid on");
    expect(revokedWords(3)).toContain("The 3 that are open are paid on");
  });
});
