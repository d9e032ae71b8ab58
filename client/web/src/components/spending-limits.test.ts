import { describe, expect, it } from "vitest";
import type { Delegation, Deposit, Money } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import { delegationState, draftErrors, initialDraft, limitsOf, revokedText } from "./spending-limits";

const delegation: Delegation = {
  sessionKey: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  maxPricePerTick: PLANCK_PER_VLK / 100n,
  allowance: PLANCK_PER_VLK,
  expiresAt: 100,
};
const deposit: Deposit = { free: PLANCK_PER_VLK, reserved: 0n, delegation, openSessions: 0, nextNonce: 1n };
const poor: Money = { address: delegation.sessionKey, balance: PLANCK_PER_VLK / 10n, deposit, earnings: 0n };

describe("a change of the limit alone", () => {
  it("needs no amount and no money in the account", () => {
    const draft = initialDraft(delegation, PLANCK_PER_VLK / 50n, true);
    expect(draft.amount).toBe("");
    expect(draftErrors(draft, poor, 0n, true)).toEqual({ amount: null, perSecond: null });
    expect(limitsOf(draft, poor).allowance).toBe(deposit.free);
    expect(limitsOf(draft, poor).maxPricePerTick).toBeGreaterThan(PLANCK_PER_VLK / 50n);
  });

  it("needs an amount if there is no deposit", () => {
    const draft = initialDraft(null, null, true);
    expect(draftErrors(draft, { ...poor, deposit: null }, 0n, true).amount).toContain("above zero");
  });

  it("starts with a limit that can be parsed, however large it is", () => {
    const { perSecond } = initialDraft({ ...delegation, maxPricePerTick: 1_234n * PLANCK_PER_VLK }, null, true);
    expect(perSecond).toBe("1234");
  });
});

describe("a top-up", () => {
  it("needs an amount", () => {
    const draft = initialDraft(delegation, null, false);
    expect(draft.amount).toBe("5");
    expect(draftErrors({ ...draft, amount: "" }, poor, 0n, false).amount).not.toBeNull();
  });
});

describe("the state of a delegation", () => {
  it("is active if it is for this browser and has not expired", () => {
    expect(delegationState(null, delegation.sessionKey, 99)).toBe("none");
    expect(delegationState(delegation, delegation.sessionKey, 99)).toBe("active");
    expect(delegationState(delegation, delegation.sessionKey, 100)).toBe("expired");
  });

  it("is another browser's if its key is not this browser's", () => {
    const other = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    expect(delegationState(delegation, other, 99)).toBe("other-browser");
    expect(delegationState(delegation, null, 200)).toBe("other-browser");
  });

  it("is unknown until key and block are known", () => {
    expect(delegationState(delegation, undefined, 99)).toBe("unknown");
    expect(delegationState(delegation, delegation.sessionKey, null)).toBe("unknown");
  });

  it("after revoking is described together with the sessions that continue", () => {
    expect(revokedText(0)).toContain("can spend nothing more");
    expect(revokedText(1)).toContain("The open session continues");
    expect(revokedText(3)).toContain("The 3 open sessions continue");
  });
});
