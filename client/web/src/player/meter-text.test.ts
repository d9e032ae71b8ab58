import { describe, expect, it } from "vitest";
import type { PaymentPhase } from "../pay";
import { announce, currentPrice, isFixedByLimit, NO_ANNOUNCEMENT } from "./meter-text";

const PRICE = 2_000_000_000n;

describe("the price that applies", () => {
  it("is the open session's, even if the stream's has changed", () => {
    expect(currentPrice({ pricePerTick: 1n }, 5n)).toBe(1n);
    expect(currentPrice(null, 5n)).toBe(5n);
  });
});

describe("a hold", () => {
  it("ends with new limits alone if there is a deposit and only these are missing", () => {
    for (const reason of ["key", "expired", "price", "scope", "allowance"] as const) {
      expect(isFixedByLimit(reason, true)).toBe(true);
      expect(isFixedByLimit(reason, false)).toBe(false);
    }
    expect(isFixedByLimit("funds", true)).toBe(false);
    expect(isFixedByLimit(null, true)).toBe(false);
  });
});

describe("an announcement", () => {
  const announced = (...phases: readonly PaymentPhase[]) => {
    const texts: string[] = [];
    phases.reduce((before, phase) => {
      const next = announce(before, phase, PRICE);
      if (next.text !== before.text) texts.push(next.text);
      return next;
    }, NO_ANNOUNCEMENT);
    return texts;
  };

  it("is made when the preview ends, and when paying starts and stops", () => {
    expect(announced("idle", "preview", "held", "paying", "stopped", "paying")).toEqual([
      "This is a free preview.",
      "The free preview is over. Paying 0.002 VLK per second.",
      "Stopped: you are not paying.",
      "Paying 0.002 VLK per second.",
    ]);
  });

  it("is made when the price changes", () => {
    const before = announce(NO_ANNOUNCEMENT, "paying", PRICE);
    expect(announce(before, "paying", 2n * PRICE).text).toBe("Paying 0.004 VLK per second.");
  });

  it("is not made again after each hold", () => {
    expect(announced("paying", "held", "paying", "held", "paying")).toEqual(["Paying 0.002 VLK per second."]);
  });
});
