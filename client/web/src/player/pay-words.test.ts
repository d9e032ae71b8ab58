import { describe, expect, it } from "vitest";
import type { PursePhase } from "../pay";
import { announce, isMendedByLimit, NOTHING_ANNOUNCED, priceInForce } from "./pay-words";

const PRICE = 2_000_000_000n;

describe("the price in force", () => {
  it("is the open session's, whatever the stream costs by now", () => {
    expect(priceInForce({ pricePerTick: 1n }, 5n)).toBe(1n);
    expect(priceInForce(null, 5n)).toBe(5n);
  });
});

describe("a hold", () => {
  it("is mended by a limit alone when there is a deposit and only the permission is wanting", () => {
    for (const reason of ["delegation", "price", "allowance"] as const) {
      expect(isMendedByLimit(reason, true)).toBe(true);
      expect(isMendedByLimit(reason, false)).toBe(false);
    }
    expect(isMendedByLimit("funds", true)).toBe(false);
    expect(isMendedByLimit(null, true)).toBe(false);
  });
});

describe("what is read out", () => {
  const heard = (...phases: readonly PursePhase[]) => {
    const texts: string[] = [];
    phases.reduce((before, phase) => {
      const next = announce(before, phase, PRICE);
      if (next.text !== before.text) texts.push(next.text);
      return next;
    }, NOTHING_ANNOUNCED);
    return texts;
  };

  it("is the end of the preview with what a second costs, and that paying has stopped", () => {
    expect(heard("idle", "preview", "held", "paying", "stopped", "paying")).toEqual([
      "This is a free preview.",
      "The free preview is over. Paying 0.002 VLK a second.",
      "Stopped: nothing is paid.",
      "Paying 0.002 VLK a second.",
    ]);
  });

  it("is another price, too", () => {
    const before = announce(NOTHING_ANNOUNCED, "paying", PRICE);
    expect(announce(before, "paying", 2n * PRICE).text).toBe("Paying 0.004 VLK a second.");
  });

  it("is nothing more while keys are waited for", () => {
    expect(heard("paying", "held", "paying", "held", "paying")).toEqual(["Paying 0.002 VLK a second."]);
  });
});
