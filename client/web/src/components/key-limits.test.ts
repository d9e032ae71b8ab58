import { describe, expect, it } from "vitest";
import type { DeviceKey } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import {
  AS_BEFORE,
  hasErrors,
  initialKeyDraft,
  isUnchanged,
  type KeyDraft,
  keyErrors,
  type LimitsContext,
  limitsOf,
  limitsText,
  mostOf,
  presentBudget,
  suggestedBudget,
} from "./key-limits";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const VLK = PLANCK_PER_VLK;
const DAY_MS = 86_400_000;
const PACE = { best: 1_000, blockTimeMs: 1_000 };

const key: DeviceKey = {
  address: ALICE,
  label: "Laptop",
  maxPricePerTick: VLK / 100n,
  allowance: { left: VLK / 2n, renewal: { everyBlocks: 86_400, amount: VLK }, renewedAt: 900 },
  maxSessions: 4,
  scope: { kind: "creator", account: ALICE },
  expiresAt: 5_000,
  openSessions: 0,
  spent: 0n,
  usedAt: 900,
  bond: 0n,
  nextNonce: 1n,
};

const context: LimitsContext = { key: null, pace: PACE, budget: VLK, gateway: "gateway", nowMs: 0 };
const draft: KeyDraft = { ...initialKeyDraft(null, null, "Firefox on Linux", PACE) };
const wanted = (pricePerTick: bigint) => ({ stream: "7", creator: ALICE, pricePerTick });

describe("the limits of a key that is added", () => {
  it("are far below the deposit unless the user changes them", () => {
    expect(suggestedBudget(5n * VLK, VLK / 100n)).toBe(VLK);
    // Two hours at the highest price, however large the deposit is.
    expect(suggestedBudget(1_000_000n * VLK, VLK / 1_000n)).toBe((7_200n * VLK) / 1_000n);
  });

  it("are one budget, two sessions at a time, any stream, for 30 days", () => {
    expect(limitsOf(draft, context)).toEqual({
      label: "Firefox on Linux",
      maxPricePerTick: (4n * VLK) / 1_000n,
      allowance: VLK,
      renewal: null,
      maxSessions: 2,
      scope: { kind: "any" },
      untilMs: 30 * DAY_MS,
    });
  });

  it("allow twice the price of the stream that is to be watched", () => {
    expect(initialKeyDraft(null, wanted(VLK / 50n), "", PACE).perSecond).toBe("0.04");
    expect(initialKeyDraft(null, wanted(1_234n * VLK), "", PACE).perSecond).toBe("2468");
  });

  it("follow the fields", () => {
    const changed: KeyDraft = {
      ...draft,
      label: "  Kitchen ",
      budget: "0.5",
      period: "week",
      days: 7,
      sessions: 1,
      scope: "gateway",
    };
    expect(limitsOf(changed, context)).toMatchObject({
      label: "Kitchen",
      allowance: VLK / 2n,
      renewal: { everyMs: 7 * DAY_MS, amount: VLK / 2n },
      maxSessions: 1,
      scope: { kind: "gateway", account: "gateway" },
      untilMs: 7 * DAY_MS,
    });
    expect(limitsOf({ ...draft, scope: "stream", scopeId: " 7 " }, context).scope).toEqual({
      kind: "stream",
      stream: "7",
    });
    expect(limitsOf({ ...draft, scope: "creator", scopeId: ALICE }, context).scope).toEqual(key.scope);
  });
});

describe("a change of a key's limits", () => {
  const same = { ...context, key, budget: presentBudget(key, PACE) };
  const before = initialKeyDraft(key, null, "Firefox on Linux", PACE);

  it("begins with what the key has, and is none until a field is changed", () => {
    expect(before).toMatchObject({ label: "Laptop", perSecond: "0.01", period: "day", days: AS_BEFORE, sessions: 4 });
    expect(isUnchanged(before, same)).toBe(true);
    for (const change of [
      { label: "Phone" },
      { perSecond: "0.02" },
      { budget: "2" },
      { period: "week" },
      { days: 7 },
      { sessions: 2 },
      { scope: "any" },
      { scopeId: "x" },
    ] as const) {
      expect(isUnchanged({ ...before, ...change }, same)).toBe(false);
    }
    expect(isUnchanged(before, { ...same, budget: 2n * VLK })).toBe(false);
    expect(isUnchanged(draft, context)).toBe(false);
  });

  it("keeps the end, unless that has passed", () => {
    expect(limitsOf(before, same).untilMs).toBe(4_000_000);
    expect(initialKeyDraft({ ...key, expiresAt: 1_000 }, null, "", PACE).days).toBe(30);
  });

  it("raises the price if the stream needs it", () => {
    expect(initialKeyDraft(key, wanted(VLK / 100n), "", PACE).perSecond).toBe("0.01");
    expect(initialKeyDraft(key, wanted(VLK / 50n), "", PACE).perSecond).toBe("0.04");
  });

  it("keeps the gateway of a key for another gateway", () => {
    const other = { ...key, scope: { kind: "gateway", account: ALICE } } as const;
    expect(limitsOf(initialKeyDraft(other, null, "", PACE), { ...same, key: other }).scope).toEqual(other.scope);
  });
});

describe("errors in the fields", () => {
  it("are none at first", () => {
    expect(hasErrors(keyErrors(draft))).toBe(false);
  });

  it("say what to enter", () => {
    const errors = keyErrors({
      ...draft,
      label: "ü".repeat(17),
      perSecond: "0",
      budget: "x",
      scope: "stream",
      scopeId: "",
    });
    for (const error of Object.values(errors)) expect(error).toMatch(/\.$/);
    expect(keyErrors({ ...draft, scope: "creator", scopeId: "Alice" }).scopeId).not.toBeNull();
    expect(keyErrors({ ...draft, scope: "creator", scopeId: ALICE }).scopeId).toBeNull();
  });
});

describe("the sentence about limits", () => {
  it("states all renewals until the end, and all sessions at a time", () => {
    const daily = limitsOf({ ...draft, period: "day", days: 30 }, context);
    expect(mostOf(daily, 0)).toBe(31n * VLK);
    const text = limitsText("This browser", daily, 0);
    expect(text).toContain("at most 31 VLK until");
    expect(text).toContain("at most 0.008 VLK per second");
    expect(mostOf(limitsOf(draft, context), 0)).toBe(VLK);
  });
});
