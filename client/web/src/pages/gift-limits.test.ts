import { describe, expect, it } from "vitest";
import { isGift } from "../chain";
import { amountFor, giftLabel, giftLimits, minutesFor, parseTarget } from "./gift-limits";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

describe("the amount of a gift", () => {
  it("pays for its minutes and one opening", () => {
    expect(amountFor(10, 7n, 5n)).toBe(4_205n);
    expect(minutesFor(4_205n, 7n, 5n)).toBe(10);
    expect(minutesFor(4_204n, 7n, 5n)).toBe(9);
    expect(minutesFor(5n, 7n, 5n)).toBe(0);
    expect(minutesFor(100n, 0n, 5n)).toBe(0);
  });
});

describe("what a gift is for", () => {
  it("is a stream by number or link, or a creator by account", () => {
    expect(parseTarget(" 7 ")).toEqual({ kind: "stream", stream: "7" });
    expect(parseTarget("https://gateway.example/watch/12?x#y")).toEqual({ kind: "stream", stream: "12" });
    expect(parseTarget(ALICE)).toEqual({ kind: "creator", account: ALICE });
    for (const text of ["", "Alice", "-1", "https://gateway.example/"]) expect(parseTarget(text)).toBeNull();
  });
});

describe("the key of a gift", () => {
  const draft = { scope: { kind: "stream", stream: "7" }, title: "Night train", amount: 4_205n, days: 7 } as const;

  it("may spend its amount in one session at a time, for its stream alone", () => {
    const limits = giftLimits({ ...draft, pricePerTick: 7n }, 1_000);
    expect(limits).toEqual({
      label: "Gift: Night train",
      maxPricePerTick: 14n,
      allowance: 4_205n,
      renewal: null,
      maxSessions: 1,
      scope: draft.scope,
      untilMs: 1_000 + 7 * 86_400_000,
    });
    expect(isGift(limits)).toBe(true);
  });

  it("for a creator accepts any price at which it lasts a minute", () => {
    const limits = giftLimits({ ...draft, scope: { kind: "creator", account: ALICE }, pricePerTick: null }, 0);
    expect(limits.maxPricePerTick).toBe(70n);
  });

  it("has a label that the chain can store", () => {
    expect(giftLabel("")).toBe("Gift:");
    for (const title of ["Harbour at dawn, one take, and more", "ü".repeat(40), "🎁".repeat(20)]) {
      expect(new TextEncoder().encode(giftLabel(title)).length).toBeLessThanOrEqual(32);
    }
    expect(giftLabel("🎁".repeat(20))).toBe(`Gift: ${"🎁".repeat(6)}`);
  });
});
